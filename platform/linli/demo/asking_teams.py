"""What those are asked for who sign in for a team or a charity: one thing taken on, one that waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.dispatch import actions
from linli.dispatch.models import Dispatch
from linli.needs.models import Need, Shift
from linli.organizations.models import Organization
from linli.teams.models import Team

PLACES: Final = 2
NOTE: Final = "你们队上次来，老人们都很高兴。这次想请两位队员，熟悉的面孔最好。"
NOTE_TO_CHARITY: Final = "听说你们的志愿者很有耐心，想请两位来帮忙，派哪支队都行。"
LEAST_AHEAD: Final = timedelta(days=2)
LATER: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Asker:
    """A need, and the officer who asks for it."""

    need: Need
    officer: Account


async def ask_team(
    session: AsyncSession,
    *,
    team: Team,
    askers: Sequence[Asker],
    people: Sequence[Account],
    evening: datetime,
) -> None:
    """For the first need it says yes and names the first member who can come; the second waits.

    The first of the people leads.
    """
    leader, *members = people
    taken_on = await _ask_twice(session, askers, leader, evening, team_id=team.id, note_to_them=NOTE)
    if taken_on is not None:
        await _name_one(session, taken_on, members, leader, evening + LATER)


async def ask_organization(
    session: AsyncSession,
    *,
    organization: Organization,
    askers: Sequence[Asker],
    coordinator: Account,
    evening: datetime,
) -> None:
    """It said yes to the first and has named nobody; the second waits for its answer."""
    await _ask_twice(
        session, askers, coordinator, evening, organization_id=organization.id, note_to_them=NOTE_TO_CHARITY
    )


async def _ask_twice(
    session: AsyncSession,
    askers: Sequence[Asker],
    answering: Account,
    evening: datetime,
    *,
    note_to_them: str,
    team_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> Dispatch | None:
    """For two needs at most; the first of them, to which they have said yes."""
    asked = [
        await actions.ask(
            session,
            shift_id=shift.id,
            places=PLACES,
            asked_by_id=officer.id,
            team_id=team_id,
            organization_id=organization_id,
            note_to_them=note_to_them,
            now=evening,
        )
        for shift, officer in _with_room(askers, evening)[:2]
    ]
    if not asked:
        return None
    await actions.accept(
        session, dispatch=asked[0], places=PLACES, account_id=answering.id, now=evening + LATER
    )
    return asked[0]


async def _name_one(
    session: AsyncSession, dispatch: Dispatch, members: Sequence[Account], leader: Account, now: datetime
) -> None:
    """The first who can; one place stays to be named."""
    for member in members:
        named = await actions.name_members(
            session, dispatch=dispatch, account_ids=[member.id], named_by_id=leader.id, now=now
        )
        if named.asked:
            return


def _with_room(askers: Sequence[Asker], evening: datetime) -> list[tuple[Shift, Account]]:
    """Of each need the first time that is far enough ahead, without papers that few hold."""
    found = []
    for asker in askers:
        free = (
            shift
            for shift in asker.need.shifts
            if shift.places_free >= PLACES and shift.starts_at > evening + LEAST_AHEAD
        )
        shift = next(free, None)
        if shift is not None and not asker.need.credentials:
            found.append((shift, asker.officer))
    return found
