"""People ask, are invited, join and leave."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.teams.actions.places import count_all_in, count_in, teams_of
from linli.teams.models import Team, TeamMember
from linli.teams.policies import team_seat
from linli.teams.rules import (
    CONSENT_VERSION,
    MOST_ASKED,
    NOW_A_MEMBER,
    MemberState,
    TeamRole,
    refuse_joining,
    refuse_leaving,
    refuse_one_more,
)
from linli.teams.traces import note, tell_leaders, tell_person

ALREADY: Final = Message("You are in this team, or have asked already.")
ANSWERED: Final = Message("This has been answered already.")


async def ask_to_join(session: AsyncSession, *, team: Team, account: Account, now: datetime) -> TeamMember:
    """Somebody asks; whoever leads the team answers."""
    _check_open(team)
    seat = await team_seat(session, team_id=team.id, account_id=account.id)
    if seat is not None and seat.state is MemberState.invited:
        return await accept_invitation(session, team=team, seat=seat, now=now)
    if seat is not None:
        raise Conflict(ALREADY)
    if refusal := refuse_one_more(await teams_of(session, account_id=account.id)):
        raise Conflict(refusal)
    await _check_not_everywhere(session, account.id)
    seat = await _open(session, team, account.id, MemberState.asked, now)
    note(session, "ask_to_join_team", team, account.id, now, member_id=seat.id)
    sentence = Message("Somebody asks to join {team}. Please answer soon.", team=team.name)
    await tell_leaders(session, team, sentence, now)
    return seat


async def join_by_link(session: AsyncSession, *, team: Team, account: Account, now: datetime) -> TeamMember:
    """Who has the leader's link or QR code is invited, and comes in at once."""
    _check_open(team)
    seat = await team_seat(session, team_id=team.id, account_id=account.id)
    if seat is not None and seat.is_member:
        return seat
    await count_in(session, account_id=account.id)
    seat = seat or await _open(session, team, account.id, MemberState.invited, now)
    await _come_in(session, seat, now)
    note(session, "join_team_by_link", team, account.id, now, member_id=seat.id)
    sentence = Message("Somebody has joined {team} by your link.", team=team.name)
    await tell_leaders(session, team, sentence, now, but=account.id)
    tell_person(session, account, team, NOW_A_MEMBER.given(team=team.name), now)
    return seat


async def invite_members(
    session: AsyncSession, *, invited: Sequence[tuple[Team, Account]], account_id: UUID, now: datetime
) -> list[TeamMember]:
    """The organization proposes its teams to people, who say yes or no."""
    seats = [_new_seat(team, account.id, MemberState.invited, now) for team, account in invited]
    await _open_all(session, seats)
    for seat, (team, account) in zip(seats, invited, strict=True):
        note(session, "invite_to_team", team, account_id, now, member_id=seat.id)
        sentence = Message("You are invited to the team {team}. You can say yes or no.", team=team.name)
        tell_person(session, account, team, sentence, now)
    return seats


async def enter_members(
    session: AsyncSession, *, entered: Sequence[tuple[Team, Account]], account_id: UUID, now: datetime
) -> list[TeamMember]:
    """People who cannot sign in become members; their consent is kept with their registration."""
    await count_all_in(session, Counter(account.id for _, account in entered))
    seats = [_new_seat(team, account.id, MemberState.member, now) for team, account in entered]
    await _open_all(session, seats)
    for seat, (team, _) in zip(seats, entered, strict=True):
        note(session, "enter_team_member", team, account_id, now, member_id=seat.id)
    return seats


async def accept_invitation(
    session: AsyncSession, *, team: Team, seat: TeamMember, now: datetime
) -> TeamMember:
    """The person says yes."""
    _check_open(team)
    await _hold(session, seat, MemberState.invited)
    await count_in(session, account_id=seat.account_id)
    await _come_in(session, seat, now)
    note(session, "accept_team_invitation", team, seat.account_id, now, member_id=seat.id)
    sentence = Message("Somebody you invited has joined {team}.", team=team.name)
    await tell_leaders(session, team, sentence, now)
    return seat


async def decline_invitation(
    session: AsyncSession, *, team: Team, seat: TeamMember, now: datetime
) -> TeamMember:
    await _hold(session, seat, MemberState.invited)
    await _close(session, seat, MemberState.declined, now)
    note(session, "decline_team_invitation", team, seat.account_id, now, member_id=seat.id)
    sentence = Message("Somebody you invited to {team} will not join.", team=team.name)
    await tell_leaders(session, team, sentence, now)
    return seat


async def accept_member(
    session: AsyncSession, *, team: Team, member_id: UUID, account_id: UUID, now: datetime
) -> Account:
    """The leader says yes to somebody who asked; the five teams are counted again."""
    _check_open(team)
    [seat] = await _hold_in(session, [(team, member_id)], MemberState.asked)
    await count_in(session, account_id=seat.account_id)
    await _come_in(session, seat, now)
    note(session, "accept_team_member", team, account_id, now, member_id=seat.id)
    person = await session.get_one(Account, seat.account_id)
    tell_person(session, person, team, NOW_A_MEMBER.given(team=team.name), now)
    return person


async def decline_member(
    session: AsyncSession, *, team: Team, member_id: UUID, account_id: UUID, now: datetime
) -> None:
    [seat] = await _hold_in(session, [(team, member_id)], MemberState.asked)
    await _close(session, seat, MemberState.declined, now)
    note(session, "decline_team_member", team, account_id, now, member_id=seat.id)
    person = await session.get_one(Account, seat.account_id)
    sentence = Message("{team} cannot take you just now. There are other teams nearby.", team=team.name)
    tell_person(session, person, team, sentence, now, path="/teams")


async def renew_calendar_link(session: AsyncSession, *, team: Team, account_id: UUID, now: datetime) -> None:
    """For a member who has given the own link away: earlier ones open nothing any more."""
    seat = await team_seat(session, team_id=team.id, account_id=account_id)
    if seat is None:
        raise NotFound
    await _hold(session, seat, MemberState.member)
    seat.calendar_link += 1
    await session.flush()
    note(session, "renew_calendar_link", team, account_id, now, member_id=seat.id)


async def leave_team(session: AsyncSession, *, team: Team, seat: TeamMember, now: datetime) -> None:
    """A member leaves, or somebody who asked takes it back."""
    await _hold(session, seat, MemberState.member, MemberState.asked)
    was_member = seat.is_member
    if was_member and (refusal := refuse_leaving(seat.role)):
        raise Conflict(refusal)
    await _close(session, seat, MemberState.left, now)
    note(session, "leave_team", team, seat.account_id, now, member_id=seat.id)
    if was_member:
        sentence = Message("Somebody has left {team}.", team=team.name)
        await tell_leaders(session, team, sentence, now)


async def remove_member(
    session: AsyncSession, *, team: Team, member_id: UUID, account_id: UUID, now: datetime
) -> Account:
    """Whoever leads the team lets somebody go, or takes an invitation back."""
    [person] = await remove_members(session, leaving=[(team, member_id)], account_id=account_id, now=now)
    return person


async def remove_members(
    session: AsyncSession, *, leaving: Sequence[tuple[Team, UUID]], account_id: UUID, now: datetime
) -> list[Account]:
    """The same for many at once."""
    seats = await _hold_in(session, leaving, MemberState.member, MemberState.invited)
    for seat in seats:
        if seat.is_member and (refusal := refuse_leaving(seat.role)):
            raise Conflict(refusal)
        seat.state, seat.ended_at = MemberState.left, now
    await session.flush()
    people = await people_of(session, seats)
    for seat, person, (team, _) in zip(seats, people, leaving, strict=True):
        note(session, "remove_team_member", team, account_id, now, member_id=seat.id)
        sentence = Message("You are no longer a member of {team}.", team=team.name)
        tell_person(session, person, team, sentence, now, path="/me/teams")
    return people


async def seats_as_they_are(session: AsyncSession, wanted: Sequence[tuple[Team, UUID]]) -> list[TeamMember]:
    """Rows of these very teams, locked; NotFound where one is of another team, or of none."""
    found = await session.scalars(
        select(TeamMember)
        .where(TeamMember.id.in_([member_id for _, member_id in wanted]))
        .order_by(TeamMember.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    seats = {(seat.team_id, seat.id): seat for seat in found}
    if any((team.id, member_id) not in seats for team, member_id in wanted):
        raise NotFound
    return [seats[team.id, member_id] for team, member_id in wanted]


async def people_of(session: AsyncSession, seats: Sequence[TeamMember]) -> list[Account]:
    """Whose rows these are, in the same order."""
    found = await session.scalars(select(Account).where(Account.id.in_([each.account_id for each in seats])))
    people = {each.id: each for each in found}
    return [people[each.account_id] for each in seats]


def _check_open(team: Team) -> None:
    if refusal := refuse_joining(team.state):
        raise Conflict(refusal)


async def _check_not_everywhere(session: AsyncSession, account_id: UUID) -> None:
    waiting = select(func.count()).where(
        TeamMember.account_id == account_id, TeamMember.state == MemberState.asked
    )
    if (await session.scalar(waiting) or 0) >= MOST_ASKED:
        raise Conflict(Message("You have asked {n} teams already. Please wait for an answer.", n=MOST_ASKED))


async def _open(
    session: AsyncSession, team: Team, account_id: UUID, state: MemberState, now: datetime
) -> TeamMember:
    seat = _new_seat(team, account_id, state, now)
    await _open_all(session, [seat])
    return seat


def _new_seat(team: Team, account_id: UUID, state: MemberState, now: datetime) -> TeamMember:
    _check_open(team)
    return TeamMember(
        team_id=team.id,
        account_id=account_id,
        role=TeamRole.member,
        state=state,
        # Who asks has read the sentence; who is invited reads it before the yes.
        consent_version=None if state is MemberState.invited else CONSENT_VERSION,
        asked_at=now,
        since=now if state is MemberState.member else None,
    )


async def _open_all(session: AsyncSession, seats: Sequence[TeamMember]) -> None:
    session.add_all(seats)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(ALREADY) from error


async def _hold(session: AsyncSession, seat: TeamMember, *states: MemberState) -> None:
    """The row as it is now, locked; Conflict where it was answered meanwhile."""
    await session.refresh(seat, with_for_update=True)
    if seat.state not in states:
        raise Conflict(ANSWERED)


async def _hold_in(
    session: AsyncSession, wanted: Sequence[tuple[Team, UUID]], *states: MemberState
) -> list[TeamMember]:
    """The same for rows known by their ids, of these very teams."""
    seats = await seats_as_they_are(session, wanted)
    if any(seat.state not in states for seat in seats):
        raise Conflict(ANSWERED)
    return seats


async def _come_in(session: AsyncSession, seat: TeamMember, now: datetime) -> None:
    seat.state, seat.since, seat.consent_version = MemberState.member, now, CONSENT_VERSION
    await session.flush()


async def _close(session: AsyncSession, seat: TeamMember, state: MemberState, now: datetime) -> None:
    seat.state, seat.ended_at = state, now
    await session.flush()
