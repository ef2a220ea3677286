import re
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import seed
from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from linli.volunteers import actions, queries
from linli.volunteers.forms import Part, StatedPaper
from linli.volunteers.models import VolunteerCredential
from tests.conftest import Visitor
from tests.factories import COMMUNITY, make_account, make_member, make_organization

COUNTY = COMMUNITY[:6]
TEXTS = {Part.about: "about", Part.week: "weekly_cap", Part.place: "reach_km"}
STRANGE = ("\x00", "‮\u200b", "\U0001f984" * 50, "9" * 400, "<script>alert(1)</script>", "é" * 20_000, "NaN")


class Town:
    """A committee, the next township's committee, a station, the bureau, and volunteers with papers."""

    committee: Organization
    next_committee: Organization
    raw_committee: Organization
    station: Organization
    bureau: Organization
    people: dict[str, Account]
    papers: dict[str, VolunteerCredential]


@pytest.fixture
async def town(session: AsyncSession, now: datetime) -> Town:
    town = Town()
    town.committee = await make_organization(session)
    town.next_committee = await make_organization(session, division=COUNTY + "003001")
    town.raw_committee = await make_organization(session, verified_at=None)
    town.station = await make_organization(session, Kind.station, division=COMMUNITY[:9])
    town.bureau = await make_organization(session, Kind.bureau, division=COUNTY)
    volunteer = await make_account(session, name="杨秀英")
    town.people = {
        "volunteer": volunteer,
        "officer": await make_member(session, town.committee),
        "officer next door": await make_member(session, town.next_committee),
        "officer of an unverified committee": await make_member(session, town.raw_committee),
        "social worker": await make_member(session, town.station),
        "bureau staff": await make_member(session, town.bureau, role=Role.bureau_staff),
        "auditor": await make_member(session, town.bureau, role=Role.auditor),
    }
    town.papers = {
        id: await actions.state_credential(
            session, account=volunteer, paper=StatedPaper(seed.credentials()[id], None), now=now
        )
        for id in ("background_check", "child_safeguarding")
    }
    await session.commit()
    return town


NOT_MINE = {
    "nobody": 401,
    "volunteer": 404,
    "officer": 404,
    "officer next door": 404,
    "officer of an unverified committee": 404,
    "social worker": 404,
    "bureau staff": 404,
    "auditor": 404,
}
MINE = dict.fromkeys(NOT_MINE, 200) | {"nobody": 401}
DONE = dict.fromkeys(NOT_MINE, 303) | {"nobody": 401}
DESK = "/organizations/{%s}/credentials"
MATRIX: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/me/volunteer"): MINE,
    ("POST", "/me/volunteer/asking"): DONE,
    ("GET", "/me/volunteer/skills"): MINE,
    ("POST", "/me/volunteer/about"): dict.fromkeys(NOT_MINE, 409) | {"nobody": 401},
    ("GET", "/me/credentials"): MINE,
    ("POST", "/me/credentials"): dict.fromkeys(NOT_MINE, 422) | {"nobody": 401},
    ("POST", "/me/credentials/nurse/withdraw"): dict.fromkeys(NOT_MINE, 404) | {"nobody": 401},
    ("GET", DESK % "committee"): NOT_MINE | {"officer": 200},
    ("GET", DESK % "raw_committee"): NOT_MINE | {"officer of an unverified committee": 403},
    ("GET", DESK % "station"): NOT_MINE | {"social worker": 200},
    ("GET", DESK % "bureau"): NOT_MINE | {"bureau staff": 200, "auditor": 403},
    ("POST", DESK % "next_committee" + "/{background_check}/check"): NOT_MINE,  # not in their township
    ("POST", DESK % "raw_committee" + "/{background_check}/check"): NOT_MINE
    | {"officer of an unverified committee": 403},
    ("POST", DESK % "committee" + "/{child_safeguarding}/check"): NOT_MINE | {"officer": 409},
    ("POST", DESK % "bureau" + "/{background_check}/check"): NOT_MINE | {"bureau staff": 303, "auditor": 403},
    ("POST", DESK % "committee" + "/{background_check}/take-back"): NOT_MINE,  # the bureau has checked it
    ("POST", DESK % "bureau" + "/{background_check}/take-back"): NOT_MINE
    | {"bureau staff": 303, "auditor": 403},
    ("POST", DESK % "station" + "/{child_safeguarding}/check"): NOT_MINE | {"social worker": 303},
}


async def test_every_page_is_open_to_those_it_is_for_and_to_nobody_else(visitor: Visitor, town: Town) -> None:
    answers: dict[tuple[str, str], dict[str, int]] = {}
    places = {
        name: getattr(town, name).id for name in Town.__annotations__ if name not in {"people", "papers"}
    }
    places |= {name: paper.id for name, paper in town.papers.items()}
    typed = {"version": "99", "valid_until": "2027-05-01"}
    for method, path in MATRIX:
        for who in sorted(NOT_MINE, key=lambda who: MATRIX[method, path][who] == 303):
            visitor.cookies.clear()
            if who != "nobody":
                await visitor.sign_in(town.people[who])
            address = path.format(**places)
            answer = await (visitor.get(address) if method == "GET" else visitor.submit(address, typed))
            answers.setdefault((method, path), {})[who] = answer.status_code
    assert answers == MATRIX


async def test_each_part_is_filled_in_and_shown(visitor: Visitor, town: Town, session: AsyncSession) -> None:
    volunteer = town.people["volunteer"]
    await visitor.sign_in(volunteer)
    typed: dict[Part, dict[str, Any]] = {
        Part.fields: {"fields": ["elderly_care"]},
        Part.skills: {"skills": ["chatting", "driving"], "level-chatting": "professional"},
        Part.week: {"week": ["1-morning", "6-evening"], "weekly_cap": "2"},
        Part.place: {
            "means": "bicycle",
            "reach_km": "4.5",
            "longitude": "107.47",
            "latitude": "27.07",
            "agrees": "yes",
        },
        Part.languages: {"languages": ["guizhou"]},
        Part.about: {"about": "我喜欢下棋。\n也会修收音机。"},
    }
    for part, values in typed.items():
        shown = await visitor.get(f"/me/volunteer/{part}")
        answer = await visitor.submit(f"/me/volunteer/{part}", values | {"version": version_in(shown.text)})
        assert answer.status_code == 303
    for language, said in (
        ("zh", ("养老助老", "陪伴聊天（本行）", "周六晚上", "骑自行车或电动车", "贵州话", "也会修收音机")),
        (
            "en",
            (
                "Elderly care",
                "It is my profession",
                "Sat: Evening",
                "By bicycle",
                "Guizhou dialect",
                "收音机",
            ),
        ),
    ):
        visitor.cookies.set("linli-language", language)
        page = (await visitor.get("/me/volunteer")).text
        assert [each for each in said if each not in page] == []
        for part in Part:
            assert (await visitor.get(f"/me/volunteer/{part}")).status_code == 200


async def test_a_newly_chosen_skill_leads_to_how_well(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["volunteer"])
    first = await visitor.submit("/me/volunteer/skills", {"skills": ["chatting"], "version": "1"})
    assert first.headers["location"] == "/me/volunteer/skills"
    again = {"skills": ["chatting"], "level-chatting": "some", "version": "2"}
    assert (await visitor.submit("/me/volunteer/skills", again)).headers["location"] == "/me/volunteer"


async def test_a_stale_edit_shows_both_texts_and_can_be_saved_again(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["volunteer"])
    await visitor.submit("/me/volunteer/about", {"about": "第一句", "version": "1"})
    stale = await visitor.submit("/me/volunteer/about", {"about": "第二句", "version": "1"})
    assert stale.status_code == 409
    assert "第一句" in stale.text
    assert "第二句" in stale.text
    again = {"about": "第二句", "version": version_in(stale.text)}
    assert (await visitor.submit("/me/volunteer/about", again)).status_code == 303
    assert "第二句" in (await visitor.get("/me/volunteer")).text


async def test_what_cannot_be_used_is_said_at_the_field_and_kept(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["volunteer"])
    wrong = {"means": "bicycle", "reach_km": "very far", "longitude": "107.4", "latitude": "", "version": "1"}
    answer = await visitor.submit("/me/volunteer/place", wrong)
    assert answer.status_code == 422
    for field in ("reach_km", "agrees"):
        assert f'href="#field-{field}"' in answer.text
        assert f'id="field-{field}"' in answer.text
    assert 'value="very far"' in answer.text
    assert 'value="107.4"' in answer.text
    assert version_in(answer.text) == "1"


async def test_no_input_breaks_a_page(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["volunteer"])
    for part in Part:
        for strange in STRANGE:
            names = (
                "fields",
                "skills",
                "level-chatting",
                "languages",
                "week",
                "weekly_cap",
                "means",
                "reach_km",
            )
            typed = dict.fromkeys((*names, "longitude", "latitude", "about", "agrees"), strange)
            answer = await visitor.submit(f"/me/volunteer/{part}", typed | {"version": strange})
            assert answer.status_code in {409, 422}
    for strange in STRANGE:
        typed = {"credential": strange, "expires_on": strange}
        assert (await visitor.submit("/me/credentials", typed)).status_code == 422
        assert (await visitor.get("/me/volunteer/" + quote(strange[:20]))).status_code in {400, 404}


async def test_the_location_is_asked_with_a_sentence_of_its_own(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["volunteer"])
    page = (await visitor.get("/me/volunteer/place")).text
    assert "敏感个人信息" in page
    refused = await visitor.submit(
        "/me/volunteer/place", {"longitude": "107.4", "latitude": "27", "version": "1"}
    )
    assert refused.status_code == 422
    assert "请勾选同意" in refused.text


async def test_being_asked_is_one_press_each_way(visitor: Visitor, town: Town, database: Database) -> None:
    volunteer = town.people["volunteer"]
    await visitor.sign_in(volunteer)

    async def opted_in() -> bool:
        async with database.session(writes=False) as session:
            return (await queries.profile_of(session, volunteer.id)).opted_in

    await visitor.submit("/me/volunteer/asking", {"asked": "no"})
    assert not await opted_in()
    await visitor.submit("/me/volunteer/asking", {"asked": "yes"})
    assert await opted_in()


async def test_who_has_no_community_is_told_to_choose_one(visitor: Visitor, session: AsyncSession) -> None:
    account = await make_account(session, division=None)
    await session.commit()
    await visitor.sign_in(account)
    assert "不知道您住在哪个社区" in (await visitor.get("/me/volunteer")).text
    assert "请先选择您住的社区" in (await visitor.get("/me/credentials")).text


async def test_papers_show_how_they_stand_and_how_to_get_the_others(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["volunteer"])
    page = (await visitor.get("/me/credentials")).text
    assert page.count("等待查看") == 2
    for credential in seed.credentials().values():
        assert f'id="{credential.id}"' in page
        assert credential.zh in page
    assert seed.credentials()["first_aid"].how.zh in page


async def test_a_paper_is_stated_withdrawn_and_stated_again(visitor: Visitor, town: Town) -> None:
    await visitor.sign_in(town.people["volunteer"])
    paper = {"credential": "first_aid", "expires_on": "2027-05-01"}
    assert (await visitor.submit("/me/credentials", paper)).status_code == 303
    assert (await visitor.submit("/me/credentials/first_aid/withdraw")).status_code == 303
    assert (await visitor.submit("/me/credentials", paper)).status_code == 303
    refused = await visitor.submit("/me/credentials", paper | {"expires_on": "2020-01-01"})
    assert refused.status_code == 422
    assert 'value="2020-01-01"' in refused.text


async def test_an_officer_sees_the_paper_and_it_counts(
    visitor: Visitor, town: Town, session: AsyncSession
) -> None:
    await visitor.sign_in(town.people["officer"])
    desk = f"/organizations/{town.committee.id}/credentials"
    waiting = (await visitor.get(desk)).text
    assert "杨秀英" in waiting
    assert "无犯罪记录核查" in waiting
    assert "儿童保护培训" not in waiting  # a social worker checks that one
    assert (town.people["volunteer"].mobile or "") not in waiting
    paper = town.papers["background_check"]
    refused = await visitor.submit(f"{desk}/{paper.id}/check", {"valid_until": "2040-01-01"})
    assert refused.status_code == 422
    assert f'href="#field-valid_until-{paper.id}"' in refused.text
    assert 'value="2040-01-01"' in refused.text
    assert (
        await visitor.submit(f"{desk}/{paper.id}/check", {"valid_until": "2027-11-01"})
    ).status_code == 303
    assert "杨秀英" not in (await visitor.get(desk)).text
    assert "杨秀英" in (await visitor.get(f"{desk}?show=checked")).text
    [first, *_] = await queries.papers_of(session, town.people["volunteer"].id, today=date(2026, 11, 23))
    assert (first.credential.id, first.state.value) == ("background_check", "counts")


async def test_each_look_at_a_paper_is_noted(visitor: Visitor, town: Town, database: Database) -> None:
    await visitor.sign_in(town.people["social worker"])
    await visitor.get(f"/organizations/{town.station.id}/credentials")
    async with database.session(writes=False) as session:
        seen = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "see_paper")))
    assert {entry.ids["paper_id"] for entry in seen} == {str(paper.id) for paper in town.papers.values()}
    assert {entry.actor_id for entry in seen} == {town.people["social worker"].id}


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]
