"""Questions are put to people gently: not at night, not to who said no, not again and again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database
from linli.core.jobs import run_until_idle
from linli.needs.models import Need
from linli.needs.queries import find_need
from linli.notifications.models import Notice, OutboxMessage
from linli.participation import actions
from linli.participation.actions import Asked
from linli.participation.asking.queries import gone_silent, loads_of
from linli.participation.jobs import JOBS
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.volunteers.asking.rules import Load
from linli.volunteers.models import VolunteerProfile
from tests.factories import make_account, make_need, make_participation, make_volunteer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def ask(
    session: AsyncSession, need: Need, *people: Account, now: datetime, in_wave: bool = False
) -> Asked:
    return await actions.invite(
        session,
        shift_id=need.shifts[0].id,
        account_ids=[each.id for each in people],
        asked_by_id=(await make_account(session)).id,
        now=now,
        in_wave=in_wave,
    )


def why(asked: Asked) -> list[str]:
    return [sentence.in_language("en") for _, sentence in asked.left_out]


async def waiting_messages(session: AsyncSession, person: Account) -> list[OutboxMessage]:
    await session.flush()
    theirs = select(OutboxMessage).where(OutboxMessage.recipient_id == person.id)
    return list(await session.scalars(theirs.order_by(OutboxMessage.created_at, OutboxMessage.id)))


async def silent(session: AsyncSession, now: datetime) -> list[Account]:
    await session.flush()
    return list(await gone_silent(session, now=now, limit=10))


async def test_a_question_of_the_evening_reaches_them_in_the_morning_and_gives_them_their_time(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, starts_at=now + 5 * DAY)
    person = await make_volunteer(session)
    evening, morning = now + 12 * HOUR, now + 22 * HOUR
    [question] = (await ask(session, need, person, now=evening)).invited
    assert (question.asked_at, question.reaches_at) == (evening, morning)
    assert question.expires_at == morning + 48 * HOUR
    [message] = await waiting_messages(session, person)
    assert message.not_before == morning


async def test_who_cannot_be_reached_in_time_is_not_asked(session: AsyncSession, now: datetime) -> None:
    early = now + 22 * HOUR  # eight in the morning
    need = await make_need(session, starts_at=early + HOUR)
    sleeper = await make_volunteer(session)
    night_owl = await make_volunteer(
        session, account=await make_account(session, quiet_from_hour=0, quiet_until_hour=0)
    )
    asked = await ask(session, need, sleeper, night_owl, now=now + 12 * HOUR)
    assert [each.account_id for each in asked.invited] == [night_owl.id]
    assert why(asked) == ["Cannot be reached in time: their quiet hours end too late."]


@pytest.mark.parametrize("end", ["accept", "decline", "cancel", "cancel_need"])
async def test_a_question_that_is_settled_at_night_is_not_sent_in_the_morning(
    session: AsyncSession, now: datetime, end: str
) -> None:
    need = await make_need(session, starts_at=now + 5 * DAY)
    person, officer = await make_volunteer(session), await make_account(session)
    evening = now + 12 * HOUR
    [question] = (await ask(session, need, person, now=evening)).invited
    later = evening + HOUR
    if end == "accept":
        await actions.accept(session, participation=question, account_id=person.id, now=later)
    elif end == "decline":
        await actions.decline(session, participation=question, account_id=person.id, now=later)
    elif end == "cancel":
        await actions.cancel_participation(session, participation=question, officer_id=officer.id, now=later)
    else:
        await actions.cancel_need(session, need_id=need.id, reason="雨", account_id=officer.id, now=later)
    events = [each.event for each in await waiting_messages(session, person)]
    assert events == (["confirmed"] if end == "accept" else [])


async def test_a_question_that_has_arrived_is_called_off_aloud(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, starts_at=now + 5 * DAY)
    person, officer = await make_volunteer(session), await make_account(session)
    [question] = (await ask(session, need, person, now=now)).invited
    await actions.cancel_participation(session, participation=question, officer_id=officer.id, now=now + HOUR)
    assert [each.event for each in await waiting_messages(session, person)] == ["invited", "cancelled"]


@pytest.mark.parametrize("in_wave", [True, False])
async def test_nobody_is_asked_who_has_said_no_has_opted_out_or_rests(
    session: AsyncSession, now: datetime, in_wave: bool
) -> None:
    need = await make_need(session, shifts=2, starts_at=now + 5 * DAY)
    declined, gave_back = [await make_volunteer(session) for _ in range(2)]
    await make_participation(session, need.shifts[1], declined, State.declined)
    await make_participation(session, need.shifts[1], gave_back, State.withdrawn)
    out = await make_volunteer(session, opted_in=False)
    resting = await make_volunteer(session, paused_until=now.date() + DAY)
    back = await make_volunteer(session, paused_until=now.date())
    asked = await ask(session, need, declined, gave_back, out, resting, back, now=now, in_wave=in_wave)
    assert [each.account_id for each in asked.invited] == [back.id]
    no = "This person has already said no to this need and is not asked again."
    assert why(asked) == [no, no, "Not to be asked at present.", "Not to be asked at present."]


async def test_a_wave_keeps_to_everybodys_budget_and_an_officer_may_go_beyond(
    session: AsyncSession, now: datetime
) -> None:
    today, thrice, seldom, silent_one, free = [await make_volunteer(session) for _ in range(5)]
    for person, days in ((today, [0]), (thrice, [2, 3, 4]), (seldom, [5]), (free, [3, 8, 9, 10])):
        for n, ago in enumerate(days):
            other = await make_need(session, starts_at=now + timedelta(days=20 + n))
            await make_participation(
                session, other.shifts[0], person, State.declined, asked_at=now - ago * DAY
            )
    for person, values in ((seldom, {"questions_per_week": 1}), (silent_one, {"silent_since": now})):
        profile = await session.get_one(VolunteerProfile, person.id)
        for name, value in values.items():
            setattr(profile, name, value)
    await session.flush()
    need = await make_need(session, starts_at=now + 5 * DAY)
    people = (today, thrice, seldom, silent_one, free)
    asked = await ask(session, need, *people, now=now, in_wave=True)
    assert [each.account_id for each in asked.invited] == [free.id]
    enough = "Has been asked enough for now."
    assert why(asked) == [enough, enough, enough, "Has not answered lately, and is left alone."]
    by_hand = await ask(session, need, *people[:4], now=now)
    assert {each.account_id for each in by_hand.invited} == {each.id for each in people[:4]}


async def test_one_question_a_day_is_counted_by_when_it_arrives(session: AsyncSession, now: datetime) -> None:
    person = await make_volunteer(session)
    need = await make_need(session, starts_at=now + 5 * DAY)
    evening = now + 12 * HOUR
    await ask(session, need, person, now=evening)
    await session.flush()
    loads = {}
    for hours in (9, 22, 23, 34):
        # Asked at ten in the evening it arrives at eight; a day later that is a day ago.
        found = await loads_of(session, accounts=[person], now=evening + hours * HOUR)
        loads[hours] = found[person.id]
    assert loads == {
        9: Load(1, 1, 1, unanswered=1),
        22: Load(1, 1, 1, unanswered=1),
        23: Load(0, 1, 1, unanswered=1),
        34: Load(0, 1, 1, unanswered=1),
    }


async def lapse(session: AsyncSession, person: Account, at: datetime, **values: object) -> Participation:
    """A question that reached them then, and ran out two days later."""
    need = await make_need(session, starts_at=at + 9 * DAY)
    values = {"asked_at": at, "changed_at": at + 2 * DAY} | values
    return await make_participation(session, need.shifts[0], person, State.expired, **values)


async def test_two_questions_that_ran_out_in_a_row_are_a_silence(
    session: AsyncSession, now: datetime
) -> None:
    once, twice, between, full, came_forward = [await make_volunteer(session) for _ in range(5)]
    await lapse(session, once, now - 3 * DAY)
    for person in (twice, between, full, came_forward):
        first = await lapse(session, person, now - 8 * DAY)
        await lapse(session, person, now - 3 * DAY)
        if person is between:
            need = await make_need(session)
            answered = await make_participation(
                session, need.shifts[0], person, State.declined, asked_at=now - 6 * DAY
            )
            answered.changed_at = now - 5 * DAY
        if person is came_forward:
            need = await make_need(session)
            await make_participation(session, need.shifts[0], person, changed_at=now - DAY)
        if person is full:
            shift = (await session.get_one(Need, first.need_id)).shifts[0]
            for _ in range(shift.places):
                await make_participation(session, shift, await make_account(session), State.confirmed)
    for person in (once, twice, between, full, came_forward):
        person.created_at = now - 90 * DAY
    assert await silent(session, now) == [twice]


async def test_who_has_answered_that_question_begins_anew(session: AsyncSession, now: datetime) -> None:
    person = await make_volunteer(session, heard_at=now - 4 * DAY)
    person.created_at = now - 90 * DAY
    for days in (8, 6, 3):
        await lapse(session, person, now - days * DAY)
    assert await silent(session, now) == []


@pytest.mark.parametrize("word", ["accept", "decline", "apply"])
async def test_any_word_ends_the_silence(session: AsyncSession, now: datetime, word: str) -> None:
    person = await make_volunteer(session, silent_since=now - DAY)
    need = await make_need(session, starts_at=now + 5 * DAY)
    if word == "apply":
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=now)
    else:
        [question] = (await ask(session, need, person, now=now)).invited
        answer = actions.accept if word == "accept" else actions.decline
        await answer(session, participation=question, account_id=person.id, now=now)
    profile = await session.get_one(VolunteerProfile, person.id, populate_existing=True)
    assert (profile.silent_since, profile.heard_at) == (None, now)


async def test_the_job_asks_once_and_never_again(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    person = await make_volunteer(session)
    person.created_at = now - 90 * DAY
    for days in (8, 3):
        await lapse(session, person, now - days * DAY)
    await session.commit()
    job = [each for each in JOBS if each.name == "participation.leave_silent_alone"]
    for hours in (0, 1, 30):
        await run_until_idle(database, job, now=now + hours * HOUR)
    found = await session.scalars(select(Notice.event).where(Notice.account_id == person.id))
    assert found.all() == ["go_on"]


async def test_a_team_leaders_question_waits_for_the_morning_too(
    session: AsyncSession, now: datetime
) -> None:
    made = await make_need(session, starts_at=now + 5 * DAY)
    need = await find_need(session, made.id, lock=True)
    leader, member = [await make_account(session) for _ in range(2)]
    hold = await actions.take_hold(session, need=need, shift=need.shifts[0], places=1, now=now)
    named = await actions.name_person(
        session,
        need=need,
        shift=need.shifts[0],
        hold=hold,
        account_id=member.id,
        named_by_id=leader.id,
        now=now + 12 * HOUR,
    )
    assert named.reaches_at == now + 22 * HOUR
    [message] = await waiting_messages(session, member)
    assert message.not_before == named.reaches_at
