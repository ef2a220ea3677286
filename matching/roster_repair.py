"""What a flow cannot see: needs that want all their places filled, or none; mended by small exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.columns import Whole

if TYPE_CHECKING:
    from matching.assignment import Rota


def repair(rota: Rota, chosen: Whole) -> tuple[Whole, tuple[int, ...]]:
    """Fill needs that want all or nothing, or give them up, and fill what that sets free.

    A place that lacks somebody takes a person who is free, or one whose own place somebody else can take.
    Needs that are still incomplete are given up, those of the last priority and with most lacking first; each
    time the people who become free are offered to what is open, needs that want all or nothing included.

    Parameters
    ----------
    rota : Rota
    chosen : ndarray of int
        Rows of pairs that break no rule.

    Returns
    -------
    pairs : ndarray of int
        In their order; they break no rule, and no need that wants all or nothing is filled in part.
    given_up : tuple of int
        Needs that got nothing, in their order.
    """
    work = _Work(rota, chosen)
    if not rota.whole.any():
        return chosen, ()
    given_up: set[int] = set()
    work.fill(given_up, exchange=True)
    while lacking := work.incomplete(given_up):
        worst = max(lacking, key=lambda need: (work.priority_of(need), work.lacks(need), need))
        given_up.add(worst)
        work.empty(worst)
        work.fill(given_up, exchange=True)
    return np.array(sorted(work.taken), dtype=np.int64), tuple(sorted(given_up))


class _Work:
    """A roster that is being changed, with what each person and shift has left."""

    def __init__(self, rota: Rota, chosen: Whole) -> None:
        self.rota = rota
        self.person_week, cap = rota.person_weeks
        self.left = cap.copy()
        self.open = rota.places.copy()
        self.taken: set[int] = set()
        self.of_person: dict[int, set[int]] = {}
        if not rota.whole.any():
            return
        order = np.argsort(rota.shift, kind="stable")
        self.pairs_of = np.split(order, np.cumsum(np.bincount(rota.shift, minlength=len(rota.places)))[:-1])
        self.wholes = sorted({int(need) for need in rota.need[rota.whole]})
        for pair in chosen.tolist():
            self.take(pair)

    def take(self, pair: int) -> None:
        self._change(pair, 1)
        self.taken.add(pair)
        self.of_person.setdefault(int(self.rota.volunteer[pair]), set()).add(pair)

    def give_back(self, pair: int) -> None:
        self._change(pair, -1)
        self.taken.remove(pair)
        self.of_person[int(self.rota.volunteer[pair])].remove(pair)

    def _change(self, pair: int, by: int) -> None:
        self.left[self.person_week[pair]] -= by
        self.open[self.rota.shift[pair]] -= by

    def may_take(self, pair: int, *, without: int = -1) -> bool:
        """May the person take this as well; `without` one that they would give back?"""
        if pair in self.taken:
            return False
        rota, shift = self.rota, self.rota.shift[pair]
        others = self.of_person.get(int(rota.volunteer[pair]), set()) - {without}
        same_week = without >= 0 and self.person_week[without] == self.person_week[pair]
        if self.left[self.person_week[pair]] + int(same_week) < 1:
            return False
        return not any(
            rota.start_minute[rota.shift[other]] < rota.end_minute[shift]
            and rota.end_minute[rota.shift[other]] > rota.start_minute[shift]
            for other in others
        )

    def lacks(self, need: int) -> int:
        return int(self.open[self.rota.need == need].sum())

    def priority_of(self, need: int) -> int:
        return int(self.rota.priority[self.rota.need == need].min())

    def incomplete(self, given_up: set[int]) -> list[int]:
        return [need for need in self.wholes if need not in given_up and self.lacks(need)]

    def empty(self, need: int) -> None:
        """Everybody who was to come to this need is free again."""
        for pair in [pair for pair in self.taken if self.rota.need[self.rota.shift[pair]] == need]:
            self.give_back(pair)

    def fill(self, given_up: set[int], *, exchange: bool) -> None:
        """Fill what is open: the first priorities first, and among them what wants all or nothing."""
        rota = self.rota
        closed = np.isin(rota.need, list(given_up))
        for shift in np.lexsort((~rota.whole, rota.priority)).tolist():
            while self.open[shift] > 0 and not closed[shift]:
                if not (self._fill_one(shift) or (exchange and rota.whole[shift] and self._exchange(shift))):
                    break

    def _fill_one(self, shift: int) -> bool:
        fitting = [pair for pair in self.pairs_of[shift].tolist() if self.may_take(pair)]
        if fitting:
            self.take(max(fitting, key=lambda pair: (self.rota.score[pair], -pair)))
        return bool(fitting)

    def _exchange(self, shift: int) -> bool:
        """Somebody leaves another place for this one, where somebody else can take that."""
        for pair in self.pairs_of[shift].tolist():
            for own in sorted(self.of_person.get(int(self.rota.volunteer[pair]), set())):
                if self.rota.shift[own] == shift or not self.may_take(pair, without=own):
                    continue
                for other in self.pairs_of[self.rota.shift[own]].tolist():
                    same = self.rota.volunteer[other] == self.rota.volunteer[pair]
                    if not same and self.may_take(other):
                        self.give_back(own)
                        self.take(pair)
                        self.take(other)
                        return True
        return False
