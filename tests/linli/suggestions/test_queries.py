import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import Message, in_words
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.queries import Answer, SuggestedPerson, answer_for_shift, are_suggested, latest_runs
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.rules import SkillLevel
from tests.factories import make_account, make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper

NAME, MOBILE, EMAIL, BIRTH = "欧阳慧敏", "13988887777", "huimin@example.org", date(1987, 3, 9)


async def asked(session: AsyncSession, need: Need, now: datetime) -> Answer:
    """What the officer sees, after the matcher has looked."""
    await refresh_need(session, need_id=need.id, now=now)
    return await seen(session, need, now)


async def seen(session: AsyncSession, need: Need, now: datetime) -> Answer:
    answer = await answer_for_shift(session, need=need, shift=need.shifts[0], now=now)
    assert answer is not None
    return answer


def everybody(answer: Answer) -> tuple[SuggestedPerson, ...]:
    return (*answer.proposed, *answer.others)


def said(value: Any, language: str) -> str:
    """Everything in an answer, as a page could show it."""
    if isinstance(value, Message):
        return value.in_language(language)
    if isinstance(value, (list, tuple)):
        return " ".join(said(each, language) for each in value)
    if hasattr(value, "__dataclass_fields__"):
        return " ".join(said(getattr(value, name), language) for name in value.__dataclass_fields__)
    return in_words(value, language)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_before_a_yes_an_officer_sees_surname_township_and_fit_and_nothing_else(
    session: AsyncSession, now: datetime, language: str
) -> None:
    need = await make_need(session, longitude=106.9, latitude=27.6)
    await make_helper(
        session,
        account={"name": NAME, "mobile": MOBILE, "email": EMAIL, "birth_on": BIRTH},
        longitude=106.912,
        latitude=27.634,
        about="我住幸福小区十二栋，喜欢陪独居老人聊天。",
    )
    answer = await asked(session, need, now)
    [person] = everybody(answer)
    words = said(answer, language)
    assert "欧阳" in words
    assert said(person.township, language) in words
    assert "4" in said(person.nearness, language)
    for private in ("慧敏", MOBILE, EMAIL, "1987", "幸福", "106.9", "27.6", "3.9"):
        assert private not in words.replace(str(person.account_id), "")


async def test_while_the_matcher_looks_there_is_no_answer(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    assert await answer_for_shift(session, need=need, shift=need.shifts[0], now=now) is None
    await refresh_need(session, need_id=need.id, now=now)
    need.version += 1
    assert await answer_for_shift(session, need=need, shift=need.shifts[0], now=now) is None


async def test_where_no_place_is_free_nobody_is_looked_for(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, places=1, state=NeedState.filled)
    await make_participation(session, need.shifts[0], await make_account(session), State.confirmed)
    answer = await seen(session, need, now)
    assert not everybody(answer)


async def test_the_fewest_are_proposed_that_fill_the_places(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, places=1)
    people = [await make_helper(session) for _ in range(9)]
    answer = await asked(session, need, now)
    # Each says yes with 35 %: 1 - 0.65 ** 6 is the first beyond nine in ten.
    assert [each.account_id for each in answer.proposed] == [each.id for each in people[:6]]
    assert [each.account_id for each in answer.others] == [each.id for each in people[6:]]
    assert answer.headline.in_language("en") == "Ask these 6 now"
    assert answer.expectation.in_language("en") == (
        "We expect the free place to be filled by Tue 24 Nov, 12:00."
    )
    assert (answer.fitting, answer.excluded) == (9, [])


async def test_too_few_people_are_told_plainly(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, places=2)
    await make_helper(session)
    answer = await asked(session, need, now)
    assert answer.headline.in_language("zh") == "现在邀请这 1 人"
    assert "可能没有人能来" in answer.expectation.in_language("zh")
    for _ in range(3):
        await make_helper(session)
    answer = await asked(session, need, now)
    assert "about 1 of 2 free places" in answer.expectation.in_language("en")


async def test_those_asked_already_are_counted_before_more_are_asked(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, places=1)
    for _ in range(9):
        await make_helper(session)
    await asked(session, need, now)
    for person in (await seen(session, need, now)).proposed:
        account = await session.get_one(Account, person.account_id)
        await make_participation(session, need.shifts[0], account, State.invited, asked_at=now)
    answer = await seen(session, need, now)
    assert not answer.proposed
    assert answer.note is not None
    assert "请等到" in answer.note.in_language("zh")
    assert [each.state for each in answer.others] == ["invited"] * 6 + [None] * 3


async def test_who_has_offered_to_come_is_as_good_as_a_yes(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, places=1)
    people = [await make_helper(session) for _ in range(3)]
    await asked(session, need, now)
    await make_participation(session, need.shifts[0], people[0], State.applied)
    assert not (await seen(session, need, now)).proposed


async def test_who_says_yes_often_needs_fewer_beside_them(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, places=1)
    person = await make_helper(session)
    for n in range(8):
        past = await make_need(session, starts_at=now - timedelta(days=40 + n))
        await make_participation(
            session, past.shifts[0], person, State.attended, asked_at=now - timedelta(days=50)
        )
    for _ in range(9):
        await make_helper(session)
    answer = await asked(session, need, now)
    [known] = [each for each in everybody(answer) if each.account_id == person.id]
    assert known.likely == pytest.approx((1.4 + 8) / (4 + 8))
    # With 78 %: 1 - 0.22 * 0.65 ** 2 is the first beyond nine in ten.
    assert len(answer.proposed) == 3


async def test_who_was_asked_today_or_three_times_this_week_is_listed_but_not_proposed(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, places=5)
    today, thrice, month, never = [await make_helper(session) for _ in range(4)]
    for person, days in ((today, [0]), (thrice, [2, 3, 4]), (month, [12, 20]), (never, [])):
        for n, day in enumerate(days):
            other = await make_need(session, starts_at=now + timedelta(days=20 + n))
            await make_participation(
                session, other.shifts[0], person, State.expired, asked_at=now - timedelta(days=day)
            )
    answer = await asked(session, need, now)
    assert {each.account_id for each in answer.proposed} == {month.id, never.id}
    loads = {each.account_id: each.load.in_language("en") for each in everybody(answer)}
    assert loads == {
        today.id: "Asked today; left alone for now",
        thrice.id: "Asked 3 times this week; left alone for now",
        month.id: "Asked 2 times in 30 days",
        never.id: "Not asked lately",
    }


async def test_two_hours_before_nobody_is_proposed_any_more(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    await make_helper(session)
    await asked(session, need, now)
    answer = await seen(session, need, need.shifts[0].starts_at - timedelta(hours=2))
    assert not answer.proposed
    assert len(answer.others) == 1
    assert answer.note is not None
    assert "too late" in answer.note.in_language("en")


async def test_what_happened_since_is_taken_in(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, places=9)
    opted_out, stopped, said_no, promised, turned_down, stays = [await make_helper(session) for _ in range(6)]
    assert len(everybody(await asked(session, need, now))) == 6
    (await session.get_one(VolunteerProfile, opted_out.id)).opted_in = False
    stopped.stopped_at = now
    same_time = await make_need(session, starts_at=need.shifts[0].starts_at)
    await make_participation(session, need.shifts[0], said_no, State.declined)
    await make_participation(session, same_time.shifts[0], promised, State.confirmed)
    await make_participation(session, need.shifts[0], turned_down, State.refused)
    await session.flush()
    assert [each.account_id for each in everybody(await seen(session, need, now))] == [stays.id]


async def test_an_officer_can_ask_only_who_is_suggested(session: AsyncSession, now: datetime) -> None:
    need, other = await make_need(session), await make_need(session)
    person, stranger = await make_helper(session), await make_account(session)
    await refresh_need(session, need_id=need.id, now=now)
    wanted = [stranger.id, person.id]
    assert await are_suggested(session, need_id=need.id, account_ids=wanted) == [person.id]
    assert await are_suggested(session, need_id=other.id, account_ids=wanted) == []


async def test_exclusions_stand_in_the_gates_order_and_small_numbers_are_not_told(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_asking_need(session, credentials=("first_aid",))
    for _ in range(5):
        await make_helper(session, availability="0" * 21, credentials={"first_aid": None})
    for _ in range(2):
        await make_helper(session)
    answer = await asked(session, need, now)
    assert [(gate.in_language("en"), in_words(count, "en")) for gate, count in answer.excluded] == [
        ("without a paper that is required", "a few"),
        ("not free then", "5"),
    ]
    assert in_words(answer.excluded_total, "en") == "more than 5"
    assert in_words(answer.excluded_total, "zh") == "5 以上"


async def test_the_parts_shown_add_up_to_the_fit(session: AsyncSession, now: datetime) -> None:
    need = await make_asking_need(session, skills={"chatting": False})
    await make_helper(session, skills={"chatting": SkillLevel.some}, fields=("elderly_care",))
    [person] = everybody(await asked(session, need, now))
    assert sum(value for _, value in person.contributions) == pytest.approx(person.score)
    assert len({label.in_language("zh") for label, _ in person.contributions}) == 6


async def test_the_answers_of_all_coming_shifts_can_be_read(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, shifts=2)
    await make_helper(session)
    await refresh_need(session, need_id=need.id, now=now)
    runs = await latest_runs(session, need_id=need.id, now=need.shifts[0].starts_at)
    assert list(runs) == [need.shifts[1].id]
    assert json.dumps(runs[need.shifts[1].id].excluded) == "{}"


@pytest.mark.parametrize("people", [2, 40])
async def test_the_number_of_queries_does_not_grow_with_the_people_shown(
    session: AsyncSession, now: datetime, statements: list[str], people: int
) -> None:
    need = await make_need(session)
    for _ in range(people):
        person = await make_helper(session)
    await asked(session, need, now)
    await make_participation(session, need.shifts[0], person, State.invited, asked_at=now)
    statements.clear()
    assert len(everybody(await seen(session, need, now))) == people
    # The answer, its people, how they stand, how often they were asked; who has still to answer.
    assert len(statements) == 5
