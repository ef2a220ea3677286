"""Whole rosters at once: who takes which shift, as many places as can be filled, the most urgent first.

Shifts and people are joined by a minimum-cost flow,

    priorities -> shifts -> (person, time) -> (person, week) -> end,

where a shift takes as many people as it has places, a person one shift at a time and as many in a week as
they have left. How many places of the first k priorities can be filled at most is a maximum flow F(k). Sets
of places that can be filled together are a gammoid, so F(k) - F(k-1) of priority k can be filled for every k
at once: that is what priorities first means. Among all rosters that do so, the sum of scores is greatest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Floats, Whole
from matching.flows import Network, max_flow, min_cost_flow
from matching.roster_repair import repair

SCORE_STEPS = 10_000
"""Scores are compared to four decimals."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rota:
    """Shifts to be filled and who could take them.

    Parameters
    ----------
    places : ndarray of int, shape (m,)
        Free places of each shift, at least 0.
    priority : ndarray of int, shape (m,)
        1 is filled first.
    start_minute, end_minute : ndarray of int, shape (m,)
        Since 1970.
    week : ndarray of int, shape (m,)
        In which the shift counts, for example from `matching.gates.week_of`.
    need : ndarray of int, shape (m,)
        Which need the shift belongs to.
    whole : ndarray of bool, shape (m,)
        True for shifts of a need that wants all its places filled, or none; the same for all its shifts.
    cap : ndarray of int, shape (n,)
        Shifts that each person may still take in any one week.
    shift, volunteer : ndarray of int, shape (p,)
        The pairs that passed all gates, each once.
    score : ndarray of float64, shape (p,)
        In [0, 1], higher is better.

    Raises
    ------
    ValueError
        Naming the column, the value seen and the value wanted.

    Examples
    --------
    >>> one, none = np.array([1]), np.array([0])
    >>> rota = Rota(places=one, priority=one, start_minute=none, end_minute=one * 60, week=none,
    ...             need=none, whole=none == 1, cap=one, shift=none, volunteer=none, score=one / 2)
    >>> assign(rota).filled
    1
    """

    places: Whole
    priority: Whole
    start_minute: Whole
    end_minute: Whole
    week: Whole
    need: Whole
    whole: Booleans
    cap: Whole
    shift: Whole
    volunteer: Whole
    score: Floats

    def __post_init__(self) -> None:
        shifts, pairs = len(self.places), len(self.shift)
        for name in ("priority", "start_minute", "end_minute", "week", "need", "whole"):
            _has_length(name, getattr(self, name), shifts)
        for name in ("volunteer", "score"):
            _has_length(name, getattr(self, name), pairs)
        for name, least in (("places", 0), ("priority", 1), ("cap", 0)):
            if (getattr(self, name) < least).any():
                raise ValueError(f"{name} must be at least {least}, but is {getattr(self, name).min()}")
        for name, rows in (("shift", shifts), ("volunteer", len(self.cap))):
            given = getattr(self, name)
            if ((given < 0) | (given >= rows)).any():
                seen = given[(given < 0) | (given >= rows)][0]
                raise ValueError(f"{name} must be a row from 0 to {rows - 1}, but is {seen}")
        if not ((self.score >= 0) & (self.score <= 1)).all():
            wrong = self.score[~((self.score >= 0) & (self.score <= 1))][0]
            raise ValueError(f"score must be from 0 to 1, but is {wrong}")
        if (self.end_minute <= self.start_minute).any():
            raise ValueError("a shift must end after it starts, but one does not")
        if len(np.unique(self.shift * len(self.cap) + self.volunteer)) != pairs:
            raise ValueError("a pair of shift and volunteer may be named once, but one is named twice")

    @cached_property
    def slots(self) -> tuple[Whole, bool]:
        """The time in which each pair lies: one number for all shifts of a person that touch one another.

        With it whether all shifts of one number overlap pairwise; a chain, in which the first and the last
        do not, still takes one person once, which is safe and may leave a place open.
        """
        order = np.lexsort((self.start_minute[self.shift], self.volunteer))
        apart = int(self.end_minute.max(initial=0) - self.start_minute.min(initial=0)) + 1
        offset = self.volunteer[order] * apart
        starts, ends = (column[self.shift[order]] + offset for column in (self.start_minute, self.end_minute))
        last_end = np.maximum.accumulate(ends)
        fresh = np.ones(len(order), dtype=np.bool_)
        fresh[1:] = starts[1:] >= last_end[:-1]
        number = np.cumsum(fresh) - 1
        slot = np.empty(len(order), dtype=np.int64)
        slot[order] = number
        first = np.flatnonzero(fresh)
        if not len(first):
            return slot, True
        pairwise = np.maximum.reduceat(starts, first) < np.minimum.reduceat(ends, first)
        return slot, bool(pairwise.all())

    @cached_property
    def person_weeks(self) -> tuple[Whole, Whole]:
        """One number for each person and week, by pair; and the cap of each number."""
        weeks = self.week[self.shift] - self.week.min(initial=0)
        codes = self.volunteer * (int(weeks.max(initial=0)) + 1) + weeks
        _, first, number = np.unique(codes, return_index=True, return_inverse=True)
        return number.astype(np.int64), self.cap[self.volunteer[first]]


@dataclass(frozen=True, eq=False)
class Roster:
    """Who takes which shift.

    Attributes
    ----------
    pairs : ndarray of int, shape (k,)
        Rows of the pairs of the `Rota` that were chosen, in their order.
    filled : int
        Places that are filled.
    bound : int or None
        More cannot be filled, whoever goes where, before needs that want all or nothing are looked at: a
        maximum flow. None where it was not computed.
    is_exact : bool
        True where no other roster fills more places of the first priorities, or as many with a greater sum
        of scores; False for the greedy one, for chains of shifts that overlap, and after a repair.
    given_up : tuple of int
        Needs that wanted all or nothing, and got nothing.

    Examples
    --------
    >>> nobody = Roster(np.zeros(0, dtype=np.int64), filled=0, bound=0, is_exact=True, given_up=())
    >>> nobody.filled == nobody.bound
    True
    """

    pairs: Whole
    filled: int
    bound: int | None
    is_exact: bool
    given_up: tuple[int, ...]


def assign(rota: Rota, *, with_ortools: bool | None = None) -> Roster:
    """Fill the roster exactly.

    Parameters
    ----------
    rota : Rota
    with_ortools : bool, optional
        By default where it is installed (`pip install linli[assignment]`); otherwise SciPy solves the linear
        program that is the same, only slower.

    Returns
    -------
    Roster

    References
    ----------
    Ahuja, Magnanti and Orlin (1993), Network Flows; Mason (1972), On a class of matroids arising from paths
    in graphs.

    Examples
    --------
    >>> rota = Rota(places=np.array([1, 1]), priority=np.array([2, 1]), start_minute=np.array([0, 0]),
    ...             end_minute=np.array([60, 60]), week=np.array([0, 0]), need=np.array([0, 1]),
    ...             whole=np.array([False, False]), cap=np.array([1]), shift=np.array([0, 1]),
    ...             volunteer=np.array([0, 0]), score=np.array([0.9, 0.2]))
    >>> roster = assign(rota)
    >>> roster.pairs.tolist(), roster.filled, roster.bound
    ([1], 1, 1)
    """
    network, arcs_of_pairs, bound = _network(rota)
    flows = min_cost_flow(network, with_ortools=with_ortools)
    chosen = np.flatnonzero(flows[arcs_of_pairs] > 0)
    kept, given_up = repair(rota, chosen)
    _, pairwise = rota.slots
    exact = pairwise and bool(network.capacities[arcs_of_pairs].all()) and np.array_equal(kept, chosen)
    return Roster(kept, len(kept), bound, exact, given_up)


def assign_greedily(rota: Rota) -> Roster:
    """Fill the roster quickly: the scarcest shift of the first priority first, by whom others need least.

    Parameters
    ----------
    rota : Rota

    Returns
    -------
    Roster
        With no bound.

    Examples
    --------
    >>> rota = Rota(places=np.array([1, 1]), priority=np.array([1, 1]), start_minute=np.array([0, 0]),
    ...             end_minute=np.array([60, 60]), week=np.array([0, 0]), need=np.array([0, 1]),
    ...             whole=np.array([False, False]), cap=np.array([1, 1]), shift=np.array([0, 0, 1]),
    ...             volunteer=np.array([0, 1, 0]), score=np.array([0.9, 0.2, 0.5]))
    >>> assign_greedily(rota).pairs.tolist()
    [1, 2]
    """
    (slot, _), (person_week, cap) = rota.slots, rota.person_weeks
    left, is_free = cap.copy(), np.ones(int(slot.max(initial=-1)) + 1, dtype=np.bool_)
    order = np.argsort(rota.shift, kind="stable")
    ends = np.cumsum(np.bincount(rota.shift, minlength=len(rota.places)))
    counts = np.diff(ends, prepend=0)
    wanted = np.bincount(rota.volunteer, minlength=len(rota.cap))[rota.volunteer] - rota.score
    scarcity = counts / np.maximum(1, rota.places)
    chosen = []
    for shift in np.lexsort((scarcity, rota.priority)).tolist():
        pairs = order[ends[shift] - counts[shift] : ends[shift]]
        pairs = pairs[is_free[slot[pairs]] & (left[person_week[pairs]] > 0)]
        if len(pairs) > rota.places[shift]:
            pairs = pairs[np.argsort(wanted[pairs], kind="stable")[: rota.places[shift]]]
        is_free[slot[pairs]] = False
        left[person_week[pairs]] -= 1
        chosen.append(pairs)
    found = np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)
    kept, given_up = repair(rota, found)
    return Roster(kept, len(kept), None, False, given_up)


def _network(rota: Rota) -> tuple[Network, Whole, int]:
    """The flow of a rota, the arcs of its pairs, and how many places can be filled at most."""
    (slot, _), (person_week, cap) = rota.slots, rota.person_weeks
    levels = np.unique(rota.priority)
    shifts, slots = len(rota.places), int(slot.max(initial=-1)) + 1
    first_shift, first_slot = len(levels), len(levels) + shifts
    first_week = first_slot + slots
    end = first_week + len(cap)
    # A time that only one pair needs is no node of its own.
    alone = np.bincount(slot, minlength=slots)[slot] == 1
    heads = np.where(alone, first_week + person_week, first_slot + slot)
    shared, of_shared = np.unique(slot[~alone], return_index=True)
    weeks_of_shared = person_week[~alone][of_shared]
    # A time that goes past the end of a week counts in one week alone; who would be in the other is left out.
    week_of_slot = np.full(slots, -1)
    week_of_slot[shared] = weeks_of_shared
    fits = alone | (week_of_slot[slot] == person_week)
    level = np.searchsorted(levels, rota.priority)
    tails = [level, first_shift + rota.shift, first_slot + shared, first_week + np.arange(len(cap))]
    arcs = [len(part) for part in tails]
    costs = np.zeros(sum(arcs), dtype=np.int64)
    of_pairs = np.arange(arcs[0], arcs[0] + arcs[1])
    costs[of_pairs] = -np.round(rota.score * SCORE_STEPS).astype(np.int64)
    network = Network(
        tails=np.concatenate(tails),
        heads=np.concatenate(
            [first_shift + np.arange(shifts), heads, first_week + weeks_of_shared, np.full(len(cap), end)]
        ),
        capacities=np.concatenate(
            [rota.places, fits.astype(np.int64), np.ones(arcs[2], dtype=np.int64), cap]
        ),
        costs=costs,
        supplies=np.zeros(end + 1, dtype=np.int64),
    )
    most = _bound(network, len(levels), end)
    # Each priority sends as much more as can be filled with it than without it.
    network.supplies[: len(levels)] = np.diff(most, prepend=0)[: len(levels)]
    network.supplies[end] = -most[-1]
    return network, of_pairs, most[-1]


def _bound(network: Network, levels: int, end: int) -> list[int]:
    """The most places that can be filled of the first 1, 2, ... priorities, or [0]."""
    source = end + 1
    many = int(network.capacities.sum())
    found = []
    for last in range(1, levels + 1):
        joined = network._replace(
            tails=np.concatenate([network.tails, np.full(last, source)]),
            heads=np.concatenate([network.heads, np.arange(last)]),
            capacities=np.concatenate([network.capacities, np.full(last, many)]),
            supplies=np.zeros(end + 2, dtype=np.int64),
        )
        found.append(max_flow(joined, source, end))
    return found or [0]


def _has_length(name: str, column: NDArray[Any], length: int) -> None:
    if len(column) != length:
        raise ValueError(f"{name} must have {length} rows, but has {len(column)}")
