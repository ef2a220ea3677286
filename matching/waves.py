"""Whom to ask today, over all open needs: small waves, each person at most once, most of what lacks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matching.columns import Booleans, Floats, Whole
from matching.exploration import SHARE, explore
from matching.invitations import propose, share_of_wave, yes_distribution

MOST_SEATS = 24
"""Nobody is asked past this many for one need in one wave."""

LEAST_HOPE = 0.02
"""What a place of a need counts at least, however unlikely it is that the whole need is filled."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Exploring:
    """How a few seats are handed over to people who are hardly ever asked; see `matching.exploration`.

    Parameters
    ----------
    rarely : ndarray of bool, shape (n,)
        Who is rarely asked.
    seeds : sequence of int, length m
        One for each need, at least 0.
    share : float, default=0.1
        Of the seats, from 0 to 1.

    Examples
    --------
    >>> Exploring(rarely=np.array([True, False]), seeds=[7]).share
    0.1
    """

    rarely: Booleans
    seeds: Sequence[int]
    share: float = SHARE


@dataclass(frozen=True, eq=False, kw_only=True)
class Day:
    """What is to be decided for m open needs and n people.

    Parameters
    ----------
    chance : ndarray of float64, shape (m, n)
        Of a yes; 0 where somebody may not be asked.
    places : ndarray of int, shape (m,)
        Places that are free.
    value : ndarray of float64, shape (m,)
        What serving each need is worth, above 0.
    waves : ndarray of int, shape (m,)
        How many waves are left, this one included, at least 1.
    pending : list of list of float, length m
        Chances of a yes of those who were asked and have not answered.
    price : ndarray of float64, shape (n,) or (m, n)
        What a message to each costs, in the unit of the value; by need where the needs differ in size.
    comes : ndarray of float64, shape (n,)
        Chance that each turns up after a yes.
    wanted : float, default=0.9
        Probability with which a need should be filled after its last wave.
    whole : bool, default=False
        Is a need that lacks one of its places worth nothing? Then messages for needs that can hardly be
        filled are better sent for others.
    exploring : Exploring, optional
        Without it nothing is left to chance.
    fit : ndarray of float64, shape (m, n), optional
        What a yes of each is worth to each need beside that of whoever fits best, from 0 to 1; without it
        all fit alike.
    most : ndarray of int, shape (m,), optional
        How many may be asked for each need at most, in all rounds together; without it 24 in each round.

    Examples
    --------
    >>> day = Day(chance=np.array([[0.5]]), places=np.array([1]), value=np.ones(1), waves=np.array([1]),
    ...           pending=[[]], price=np.zeros(1), comes=np.ones(1))
    >>> [(each.need, each.person) for each in plan(day)]
    [(0, 0)]
    """

    chance: Floats
    places: Whole
    value: Floats
    waves: Whole
    pending: list[list[float]]
    price: Floats
    comes: Floats
    wanted: float = 0.9
    whole: bool = False
    exploring: Exploring | None = None
    fit: Floats | None = None
    most: Whole | None = None

    def gain(self, needs: Whole, worth: Floats, chance: Floats) -> Floats:
        """What a question is good for, less its price, where a sure yes of the best is worth so much.

        Parameters
        ----------
        needs : ndarray of int, shape (k,)
        worth : ndarray of float64, shape (k,)
        chance : ndarray of float64, shape (m, n)
            As `chance`, or what is left of it.

        Returns
        -------
        ndarray of float64, shape (k, n)
            0 where a question is not worth its price.

        Examples
        --------
        >>> day = Day(chance=np.array([[0.5, 0.1]]), places=np.ones(1), value=np.ones(1), waves=np.ones(1),
        ...           pending=[[]], price=np.full(2, 0.2), comes=np.ones(2))
        >>> day.gain(np.array([0]), np.ones(1), day.chance).tolist()
        [[0.3, 0.0]]
        """
        brings = worth[:, None] * chance[needs] * self.comes[None, :]
        if self.fit is not None:
            brings = brings * self.fit[needs]
        gain = brings - np.broadcast_to(self.price, chance.shape)[needs]
        gain[(chance[needs] <= 0) | (gain <= 0)] = 0.0
        return np.asarray(gain)

    def brings(self, asking: Asking) -> float:
        """Chance that this one says yes and comes, less where they fit less."""
        found = asking.chance * self.comes[asking.person]
        return float(found if self.fit is None else found * self.fit[asking.need, asking.person])


class Asking(NamedTuple):
    """One message to be sent.

    Examples
    --------
    >>> Asking(need=0, person=3, chance=0.4).propensity
    1.0
    """

    need: int
    person: int
    chance: float
    propensity: float = 1.0
    """The chance with which this question came to be asked, given what was known before."""
    is_exploring: bool = False
    """True where the seat was handed over by lot."""


def plan(day: Day, *, rounds: int = 2) -> list[Asking]:
    """Choose whom to ask today.

    Each need gets as many seats as it takes to be filled with the probability that its remaining waves
    leave to this one, 1 - (1 - wanted) ** (1 / waves). Seats and people are then joined so that the sum of
    value times chance of a yes and of coming, less the price of the messages, is greatest: an exact
    assignment. Who went to another need is made up for in a second round.

    Last, where exploring is wished, some seats are handed over: everybody who is rarely asked and was not
    chosen stands by for the one need with seats that they would bring most to, and each need draws by
    itself, so that every propensity is exact.

    Parameters
    ----------
    day : Day
    rounds : int, default=2

    Returns
    -------
    list of Asking
        Each person at most once.

    References
    ----------
    Crouse (2016), On implementing 2D rectangular assignment algorithms (the solver that SciPy uses).

    Examples
    --------
    >>> chance = np.array([[0.9, 0.2], [0.8, 0.0]])
    >>> day = Day(chance=chance, places=np.array([1, 1]), value=np.ones(2), waves=np.array([1, 1]),
    ...           pending=[[], []], price=np.full(2, 0.01), comes=np.ones(2))
    >>> sorted((each.need, each.person) for each in plan(day))
    [(0, 1), (1, 0)]
    """
    from scipy.optimize import linear_sum_assignment

    pending = [list(each) for each in day.pending]
    chance = day.chance.copy()
    asked: list[Asking] = []
    for _ in range(rounds):
        needs, worth = _seats(day, chance, pending)
        if not len(needs):
            break
        gain = day.gain(needs, worth, chance)
        people = np.flatnonzero(gain.any(axis=0))
        seats, columns = linear_sum_assignment(gain[:, people], maximize=True)
        for seat, person in zip(seats.tolist(), people[columns].tolist(), strict=True):
            if gain[seat, person] > 0:
                found = Asking(int(needs[seat]), int(person), float(chance[needs[seat], person]))
                asked.append(found)
                pending[found.need].append(found.chance)
        chance[:, [each.person for each in asked]] = 0.0
    return asked if day.exploring is None else _hand_over(day, day.exploring, asked, chance)


def _hand_over(day: Day, exploring: Exploring, asked: list[Asking], chance: Floats) -> list[Asking]:
    """The questions with a few of their seats handed over; `chance` is 0 for who has a seat."""
    needs = sorted({each.need for each in asked})
    stands_by_for = _standing_by(day, exploring.rarely, needs, chance)
    found: list[Asking] = []
    for need in needs:
        seats = [each for each in asked if each.need == need]
        pool = [
            Asking(need, int(row), float(chance[need, row])) for row in np.flatnonzero(stands_by_for == need)
        ]
        ranked = _best_first(day, seats) + _best_first(day, pool)
        drawn = explore(
            [day.brings(each) for each in ranked],
            np.arange(len(ranked)) >= len(seats),
            seats=len(seats),
            seed=exploring.seeds[need],
            share=exploring.share,
        )
        found += [
            ranked[each.position]._replace(propensity=each.propensity, is_exploring=each.is_exploring)
            for each in drawn
        ]
    return found


def _standing_by(day: Day, rarely: Booleans, needs: list[int], chance: Floats) -> Whole:
    """For which of some needs each who is rarely asked is worth a message, most of all; -1 for none."""
    if not needs:
        return np.full(chance.shape[1], -1)
    gain = day.gain(np.array(needs), (day.value / np.maximum(1, day.places))[needs], chance)
    return np.where((gain > 0).any(axis=0) & rarely, np.array(needs)[gain.argmax(axis=0)], -1)


def _best_first(day: Day, found: list[Asking]) -> list[Asking]:
    return sorted(found, key=day.brings, reverse=True)


def _seats(day: Day, chance: Floats, pending: list[list[float]]) -> tuple[Whole, Floats]:
    """The need of each seat and what a sure yes on it would be worth, both of shape (seats,)."""
    needs: list[int] = []
    worth: list[float] = []
    for need, places in enumerate(day.places.tolist()):
        best = np.sort(chance[need])[::-1][: _most_seats(day, need, pending)]
        best = best[best > 0]
        wanted = share_of_wave(day.wanted, int(day.waves[need]))
        seats = propose(best, places=places, wanted=wanted, pending=pending[need]).ask
        lacking = yes_distribution(pending[need])
        hope = _hope(best, pending[need], places) if day.whole else 1.0
        for seat in seats:
            needs.append(need)
            worth.append(float(hope * day.value[need] / max(1, places) * lacking[:places].sum()))
            lacking = np.convolve(lacking, [1 - best[seat], best[seat]])
    return np.array(needs, dtype=np.int64), np.array(worth)


def _most_seats(day: Day, need: int, pending: list[list[float]]) -> int:
    """Who was asked in an earlier round stands among those who have not answered."""
    if day.most is None:
        return MOST_SEATS
    return max(0, int(day.most[need]) - (len(pending[need]) - len(day.pending[need])))


def _hope(best: Floats, pending: list[float], places: int) -> float:
    """Chance that others would fill all places but one, if everybody here were asked: then the one counts."""
    lacking = yes_distribution([*pending, *best[1:].tolist()])[: places - 1].sum()
    return max(LEAST_HOPE, float(1 - lacking))
