from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from matching import (
    Bookings,
    Needs,
    PairKind,
    Pairs,
    Taxonomy,
    TextModel,
    Vocabulary,
    Volunteers,
    week_cells,
)
from tests.matching.factories import WORDS, make_need, make_volunteer, together


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"ids": ["a", "a"]}, r"ids must be unique, but 'a' appears more than once"),
        ({"ids": ["a", 7]}, r"ids must be texts, but one is 7 \(int\)"),
        ({"longitude": np.array([200.0, 0])}, r"longitude must be from -180 to 180, but one value is 200.0"),
        ({"latitude": np.array([np.inf, 0])}, r"latitude must be from -90 to 90, but one value is inf"),
        ({"reach_km": np.array([-3.0, 5])}, r"reach_km must be from 0.001 to 25000, but one value is -3.0"),
        ({"weekly_cap": np.array([1.0])}, r"weekly_cap must have shape \(2,\), but has shape \(1,\)"),
        ({"skill_level": np.full((2, 6), 4)}, r"skill_level must be from 0 to 3, but one value is 4"),
        ({"skill_level": np.full((2, 6), 0.5)}, r"skill_level must be of type int8, but it holds .*0.5"),
        ({"skill_level": np.full((2, 6), np.nan)}, r"it holds a value that is not a finite number"),
        (
            {"availability": np.zeros((2, 7))},
            r"availability must have shape \(2, 21\), but has shape \(2, 7\)",
        ),
        ({"availability": np.full((2, 21), 3)}, r"availability must be from 0 to 2, but one value is 3"),
        ({"opted_in": np.array([2, 0])}, r"opted_in must be of type bool, but it holds .*2"),
        ({"born_on": ["yesterday", "today"]}, r"born_on must be of type datetime64\[D\]"),
        ({"accepted": np.array([0, 2])}, r"accepted must not exceed asked, but b accepted 2 of 0"),
        ({"texts": ["only one"]}, r"texts must have 2 rows, one per id, but has 1"),
    ],
)
def test_a_wrong_column_is_refused_with_what_was_seen_and_wanted(
    columns: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        Volunteers(**{"ids": ["a", "b"], "vocabulary": WORDS, **columns})


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"end_minute": np.array([0])}, r"a shift must end after it starts, but that of lunch does not"),
        (
            {"cells": [], "local_day": ["2026-11-24"]},
            r"a shift must touch at least one cell of the week, but that of lunch",
        ),
        ({"minimum_age": np.array([-1])}, r"minimum_age must be from 0 to 120, but one value is -1"),
        ({"need_ids": ["a", "b"]}, r"need_ids must have 1 rows, one per id, but has 2"),
    ],
)
def test_a_need_that_cannot_be_is_refused(columns: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_need(**columns)


def test_a_column_left_out_is_missing_for_everyone() -> None:
    somebody = Volunteers(ids=["a"], vocabulary=WORDS)
    assert np.isnan(somebody.longitude).all()
    assert np.isnat(somebody.born_on).all()
    assert not somebody.opted_in.any()


def test_columns_cannot_be_changed_and_do_not_follow_what_was_given() -> None:
    given = np.array([5.0])
    person = Volunteers(ids=["a"], vocabulary=WORDS, reach_km=given)
    given[0] = 9
    assert person.reach_km[0] == 5
    with pytest.raises(ValueError, match="read-only"):
        person.reach_km[0] = 9


def test_taking_rows_keeps_every_column_in_line() -> None:
    model = TextModel().fit(["cooking", "driving"])
    table = Volunteers(
        ids=["a", "b", "c"],
        vocabulary=WORDS,
        texts=["cooking", "driving", ""],
        text_vectors=model.transform(["cooking", "driving", ""]),
        reach_km=np.array([1.0, 2.0, 3.0]),
    )
    taken = table.take([2, 0])
    assert list(taken.ids) == ["c", "a"]
    assert taken.reach_km.tolist() == [3, 1]
    assert taken.texts == ["", "cooking"]
    assert taken.text_vectors is not None
    assert taken.text_vectors.says_nothing.tolist() == [True, False]


@pytest.mark.parametrize(
    ("start", "end", "cells"),
    [
        (datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 12), [0]),
        (datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 12, 1), [0, 1]),
        (datetime(2026, 11, 29, 20), datetime(2026, 11, 30, 9), [20, 0]),
        (datetime(2026, 11, 24, 18), datetime(2026, 11, 25, 0), [5]),
    ],
)
def test_a_block_of_time_touches_its_cells_of_the_week(
    start: datetime, end: datetime, cells: list[int]
) -> None:
    assert week_cells(start, end) == cells


def test_a_block_longer_than_a_week_touches_every_cell_once() -> None:
    assert sorted(week_cells(datetime(2026, 11, 1), datetime(2026, 11, 20))) == list(range(21))


def test_a_block_must_end_after_it_starts() -> None:
    with pytest.raises(ValueError, match="is not after"):
        week_cells(datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 9))


def test_a_taxonomy_refuses_unknown_ids_doubles_and_circles() -> None:
    with pytest.raises(ValueError, match="unknown id 'juggling'; wanted one of 6: care"):
        WORDS.skills.levels([{"juggling": 1}])
    with pytest.raises(ValueError, match="the level of 'care' must be 1 to 3, but is 0"):
        WORDS.skills.levels([{"care": 0}])
    with pytest.raises(ValueError, match="unique, but 'a'"):
        Taxonomy(["a", "a"])
    with pytest.raises(ValueError, match="circle"):
        Taxonomy(["a", "b"], {"a": "b", "b": "a"})
    with pytest.raises(ValueError, match="unknown id 'top'"):
        Taxonomy(["a"], {"a": "top"})


def test_a_grandchild_counts_fully_and_a_grandparent_a_quarter() -> None:
    tree = Taxonomy(["top", "middle", "leaf"], {"middle": "top", "leaf": "middle"})
    assert tree.closeness.tolist() == [[1, 1, 1], [0.5, 1, 1], [0.25, 0.5, 1]]


def test_pairs_and_bookings_refuse_ids_that_nobody_has() -> None:
    people, needs = make_volunteer("li"), make_need("lunch")
    with pytest.raises(ValueError, match="unknown volunteer 'wang'"):
        Pairs.of(needs, people, [("lunch", "wang", PairKind.BARRED)])
    with pytest.raises(ValueError, match="unknown need 'dinner'"):
        Pairs.of(needs, people, [("dinner", "li", PairKind.BARRED)])
    with pytest.raises(ValueError, match="unknown volunteer 'wang'"):
        Bookings.of(people, [("wang", 0, 1, date(2026, 1, 1), 1.0)])


def test_a_pair_can_name_one_shift_or_all_shifts_of_a_need() -> None:
    shifts = together(make_need("mon", need_ids=["lunch"]), make_need("tue", need_ids=["lunch"]))
    person = make_volunteer("li")
    assert Pairs.of(shifts, person, [("tue", "li", PairKind.TAKING_PART)]).need.tolist() == [1]
    assert Pairs.of(shifts, person, [("lunch", "li", PairKind.ASKED)]).need.tolist() == [0, 1]
    assert Pairs.of(shifts, person, []).need.tolist() == []


def test_an_empty_vocabulary_makes_empty_columns() -> None:
    assert Needs(ids=[], vocabulary=Vocabulary()).skills_wanted.shape == (0, 0)
