"""Who leads a team, and what a leader does with it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.teams.actions.belonging import people_of, seats_as_they_are
from linli.teams.actions.founding import new_join_token
from linli.teams.models import Team, TeamMember
from linli.teams.rules import HAND_OVER_FIRST, ROLE_NAMES, MemberState, TeamRole
from linli.teams.traces import note, tell_person


async def set_role(
    session: AsyncSession, *, team: Team, member_id: UUID, role: TeamRole, account_id: UUID, now: datetime
) -> Account:
    """A member becomes a deputy or a plain member again; a new leader takes over from the old one."""
    [person] = await set_roles(session, given=[(team, member_id, role)], account_id=account_id, now=now)
    return person


async def set_roles(
    session: AsyncSession,
    *,
    given: Sequence[tuple[Team, UUID, TeamRole]],
    account_id: UUID,
    now: datetime,
) -> list[Account]:
    """The same for many at once; the leader so far stays as a deputy."""
    teams = {team.id: team for team, _, _ in given}
    seats = await _members(session, [(team, member_id) for team, member_id, _ in given])
    roles = [(seat, role) for seat, (_, _, role) in zip(seats, given, strict=True)]
    if any(seat.role is TeamRole.leader and role is not TeamRole.leader for seat, role in roles):
        raise Conflict(HAND_OVER_FIRST)
    taken_over = {seat.team_id: seat for seat, role in roles if role is TeamRole.leader}
    former = [seat for seat in await leaders_of(session, taken_over) if seat is not taken_over[seat.team_id]]
    # First, because a team has one leader at any moment.
    await _give(session, teams, [(seat, TeamRole.deputy) for seat in former], account_id, now)
    await _give(session, teams, roles, account_id, now)
    return await people_of(session, seats)


async def leaders_of(session: AsyncSession, team_ids: Collection[UUID]) -> Sequence[TeamMember]:
    """The rows of those who lead these teams now; a team may have nobody yet."""
    leading = select(TeamMember).where(
        TeamMember.team_id.in_(team_ids),
        TeamMember.state == MemberState.member,
        TeamMember.role == TeamRole.leader,
    )
    return (await session.scalars(leading.execution_options(populate_existing=True))).all()


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


async def _members(session: AsyncSession, wanted: Sequence[tuple[Team, UUID]]) -> list[TeamMember]:
    """With the teams locked, so that two hand-overs go one after the other."""
    teams = select(Team.id).where(Team.id.in_({team.id for team, _ in wanted})).order_by(Team.id)
    await session.execute(teams.with_for_update())
    seats = await seats_as_they_are(session, wanted)
    if not all(seat.is_member for seat in seats):
        raise Conflict(Message("Only a member can have a role in the team."))
    return seats


async def _give(
    session: AsyncSession,
    teams: Mapping[UUID, Team],
    roles: Sequence[tuple[TeamMember, TeamRole]],
    account_id: UUID,
    now: datetime,
) -> None:
    changed = [(seat, role) for seat, role in roles if seat.role is not role]
    for seat, role in changed:
        seat.role = role
    await session.flush()
    people = await people_of(session, [seat for seat, _ in changed])
    for (seat, role), person in zip(changed, people, strict=True):
        team = teams[seat.team_id]
        note(session, "set_team_role", team, account_id, now, member_id=seat.id)
        if person.id != account_id:
            sentence = Message("Your role in {team}: {role}.", team=team.name, role=ROLE_NAMES[role])
            tell_person(session, person, team, sentence, now)
