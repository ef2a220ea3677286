"""The next wave in numbers that can be reckoned by hand."""

from uuid import UUID

import pytest

from linli.core.i18n import Message
from linli.suggestions.people import SuggestedPerson
from linli.suggestions.waves import WavePlan, WavesLeft, plan_waves

SHIFT = UUID(int=7)


def person(n: int, likely: float, *, may_be_proposed: bool = True) -> SuggestedPerson:
    return SuggestedPerson(
        account_id=UUID(int=n),
        name=Message("Volunteer"),
        township=None,
        nearness=None,
        score=1 - n / 100,
        likely=likely,
        coded_reasons=(),
        contributions=(),
        is_learnt=False,
        ask_when=None,
        load=Message("Not asked lately"),
        was_asked_this_week=False,
        state=None,
        may_be_proposed=may_be_proposed,
        may_be_asked_soon=True,
    )


def plan(
    people: list[SuggestedPerson], left: WavesLeft, *, pending: tuple[float, ...] = (), asked: int = 9
) -> WavePlan:
    """Everybody was asked equally often before, so that no seat goes by lot."""
    return plan_waves(
        people,
        left,
        shift_id=SHIFT,
        places=1,
        pending=pending,
        asked={each.account_id: asked for each in people},
        matcher="test",
    )


def ids(found: WavePlan) -> list[int]:
    return [each.account_id.int for each in found.seats]


def test_a_wave_asks_fewer_where_another_may_follow_and_the_last_asks_as_many_as_it_takes() -> None:
    people = [person(n, 0.5) for n in range(1, 10)]
    # The first of two must fill with 1 - 0.1 ** 0.5 = 68 %: two people with a half do with 75 %. The last
    # must fill with 90 %: four do with 94 %.
    found = plan(people, WavesLeft(2))
    assert (ids(found), found.messages) == ([1, 2], 6)
    assert found.chance == pytest.approx(1 - 0.5**2 * 0.5**4)
    assert found.is_enough
    at_once = plan(people, WavesLeft(1))
    assert (ids(at_once), at_once.messages) == ([1, 2, 3, 4], 4)


def test_who_was_asked_and_may_still_answer_counts() -> None:
    people = [person(n, 0.5) for n in range(1, 10)]
    assert ids(plan(people, WavesLeft(2), pending=(0.5,))) == [1]
    assert ids(plan(people, WavesLeft(2), pending=(0.5, 0.5))) == []


def test_more_messages_than_were_promised_are_never_planned() -> None:
    people = [person(n, 0.1) for n in range(1, 40)]
    found = plan(people, WavesLeft(4, messages=5))
    assert found.messages == 5
    assert found.chance == pytest.approx(1 - 0.9**5)
    assert not found.is_enough


def test_whoever_rests_or_is_not_wanted_is_passed_over() -> None:
    people = [person(1, 0.9, may_be_proposed=False), person(2, 0.9), person(3, 0.9)]
    found = plan(people, WavesLeft(2, without=frozenset({UUID(int=2)})))
    assert ids(found) == [3]
    assert found.likely.keys() == {each.account_id for each in people}


def test_who_has_had_the_question_of_the_day_is_counted_for_tomorrow() -> None:
    people = [person(n, 0.5, may_be_proposed=n == 1) for n in range(1, 10)]
    today = plan(people, WavesLeft(2))
    assert (ids(today), today.messages) == ([1], 1)
    found = plan(people, WavesLeft(2, is_a_day_apart=True))
    assert (ids(found), found.messages) == ([1], 5)
    assert found.chance == pytest.approx(1 - 0.5**5)


def test_nobody_at_all_is_an_empty_wave() -> None:
    found = plan([], WavesLeft(3))
    assert (found.seats, found.messages, found.chance) == ((), 0, 0.0)


def test_a_few_seats_go_by_lot_to_people_who_were_hardly_ever_asked_and_always_the_same() -> None:
    people = [person(n, 0.35) for n in range(1, 41)]
    asked = {each.account_id: 12 if each.account_id.int <= 20 else 0 for each in people}
    drawn = set()
    for number in range(1, 31):
        found, again = [
            plan_waves(
                people,
                WavesLeft(1, number),
                shift_id=SHIFT,
                places=3,
                pending=(),
                asked=asked,
                matcher="test",
            )
            for _ in range(2)
        ]
        assert found == again
        assert all(0 < each.propensity <= 1 for each in found.seats)
        drawn |= {each.account_id.int for each in found.seats if each.is_exploring}
    assert drawn
    assert min(drawn) > 20
