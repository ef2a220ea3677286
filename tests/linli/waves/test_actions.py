"""An asking goes on by itself, and stops: when filled, held, ended, too late, or when it must not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.core.errors import Conflict
from linli.needs.models import Need
from linli.notifications.models import Notice, OutboxMessage
from linli.organizations.models import Membership, Organization
from linli.participation import actions as participation
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.queries import answer_for_shift
from linli.waves import actions
from linli.waves.models import Asking, WaveQuestion
from linli.waves.queries import chances_of_questions, courses_of
from linli.waves.rules import AskingState, Ending
from tests.conftest import NOW
from tests.factories import make_account, make_member, make_need, make_participation
from tests.linli.waves.factories import (
    DAY,
    HOUR,
    Square,
    answer,
    begin,
    make_square,
    pass_time,
    proposed,
    questions,
    waves,
)


async def test_the_first_wave_asks_fewer_than_all_at_once_and_says_what_may_follow(
    session: AsyncSession, square: Square, now: datetime
) -> None:
    at_once = await answer_for_shift(session, need=square.need, shift=square.shift, now=now)
    left = actions.first_left(square.shift, now=now)
    found = await answer_for_shift(session, need=square.need, shift=square.shift, now=now, left=left)
    assert found is not None
    assert at_once is not None
    assert found.wave is not None
    assert left.waves == 4
    # With 35 % each, 44 % that both places are filled takes five people; 90 % at once takes eleven or so.
    assert len(found.proposed) < len(at_once.proposed)
    assert len(found.wave.seats) <= found.wave.messages <= left.messages
    assert found.wave.chance >= 0.9 - 1e-9
    asking = await begin(session, square, now)
    assert asking.most_messages == found.wave.messages
    asked = await questions(session, asking)
    assert {each.account_id for each in asked} == {each.account_id for each in found.proposed}
    noted = await session.scalars(
        select(AuditEntry.action).where(AuditEntry.organization_id == square.organization.id)
    )
    assert sorted(noted) == ["begin_asking", *["invite_in_wave"] * len(asked)]


async def test_the_chance_of_every_question_is_kept(
    session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    asked = await questions(session, asking)
    kept = (await session.scalars(select(WaveQuestion))).all()
    assert len(kept) == len(asked)
    assert all(0 < each.propensity <= 1 for each in kept)
    assert any(each.propensity < 1 for each in kept)
    assert {each.likely for each in kept} == {0.35}
    chances = {each.participation_id: each.propensity for each in kept}
    assert await chances_of_questions(session, [each.id for each in asked]) == chances


async def test_the_next_wave_follows_after_a_day_and_asks_others(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    await pass_time(database, session, asking, now + 23 * HOUR)
    assert await waves(session, asking) == 1
    await pass_time(database, session, asking, now + DAY)
    assert await waves(session, asking) == 2
    first, second = await questions(session, asking, 1), await questions(session, asking, 2)
    assert second
    assert not {each.account_id for each in first} & {each.account_id for each in second}
    assert {each.state for each in first + second} == {State.invited}


async def test_once_all_have_said_no_the_next_wave_follows_at_once_but_not_at_night(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    await answer(session, await questions(session, asking), State.declined, now + HOUR)
    await pass_time(database, session, asking, now + HOUR)
    assert await waves(session, asking) == 2
    evening = now + 12 * HOUR
    await answer(session, await questions(session, asking, 2), State.declined, evening)
    await pass_time(database, session, asking, evening)
    assert await waves(session, asking) == 2
    await pass_time(database, session, asking, now + 22 * HOUR)
    assert await waves(session, asking) == 3


async def test_when_the_places_are_filled_nobody_else_is_asked_and_the_rest_hears_kindly(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    asked = await questions(session, asking)
    assert len(asked) > 2
    await answer(session, asked[:2], State.confirmed, now + HOUR)
    await pass_time(database, session, asking, now + HOUR)
    assert (asking.state, asking.ended_at) == (AskingState.filled, None)
    later = await questions(session, asking)
    assert [each.state for each in later] == [State.confirmed] * 2 + [State.cancelled] * (len(asked) - 2)
    for each in later[2:]:
        events = await session.scalars(select(Notice.event).where(Notice.account_id == each.account_id))
        sent = await session.scalars(
            select(OutboxMessage.event).where(OutboxMessage.recipient_id == each.account_id)
        )
        assert (sorted(events), list(sent)) == (["all_taken", "invited"], ["invited"])
    await pass_time(database, session, asking, now + 3 * DAY)
    assert await waves(session, asking) == 1


async def test_of_who_has_not_heard_yet_nothing_is_left(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    """The question waits for the morning; in the evening somebody else takes the place."""
    square = await make_square(session, now, places=1)
    evening = now + 12 * HOUR
    asking = await begin(session, square, evening)
    first, *rest = await questions(session, asking)
    await answer(session, [first], State.confirmed, evening + HOUR)
    await pass_time(database, session, asking, evening + HOUR)
    for each in rest:
        sent = await session.scalars(
            select(OutboxMessage.event).where(OutboxMessage.recipient_id == each.account_id)
        )
        assert list(sent) == []


async def test_held_waves_rest_until_an_officer_lets_them_go_on(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    await actions.hold(session, asking=asking, officer_id=square.officer.id, now=now + HOUR)
    await pass_time(database, session, asking, now + 3 * DAY)
    assert (asking.state, await waves(session, asking)) == (AskingState.held, 1)
    await actions.go_on(session, asking=asking, officer_id=square.officer.id, now=now + 3 * DAY)
    await pass_time(database, session, asking, now + 3 * DAY)
    assert (asking.state, await waves(session, asking)) == (AskingState.going, 2)
    await actions.end(session, asking=asking, officer_id=square.officer.id, now=now + 3 * DAY)
    await pass_time(database, session, asking, now + 5 * DAY)
    assert (asking.ended_because, await waves(session, asking)) == (Ending.officer, 2)
    with pytest.raises(Conflict):
        await actions.go_on(session, asking=asking, officer_id=square.officer.id, now=now + 5 * DAY)


async def test_waves_of_an_organization_that_lost_its_mark_rest_until_it_is_back(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    await set_verified(session, square.organization, is_verified=False)
    await pass_time(database, session, asking, now + DAY)
    assert (asking.state, await waves(session, asking)) == (AskingState.going, 1)
    [course] = await courses_of(session, shift=square.shift)
    assert course.resting is not None
    assert "not verified" in course.resting.in_language("en")
    await set_verified(session, square.organization, is_verified=True)
    await pass_time(database, session, asking, now + DAY + HOUR)
    assert await waves(session, asking) == 2


async def set_verified(session: AsyncSession, organization: Organization, *, is_verified: bool) -> None:
    organization.verified_at = NOW if is_verified else None
    await session.commit()


async def test_waves_of_an_officer_whose_role_has_ended_rest_until_another_takes_them_over(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    await session.execute(
        update(Membership).where(Membership.account_id == square.officer.id).values(ended_at=now)
    )
    await pass_time(database, session, asking, now + DAY)
    assert await waves(session, asking) == 1
    [course] = await courses_of(session, shift=square.shift)
    assert course.resting is not None
    other = await make_member(session, square.organization)
    await actions.go_on(session, asking=asking, officer_id=other.id, now=now + DAY)
    await pass_time(database, session, asking, now + DAY + HOUR)
    assert await waves(session, asking) == 2


async def test_a_need_that_was_called_off_ends_its_waves(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    await participation.cancel_need(
        session, need_id=square.need.id, reason="雨", account_id=square.officer.id, now=now + HOUR
    )
    await pass_time(database, session, asking, now + HOUR)
    assert asking.ended_because is Ending.called_off


async def test_an_edited_need_waits_until_the_matcher_has_looked_again(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    await session.execute(update(Need).where(Need.id == square.need.id).values(version=Need.version + 1))
    await pass_time(database, session, asking, now + DAY)
    assert await waves(session, asking) == 1
    await refresh_need(session, need_id=square.need.id, now=now + DAY)
    await pass_time(database, session, asking, now + DAY + HOUR)
    assert await waves(session, asking) == 2


async def test_after_the_last_wave_the_officers_look_again(
    database: Database, session: AsyncSession, square: Square, now: datetime
) -> None:
    asking = await begin(session, square, now)
    for days in range(1, 6):
        await pass_time(database, session, asking, now + days * DAY)
    assert asking.ended_because is Ending.all_asked
    assert await waves(session, asking) <= 4
    assert len(await questions(session, asking)) <= asking.most_messages
    events = await session.scalars(select(Notice.event).where(Notice.account_id == square.officer.id))
    assert events.all() == ["waves_are_out"]


async def test_shortly_before_it_begins_nobody_is_asked_any_more(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    square = await make_square(session, now, ahead=8 * HOUR)
    asking = await begin(session, square, now)
    await pass_time(database, session, asking, now + 2 * HOUR)
    assert await waves(session, asking) == 2
    await pass_time(database, session, asking, now + 4 * HOUR + timedelta(minutes=1))
    assert asking.ended_because is Ending.too_late
    late = await make_square(session, now, ahead=3 * HOUR)
    with pytest.raises(Conflict) as refused:
        await begin(session, late, now, [each.id for each in late.people[:2]])
    assert "no time for waves" in refused.value.sentence.in_language("en")


async def test_whom_the_officer_takes_off_is_asked_by_no_later_wave(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    square = await make_square(session, now, helpers=9)
    ticked = await proposed(session, square, now)
    unwanted, *chosen = ticked
    asking = await begin(session, square, now, chosen, ticked)
    for days in range(1, 5):
        await pass_time(database, session, asking, now + days * DAY)
    asked = {each.account_id for each in await questions(session, asking)}
    assert set(chosen) < asked
    assert unwanted not in asked


async def test_who_said_no_to_the_need_is_asked_by_no_wave(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    square = await make_square(session, now, helpers=9, shifts=2)
    declined = square.people[0]
    await make_participation(session, square.need.shifts[1], declined, State.declined)
    asking = await begin(session, square, now)
    for days in range(1, 5):
        await pass_time(database, session, asking, now + days * DAY)
    assert declined.id not in {each.account_id for each in await questions(session, asking)}


async def test_pressing_twice_is_one_asking(session: AsyncSession, square: Square, now: datetime) -> None:
    ticked = await proposed(session, square, now)
    first = await begin(session, square, now, ticked)
    second = await begin(session, square, now, ticked)
    assert first.id == second.id
    assert await waves(session, first) == 1


async def test_where_nobody_can_be_asked_nothing_begins(
    session: AsyncSession, square: Square, now: datetime
) -> None:
    [person] = square.people[:1]
    await make_participation(session, square.shift, person, State.declined)
    with pytest.raises(Conflict):
        await begin(session, square, now, [person.id])
    await session.rollback()
    assert (await session.scalars(select(Asking))).all() == []


async def test_where_everybody_has_said_no_the_officers_hear_at_once(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    square = await make_square(session, now, helpers=2)
    asking = await begin(session, square, now)
    await answer(session, await questions(session, asking), State.declined, now + HOUR)
    await pass_time(database, session, asking, now + HOUR)
    assert asking.ended_because is Ending.all_asked


async def test_while_the_others_have_had_their_questions_it_waits_and_does_not_run_in_circles(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    square = await make_square(session, now, helpers=9)
    other = await make_need(session, starts_at=now + 20 * DAY, shifts=9)
    asking = await begin(session, square, now)
    asked = await questions(session, asking)
    known = {each.account_id for each in asked}
    for person in square.people:
        if person.id not in known:
            await make_participation(session, other.shifts[0], person, State.invited, asked_at=now)
    await answer(session, asked, State.declined, now + HOUR)
    await pass_time(database, session, asking, now + HOUR)
    assert (asking.state, await waves(session, asking)) == (AskingState.going, 1)
    assert asking.next_at == now + DAY + HOUR
    await pass_time(database, session, asking, now + DAY + HOUR)
    assert await waves(session, asking) == 2


async def test_whoever_is_not_suggested_for_this_time_cannot_be_asked(
    session: AsyncSession, square: Square, now: datetime
) -> None:
    stranger = await make_account(session)
    ticked = await proposed(session, square, now)
    asking = await begin(session, square, now, [stranger.id, *ticked])
    assert {each.account_id for each in await questions(session, asking)} == set(ticked)
    alone = await make_square(session, now)
    with pytest.raises(Conflict):
        await begin(session, alone, now, [stranger.id])
