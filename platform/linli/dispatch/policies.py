"""Who may ask teams and organizations, answer for them, and name people."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import NotFound, NotPermitted, NotSignedIn
from linli.core.web.security import Caller
from linli.dispatch.models import Dispatch
from linli.dispatch.queries import find_dispatch
from linli.needs.policies import POSTING_ROLES, may_manage_need
from linli.organizations.models import Organization
from linli.organizations.policies import is_officer_of
from linli.teams import policies as teams
from linli.teams.models import Team


async def may_ask_team(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who manages the need, any team that is public."""
    await may_manage_need(session, caller, ids)
    team = await session.get(Team, ids["team_id"])
    if team is None or not team.is_public:
        raise NotFound


async def may_ask_for_help(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who posts needs for some organization, any team that is public."""
    if caller is None:
        raise NotSignedIn
    team = await session.get(Team, ids["team_id"])
    if team is None or not team.is_public or not any(seat.role in POSTING_ROLES for seat in caller.seats):
        raise NotFound


async def may_ask_organization(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who manages the need, any organization that a bureau vouches for, and their own to hear why not."""
    await may_manage_need(session, caller, ids)
    asked = await session.get(Organization, ids["asked_id"])
    if asked is None or not asked.is_verified:
        raise NotFound


async def may_withdraw(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who manages the need it was asked for."""
    if caller is None:
        raise NotSignedIn
    dispatch = await find_dispatch(session, ids["dispatch_id"])
    await may_manage_need(session, caller, {"need_id": dispatch.need_id})


async def may_answer(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Leaders of the team asked and who acts for its organization; or who acts for the organization asked."""
    await _may(session, caller, ids, also_handed_to=False)


async def may_name(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who may answer; and the leaders of the team to which it was handed."""
    await _may(session, caller, ids, also_handed_to=True)


async def may_see_calendar(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Members of the team, and who acts for its organization."""
    if caller is None:
        raise NotSignedIn
    team = await teams.team_in_path(session, ids)
    seat = await teams.team_seat(session, team_id=team.id, account_id=caller.account_id)
    if not (seat and seat.is_member) and not teams.is_own_officer(caller, team):
        raise NotFound


async def _may(
    session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any], *, also_handed_to: bool
) -> None:
    if caller is None:
        raise NotSignedIn
    dispatch = await find_dispatch(session, ids["dispatch_id"])
    if await answers_for(session, caller, dispatch):
        return
    if dispatch.handed_to_id and await _leads(session, caller, dispatch.handed_to_id):
        if also_handed_to:
            return
        raise NotPermitted
    raise NotFound


async def answers_for(session: AsyncSession, caller: Caller, dispatch: Dispatch) -> bool:
    """Whether the caller says yes and no for who was asked."""
    if dispatch.organization_id is not None:
        return is_officer_of(caller, dispatch.organization_id)
    assert dispatch.team_id is not None
    return await _leads(session, caller, dispatch.team_id)


async def _leads(session: AsyncSession, caller: Caller, team_id: UUID) -> bool:
    team = await session.get_one(Team, team_id)
    seat = await teams.team_seat(session, team_id=team_id, account_id=caller.account_id)
    return teams.leads(seat) or teams.is_own_officer(caller, team)
