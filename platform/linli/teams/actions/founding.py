"""A team begins, changes and ends."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from linli.accounts.models import Account
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.organizations.models import Organization
from linli.organizations.rules import COMMITTEES
from linli.teams.actions.places import count_in
from linli.teams.forms import TeamDraft
from linli.teams.models import Team, TeamField, TeamMember
from linli.teams.rules import (
    CONSENT_VERSION,
    OPEN_STATES,
    MemberState,
    TeamRole,
    TeamState,
    refuse_parent,
)
from linli.teams.traces import note, tell_home, tell_members, tell_person

CHANGED_MEANWHILE: Final = Message("Somebody else changed this team just now. Please look at it again.")
DECIDED: Final = Message("This has been decided already.")


def new_join_token() -> str:
    return secrets.token_urlsafe(16)


async def found_team(
    session: AsyncSession,
    *,
    organization: Organization,
    draft: TeamDraft,
    account_id: UUID,
    now: datetime,
    is_sample: bool = False,
) -> Team:
    """A team of an organization; who leads it is said afterwards."""
    team = Team(organization_id=organization.id, state=TeamState.agreed, agreed_at=now, is_sample=is_sample)
    await _begin(session, team, draft, now)
    note(session, "found_team", team, account_id, now)
    return team


async def propose_team(
    session: AsyncSession,
    *,
    account: Account,
    committee: Organization,
    draft: TeamDraft,
    now: datetime,
    is_sample: bool = False,
) -> Team:
    """A community group asks its committee to agree; who proposes it leads it."""
    if committee.kind not in COMMITTEES or not committee.is_verified:
        raise Conflict(Message("Only a verified residents' or village committee can agree to a group."))
    await count_in(session, account_id=account.id)
    team = Team(
        committee_id=committee.id,
        state=TeamState.proposed,
        proposed_by_id=account.id,
        is_sample=is_sample,
    )
    await _begin(session, team, draft, now)
    session.add(
        TeamMember(
            team_id=team.id,
            account_id=account.id,
            role=TeamRole.leader,
            state=MemberState.member,
            consent_version=CONSENT_VERSION,
            asked_at=now,
            since=now,
        )
    )
    await session.flush()
    note(session, "propose_team", team, account.id, now)
    sentence = Message("A group of neighbours asks you to agree: {team}.", team=team.name)
    await tell_home(session, team, sentence, now, path=f"/organizations/{committee.id}/teams")
    return team


async def agree_to_team(session: AsyncSession, *, team: Team, account_id: UUID, now: datetime) -> None:
    await _decide(session, team, TeamState.agreed, now)
    team.agreed_at = now
    note(session, "agree_to_team", team, account_id, now)
    sentence = Message(
        "The committee agrees: {team} can begin. Invite members by link or QR code.", team=team.name
    )
    await tell_members(session, team, sentence, now)


async def decline_team(
    session: AsyncSession, *, team: Team, reason: str, account_id: UUID, now: datetime
) -> None:
    await _decide(session, team, TeamState.declined, now)
    team.reason, team.ended_at = reason, now
    note(session, "decline_team", team, account_id, now)
    sentence = Message("The committee did not agree to {team}: {reason}", team=team.name, reason=reason)
    await tell_members(session, team, sentence, now)
    await _let_all_go(session, team, now)


async def withdraw_agreement(
    session: AsyncSession, *, team: Team, reason: str, account_id: UUID, now: datetime
) -> None:
    """The committee no longer answers for a group: it ends."""
    await _end(session, team, now)
    team.reason = reason
    note(session, "withdraw_agreement", team, account_id, now)
    sentence = Message("The committee no longer agrees to {team}: {reason}", team=team.name, reason=reason)
    await tell_members(session, team, sentence, now)
    await _let_all_go(session, team, now)


async def end_team(session: AsyncSession, *, team: Team, account_id: UUID, now: datetime) -> None:
    await _end(session, team, now)
    note(session, "end_team", team, account_id, now)
    sentence = Message("{team} has ended. Thank you for having been there.", team=team.name)
    await tell_members(session, team, sentence, now, but=account_id)
    if team.committee_id:
        await tell_home(
            session,
            team,
            Message("The group {team} has ended.", team=team.name),
            now,
            path=f"/organizations/{team.committee_id}/teams",
        )
    await _let_all_go(session, team, now)


async def edit_team(
    session: AsyncSession, *, team: Team, draft: TeamDraft, version: int, account_id: UUID, now: datetime
) -> None:
    if team.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    await _say(session, team, draft, now)
    note(session, "edit_team", team, account_id, now)


async def _begin(session: AsyncSession, team: Team, draft: TeamDraft, now: datetime) -> None:
    team.join_token, team.created_at = new_join_token(), now
    team.name, team.division, team.changed_at = draft.name, draft.division, now
    session.add(team)
    await session.flush()
    await _say(session, team, draft, now)


async def _say(session: AsyncSession, team: Team, draft: TeamDraft, now: datetime) -> None:
    """Everything the draft says about the team, in place of what was said before."""
    await _check_parent(session, team, draft.parent_id)
    team.name, team.about, team.division = draft.name, draft.about, draft.division
    team.availability, team.parent_id, team.changed_at = draft.availability, draft.parent_id, now
    kept = {
        row.field_id: row
        for row in await session.scalars(select(TeamField).where(TeamField.team_id == team.id))
    }
    for field_id in kept.keys() - set(draft.fields):
        await session.delete(kept[field_id])
    session.add_all(TeamField(team_id=team.id, field_id=id) for id in draft.fields if id not in kept)
    await _flush(session)


async def _check_parent(session: AsyncSession, team: Team, parent_id: UUID | None) -> None:
    if parent_id is None or parent_id == team.parent_id:
        return
    # Locked, both in one order, so that two teams cannot become branches of each other at once.
    both = select(Team).where(Team.id.in_([team.id, parent_id])).order_by(Team.id).with_for_update()
    parent = next((each for each in await session.scalars(both) if each.id == parent_id), None)
    if parent is None or parent.id == team.id or not parent.is_agreed:
        raise Invalid({"parent": Message("Please choose one of the list.")})
    has_branches = await session.scalar(select(exists().where(Team.parent_id == team.id)))
    refusal = refuse_parent(
        is_same_home=parent.home_id == team.home_id,
        parent_has_parent=parent.parent_id is not None,
        has_branches=bool(has_branches),
    )
    if refusal:
        raise Invalid({"parent": refusal})


async def _decide(session: AsyncSession, team: Team, state: TeamState, now: datetime) -> None:
    if team.state is not TeamState.proposed:
        raise Conflict(DECIDED)
    team.state, team.changed_at = state, now
    await _flush(session)


async def _end(session: AsyncSession, team: Team, now: datetime) -> None:
    if team.state not in {TeamState.agreed, TeamState.proposed}:
        raise Conflict(DECIDED)
    team.state, team.ended_at, team.changed_at = TeamState.ended, now, now
    await session.execute(update(Team).where(Team.parent_id == team.id).values(parent_id=None))
    await _flush(session)


async def _let_all_go(session: AsyncSession, team: Team, now: datetime) -> None:
    """After they have been told: nobody belongs to a team that is no more."""
    seats = select(TeamMember).where(TeamMember.team_id == team.id, TeamMember.state.in_(OPEN_STATES))
    for seat in await session.scalars(seats):
        if not seat.is_member:
            person = await session.get_one(Account, seat.account_id)
            tell_person(session, person, team, Message("{team} has ended.", team=team.name), now)
        seat.state, seat.ended_at = MemberState.left, now
    await session.flush()


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict(CHANGED_MEANWHILE) from error
