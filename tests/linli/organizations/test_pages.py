import pytest
from sqlalchemy import select
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
    ("GET", "/organizations/{charity}"): NOT_MINE
    | {"nobody": 404, "coordinator": 200, "bureau staff": 200, "auditor": 200},
    ("GET", "/organizations/{committee}/members"): NOT_MINE | {"officer": 200},
    ("POST", "/organizations/{committee}/invitations"): NOT_MINE | {"officer": 422},
    ("POST", "/organizations/{committee}/members/{membership}/end"): NOT_MINE | {"officer": 303},
    ("GET", "/organizations/{bureau}/members"): NOT_MINE | {"bureau staff": 200, "auditor": 200},
    ("POST", "/organizations/{bureau}/invitations"): NOT_MINE | {"bureau staff": 422, "auditor": 403},
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
    ("GET", "/organizations/{bureau}/register/{committee}"): NOT_MINE | {"bureau staff": 200, "auditor": 200},
    ("POST", "/organizations/{bureau}/register/{committee}/suspend"): NOT_MINE
    | {"bureau staff": 303, "auditor": 403},
    ("POST", "/organizations/{next_bureau}/register/{committee}/suspend"): NOT_MINE,
    ("GET", "/organizations/{committee}/registration"): NOT_MINE | {"officer": 200},
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
                visitor.get(address)
                if method == "GET"
                else visitor.submit(address, {"version": "1", "reason": "须核实"})
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
        assert "0851-" not in page.text


async def test_an_unverified_organization_is_marked_as_such_and_not_public(
    visitor: Visitor, town: Town
) -> None:
    page = f"/organizations/{town.charity.id}"
    assert (await visitor.get(page)).status_code == 404
    await visitor.sign_in(town.people["coordinator"])
    assert "等待民政部门核验" in (await visitor.get(page)).text


async def test_an_organization_nobody_knows_is_not_found(visitor: Visitor, town: Town) -> None:
    assert (await visitor.get(f"/organizations/{town.people['volunteer'].id}")).status_code == 404


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


async def test_staff_verify_suspend_and_lift(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["bureau staff"])
    register = f"/organizations/{town.bureau.id}/register"
    one = f"{register}/{town.charity.id}"
    done = await visitor.submit(f"{one}/verify", {"version": "1"})
    assert (await visitor.get(done.headers["location"])).text.count("已核验：暖阳慈善会") == 1
    assert "已核验" in (await visitor.get(f"/organizations/{town.charity.id}")).text
    refused = await visitor.submit(f"{one}/suspend", {"version": "2", "reason": " "})
    assert refused.status_code == 422
    assert "请填写此项" in refused.text or "aria-invalid" in refused.text
    await visitor.submit(f"{one}/suspend", {"version": "2", "reason": "年报未交"})
    assert "民政部门已暂停这个组织" in (await visitor.get(f"/organizations/{town.charity.id}")).text
    assert "暖阳慈善会" in (await visitor.get(f"{register}?show=suspended")).text
    await visitor.submit(f"{one}/lift", {"version": "3", "reason": "年报已补交"})
    page = (await visitor.get(f"/organizations/{town.charity.id}")).text
    assert "已暂停" not in page
    assert "年报" not in page  # reasons are for the members


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
    visitor: Visitor, town: Town, database: Database, statements: list[str]
) -> None:
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
