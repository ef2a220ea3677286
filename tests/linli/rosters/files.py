"""Rosters as files, compared and applied."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.workbooks import read_table
from linli.organizations.models import Organization
from linli.rosters import actions
from linli.rosters.models import RosterImport
from tests.factories import COMMUNITY

HEADER = [
    "Number in the roster",
    "Name",
    "Mobile number",
    "Birth date",
    "Community",
    "Team",
    "Role in the team",
]


def csv_of(*rows: list[str], encoding: str = "utf-8") -> bytes:
    return "\n".join(",".join(row) for row in (HEADER, *rows)).encode(encoding)


async def compare(
    session: AsyncSession, charity: Organization, coordinator: Account, data: bytes, now: datetime
) -> RosterImport:
    sheet, merged = read_table(data)
    return await actions.preview_import(
        session,
        organization=charity,
        sheet=sheet,
        merged=merged,
        account_id=coordinator.id,
        today=now.date(),
        now=now,
    )


def kinds(seen: RosterImport) -> list[str]:
    return [each["kind"] for each in seen.differences]


def row(
    name: str = "李明", born: Any = "1960-05-01", *, mobile: Any = "", team: str = "", role: str = ""
) -> Any:
    return ["", name, mobile, born, COMMUNITY, team, role]


async def apply(
    session: AsyncSession, seen: RosterImport, coordinator: Account, now: datetime, *, missing: bool = False
) -> int:
    return await actions.apply_import(
        session, seen=seen, with_missing=missing, they_agree=True, account_id=coordinator.id, now=now
    )
