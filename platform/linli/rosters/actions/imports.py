"""A file is read and compared; nothing happens yet."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import CursorResult, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.core.spreadsheets import Sheet
from linli.organizations.models import Organization
from linli.rosters.models import RosterImport
from linli.rosters.queries import roster_of
from linli.rosters.reading import Words, read_rows
from linli.rosters.rules import APPLIED_KEPT, PREVIEW_KEPT, Difference, ImportState, Kind, differences
from linli.teams.rules import TeamRole

AT_ONCE: Final = 100


async def preview_import(
    session: AsyncSession,
    *,
    organization: Organization,
    sheet: Sheet,
    merged: frozenset[int],
    account_id: UUID,
    today: date,
    now: datetime,
) -> RosterImport:
    """What the file would do, kept for a day; Invalid where the file as a whole cannot be read."""
    roster = await roster_of(session, organization_id=organization.id)
    words = Words.of(
        division=organization.division,
        teams=roster.teams,
        divisions={each.division for each in roster.people.values()},
    )
    rows = read_rows(sheet, merged, words)
    found = differences(rows, roster.people, {team.id for team in roster.teams}, today=today)
    seen = RosterImport(
        organization_id=organization.id,
        account_id=account_id,
        seen_print=roster.print,
        differences=[to_json(each) for each in found],
        created_at=now,
    )
    session.add(seen)
    await session.flush()
    return seen


async def forget_old_imports(session: AsyncSession, *, now: datetime) -> int:
    """A file that was only looked at after a day, one that was applied after a month."""
    over = select(RosterImport.id).where(
        or_(
            (RosterImport.state == ImportState.previewed) & (RosterImport.created_at <= now - PREVIEW_KEPT),
            RosterImport.created_at <= now - APPLIED_KEPT,
        )
    )
    gone = delete(RosterImport).where(RosterImport.id.in_(over.limit(AT_ONCE)))
    result: CursorResult[Any] = await session.execute(gone)  # type: ignore[assignment]
    return result.rowcount


def to_json(each: Difference) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.to_builtins(
        {
            "number": each.number,
            "kind": each.kind.value,
            "name": each.name,
            "person_id": each.person_id,
            "first_row": each.first_row,
            "team_id": each.team_id,
            "role": each.role.value if each.role else None,
            "says": dict(each.says),
        }
    )
    return kept | ({"sentence": each.sentence.to_json()} if each.sentence else {})


def from_json(kept: dict[str, Any]) -> Difference:
    return Difference(
        number=kept["number"],
        kind=Kind(kept["kind"]),
        name=kept["name"],
        sentence=Message.from_json(kept["sentence"]) if "sentence" in kept else None,
        person_id=UUID(kept["person_id"]) if kept["person_id"] else None,
        first_row=kept["first_row"],
        team_id=UUID(kept["team_id"]) if kept["team_id"] else None,
        role=TeamRole(kept["role"]) if kept["role"] else None,
        says=kept["says"],
    )
