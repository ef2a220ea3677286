"""A roster goes out as a file and comes back: seen row by row, applied, undone; and files that are none."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict, Invalid
from linli.core.spreadsheets import read_sheet
from linli.core.workbooks import read_table
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.rosters import actions
from linli.rosters.models import RosterImport
from linli.rosters.queries import roster_of
from linli.rosters.rules import MOST_ROWS
from linli.rosters.sheets import as_csv, as_workbook
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamRole
from tests.factories import (
    make_account,
    make_member,
    make_organization,
    make_registered_person,
    make_team,
    make_team_member,
)
from tests.linli.rosters.files import HEADER, apply, compare, csv_of, kinds, row


@pytest.fixture
async def charity(session: AsyncSession) -> Organization:
    return await make_organization(session, OrganizationKind.charity)


@pytest.fixture
async def coordinator(session: AsyncSession, charity: Organization) -> Account:
    return await make_member(session, charity)


@pytest.fixture
async def team(session: AsyncSession, charity: Organization) -> Team:
    return await make_team(session, charity, name="银铃队")


def workbook_of(*rows: list[Any], merge: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEADER, *rows):
        sheet.append(line)
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusals(seen: RosterImport) -> list[str]:
    return [each["sentence"]["text"] for each in seen.differences if each["kind"] == "refused"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_new_people_come_in_and_go_again(
    session: AsyncSession,
    charity: Organization,
    coordinator: Account,
    team: Team,
    now: datetime,
    encoding: str,
) -> None:
    data = csv_of(row(team="银铃队", role="队长"), row("王芳", "1955/3/2"), encoding=encoding)
    before = (await roster_of(session, organization_id=charity.id)).print
    seen = await compare(session, charity, coordinator, data, now)
    assert kinds(seen) == ["new", "new"]
    with pytest.raises(Invalid, match="agreed to be registered"):
        await actions.apply_import(
            session, seen=seen, with_missing=False, they_agree=False, account_id=coordinator.id, now=now
        )
    assert await apply(session, seen, coordinator, now) == 2
    people = (await roster_of(session, organization_id=charity.id)).people.values()
    assert {(each.name, each.is_managed, *each.teams.values()) for each in people} == {
        ("李明", True, TeamRole.leader),
        ("王芳", True),
    }
    with pytest.raises(Conflict):
        await apply(session, seen, coordinator, now)
    await actions.undo_import(session, seen=seen, account_id=coordinator.id, now=now)
    assert (await roster_of(session, organization_id=charity.id)).print == before
    assert await session.scalar(select(func.count()).select_from(TeamMember)) == 0


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_goes_out_comes_back_as_unchanged(
    session: AsyncSession, charity: Organization, coordinator: Account, team: Team, now: datetime, form: str
) -> None:
    await make_team_member(session, team, role=TeamRole.leader)
    await make_registered_person(session, charity, name="=1+1", mobile="13900001111")
    roster = await roster_of(session, organization_id=charity.id)
    for language in ("zh", "en"):
        data = as_csv(roster, language) if form == "csv" else as_workbook(roster, language)
        assert kinds(await compare(session, charity, coordinator, data, now)) in (
            ["unchanged", "refused"],
            ["refused", "unchanged"],
        )


async def test_a_downloaded_workbook_has_lists_and_no_formula(
    session: AsyncSession, charity: Organization, team: Team
) -> None:
    await make_registered_person(session, charity, name="@坏", mobile="13900001111")
    data = as_workbook(await roster_of(session, organization_id=charity.id), "zh")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [each.sqref.ranges and str(each.sqref) for each in sheet.data_validations.dataValidation] == [
        f"F2:F{MOST_ROWS + 1}",
        f"G2:G{MOST_ROWS + 1}",
    ]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value} == {"s"}
    assert sheet["B2"].value == "'@坏"
    assert (
        read_sheet(as_csv(await roster_of(session, organization_id=charity.id), "zh")).rows[0].cells[1]
        == "@坏"
    )


async def test_a_workbook_is_read_as_it_comes(
    session: AsyncSession, charity: Organization, coordinator: Account, team: Team, now: datetime
) -> None:
    data = workbook_of(
        row("甲", datetime(1960, 5, 1), mobile=13900000001),
        row("乙", 22037, mobile=13900000002.0),
        row("丙", "=TODAY()"),
        row("丁", "1960-05-01"),
        row("戊", "昨天"),
        row("己", "2020-01-01"),
        row("庚", mobile="12"),
        row("辛", team="没有这队"),
        row("甲", datetime(1960, 5, 1), mobile=13900000001),
        merge="B5:C5",
    )
    seen = await compare(session, charity, coordinator, data, now)
    assert kinds(seen) == ["new", "new", *["refused"] * 7]
    assert [each["says"]["birth_on"] for each in seen.differences[:2]] == ["1960-05-01", "1960-05-01"]
    assert [text[:18] for text in refusals(seen)] == [
        "This row holds a f",
        "Cells of this row ",
        "This is no birth d",
        "Thank you for want",
        "This is no mobile ",
        "Your organization ",
        "This person stands",
    ]


async def test_an_id_finds_only_whom_the_organization_may_change(
    session: AsyncSession, charity: Organization, coordinator: Account, team: Team, now: datetime
) -> None:
    own = await make_registered_person(session, charity)
    member = (await make_team_member(session, team)).account_id
    stranger = await make_account(session)
    other = await make_registered_person(session, await make_organization(session))
    rows = [
        [str(id), "新名字", "", "", "", "", ""] for id in (own.id, member, stranger.id, other.id, "not an id")
    ]
    seen = await compare(session, charity, coordinator, csv_of(*rows), now)
    assert kinds(seen)[:5] == ["changed", "refused", "refused", "refused", "refused"]
    await apply(session, seen, coordinator, now)
    names = {id: name for id, name in await session.execute(select(Account.id, Account.name))}
    assert names[own.id] == "新名字"
    assert "新名字" not in {names[id] for id in (member, stranger.id, other.id)}


async def test_who_has_an_account_is_invited_and_who_is_missing_leaves_only_if_ticked(
    session: AsyncSession, charity: Organization, coordinator: Account, team: Team, now: datetime
) -> None:
    second = await make_team(session, charity, name="第二队")
    seat = await make_team_member(session, team)
    gone = await make_team_member(session, team)
    rows = [[str(seat.account_id), "", "", "", "", name, ""] for name in (team.name, second.name)]
    seen = await compare(session, charity, coordinator, csv_of(*rows), now)
    assert kinds(seen) == ["unchanged", "changed", "leaves"]
    before = (await roster_of(session, organization_id=charity.id)).print
    await apply(session, seen, coordinator, now, missing=True)
    await session.refresh(gone)
    assert gone.state is MemberState.left
    invited = select(TeamMember.state).where(TeamMember.team_id == second.id)
    assert (await session.scalars(invited)).all() == [MemberState.invited]
    await actions.undo_import(session, seen=seen, account_id=coordinator.id, now=now)
    assert (await roster_of(session, organization_id=charity.id)).print == before


async def test_nothing_is_applied_or_undone_over_what_others_did_meanwhile(
    session: AsyncSession, charity: Organization, coordinator: Account, team: Team, now: datetime
) -> None:
    seen = await compare(session, charity, coordinator, csv_of(row()), now)
    await make_team_member(session, team)
    with pytest.raises(Conflict, match="has changed since"):
        await apply(session, seen, coordinator, now)
    seen = await compare(session, charity, coordinator, csv_of(row()), now)
    await apply(session, seen, coordinator, now)
    await make_team_member(session, team)
    with pytest.raises(Conflict, match="no longer be undone"):
        await actions.undo_import(session, seen=seen, account_id=coordinator.id, now=now)


async def test_old_files_are_forgotten(
    session: AsyncSession, charity: Organization, coordinator: Account, now: datetime
) -> None:
    await compare(session, charity, coordinator, csv_of(row()), now)
    assert await actions.forget_old_imports(session, now=now) == 0
    assert await actions.forget_old_imports(session, now=now.replace(day=now.day + 2)) == 1


async def test_a_file_that_is_too_long_is_refused_as_a_whole(
    session: AsyncSession, charity: Organization, coordinator: Account, now: datetime
) -> None:
    with pytest.raises(Invalid, match="at most"):
        await compare(
            session, charity, coordinator, csv_of(*[row(f"人{n}") for n in range(MOST_ROWS + 1)]), now
        )


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    return out.getvalue()


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(300):
            archive.writestr(f"{n}.xml", b"")
    return out.getvalue()


def with_entities() -> bytes:
    source = zipfile.ZipFile(io.BytesIO(workbook_of(row())))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/workbook.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        bomb(),
        many_parts(),
        with_entities(),
        b"PK\x03\x04 no archive",
        b"",
        b"\xff\xfe\x00",
        b'"never closed\n1',
    ],
    ids=["bomb", "parts", "entities", "broken", "empty", "utf16", "quote"],
)
def test_what_is_no_sheet_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_table(data)


async def test_a_file_without_the_columns_says_which(
    session: AsyncSession, charity: Organization, coordinator: Account, now: datetime
) -> None:
    with pytest.raises(Invalid, match="columns are missing"):
        await compare(session, charity, coordinator, b"a,b\n1,2\n", now)
