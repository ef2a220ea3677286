"""A roster of 5,000 people: read, compared, applied, and taken home."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from linli.core.db import Database
from linli.core.workbooks import read_table
from linli.migrations import migrate
from linli.organizations.rules import OrganizationKind
from linli.rosters import actions
from linli.rosters.queries import roster_of
from linli.rosters.reading import place_named
from linli.rosters.rules import COLUMN_NAMES, MOST_ROWS
from linli.rosters.sheets import as_csv, as_workbook
from tests.benchmarks.measuring import clocked, clocked_awaiting, show
from tests.conftest import settings_for
from tests.factories import COMMUNITY, make_member, make_organization, make_team

TEAMS = 20


def measure(folder: Path) -> None:
    show(
        f"A roster of {MOST_ROWS} rows (aim: a preview under 3 s)",
        ("", "seconds"),
        asyncio.run(_measured(f"sqlite:///{folder / 'roster.sqlite'}")),
    )


async def _measured(url: str) -> list[list[object]]:
    database = Database(settings_for(url))
    await migrate(database)
    rows: list[list[object]] = []
    now = datetime.now(UTC)
    async with database.transaction() as session:
        charity = await make_organization(session, OrganizationKind.charity)
        coordinator = await make_member(session, charity)
        names = [(await make_team(session, charity)).name for _ in range(TEAMS)]
        (sheet, merged), read, _ = clocked(lambda: read_table(_file(names)))
        rows.append(["read a CSV", read])
        preview = actions.preview_import(
            session,
            organization=charity,
            sheet=sheet,
            merged=merged,
            account_id=coordinator.id,
            today=now.date(),
            now=now,
        )
        seen, took = await clocked_awaiting(preview)
        rows.append(["compare, all new", took])
        apply = actions.apply_import(
            session, seen=seen, with_missing=False, they_agree=True, account_id=coordinator.id, now=now
        )
        rows.append(["apply", (await clocked_awaiting(apply))[1]])
        roster, took = await clocked_awaiting(roster_of(session, organization_id=charity.id))
        rows.append(["the roster from the database", took])
        csv, took, _ = clocked(lambda: as_csv(roster, "zh"))
        rows.append(["write a CSV", took])
        book, took, _ = clocked(lambda: as_workbook(roster, "zh"))
        rows.append(["write a workbook", took])
        for name, data in (("CSV", csv), ("workbook", book)):
            (sheet, merged), read, _ = clocked(lambda data=data: read_table(data))  # type: ignore[misc]
            again = actions.preview_import(
                session,
                organization=charity,
                sheet=sheet,
                merged=merged,
                account_id=coordinator.id,
                today=now.date(),
                now=now,
            )
            _, took = await clocked_awaiting(again)
            rows.append([f"read the {name} and compare, all unchanged", read + took])
    await database.close()
    return rows


def _file(teams: list[str]) -> bytes:
    header = ",".join(name.in_language("zh") for name in COLUMN_NAMES.values())
    place = place_named(COMMUNITY)
    rows = [
        f",张{n}号,138{n:08d},19{40 + n % 60}-0{1 + n % 9}-1{n % 10},{place},{teams[n % len(teams)]},"
        for n in range(MOST_ROWS)
    ]
    return "\n".join((header, *rows)).encode("gb18030")
