from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from tests.conftest import Visitor
from tests.factories import COMMUNITY, make_account, make_member, make_organization

COUNTY = COMMUNITY[:6]


class Town:
    """A county with its bureau, a committee of two, an unverified charity, and the bureau next door."""

    bureau: Organization
    next_bureau: Organization
    raw_bureau: Organization
    committee: Organization
    charity: Organization
    people: dict[str, Account]
    membership_id: object


@pytest.fixture
async def town(session: AsyncSession) -> Town:
    town = Town()
    town.bureau = await make_organization(session, Kind.bureau, name="红花岗区民政局", division=COUNTY)
    town.next_bureau = await make_organization(session, Kind.bureau, name="汇川区民政局", division="520303")
    town.raw_bureau = await make_organization(
        session, Kind.bureau, name="还没核验的民政局", division=COUNTY, verified_at=None
    )
    town.committee = await make_organization(session, about="我们在北门。", phone="0851-12345678")
    town.charity = await make_organization(
        session, Kind.charity, name="暖阳慈善会", division=COUNTY, verified_at=None
    )
    town.people = {
        "volunteer": await make_account(session),
        "officer": await make_member(session, town.committee),
        "second officer": await make_member(session, town.committee),
        "coordinator": await make_member(session, town.charity),
        "bureau staff": await make_member(session, town.bureau, role=Role.bureau_staff),
        "auditor": await make_member(session, town.bureau, role=Role.auditor),
        "bureau staff next door": await make_member(session, town.next_bureau, role=Role.bureau_staff),
        "staff of an unverified bureau": await make_member(session, town.raw_bureau, role=Role.bureau_staff),
    }
    town.membership_id = await session.scalar(
        select(Membership.id).where(Membership.account_id == town.people["second officer"].id)
    )
    await session.commit()
    return town


NOT_MINE = {
    "nobody": 401,
    "volunteer": 404,
    "officer": 404,
    "coordinator": 404,
    "bureau staff": 404,
    "auditor": 404,
    "bureau staff next door": 404,
    "staff of an unverified bureau": 404,
}
MATRIX: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/organizations/{committee}"): dict.fromkeys(NOT_MINE, 200),
    ("GET", "/organizations/{committee}/members"): NOT_MINE | {"officer": 200},
    ("POST", "/organizations/{committee}/members"): NOT_MINE | {"officer": 422},
    ("POST", "/organizations/{committee}/members/{membership}/end"): NOT_MINE | {"officer": 303},
    ("GET", "/organizations/{bureau}/members"): NOT_MINE | {"bureau staff": 200, "auditor": 200},
    ("POST", "/organizations/{bureau}/members"): NOT_MINE | {"bureau staff": 422, "auditor": 403},
    ("GET", "/organizations/{bureau}/register"): NOT_MINE | {"bureau staff": 200, "auditor": 200},
    ("GET", "/organizations/{raw_bureau}/register"): NOT_MINE | {"staff of an unverified bureau": 403},
    ("GET", "/organizations/{committee}/register"): NOT_MINE | {"officer": 403},
    ("POST", "/organizations/{bureau}/register/{charity}/verify"): NOT_MINE
    | {"bureau staff": 303, "auditor": 403},
    ("POST", "/organizations/{next_bureau}/register/{charity}/verify"): NOT_MINE,
    ("POST", "/organizations/{raw_bureau}/register/{charity}/verify"): NOT_MINE
    | {"staff of an unverified bureau": 403},
    ("POST", "/organizations/{bureau}/register/{bureau}/verify"): NOT_MINE | {"auditor": 403},
    ("POST", "/organizations/{committee}/register/{charity}/verify"): NOT_MINE | {"officer": 403},
    ("POST", "/organizations/{bureau}/register/{committee}/withdraw"): NOT_MINE
    | {"bureau staff": 303, "auditor": 403},
    ("POST", "/organizations/{next_bureau}/register/{committee}/withdraw"): NOT_MINE,
}


async def test_every_page_is_open_to_those_it_is_for_and_to_nobody_else(visitor: Visitor, town: Town) -> None:
    answers: dict[tuple[str, str], dict[str, int]] = {}
    for method, path in MATRIX:
        address = path.format(
            bureau=town.bureau.id,
            next_bureau=town.next_bureau.id,
            raw_bureau=town.raw_bureau.id,
            committee=town.committee.id,
            charity=town.charity.id,
            membership=town.membership_id,
        )
        # Whoever may is last, because that changes things.
        for who in sorted(NOT_MINE, key=lambda who: MATRIX[method, path][who] == 303):
            visitor.cookies.clear()
            if who != "nobody":
                await visitor.sign_in(town.people[who])
            answer = await (
                visitor.get(address) if method == "GET" else visitor.submit(address, {"version": "1"})
            )
            answers.setdefault((method, path), {})[who] = answer.status_code
    assert answers == MATRIX


async def test_the_public_page_says_who_and_where_and_names_no_person(visitor: Visitor, town: Town) -> None:
    for language, said in (
        ("zh", ("居民委员会", "遵义市", "已核验")),
        ("en", ("committee", "Zunyi", "Verified")),
    ):
        page = await visitor.get(f"/organizations/{town.committee.id}", headers={"Accept-Language": language})
        assert all(each in page.text for each in said)
        assert "我们在北门" in page.text
        assert not any(person.name in page.text for person in town.people.values())
        assert "0851" not in page.text


async def test_an_unverified_organization_is_marked_as_such(visitor: Visitor, town: Town) -> None:
    assert "Not verified yet" in (await english(visitor, f"/organizations/{town.charity.id}")).text


async def test_an_organization_nobody_knows_is_not_found(visitor: Visitor, town: Town) -> None:
    assert (await visitor.get(f"/organizations/{town.people['volunteer'].id}")).status_code == 404


async def test_an_officer_adds_a_neighbour_by_name_and_mobile_number(
    visitor: Visitor, another_visitor: Visitor, town: Town
) -> None:
    neighbour = town.people["volunteer"]
    await another_visitor.sign_in(neighbour)
    await visitor.sign_in(town.people["officer"])
    members = f"/organizations/{town.committee.id}/members"
    answer = await visitor.submit(
        members, {"name": neighbour.name, "address": f"+86 {neighbour.mobile}", "role": "officer"}
    )
    assert answer.status_code == 303
    assert neighbour.name in (await visitor.get(members)).text
    # Security 11: the session from before does not gain the role.
    assert (await another_visitor.get(members)).status_code == 401
    await another_visitor.sign_in(neighbour)
    # And a role counts only once there is a password.
    assert (await another_visitor.get(members)).status_code == 403


WRONG = (
    ({"name": "别人"}, "address"),
    ({"address": "13800000000"}, "address"),
    ({"address": "not an address"}, "address"),
    ({"name": ""}, "name"),
    ({"role": "auditor"}, "role"),
    ({"role": "emperor"}, "role"),
    ({"name": "王" * 100_000}, "name"),
    ({"address": "\x00\u202e\u200b13900000000x"}, "address"),
)


async def test_what_does_not_fit_is_said_at_its_field_and_kept(visitor: Visitor, town: Town) -> None:
    neighbour = town.people["volunteer"]
    await visitor.sign_in(town.people["officer"])
    for wrong, field in WRONG:
        typed = {"name": neighbour.name, "address": neighbour.mobile or "", "role": "officer"} | wrong
        answer = await visitor.submit(f"/organizations/{town.committee.id}/members", typed)
        assert answer.status_code == 422
        assert f'href="#field-{field}"' in answer.text
        assert f'value="{typed["name"]}"' in answer.text


async def test_a_wrong_name_and_an_unknown_address_are_answered_alike(visitor: Visitor, town: Town) -> None:
    """Whose an address is, and whether it is anybody's, is not to be found out here."""
    neighbour = town.people["volunteer"]
    await visitor.sign_in(town.people["officer"])
    answers = []
    for address in (neighbour.mobile or "", "13800000000"):
        answer = await visitor.submit(
            f"/organizations/{town.committee.id}/members",
            {"name": "某人", "address": address, "role": "officer"},
        )
        answers.append(answer.text.replace(address, ""))
    assert answers[0] == answers[1]
    assert neighbour.name not in answers[0]


async def test_after_twenty_wrong_tries_there_is_a_pause(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["officer"])
    typed = {"name": "某人", "address": "13800000000", "role": "officer"}
    statuses = [
        (await visitor.submit(f"/organizations/{town.committee.id}/members", typed)).status_code
        for _ in range(21)
    ]
    assert statuses == [422] * 20 + [429]


async def test_adding_somebody_twice_is_refused_and_changes_nothing(visitor: Visitor, town: Town) -> None:
    second = town.people["second officer"]
    await visitor.sign_in(town.people["officer"])
    answer = await visitor.submit(
        f"/organizations/{town.committee.id}/members",
        {"name": second.name, "address": second.mobile, "role": "officer"},
    )
    assert answer.status_code == 409
    assert f"{second.name}已经是成员了" in answer.text


async def test_one_may_leave_but_not_as_the_last(visitor: Visitor, town: Town, session: AsyncSession) -> None:
    officer = town.people["officer"]
    await visitor.sign_in(town.people["second officer"])
    end = f"/organizations/{town.committee.id}/members/{{}}/end"
    assert (await visitor.submit(end.format(town.membership_id))).status_code == 303
    last = await session.scalar(select(Membership.id).where(Membership.account_id == officer.id))
    await visitor.sign_in(officer)
    assert (await visitor.submit(end.format(last))).status_code == 409


async def test_an_auditor_may_leave_and_end_nobody_else(
    visitor: Visitor, town: Town, session: AsyncSession
) -> None:
    async def end(who: str) -> int:
        membership = await session.scalar(
            select(Membership.id).where(Membership.account_id == town.people[who].id)
        )
        path = f"/organizations/{town.bureau.id}/members/{membership}/end"
        return (await visitor.submit(path)).status_code

    await visitor.sign_in(town.people["auditor"])
    assert await end("bureau staff") == 403
    assert await end("officer") == 404
    assert await end("auditor") == 303


async def test_the_register_shows_what_waits_inside_the_division_only(
    visitor: Visitor, town: Town, database: Database
) -> None:
    async with database.session(writes=True) as session:
        await make_organization(session, name="隔壁区的组织", division="520303002001", verified_at=None)
        await session.commit()
    await visitor.sign_in(town.people["bureau staff"])
    waiting = (await visitor.get(f"/organizations/{town.bureau.id}/register")).text
    assert "暖阳慈善会" in waiting
    assert town.committee.name not in waiting
    assert "隔壁区的组织" not in waiting
    verified = (await visitor.get(f"/organizations/{town.bureau.id}/register?show=verified")).text
    assert town.committee.name in verified


async def test_staff_verify_and_take_the_mark_back(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["bureau staff"])
    register = f"/organizations/{town.bureau.id}/register"
    done = await visitor.submit(f"{register}/{town.charity.id}/verify", {"version": "1"})
    assert (await visitor.get(done.headers["location"])).text.count("已核验：暖阳慈善会") == 1
    assert "已核验" in (await visitor.get(f"/organizations/{town.charity.id}")).text
    done = await visitor.submit(f"{register}/{town.charity.id}/withdraw", {"version": "2"})
    assert done.headers["location"] == f"{register}?show=verified"
    assert "待核验" in (await visitor.get(f"/organizations/{town.charity.id}")).text


async def test_an_outdated_page_cannot_verify(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["bureau staff"])
    verify = f"/organizations/{town.bureau.id}/register/{town.charity.id}/verify"
    for version in ("", "0", "2", "-1", "ein", "9" * 400):
        assert (await visitor.submit(verify, {"version": version})).status_code == 409


async def test_a_cursor_nobody_wrote_shows_the_beginning(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["bureau staff"])
    for cursor in ("%00", "zzz", "WzEsMl0="):
        for page in ("register", "members"):
            answer = await visitor.get(f"/organizations/{town.bureau.id}/{page}?after={cursor}")
            assert answer.status_code == 200


async def test_the_register_takes_the_same_number_of_queries_however_long_it_is(
    visitor: Visitor, town: Town, database: Database, migrated: Database
) -> None:
    statements: list[str] = []
    event.listen(
        migrated.engine.sync_engine, "before_cursor_execute", lambda *seen: statements.append(seen[2])
    )
    await visitor.sign_in(town.people["bureau staff"])
    register = f"/organizations/{town.bureau.id}/register"
    statements.clear()
    await visitor.get(register)
    few = list(statements)
    async with database.session(writes=True) as session:
        for n in range(30):
            await make_organization(session, name=f"第{n}个组织", division=COUNTY, verified_at=None)
        await session.commit()
    statements.clear()
    await visitor.get(register)
    assert [query.split()[0] for query in statements] == [query.split()[0] for query in few]


async def english(visitor: Visitor, path: str) -> Any:
    return await visitor.get(path, headers={"Accept-Language": "en"})
