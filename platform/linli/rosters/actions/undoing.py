"""The last import is undone, while nothing else has changed since."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.db import take_turns
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.participation.models import Participation
from linli.rosters.actions.saying import say
from linli.rosters.models import RosterImport
from linli.rosters.queries import (
    last_applied,
    roster_of,
    seats_by_id,
)
from linli.rosters.rules import ImportState
from linli.teams import actions as teams
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamRole

TOO_LATE: Final = Message("This can no longer be undone: the roster has changed since.")


async def undo_import(session: AsyncSession, *, seen: RosterImport, account_id: UUID, now: datetime) -> None:
    """Everything as it was before, last step first; whoever was told is told again."""
    await take_turns(session, f"roster {seen.organization_id}")
    last = await last_applied(session, organization_id=seen.organization_id)
    if seen.state is not ImportState.applied or last is None or last.id != seen.id:
        raise Conflict(TOO_LATE)
    if (await roster_of(session, organization_id=seen.organization_id)).print != seen.made_print:
        raise Conflict(TOO_LATE)
    steps: list[Any] = seen.done or []
    new = [UUID(each["person"]) for each in steps if each["did"] == "registered"]
    await _check_nobody_has_gone_anywhere(session, new)
    await _undo(session, steps, account_id, now)
    seen.state, seen.undone_at = ImportState.undone, now
    await session.flush()
    record(
        session,
        action="undo_roster",
        object_id=seen.id,
        organization_id=seen.organization_id,
        actor_id=account_id,
        now=now,
    )


async def _undo(session: AsyncSession, steps: Sequence[Any], account_id: UUID, now: datetime) -> None:
    """Kind by kind, what was done last first."""
    did: dict[str, list[Any]] = {}
    for step in reversed(steps):
        did.setdefault(step["did"], []).append(step)
    await _bring_back(session, did.get("let_go", ()))
    await _give_back_roles(session, did.get("role", ()), did.get("led", ()))
    await _take_out(session, did.get("brought_in", ()), account_id, now)
    await say(session, [(UUID(each["person"]), each["old"]) for each in did.get("said", ())])
    gone = [UUID(each["person"]) for each in did.get("registered", ())]
    await session.execute(delete(Account).where(Account.id.in_(gone)))


async def _bring_back(session: AsyncSession, steps: Sequence[Any]) -> None:
    seats = await _seats(session, steps)
    for step in steps:
        seat = seats[UUID(step["seat"])]
        seat.state, seat.ended_at = MemberState(step["state"]), None
    await session.flush()


async def _give_back_roles(session: AsyncSession, steps: Sequence[Any], led: Sequence[Any]) -> None:
    """Who led before leads again once nobody else does: a team has one leader at any moment."""
    seats = await _seats(session, steps)
    for step in steps:
        seats[UUID(step["seat"])].role = TeamRole(step["role"])
    await session.flush()
    leaders = await seats_by_id(session, [UUID(each["leader"]) for each in led if each["leader"]])
    for seat in leaders.values():
        seat.role = TeamRole.leader
    await session.flush()


async def _take_out(session: AsyncSession, steps: Sequence[Any], account_id: UUID, now: datetime) -> None:
    if not steps:
        return
    seats = await _seats(session, steps)
    found = await session.scalars(select(Team).where(Team.id.in_({each.team_id for each in seats.values()})))
    homes = {team.id: team for team in found}
    leaving = [(homes[seat.team_id], id) for id, seat in seats.items()]
    await teams.remove_members(session, leaving=leaving, account_id=account_id, now=now)


async def _seats(session: AsyncSession, steps: Sequence[Any]) -> Mapping[UUID, TeamMember]:
    return await seats_by_id(session, [UUID(each["seat"]) for each in steps])


async def _check_nobody_has_gone_anywhere(session: AsyncSession, people: list[UUID]) -> None:
    taken = exists().where(Participation.account_id.in_(people))
    if people and await session.scalar(select(taken)):
        raise Conflict(TOO_LATE)
