"""The roster in the browser: sent, compared, applied, undone; and what is typed or sent wrongly."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.rosters.models import RegisteredPerson
from linli.rosters.rules import Kind
from tests.conftest import Visitor
from tests.factories import (
    COMMUNITY,
    make_member,
    make_organization,
    make_registered_person,
    make_team,
    make_team_member,
)

HEADER = "id,name,mobile,birth_on,community,team,role\n"


@pytest.fixture
async def charity(session: AsyncSession, visitor: Visitor) -> Organization:
    charity = await make_organization(session, OrganizationKind.charity)
    await visitor.sign_in(await make_member(session, charity))
    return charity


async def send(visitor: Visitor, charity: Organization, text: str) -> str:
    """The path of the comparison."""
    files = {"file": ("roster.csv", text.encode(), "text/csv")}
    answer = await visitor.submit(f"/organizations/{charity.id}/roster/imports", files=files)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_kind_of_row_is_shown(
    session: AsyncSession, visitor: Visitor, charity: Organization, language: str
) -> None:
    team = await make_team(session, charity)
    await make_team_member(session, team)
    known = await make_registered_person(session, charity)
    visitor.cookies.set("linli-language", language)
    rows = f",李明,,1960-05-01,{COMMUNITY},{team.name},\n{known.id},改名,,,,,\n,,,,,,\n,=1,,,,,\n"
    path = await send(visitor, charity, HEADER + rows)
    for kind in ("", *Kind, "nonsense"):
        page = await visitor.get(f"{path}?show={kind}")
        assert page.status_code == 200, kind
        assert 'name="agree"' in page.text
        assert 'name="missing"' in page.text


async def test_a_file_is_applied_with_the_consent_and_undone(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    path = await send(visitor, charity, f"{HEADER},李明,,1960-05-01,{COMMUNITY},,\n")
    registered = select(func.count()).select_from(RegisteredPerson)
    answer = await visitor.submit(f"{path}/apply")
    assert answer.status_code == 422
    assert await session.scalar(registered) == 0
    assert (await visitor.submit(f"{path}/apply", {"agree": "yes"})).status_code == 303
    assert await session.scalar(registered) == 1
    assert (await visitor.get(path)).status_code == 200
    assert (await visitor.submit(f"{path}/apply", {"agree": "yes"})).status_code == 409
    assert (await visitor.submit(f"{path}/undo")).status_code == 303
    assert await session.scalar(registered) == 0
    assert (await visitor.submit(f"{path}/undo")).status_code == 409


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\xff\xfe\x00"])
async def test_what_is_no_roster_gets_a_sentence_on_the_page(
    visitor: Visitor, charity: Organization, content: bytes
) -> None:
    files = {"file": ("roster.xlsx", content, "application/octet-stream")}
    answer = await visitor.submit(f"/organizations/{charity.id}/roster/imports", files=files)
    assert answer.status_code == 422
    assert "field-file-error" in answer.text


async def test_the_roster_is_taken_home_in_both_forms(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    person = await make_registered_person(session, charity, name="石阿婆", mobile="13900001111")
    home = f"/organizations/{charity.id}/roster"
    assert f"{person.id},石阿婆,13900001111" in (await visitor.get(f"{home}.csv")).text
    book = load_workbook(io.BytesIO((await visitor.get(f"{home}.xlsx")).content))
    assert book.worksheets[0]["B2"].value == "石阿婆"


async def test_people_are_found_by_name_without_their_number(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    await make_registered_person(session, charity, name="石阿婆", mobile="13900001111")
    people = f"/organizations/{charity.id}/people"
    page = await visitor.get(f"{people}?called=阿婆")
    assert "石阿婆" in page.text
    assert "13900001111" not in page.text
    assert "石阿婆" not in (await visitor.get(f"{people}?called=nobody")).text


async def test_a_name_with_what_no_database_keeps_finds_nobody(
    visitor: Visitor, charity: Organization
) -> None:
    answer = await visitor.get(f"/organizations/{charity.id}/people?called=%00no%00body")
    assert answer.status_code == 200


async def test_a_file_beyond_all_bounds_is_said_at_its_field(visitor: Visitor, charity: Organization) -> None:
    files = {"file": ("roster.csv", b"x" * 11_000_000, "text/csv")}
    answer = await visitor.submit(f"/organizations/{charity.id}/roster/imports", files=files)
    assert (answer.status_code, 'id="field-file-error"' in answer.text) == (422, True)
    # Hidden, for scripts, the sentence stands on the page in any case.
    assert 'href="#field-file">这个文件超过10 MB' in answer.text
