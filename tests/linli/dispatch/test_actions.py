"""Asked, said yes, named, answered: with refusals beside each success, and the places counted after each."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.core.errors import Conflict, NotFound
from linli.dispatch import actions
from linli.dispatch.rules import DispatchState
from linli.needs.models import NeedCredential
from linli.participation import actions as participation
from linli.participation.rules import State
from tests.factories import (
    make_account,
    make_need,
    make_participation,
)
from tests.linli.dispatch.ledger import expect_honest
from tests.linli.dispatch.meeting import Meeting, ask, events, left, make_meeting, name, taken_on


@pytest.fixture
async def meeting(session: AsyncSession, now: datetime) -> Meeting:
    return await make_meeting(session, now)


async def test_asking_keeps_nothing_and_tells_who_leads(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await ask(session, meeting, now)
    assert dispatch.state is DispatchState.asked
    assert dispatch.answer_until == now + timedelta(hours=48)
    assert await expect_honest(session, meeting.shift.id) == 0
    assert await events(session, meeting.leader) == ["dispatch"]
    assert await events(session, meeting.deputy) == ["dispatch"]
    assert await events(session, meeting.members[0]) == []


async def test_a_team_is_asked_as_long_as_one_who_leads_it_is_not_blocked(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    apart = {"organization_id": meeting.need.organization_id, "created_at": now}
    session.add(Block(account_id=meeting.leader.id, side=Side.volunteer, **apart))
    await session.flush()
    dispatch = await ask(session, meeting, now)
    await actions.withdraw(session, dispatch=dispatch, account_id=meeting.officer.id, now=now)
    session.add(Block(account_id=meeting.deputy.id, side=Side.organization, **apart))
    await session.flush()
    with pytest.raises(Conflict) as refusal:
        await ask(session, meeting, now)
    assert refusal.value.sentence.text == "They cannot be asked at present."


async def test_a_yes_keeps_places_a_name_takes_one_of_them_and_a_yes_to_it_confirms(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    assert await expect_honest(session, meeting.shift.id) == 2
    assert await events(session, meeting.officer) == ["dispatch"]
    first, second = meeting.members[:2]
    named = await name(session, meeting, dispatch, now, first, second)
    assert [each.state for each in named.asked] == [State.offered] * 2
    assert await left(session, dispatch) == 0
    assert await expect_honest(session, meeting.shift.id) == 2
    of = {each.account_id: each for each in named.asked}
    await participation.accept(session, participation=of[first.id], account_id=first.id, now=now)
    await participation.decline(session, participation=of[second.id], account_id=second.id, now=now)
    assert of[first.id].state is State.confirmed
    assert await left(session, dispatch) == 1
    assert await expect_honest(session, meeting.shift.id) == 2
    assert await events(session, first) == ["named", "confirmed"]
    await actions.tell_of_answers(session, now=now)
    assert await events(session, meeting.leader) == ["dispatch", "dispatch"]
    assert await actions.tell_of_answers(session, now=now) == 0


async def test_a_member_may_say_yes_on_the_page_of_the_need(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    await name(session, meeting, dispatch, now, meeting.members[0])
    place = await participation.apply(
        session, shift_id=meeting.shift.id, account_id=meeting.members[0].id, now=now
    )
    assert place.state is State.confirmed
    assert await expect_honest(session, meeting.shift.id) == 2


async def test_a_yes_to_more_than_are_free_says_how_many_are(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await ask(session, meeting, now, places=3)
    await make_participation(session, meeting.shift, await make_account(session), State.confirmed)
    with pytest.raises(Conflict) as refused:
        await actions.accept(session, dispatch=dispatch, places=3, account_id=meeting.leader.id, now=now)
    assert refused.value.sentence.in_language("en") == "Only 2 places are free now. You can say yes to 2."
    await actions.accept(session, dispatch=dispatch, places=2, account_id=meeting.leader.id, now=now)
    assert await expect_honest(session, meeting.shift.id) == 3


@pytest.mark.parametrize("places", [0, 3])
async def test_a_yes_is_to_at_least_one_and_at_most_what_was_asked(
    session: AsyncSession, meeting: Meeting, now: datetime, places: int
) -> None:
    dispatch = await ask(session, meeting, now, places=2)
    with pytest.raises(Conflict):
        await actions.accept(session, dispatch=dispatch, places=places, account_id=meeting.leader.id, now=now)
    assert await expect_honest(session, meeting.shift.id) == 0


async def test_the_same_yes_twice_is_one_and_a_deputys_second_yes_is_refused(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    await actions.accept(session, dispatch=dispatch, places=2, account_id=meeting.leader.id, now=now)
    with pytest.raises(Conflict):
        await actions.accept(session, dispatch=dispatch, places=1, account_id=meeting.deputy.id, now=now)
    assert await expect_honest(session, meeting.shift.id) == 2


async def test_after_a_no_they_are_not_asked_for_this_need_again(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await ask(session, meeting, now)
    await actions.decline(session, dispatch=dispatch, account_id=meeting.deputy.id, now=now)
    with pytest.raises(Conflict, match="already said no"):
        await ask(session, meeting, now)
    other = await make_need(session, starts_at=now + timedelta(days=3))
    again = await actions.ask(
        session,
        shift_id=other.shifts[0].id,
        places=1,
        asked_by_id=meeting.officer.id,
        team_id=meeting.team.id,
        now=now,
    )
    assert again.state is DispatchState.asked


async def test_one_question_at_a_time_for_a_shift(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    await ask(session, meeting, now)
    with pytest.raises(Conflict, match="asked for this time already"):
        await ask(session, meeting, now)


async def test_nobody_is_asked_for_more_than_are_free_or_too_late_or_themselves(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    with pytest.raises(Conflict, match="place is free"):
        await ask(session, meeting, now, places=4)
    with pytest.raises(Conflict, match="two hours"):
        await ask(session, meeting, meeting.shift.starts_at - timedelta(hours=1))
    with pytest.raises(Conflict, match="your own organization"):
        await actions.ask(
            session,
            shift_id=meeting.shift.id,
            places=1,
            asked_by_id=meeting.officer.id,
            organization_id=meeting.need.organization_id,
            now=now,
        )


async def test_only_members_are_named_and_each_must_be_able_to_come(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    with pytest.raises(NotFound):
        await name(session, meeting, dispatch, now, await make_account(session))
    session.add(NeedCredential(need_id=meeting.need.id, credential_id="first_aid"))
    await session.flush()
    named = await name(session, meeting, dispatch, now, meeting.members[0])
    assert named.asked == ()
    [(person, why)] = named.left_out
    assert person.id == meeting.members[0].id
    assert "This needs" in why.text
    assert await left(session, dispatch) == 2
    assert await expect_honest(session, meeting.shift.id) == 2


async def test_who_is_busy_or_has_said_no_is_left_out_with_the_reason(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    busy, unwilling, free = meeting.members
    other = await make_need(session, starts_at=meeting.shift.starts_at)
    await make_participation(session, other.shifts[0], busy, State.confirmed)
    await make_participation(session, meeting.shift, unwilling, State.declined)
    named = await name(session, meeting, dispatch, now, busy, unwilling, free)
    assert [each.account_id for each in named.asked] == [free.id]
    assert {account.id for account, _ in named.left_out} == {busy.id, unwilling.id}


async def test_no_more_people_are_named_than_places_are_held(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> None:
    dispatch = await taken_on(session, meeting, now)
    named = await name(session, meeting, dispatch, now, *meeting.members)
    assert (len(named.asked), len(named.left_out)) == (2, 1)
    assert await expect_honest(session, meeting.shift.id) == 2
