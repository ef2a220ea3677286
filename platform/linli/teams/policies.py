"""Who may see, join and lead a team. A leader's authority is their row in the team, nothing else."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import NotFound, NotPermitted, NotSignedIn
from linli.core.i18n import Message
from linli.core.web.security import Caller
from linli.organizations.policies import is_officer_of, member_of_path_organization
from linli.organizations.rules import DESK_ROLES, Role
from linli.teams.models import Team, TeamMember
from linli.teams.rules import LEADING_ROLES, OPEN_STATES, TeamRole

_ASK_LEADER = Message("Only the team's leader can do this.")

may_manage_teams = member_of_path_organization(*DESK_ROLES)


async def team_in_path(session: AsyncSession, ids: Mapping[str, Any]) -> Team:
    team = await session.get(Team, ids["team_id"])
    if team is None:
        raise NotFound
    return team


async def team_seat(session: AsyncSession, *, team_id: UUID, account_id: UUID) -> TeamMember | None:
    """The row that somebody has with a team now: asked, invited or a member."""
    seat: TeamMember | None = await session.scalar(
        select(TeamMember).where(
            TeamMember.team_id == team_id,
            TeamMember.account_id == account_id,
            TeamMember.state.in_(OPEN_STATES),
        )
    )
    return seat


def is_home_officer(caller: Caller | None, team: Team) -> bool:
    """Whether the caller acts for the organization that answers for the team."""
    return caller is not None and is_officer_of(caller, team.home_id)


def is_own_officer(caller: Caller | None, team: Team) -> bool:
    """Whether the team is one of the caller's organization: a committee does not lead a community group."""
    return team.organization_id is not None and is_home_officer(caller, team)


def acts_somewhere(caller: Caller | None) -> bool:
    """Whether the caller works for an organization that may ask teams for help."""
    return caller is not None and any(seat.role in DESK_ROLES for seat in caller.seats)


def leads(seat: TeamMember | None) -> bool:
    return seat is not None and seat.is_member and seat.role in LEADING_ROLES


def heads(seat: TeamMember | None) -> bool:
    return leads(seat) and seat is not None and seat.role is TeamRole.leader


async def may_see_team(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Agreed teams are public; a proposal is its people's and its committee's."""
    team = await team_in_path(session, ids)
    if team.is_public or is_home_officer(caller, team):
        return
    if caller is None or not await team_seat(session, team_id=team.id, account_id=caller.account_id):
        raise NotFound


async def may_ask(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever has signed in, in a team that is public."""
    if caller is None:
        raise NotSignedIn
    if not (await team_in_path(session, ids)).is_public:
        raise NotFound


async def may_answer_for_self(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Everybody answers and leaves for themselves."""
    if caller is None:
        raise NotSignedIn
    if not await team_seat(session, team_id=ids["team_id"], account_id=caller.account_id):
        raise NotFound


async def may_lead(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Leader and deputies, and who acts for the organization that the team belongs to."""
    await _may_as(session, caller, ids, only_leader=False)


async def may_head(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """As `may_lead`, without the deputies."""
    await _may_as(session, caller, ids, only_leader=True)


async def may_decide_team(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Officers of the verified committee that answers for a community group."""
    await member_of_path_organization(Role.officer, verified=True)(session, caller, ids)
    if (await team_in_path(session, ids)).committee_id != ids["organization_id"]:
        raise NotFound


async def _may_as(
    session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any], *, only_leader: bool
) -> None:
    if caller is None:
        raise NotSignedIn
    team = await team_in_path(session, ids)
    if is_own_officer(caller, team):
        return
    seat = await team_seat(session, team_id=team.id, account_id=caller.account_id)
    if seat is None:
        raise NotFound
    if not leads(seat) or (only_leader and not heads(seat)):
        raise NotPermitted(_ASK_LEADER)
