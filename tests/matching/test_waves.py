from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from matching.columns import Floats
from matching.equity import Shortfall
from matching.history import Deed, History
from matching.public_list import lift
from matching.waves import Day, plan


def day(chance: Floats, *, places: int = 1, waves: int = 1, price: float = 0.01, pending: float = 0.0) -> Day:
    needs, people = chance.shape
    return Day(
        chance=chance,
        places=np.full(needs, places),
        value=np.ones(needs),
        waves=np.full(needs, waves),
        pending=[[pending] if pending else [] for _ in range(needs)],
        price=np.full(people, price),
        comes=np.ones(people),
    )


def test_nobody_is_asked_twice_and_nobody_whose_chance_is_nought() -> None:
    chance = np.random.default_rng(1).random((12, 30)) * (np.random.default_rng(2).random((12, 30)) > 0.5)
    asked = plan(day(chance))
    people = [each.person for each in asked]
    assert len(people) == len(set(people))
    assert all(chance[each.need, each.person] > 0 for each in asked)


def test_with_one_seat_a_need_the_sum_of_the_chances_is_the_greatest_there_is() -> None:
    chance = np.random.default_rng(5).uniform(0.91, 1.0, (3, 4))
    asked = plan(day(chance), rounds=1)
    best = max(
        sum(chance[need, person] for need, person in enumerate(order)) for order in permutations(range(4), 3)
    )
    assert sum(each.chance for each in asked) == pytest.approx(best)


def test_the_more_waves_are_left_the_fewer_are_asked_now() -> None:
    chance = np.full((1, 30), 0.3)
    counts = [len(plan(day(chance, waves=waves))) for waves in (1, 2, 4)]
    assert counts[0] > counts[1] > counts[2] >= 1


def test_a_need_that_is_as_good_as_filled_asks_nobody() -> None:
    assert plan(day(np.full((1, 5), 0.5), pending=0.99)) == []


def test_a_message_that_costs_more_than_it_brings_is_not_sent() -> None:
    assert plan(day(np.full((1, 5), 0.1), price=0.2)) == []
    assert plan(day(np.zeros((0, 5)))) == []


def test_where_only_whole_needs_count_nobody_is_asked_for_one_that_cannot_be_filled() -> None:
    chance = np.array([[0.6, 0.6, 0.0], [0.0, 0.0, 0.6]])
    two_places_each = day(chance, places=2, price=0.1)
    assert {each.need for each in plan(two_places_each)} == {0, 1}
    assert {each.need for each in plan(replace(two_places_each, whole=True))} == {0}


def test_who_does_not_come_is_asked_after_who_does() -> None:
    whole = day(np.full((1, 2), 0.95))
    asked = plan(Day(**{**whole.__dict__, "comes": np.array([0.3, 0.9])}))
    assert asked[0].person == 1


def test_where_a_yes_is_as_likely_whoever_fits_best_is_asked() -> None:
    alike = day(np.full((2, 3), 0.95))
    fit = np.array([[0.5, 0.9, 0.6], [0.4, 1.0, 0.2]])
    asked = plan(replace(alike, fit=fit))
    # 0.6 + 1.0 is the most that two of three can bring.
    assert sorted((each.need, each.person) for each in asked) == [(0, 2), (1, 1)]
    assert all(each.chance == 0.95 for each in asked)


def test_no_more_are_asked_for_a_need_than_it_may_ask_in_all_rounds_together() -> None:
    unlikely = day(np.full((2, 40), 0.1), price=0.0)
    asked = plan(replace(unlikely, most=np.array([3, 0])))
    assert [each.need for each in asked] == [0, 0, 0]
    assert len(plan(unlikely)) == 40


def test_a_price_by_need_leaves_a_large_need_its_messages() -> None:
    """A yes on one of ten places is worth a tenth; so is the message."""
    two = replace(day(np.full((2, 60), 0.9)), places=np.array([1, 10]))
    by_person = plan(replace(two, price=np.full(60, 0.2)))
    assert {each.need for each in by_person} == {0}
    by_need = plan(replace(two, price=np.full((2, 60), 0.2) / np.array([[1], [10]])))
    assert {each.need for each in by_need} == {0, 1}


def test_whoever_was_asked_less_lately_is_asked_first_and_the_tired_one_only_where_it_matters() -> None:
    two = day(np.full((1, 2), 0.6), waves=1)
    asked = plan(replace(two, price=np.array([0.3, 0.1])))
    assert [each.person for each in asked] == [1]
    matters = replace(two, price=np.array([0.3, 0.1]), value=np.array([3.0]))
    assert {each.person for each in plan(matters)} == {0, 1}


def test_answers_fade_and_silence_counts_until_somebody_answers() -> None:
    history = History(3, fields=2)
    for person in (0, 1):
        history.asked(person, day=0)
        history.did(Deed.SILENCE, person, day=1, field=0, cell=2)
    history.did(Deed.YES, 1, day=2, field=1, cell=2)
    assert history.silent_streak.tolist() == [1, 0, 0]
    before = history.yes_rate()
    assert before[1] > before[2] > before[0]
    history.advance(2000)
    assert np.ptp(history.yes_rate()) < np.ptp(before) / 10


def test_rates_by_field_start_from_the_persons_own() -> None:
    history = History(2, fields=2)
    for _ in range(6):
        history.did(Deed.YES, 0, day=1, field=0, cell=0)
        history.did(Deed.NO, 0, day=1, field=1, cell=0)
    found = history.features(
        fields=np.array([0, 1]), cells=np.array([0, 0]), places=["a", "a"], company=[[], []]
    )
    assert found[1, 0, 0] > found[0, 0, 0] > found[1, 1, 0]


def test_who_missed_twice_is_less_likely_to_come_and_who_came_is_known_there() -> None:
    history = History(3, fields=1)
    for _ in range(2):
        history.did(Deed.MISSED, 0, day=1)
        history.did(Deed.CAME, 1, day=1, place="east")
    history.went_together([1, 2])
    come = history.chance_to_come()
    assert come[1] > come[2] > come[0]
    found = history.features(fields=np.array([-1]), cells=np.array([20]), places=["east"], company=[[2]])
    assert found[5, 0].tolist() == [0.0, 1.0, 0.0]
    assert found[6, 0].tolist() == [0.0, 0.5, 0.0]


def test_the_community_that_is_served_least_counts_most() -> None:
    shortfall = Shortfall()
    for _ in range(5):
        shortfall.note("east", "elder", 1.0)
        shortfall.note("west", "elder", 0.0)
    assert (
        shortfall.lift("west", "elder")
        > shortfall.lift("south", "elder")
        >= shortfall.lift("east", "elder")
        >= 1
    )
    with pytest.raises(ValueError, match="served"):
        shortfall.note("west", "elder", 2.0)
    with pytest.raises(ValueError, match="needs must be at least 1"):
        shortfall.note("west", "elder", 1.0, needs=0)


def test_many_needs_noted_at_once_count_as_one_by_one() -> None:
    at_once, one_by_one = Shortfall(), Shortfall()
    at_once.note("west", "elder", 0.5, needs=4)
    for served in (0.0, 1.0, 1.0, 0.0):
        one_by_one.note("west", "elder", served)
    assert at_once.of_community("west") == pytest.approx(one_by_one.of_community("west"))


def test_the_list_lifts_what_lacks_and_puts_last_what_one_may_not_do() -> None:
    order = lift(
        np.array([0.5, 0.5, 0.9]),
        value=np.ones(3),
        places=np.array([1, 1, 1]),
        pending=[[0.9, 0.9], [], []],
        eligible=np.array([True, True, False]),
    )
    assert order == [1, 0, 2]
