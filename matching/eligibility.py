"""Who may be asked at all: gates with an answer each, before any score.

Every gate answers YES, NO or UNKNOWN. Where somebody is, when they are free and what they speak can be
asked, so an unknown passes and is reported; age, consent, credentials and required skills must be known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matching.columns import Booleans, Bytes
from matching.commitments import Bookings, PairKind, Pairs
from matching.features import check_same_vocabulary
from matching.gates import (
    NEEDS_A_SHIFT,
    PASSES_UNKNOWN,
    Gate,
    answers_about_language,
    answers_about_skills,
    answers_of_reach,
    answers_of_time,
    yes_or_no,
)
from matching.tables import Answer, Needs, Volunteers


@dataclass(frozen=True, eq=False)
class Eligibility:
    """The answers of all gates for m needs and n volunteers.

    Attributes
    ----------
    answers : ndarray of `Answer`, shape (13, m, n)
        In the order of `Gate`.
    pool : ndarray of bool, shape (m, n)
        Who was looked at: everyone in the need's county, whose reach touches the place, or whose place is
        unknown; everyone where the need has no location. Others are neither passed nor counted.
    not_applied : tuple of tuple of Gate, length m
        Gates that could not be applied, because the need has no location or no shift. They answer YES.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["lunch"], vocabulary=Vocabulary())
    >>> people = Volunteers(ids=["li"], vocabulary=Vocabulary())
    >>> eligible = check(needs, people, today=date(2026, 11, 24))
    >>> eligible.passes.tolist(), Gate(int(eligible.first_failing[0, 0])).name
    ([[False]], 'OPTED_IN')
    """

    answers: Bytes
    pool: Booleans
    not_applied: tuple[tuple[Gate, ...], ...]

    @cached_property
    def passed(self) -> Booleans:
        """True where a gate lets a pair through, shape (13, m, n)."""
        lowest = [Answer.UNKNOWN if gate in PASSES_UNKNOWN else Answer.YES for gate in Gate]
        return np.greater_equal(self.answers, np.array(lowest, dtype=np.int8)[:, None, None])

    @cached_property
    def passes(self) -> Booleans:
        """True for the pairs that may be ranked and asked, shape (m, n)."""
        return np.logical_and(self.passed.all(axis=0), self.pool)

    @cached_property
    def first_failing(self) -> Bytes:
        """The first gate that a pair fails, -1 for who passes or is outside the pool, shape (m, n)."""
        failing = np.argmin(self.passed, axis=0).astype(np.int8)
        return np.where(self.pool & ~self.passes, failing, np.int8(-1))

    def excluded_counts(self, need: int = 0) -> dict[Gate, int]:
        """Count the excluded of one need, each once, under the first gate they fail.

        Parameters
        ----------
        need : int
            Row of the need.

        Returns
        -------
        dict of Gate to int
            In the order of the gates, without zeros. The sum is the pool minus those who pass.
        """
        found = self.first_failing[need]
        counts = np.bincount(found[found >= 0], minlength=len(Gate))
        return {gate: int(counts[gate]) for gate in Gate if counts[gate]}

    def to_ask(self, need: int, volunteer: int) -> tuple[Gate, ...]:
        """Gates of one passing pair that are open questions, for example when somebody is free.

        Parameters
        ----------
        need, volunteer : int
            Rows.
        """
        return tuple(gate for gate in Gate if self.answers[gate, need, volunteer] == Answer.UNKNOWN)


def check(
    needs: Needs,
    volunteers: Volunteers,
    *,
    today: date,
    bookings: Bookings | None = None,
    pairs: Pairs | None = None,
) -> Eligibility:
    """Ask every gate about every pair.

    For one person among many needs, pass a table with that person only. The answer takes 13 bytes a pair.

    Parameters
    ----------
    needs : Needs, m rows
    volunteers : Volunteers, n rows
        With the same vocabulary.
    today : date
        In the place's own time. Age is judged on the day of the shift and credentials on its last day; both
        today without a shift.
    bookings : Bookings, optional
        What the volunteers have already said yes to.
    pairs : Pairs, optional
        Blocks, places already taken, people already asked.

    Returns
    -------
    Eligibility

    Raises
    ------
    ValueError
        If the tables do not share a vocabulary.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["lunch"], vocabulary=Vocabulary(), minimum_age=np.array([16]))
    >>> people = Volunteers(ids=["li", "wang"], vocabulary=Vocabulary(), opted_in=np.array([True, True]),
    ...                     born_on=np.array(["2012-01-01", "1990-01-01"], dtype="datetime64[D]"))
    >>> eligible = check(needs, people, today=date(2026, 11, 24))
    >>> eligible.passes.tolist(), eligible.excluded_counts(0)
    ([[False, True]], {<Gate.OLD_ENOUGH: 4>: 1})
    """
    check_same_vocabulary(needs, volunteers)
    answers = np.full((len(Gate), len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    answers[Gate.OPTED_IN] = yes_or_no(volunteers.opted_in)
    answers[Gate.NOT_BARRED] = yes_or_no(~volunteers.barred)
    if pairs is not None:
        _answer_pairs(answers, pairs)
    for gate, answer in answers_of_time(needs, volunteers, today=today, bookings=bookings).items():
        answers[gate] = answer
    answers[Gate.SKILLS] = answers_about_skills(needs, volunteers)
    answers[Gate.LANGUAGE] = answers_about_language(needs, volunteers)
    answers[Gate.WITHIN_REACH], pool = answers_of_reach(needs, volunteers)
    return Eligibility(answers, pool, _not_applied(needs))


def _answer_pairs(answers: Bytes, pairs: Pairs) -> None:
    gates = {
        PairKind.BARRED: Gate.NOT_BARRED,
        PairKind.TAKING_PART: Gate.NOT_TAKING_PART,
        PairKind.ASKED: Gate.NOT_ASKED,
    }
    for kind, gate in gates.items():
        of_kind = pairs.kind == kind
        answers[gate, pairs.need[of_kind], pairs.volunteer[of_kind]] = Answer.NO


def _not_applied(needs: Needs) -> tuple[tuple[Gate, ...], ...]:
    without_place = {True: (), False: (Gate.WITHIN_REACH,)}
    without_shift = {True: (), False: NEEDS_A_SHIFT}
    known = zip(needs.has_location.tolist(), needs.has_shift.tolist(), strict=True)
    return tuple(without_place[placed] + without_shift[timed] for placed, timed in known)
