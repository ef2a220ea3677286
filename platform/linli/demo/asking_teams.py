"""What the team of the first volunteer is asked for: one thing it took on, one that waits for its answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.dispatch import actions
from linli.dispatch.models import Dispatch
from linli.needs.models import Need, Shift
from linli.teams.models import Team

PLACES: Final = 2
NOTE: Final = "你们队上次来，老人们都很高兴。这次想请两位队员，熟悉的面孔最好。"
LEAST_AHEAD: Final = timedelta(days=2)


async def ask_team(
    session: AsyncSession,
    *,
    team: Team,
    needs: Sequence[Need],
    people: Sequence[Account],
    officer: Account,
    evening: datetime,
) -> None:
    """For the first need it says yes and names the first member who can come; the second waits.

    The first of the people leads.
    """
    leader, *members = people
    # Papers that few hold would leave the leader with nobody to name.
    anybody = [need for need in needs if not need.credentials]
    shifts = [shift for need in anybody if (shift := _with_room(need, evening))]
    for number, shift in enumerate(shifts[:2]):
        dispatch = await actions.ask(
            session,
            shift_id=shift.id,
            places=PLACES,
            asked_by_id=officer.id,
            team_id=team.id,
            note_to_them=NOTE,
            now=evening,
        )
        if number == 0:
            later = evening + timedelta(minutes=30)
            await actions.accept(session, dispatch=dispatch, places=PLACES, account_id=leader.id, now=later)
            await _name_one(session, dispatch, members, leader, later)


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


def _with_room(need: Need, evening: datetime) -> Shift | None:
    return next(
        (
            shift
            for shift in need.shifts
            if shift.places_free >= PLACES and shift.starts_at > evening + LEAST_AHEAD
        ),
        None,
    )
