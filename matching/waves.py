"""Whom to ask today, over all open needs: small waves, each person at most once, most of what lacks first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matching.columns import Floats, Whole
from matching.invitations import propose, yes_distribution

MOST_SEATS = 24
"""Nobody is asked past this many for one need in one wave."""


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
    price : ndarray of float64, shape (n,)
        What a message to each costs, in the unit of the value.
    comes : ndarray of float64, shape (n,)
        Chance that each turns up after a yes.
    wanted : float, default=0.9
        Probability with which a need should be filled after its last wave.
    """

    chance: Floats
    places: Whole
    value: Floats
    waves: Whole
    pending: list[list[float]]
    price: Floats
    comes: Floats
    wanted: float = 0.9


class Asking(NamedTuple):
    """One message to be sent."""

    need: int
    person: int
    chance: float


def plan(day: Day, *, rounds: int = 2) -> list[Asking]:
    """Choose whom to ask today.

    Each need gets as many seats as it takes to be filled with the probability that its remaining waves
    leave to this one, 1 - (1 - wanted) ** (1 / waves). Seats and people are then joined so that the sum of
    value times chance of a yes and of coming, less the price of the messages, is greatest: an exact
    assignment. Who went to another need is made up for in a second round.

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
        gain = worth[:, None] * chance[needs] * day.comes[None, :] - day.price[None, :]
        gain[(chance[needs] <= 0) | (gain <= 0)] = 0.0
        people = np.flatnonzero(gain.any(axis=0))
        seats, columns = linear_sum_assignment(gain[:, people], maximize=True)
        for seat, person in zip(seats.tolist(), people[columns].tolist(), strict=True):
            if gain[seat, person] > 0:
                found = Asking(int(needs[seat]), int(person), float(chance[needs[seat], person]))
                asked.append(found)
                pending[found.need].append(found.chance)
        chance[:, [each.person for each in asked]] = 0.0
    return asked


def _seats(day: Day, chance: Floats, pending: list[list[float]]) -> tuple[Whole, Floats]:
    """The need of each seat and what a sure yes on it would be worth, both of shape (seats,)."""
    needs: list[int] = []
    worth: list[float] = []
    for need, places in enumerate(day.places.tolist()):
        best = np.sort(chance[need])[::-1][:MOST_SEATS]
        best = best[best > 0]
        wanted = 1 - (1 - day.wanted) ** (1 / max(1, int(day.waves[need])))
        seats = propose(best, places=places, wanted=wanted, pending=pending[need]).ask
        lacking = yes_distribution(pending[need])
        for seat in seats:
            needs.append(need)
            worth.append(float(day.value[need] / max(1, places) * lacking[:places].sum()))
            lacking = np.convolve(lacking, [1 - best[seat], best[seat]])
    return np.array(needs, dtype=np.int64), np.array(worth)
