"""Who leads a team, and what a leader does with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.teams.actions.belonging import seat_with_id
from linli.teams.actions.founding import new_join_token
from linli.teams.models import Team, TeamMember
from linli.teams.rules import ROLE_NAMES, MemberState, TeamRole
from linli.teams.traces import note, tell_person


async def set_role(
    session: AsyncSession, *, team: Team, member_id: UUID, role: TeamRole, account_id: UUID, now: datetime
) -> Account:
    """A member becomes a deputy or a plain member again; a new leader takes over from the old one."""
    if role is TeamRole.leader:
        return await hand_over(session, team=team, member_id=member_id, account_id=account_id, now=now)
    seat = await _member(session, team, member_id)
    if seat.role is TeamRole.leader:
        raise Conflict(Message("Please hand the team over first: it needs somebody who answers for it."))
    return await _give(session, team, seat, role, account_id, now)


async def hand_over(
    session: AsyncSession, *, team: Team, member_id: UUID, account_id: UUID, now: datetime
) -> Account:
    """A member becomes the leader; the leader so far stays as a deputy."""
    seat = await _member(session, team, member_id)
    leading = select(TeamMember).where(
        TeamMember.team_id == team.id,
        TeamMember.state == MemberState.member,
        TeamMember.role == TeamRole.leader,
    )
    former = await session.scalar(leading.execution_options(populate_existing=True))
    if former is not None and former.id != seat.id:
        # First, because a team has one leader at any moment.
        await _give(session, team, former, TeamRole.deputy, account_id, now)
    return await _give(session, team, seat, TeamRole.leader, account_id, now)


async def renew_link(session: AsyncSession, *, team: Team, account_id: UUID, now: datetime) -> None:
    """Links and QR codes given out before lead nowhere any more."""
    team.join_token = new_join_token()
    await session.flush()
    note(session, "renew_team_link", team, account_id, now)


def note_roster_seen(
    session: AsyncSession, *, team: Team, people: Sequence[UUID], account_id: UUID, now: datetime
) -> None:
    """One entry for each person whose number was shown (security 5); their own data lists it to them."""
    for person_id in people:
        if person_id != account_id:
            record(
                session,
                action="see_member_contact",
                object_id=person_id,
                organization_id=team.organization_id,
                actor_id=account_id,
                now=now,
                team_id=team.id,
            )


async def _member(session: AsyncSession, team: Team, member_id: UUID) -> TeamMember:
    """With the team locked, so that two hand-overs go one after the other."""
    await session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    seat = await seat_with_id(session, team=team, member_id=member_id)
    await session.refresh(seat)
    if not seat.is_member:
        raise Conflict(Message("Only a member can have a role in the team."))
    return seat


async def _give(
    session: AsyncSession, team: Team, seat: TeamMember, role: TeamRole, account_id: UUID, now: datetime
) -> Account:
    person = await session.get_one(Account, seat.account_id)
    if seat.role is role:
        return person
    seat.role = role
    await session.flush()
    note(session, "set_team_role", team, account_id, now, member_id=seat.id)
    if person.id != account_id:
        sentence = Message("Your role in {team}: {role}.", team=team.name, role=ROLE_NAMES[role])
        tell_person(session, person, team, sentence, now)
    return person
