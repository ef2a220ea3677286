"""A committee with a need, and a charity whose team is asked for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.dispatch import actions
from linli.dispatch.models import Dispatch
from linli.needs.models import Need, Shift
from linli.notifications.models import Notice
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.participation.models import Hold
from linli.teams.models import Team
from linli.teams.rules import TeamRole
from tests.factories import (
    make_account,
    make_member,
    make_need,
    make_organization,
    make_team,
    make_team_member,
)


@dataclass
class Meeting:
    """A committee with a need, and a charity's team with a leader, a deputy and three members."""

    officer: Account
    need: Need
    shift: Shift
    charity: Organization
    coordinator: Account
    team: Team
    leader: Account
    deputy: Account
    members: list[Account]


async def make_meeting(session: AsyncSession, now: datetime, members: int = 3) -> Meeting:
    committee = await make_organization(session)
    charity = await make_organization(session, OrganizationKind.charity)
    need = await make_need(session, organization=committee, places=3, starts_at=now + timedelta(days=7))
    team = await make_team(session, charity)
    leader, deputy, *people = [await make_account(session) for _ in range(2 + members)]
    await make_team_member(session, team, leader, TeamRole.leader)
    await make_team_member(session, team, deputy, TeamRole.deputy)
    for member in people:
        await make_team_member(session, team, member)
    return Meeting(
        officer=await make_member(session, committee),
        need=need,
        shift=need.shifts[0],
        charity=charity,
        coordinator=await make_member(session, charity),
        team=team,
        leader=leader,
        deputy=deputy,
        members=people,
    )


async def ask(session: AsyncSession, meeting: Meeting, now: datetime, places: int = 2) -> Dispatch:
    return await actions.ask(
        session,
        shift_id=meeting.shift.id,
        places=places,
        asked_by_id=meeting.officer.id,
        team_id=meeting.team.id,
        now=now,
    )


async def taken_on(session: AsyncSession, meeting: Meeting, now: datetime, places: int = 2) -> Dispatch:
    dispatch = await ask(session, meeting, now, places)
    return await actions.accept(
        session, dispatch=dispatch, places=places, account_id=meeting.leader.id, now=now
    )


async def name(
    session: AsyncSession, meeting: Meeting, dispatch: Dispatch, now: datetime, *people: Account
) -> actions.Named:
    return await actions.name_members(
        session,
        dispatch=dispatch,
        account_ids=[each.id for each in people],
        named_by_id=meeting.leader.id,
        now=now,
    )


async def left(session: AsyncSession, dispatch: Dispatch) -> int:
    found = await session.scalar(select(Hold.places_left).where(Hold.id == dispatch.hold_id))
    assert found is not None
    return found


async def events(session: AsyncSession, account: Account) -> list[str]:
    await session.flush()
    query = select(Notice.event).where(Notice.account_id == account.id).order_by(Notice.id)
    return list(await session.scalars(query))
