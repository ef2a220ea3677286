"""The last import is undone, while nothing else has changed since."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.db import take_turns
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.participation.models import Participation
from linli.rosters.actions.applying import say
from linli.rosters.models import RegisteredPerson, RosterImport
from linli.rosters.queries import last_applied, roster_of
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
    await _check_nobody_has_gone_anywhere(session, [UUID(each["person"]) for each in steps if _began(each)])
    for step in reversed(steps):
        await _undo(session, step, account_id, now)
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


async def _undo(session: AsyncSession, step: dict[str, Any], account_id: UUID, now: datetime) -> None:
    match step["did"]:
        case "registered":
            await session.delete(await session.get_one(Account, UUID(step["person"])))
        case "said":
            person_id = UUID(step["person"])
            account = await session.get_one(Account, person_id)
            say(account, await session.get_one(RegisteredPerson, person_id), step["old"])
        case "brought_in":
            seat, team = await _seat(session, step)
            await teams.remove_member(session, team=team, member_id=seat.id, account_id=account_id, now=now)
        case "let_go":
            seat, _ = await _seat(session, step)
            seat.state, seat.ended_at = MemberState(step["state"]), None
        case "role":
            seat, _ = await _seat(session, step)
            seat.role = TeamRole(step["role"])
        case "led" if step["leader"]:
            await session.flush()
            seat = await session.get_one(TeamMember, UUID(step["leader"]))
            seat.role = TeamRole.leader
    await session.flush()


async def _seat(session: AsyncSession, step: dict[str, Any]) -> tuple[TeamMember, Team]:
    seat = await session.get_one(TeamMember, UUID(step["seat"]))
    return seat, await session.get_one(Team, seat.team_id)


async def _check_nobody_has_gone_anywhere(session: AsyncSession, people: list[UUID]) -> None:
    taken = exists().where(Participation.account_id.in_(people))
    if people and await session.scalar(select(taken)):
        raise Conflict(TOO_LATE)


def _began(step: dict[str, Any]) -> bool:
    return bool(step["did"] == "registered")
