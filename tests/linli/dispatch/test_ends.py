"""What was held is given back: by a no, by time, by who asked or who was asked, and when nobody can act."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.core.errors import Conflict, NotFound
from linli.dispatch import actions
from linli.dispatch.rules import DispatchState
from linli.participation import actions as participation
from linli.participation.models import Participation
from linli.teams.actions import end_team
from tests.factories import (
    make_account,
    make_team,
    make_team_member,
)
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.dispatch.ledger import expect_honest
from tests.linli.dispatch.meeting import Meeting, ask, events, left, make_meeting, name, taken_on


@pytest.fixture
async def meeting(session: AsyncSession, now: datetime) -> Meeting:
    return await make_meeting(session, now)


async def test_a_place_given_back_goes_to_the_hold_while_it_runs_and_is_free_afterwards(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    named = await name(session, meeting, dispatch, now, *meeting.members[:2])
    for each in named.asked:
        await participation.accept(session, participation=each, account_id=each.account_id, now=now)
    first, second = named.asked
    await participation.withdraw(session, participation=first, account_id=first.account_id, now=now)
    assert await left(session, dispatch) == 1
    assert await expect_honest(session, meeting.shift.id) == 2
    later = now + timedelta(hours=73)
    await participation.withdraw(session, participation=second, account_id=second.account_id, now=later)
    assert await left(session, dispatch) == 1
    assert await expect_honest(session, meeting.shift.id) == 1
    assert await actions.end_overdue_holds(session, now=later) == 1
    assert await expect_honest(session, meeting.shift.id) == 0
    assert dispatch.state is DispatchState.expired
    assert await actions.end_overdue_holds(session, now=later) == 0


async def test_a_hold_that_found_everybody_ends_fulfilled(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    for each in (await name(session, meeting, dispatch, now, *meeting.members[:2])).asked:
        await participation.accept(session, participation=each, account_id=each.account_id, now=now)
    await actions.end_overdue_holds(session, now=now + timedelta(hours=73))
    assert dispatch.state is DispatchState.fulfilled
    assert await expect_honest(session, meeting.shift.id) == 2


async def test_who_does_not_answer_gives_the_place_back_to_the_team_and_then_to_everybody(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    await name(session, meeting, dispatch, now, meeting.members[0])
    assert await participation.expire_due(session, now=now + timedelta(hours=47)) == 0
    assert await participation.expire_due(session, now=now + timedelta(hours=48)) == 1
    assert await left(session, dispatch) == 2
    late = now + timedelta(hours=60)
    [offer] = (await name(session, meeting, dispatch, late, meeting.members[1])).asked
    assert offer.expires_at == now + timedelta(hours=72)
    await participation.expire_due(session, now=now + timedelta(hours=72))
    assert await expect_honest(session, meeting.shift.id) == 1
    await actions.end_overdue_holds(session, now=now + timedelta(hours=72))
    assert await expect_honest(session, meeting.shift.id) == 0


async def test_a_question_nobody_answers_ends_and_the_officer_hears_of_it(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await ask(session, meeting, now)
    assert await actions.expire_unanswered(session, now=now + timedelta(hours=47)) == 0
    assert await actions.expire_unanswered(session, now=now + timedelta(hours=48)) == 1
    assert dispatch.state is DispatchState.expired
    assert await events(session, meeting.officer) == ["dispatch"]
    with pytest.raises(Conflict):
        await actions.accept(session, dispatch=dispatch, places=1, account_id=meeting.leader.id, now=now)


@pytest.mark.parametrize("give_back", [actions.withdraw, actions.release])
async def test_what_is_left_is_given_back_once_and_who_was_named_keeps_the_place(
    session: AsyncSession, meeting: Meeting, now: datetime, give_back: object
) -> None:
    assert callable(give_back)
    dispatch = await taken_on(session, meeting, now, places=3)
    [offer] = (await name(session, meeting, dispatch, now, meeting.members[0])).asked
    for _ in range(2):
        await give_back(session, dispatch=dispatch, account_id=meeting.leader.id, now=now)
        assert await expect_honest(session, meeting.shift.id) == 1
    with pytest.raises(Conflict):
        await name(session, meeting, dispatch, now, meeting.members[1])
    await participation.accept(session, participation=offer, account_id=offer.account_id, now=now)
    assert await expect_honest(session, meeting.shift.id) == 1


async def test_the_no_of_somebody_named_after_the_hold_was_given_back_frees_the_place(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    [offer] = (await name(session, meeting, dispatch, now, meeting.members[0])).asked
    await actions.release(session, dispatch=dispatch, account_id=meeting.leader.id, now=now)
    await participation.decline(session, participation=offer, account_id=offer.account_id, now=now)
    assert await expect_honest(session, meeting.shift.id) == 0


async def test_a_charity_suspended_while_asked_takes_nothing_on_and_holds_nothing_longer(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    asked = await ask(session, meeting, now)
    meeting.charity.verified_at = None
    await session.flush()
    with pytest.raises(Conflict, match="not verified"):
        await actions.accept(session, dispatch=asked, places=1, account_id=meeting.leader.id, now=now)
    assert await actions.end_impossible(session, now=now) == 1
    assert asked.state is DispatchState.ended
    assert await events(session, meeting.officer) == ["dispatch"]


@pytest.mark.parametrize("lost", ["the mark", "the team", "the need"])
async def test_what_cannot_go_on_releases_what_is_left(
    session: AsyncSession, meeting: Meeting, now: datetime, lost: str
) -> None:
    dispatch = await taken_on(session, meeting, now)
    [offer] = (await name(session, meeting, dispatch, now, meeting.members[0])).asked
    await participation.accept(session, participation=offer, account_id=offer.account_id, now=now)
    if lost == "the mark":
        meeting.charity.verified_at = None
        await session.flush()
    elif lost == "the team":
        await end_team(session, team=meeting.team, account_id=meeting.leader.id, now=now)
    else:
        await participation.cancel_need(
            session, need_id=meeting.need.id, reason="下雨", account_id=meeting.officer.id, now=now
        )
        assert await expect_honest(session, meeting.shift.id) == 0
    assert await actions.end_impossible(session, now=now) == 1
    assert dispatch.state is DispatchState.ended
    assert await expect_honest(session, meeting.shift.id) == (0 if lost == "the need" else 1)
    assert await actions.end_impossible(session, now=now) == 0


async def test_who_takes_back_their_consent_gives_the_place_back_to_the_hold(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    await name(session, meeting, dispatch, now, meeting.members[0])
    await participation.withdraw_consent(session, account=meeting.members[0], now=now)
    assert await left(session, dispatch) == 2
    assert await expect_honest(session, meeting.shift.id) == 2


async def test_an_organization_hands_it_to_its_team_or_names_people_of_its_teams(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await actions.ask(
        session,
        shift_id=meeting.shift.id,
        places=2,
        asked_by_id=meeting.officer.id,
        organization_id=meeting.charity.id,
        now=now,
    )
    assert await events(session, meeting.coordinator) == ["dispatch"]
    coordinator = meeting.coordinator.id
    await actions.accept(session, dispatch=dispatch, places=2, account_id=coordinator, now=now)
    await actions.hand_on(session, dispatch=dispatch, team=meeting.team, account_id=coordinator, now=now)
    assert await events(session, meeting.leader) == ["team"]
    await name(session, meeting, dispatch, now, meeting.members[0])
    other = await make_team_member(session, await make_team(session, meeting.charity))
    somebody = await session.get_one(Account, other.account_id)
    await name(session, meeting, dispatch, now, somebody)
    assert await expect_honest(session, meeting.shift.id) == 2
    foreign = await make_team(session)
    with pytest.raises(NotFound):
        await actions.hand_on(session, dispatch=dispatch, team=foreign, account_id=coordinator, now=now)
    stranger = await make_team_member(session, foreign)
    with pytest.raises(NotFound):
        await name(session, meeting, dispatch, now, await session.get_one(Account, stranger.account_id))


async def test_every_step_is_noted_with_ids(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    dispatch = await taken_on(session, meeting, now)
    await name(session, meeting, dispatch, now, meeting.members[0])
    await actions.release(session, dispatch=dispatch, account_id=meeting.leader.id, now=now)
    await session.flush()
    noted = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
    assert {"ask_dispatch", "accept_dispatch", "name_person", "release_dispatch"} <= set(noted)


async def test_people_who_apply_cannot_take_a_place_that_is_held(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    await make_dispatch(session, meeting.shift, meeting.team, DispatchState.accepted, places=3)
    with pytest.raises(Conflict, match="just been taken"):
        await participation.apply(
            session, shift_id=meeting.shift.id, account_id=(await make_account(session)).id, now=now
        )
    count = await session.scalar(select(func.count()).select_from(Participation))
    assert count == 0
    assert await expect_honest(session, meeting.shift.id) == 3
