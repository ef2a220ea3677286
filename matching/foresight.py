"""What a need would bring as it is being written, and what each single change of it would bring.

A need passes n people through gates g. A relaxation r changes one of them, and brings

    fitting(r) = sum over people v of pass_r(v) * product over the other gates g of pass_g(v),

so that nothing but the changed gate is asked again. Another time changes all gates that turn on the day.
Counts only: nobody is named, and nothing is ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np

from matching.columns import Booleans, Whole
from matching.commitments import Bookings, Pairs
from matching.eligibility import Eligibility, check
from matching.gates import (
    PASSES_UNKNOWN,
    TURNS_ON_THE_DAY,
    Gate,
    answers_about_paper,
    answers_of_reach,
    answers_of_time,
    days_of,
    latest_birth,
    level_held,
)
from matching.tables import Answer, Needs, Volunteers
from matching.vocabulary import Taxonomy

TIME_COLUMNS = ("local_day", "last_day", "start_minute", "end_minute", "cells")
"""The columns of `Needs` that say when."""

MOST_BEST = 2
"""How many ways are proposed: more would be a list to study."""


class WayKind(StrEnum):
    """What is changed. Ways that bring the same are ordered so: what costs least comes first.

    Examples
    --------
    >>> [str(kind) for kind in WayKind][:2]
    ['time', 'reach']
    """

    TIME = "time"
    REACH = "reach"
    AGE = "age"
    SKILL = "skill"
    CREDENTIAL = "credential"


@dataclass(frozen=True)
class Way:
    """One change of the need, and what it brings.

    Attributes
    ----------
    kind : WayKind
    what : int, float or str
        TIME: the row of the other times. REACH: km more. AGE: the lower age in years. SKILL, CREDENTIAL:
        the id that would not be required.
    fitting : int
        How many people fit after the change.
    gain : int
        `fitting` less how many fit without it. Below 0 only for a time that is worse.

    Examples
    --------
    >>> Way(WayKind.REACH, 5.0, fitting=9, gain=4).gain
    4
    """

    kind: WayKind
    what: int | float | str
    fitting: int
    gain: int


@dataclass(frozen=True)
class Foresight:
    """What a need brings.

    Attributes
    ----------
    fitting : int
        How many people fit the need as it stands.
    ways : tuple of Way
        Every single change that was allowed, in the order of `WayKind`, within it in the order given.

    Examples
    --------
    >>> way = Way(WayKind.AGE, 16, fitting=5, gain=2)
    >>> seen = Foresight(fitting=3, ways=(way,))
    >>> [way.what for way in seen.best]
    [16]
    """

    fitting: int
    ways: tuple[Way, ...]

    @property
    def best(self) -> tuple[Way, ...]:
        """The two ways that bring most, of different kinds; fewer where nothing else brings anybody."""
        kinds = list(WayKind)
        gaining = [way for way in self.ways if way.gain > 0]
        # The sort is stable: of two times that bring the same, the one that was given first.
        gaining.sort(key=lambda way: (-way.gain, kinds.index(way.kind)))
        of_kind = {way.kind: way for way in reversed(gaining)}
        return tuple(way for way in gaining if of_kind[way.kind] is way)[:MOST_BEST]


def foresee(
    need: Needs,
    people: Volunteers,
    *,
    today: date,
    times: Needs | None = None,
    fixed_credentials: Collection[str] = (),
    fixed_skills: Collection[str] = (),
    lowest_age: int | None = None,
    wider_km: float | None = None,
    bookings: Bookings | None = None,
    pairs: Pairs | None = None,
) -> Foresight:
    """Count who fits a need, and who would after each single change.

    Takes the gates of one need for all people, and for k other times six of the thirteen again.

    Parameters
    ----------
    need : Needs, 1 row
        As far as it is written; what is missing does not keep anybody out.
    people : Volunteers, n rows
        With the same vocabulary.
    today : date
        In the place's own time.
    times : Needs, k rows, optional
        Other times, of which only `TIME_COLUMNS` are read; those nearest to what is wanted first.
    fixed_credentials, fixed_skills : collection of str, optional
        Ids that a rule demands: never proposed to be dropped.
    lowest_age : int, optional, years
        As low as the minimum age may go; without it, or if it is not lower, age is no way.
    wider_km : float, optional, km
        How much farther than they go by themselves people could be brought.
    bookings, pairs : optional
        As in `matching.eligibility.check`; `pairs` of the one row.

    Returns
    -------
    Foresight

    Raises
    ------
    ValueError
        For another number of rows than 1, a time without a day, an unknown fixed id, an age outside 0 to
        120, or kilometres of 0 or less.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> from matching.week import cell_table
    >>> words = Vocabulary(credentials=Taxonomy(["driving_licence"]))
    >>> day = {"local_day": np.array(["2026-11-24"], dtype="datetime64[D]"), "end_minute": np.array([60])}
    >>> need = Needs(ids=["lunch"], vocabulary=words, cells=cell_table([[3]]), **day,
    ...              credentials_required=np.array([[True]]))
    >>> people = Volunteers(
    ...     ids=["li", "wang"], vocabulary=words, opted_in=np.array([True, True]),
    ...     born_on=np.array(["1990-01-01"] * 2, dtype="datetime64[D]"), credential=np.array([[2], [0]]))
    >>> seen = foresee(need, people, today=date(2026, 11, 23))
    >>> seen.fitting, [(str(way.kind), way.what, way.gain) for way in seen.best]
    (1, [('credential', 'driving_licence', 1)])
    """
    if len(need) != 1:
        raise ValueError(f"need must be one row, but has {len(need)}")
    asked = _Asked(need, people, check(need, people, today=today, bookings=bookings, pairs=pairs))
    ways = [
        *_other_times(asked, times, today, bookings),
        *_wider_circle(asked, wider_km),
        *_lower_age(asked, lowest_age, today),
        *_one_skill_less(asked, fixed_skills),
        *_one_credential_less(asked, fixed_credentials, today),
    ]
    return Foresight(asked.fitting, tuple(ways))


def at_times(need: Needs, times: Needs) -> Needs:
    """Return a need, once at each of some other times.

    Parameters
    ----------
    need : Needs, 1 row
    times : Needs, k rows
        Only `TIME_COLUMNS` and the ids are read.

    Returns
    -------
    Needs, k rows

    Raises
    ------
    ValueError
        If a time has no day, or the need has another number of rows than 1.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> one, other = (Needs(ids=[name], vocabulary=Vocabulary(), minimum_age=np.array([age]), **{
    ...     "local_day": np.array([day], dtype="datetime64[D]"), "end_minute": np.array([60]),
    ...     "cells": np.eye(21, dtype=bool)[:1]}) for name, age, day in
    ...     (("lunch", 16, "2026-11-23"), ("later", 0, "2026-11-30")))
    >>> moved = at_times(one, other)
    >>> moved.ids.tolist(), moved.minimum_age.tolist(), moved.local_day.tolist()
    (['later'], [16], [datetime.date(2026, 11, 30)])
    """
    if len(need) != 1:
        raise ValueError(f"need must be one row, but has {len(need)}")
    if not times.has_shift.all():
        timeless = times.ids[int(np.flatnonzero(~times.has_shift)[0])]
        raise ValueError(f"a time must have a day, but that of {timeless} has none")
    columns: dict[str, Any] = {"ids": times.ids, "need_ids": [need.need_ids[0]] * len(times)}
    for name in (field.name for field in fields(need) if field.name not in ("vocabulary", *columns)):
        own = getattr(need, name)
        if name in TIME_COLUMNS:
            columns[name] = getattr(times, name)
        elif name not in ("texts", "text_vectors"):
            columns[name] = np.broadcast_to(own, (len(times), *own.shape[1:]))
    return replace(need, **columns, texts=None, text_vectors=None)


@dataclass(frozen=True, eq=False)
class _Asked:
    """One need before all people, each gate asked once."""

    need: Needs
    people: Volunteers
    eligible: Eligibility

    @property
    def fitting(self) -> int:
        return int(self.eligible.passes.sum())

    def fit_but_for(self, *gates: Gate) -> Booleans:
        """True for who passes all other gates, shape (n,); within reach they need not be in the pool."""
        others = [gate for gate in Gate if gate not in gates]
        inside = self.eligible.pool[0] | (Gate.WITHIN_REACH in gates)
        return np.asarray(self.eligible.passed[others, 0].all(axis=0) & inside, dtype=np.bool_)

    def way(self, kind: WayKind, what: int | float | str, fitting: int) -> Way:
        return Way(kind, what, fitting, fitting - self.fitting)


def _other_times(asked: _Asked, times: Needs | None, today: date, bookings: Bookings | None) -> Iterator[Way]:
    if times is None:
        return
    fit = np.broadcast_to(asked.fit_but_for(*TURNS_ON_THE_DAY), (len(times), len(asked.people))).copy()
    moved = at_times(asked.need, times)
    for gate, answer in answers_of_time(moved, asked.people, today=today, bookings=bookings).items():
        fit &= answer >= (Answer.UNKNOWN if gate in PASSES_UNKNOWN else Answer.YES)
    for row, count in enumerate(fit.sum(axis=1).tolist()):
        yield asked.way(WayKind.TIME, row, count)


def _wider_circle(asked: _Asked, wider_km: float | None) -> Iterator[Way]:
    if wider_km is None:
        return
    if not (np.isfinite(wider_km) and wider_km > 0):
        raise ValueError(f"wider_km must be a number above 0, but is {wider_km!r}")
    if asked.need.has_location[0]:
        answer, pool = answers_of_reach(asked.need, asked.people, beyond_km=wider_km)
        fit = asked.fit_but_for(Gate.WITHIN_REACH) & (answer[0] >= Answer.UNKNOWN) & pool[0]
        yield asked.way(WayKind.REACH, wider_km, int(fit.sum()))


def _lower_age(asked: _Asked, lowest_age: int | None, today: date) -> Iterator[Way]:
    if lowest_age is None:
        return
    if not 0 <= lowest_age <= 120:
        raise ValueError(f"lowest_age must be from 0 to 120, but is {lowest_age!r}")
    if lowest_age < asked.need.minimum_age[0]:
        day, _ = days_of(asked.need, today)
        old_enough = asked.people.born_on <= latest_birth(day, np.array([lowest_age]))
        fit = asked.fit_but_for(Gate.OLD_ENOUGH) & old_enough
        yield asked.way(WayKind.AGE, lowest_age, int(fit.sum()))


def _one_skill_less(asked: _Asked, fixed: Collection[str]) -> Iterator[Way]:
    levels = asked.need.skills_required[0]

    def holds(skill: int) -> Booleans:
        return np.asarray(level_held(asked.people, skill) >= levels[skill], dtype=np.bool_)

    skills = asked.people.vocabulary.skills
    return _one_less(asked, Gate.SKILLS, WayKind.SKILL, np.flatnonzero(levels), skills, fixed, holds)


def _one_credential_less(asked: _Asked, fixed: Collection[str], today: date) -> Iterator[Way]:
    _, last_day = days_of(asked.need, today)

    def holds(paper: int) -> Booleans:
        held = answers_about_paper(asked.people, paper, last_day)[0] == Answer.YES
        return np.asarray(held, dtype=np.bool_)

    papers, known = np.flatnonzero(asked.need.credentials_required[0]), asked.people.vocabulary.credentials
    return _one_less(asked, Gate.CREDENTIALS, WayKind.CREDENTIAL, papers, known, fixed, holds)


def _one_less(
    asked: _Asked,
    gate: Gate,
    kind: WayKind,
    required: Whole,
    known: Taxonomy,
    fixed: Collection[str],
    holds: Callable[[int], Booleans],
) -> Iterator[Way]:
    """Who fails nothing but one of several required things is brought by dropping that one."""
    kept = {known.position(id) for id in fixed}
    if not len(required):
        return
    lacks = ~np.stack([holds(int(column)) for column in required])
    lacks_one = asked.fit_but_for(gate) & (lacks.sum(axis=0) == 1)
    gains = (lacks & lacks_one).sum(axis=1)
    for column, gain in zip(required.tolist(), gains.tolist(), strict=True):
        if column not in kept:
            yield asked.way(kind, known.ids[column], asked.fitting + gain)
