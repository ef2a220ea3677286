"""Who may be asked at all: gates with an answer each, before any score.

Every gate answers YES, NO or UNKNOWN. Where somebody is, when they are free and what they speak can be
asked, so an unknown passes and is reported; age, consent, credentials and required skills must be known.
Numbers are compared here, laws are not known here: ages, limits and credentials come in as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Bytes, Days, Floats, Whole, has_any
from matching.commitments import Bookings, PairKind, Pairs
from matching.features import check_same_vocabulary
from matching.nearness import Tier, distance_km, shared_tier
from matching.tables import Answer, Needs, Volunteers

ADULT_AGE_YEARS = 18
"""Below this age a guardian's consent is asked for (Civil Code of China, art. 17)."""


class Gate(IntEnum):
    """The gates in their fixed order: who fails several is counted under the first."""

    OPTED_IN = 0
    NOT_BARRED = 1
    NOT_TAKING_PART = 2
    NOT_ASKED = 3
    OLD_ENOUGH = 4
    GUARDIAN_CONSENT = 5
    CREDENTIALS = 6
    SKILLS = 7
    LANGUAGE = 8
    WITHIN_REACH = 9
    FREE_THEN = 10
    NOT_BOOKED = 11
    UNDER_WEEKLY_CAP = 12


PASSES_UNKNOWN = frozenset({Gate.LANGUAGE, Gate.WITHIN_REACH, Gate.FREE_THEN})
"""Gates that an UNKNOWN passes: the person can be asked."""

NEEDS_A_SHIFT = (Gate.FREE_THEN, Gate.NOT_BOOKED, Gate.UNDER_WEEKLY_CAP)
"""Gates that cannot be applied to a need without a day."""


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
    """

    answers: Bytes
    pool: Booleans
    not_applied: tuple[tuple[Gate, ...], ...]

    @cached_property
    def _passed(self) -> Booleans:
        lowest = [Answer.UNKNOWN if gate in PASSES_UNKNOWN else Answer.YES for gate in Gate]
        return np.greater_equal(self.answers, np.array(lowest, dtype=np.int8)[:, None, None])

    @cached_property
    def passes(self) -> Booleans:
        """True for the pairs that may be ranked and asked, shape (m, n)."""
        return np.logical_and(self._passed.all(axis=0), self.pool)

    @cached_property
    def first_failing(self) -> Bytes:
        """The first gate that a pair fails, -1 for who passes or is outside the pool, shape (m, n)."""
        failing = np.argmin(self._passed, axis=0).astype(np.int8)
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
    day, last_day = (
        np.where(needs.has_shift, days, np.datetime64(today, "D")).astype("datetime64[D]")
        for days in (needs.local_day, needs.last_day)
    )
    answers = np.full((len(Gate), len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    answers[Gate.OPTED_IN] = _yes_or_no(volunteers.opted_in)
    answers[Gate.NOT_BARRED] = _yes_or_no(~volunteers.barred)
    if pairs is not None:
        _answer_pairs(answers, pairs)
    answers[Gate.OLD_ENOUGH], answers[Gate.GUARDIAN_CONSENT] = _age_and_consent(needs, volunteers, day)
    answers[Gate.CREDENTIALS] = _credentials(needs, volunteers, last_day)
    answers[Gate.SKILLS] = _skills(needs, volunteers)
    answers[Gate.LANGUAGE] = _language(needs, volunteers)
    answers[Gate.WITHIN_REACH], pool = _reach(needs, volunteers)
    answers[Gate.FREE_THEN] = _free_then(needs, volunteers)
    if bookings is not None:
        answers[Gate.NOT_BOOKED] = _not_booked(needs, volunteers, bookings)
    answers[Gate.UNDER_WEEKLY_CAP] = _under_cap(needs, volunteers, bookings)
    return Eligibility(answers, pool, tuple(_not_applied(needs, row) for row in range(len(needs))))


def latest_birth(day: Days, years: Whole) -> Days:
    """The last birth date with which somebody is at least so many years old on a day.

    Born on 29 February, one turns a year older on 1 March of other years.

    Parameters
    ----------
    day : ndarray of datetime64[D]
    years : ndarray of int
        Of a shape that broadcasts with `day`.

    Returns
    -------
    ndarray of datetime64[D]

    Examples
    --------
    >>> day = np.array(["2026-11-24", "2028-02-29"], dtype="datetime64[D]")
    >>> latest_birth(day, np.array([18, 17])).tolist()
    [datetime.date(2008, 11, 24), datetime.date(2011, 2, 28)]
    """
    month = day.astype("datetime64[M]")
    then = month - 12 * years
    last_of_month = (then + 1).astype("datetime64[D]") - 1
    same_day = then.astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    return np.asarray(np.minimum(same_day, last_of_month), dtype="datetime64[D]")


def _yes_or_no(claim: Booleans) -> Bytes:
    return np.where(claim, np.int8(Answer.YES), np.int8(Answer.NO))


def _answer_pairs(answers: Bytes, pairs: Pairs) -> None:
    gates = {
        PairKind.BARRED: Gate.NOT_BARRED,
        PairKind.TAKING_PART: Gate.NOT_TAKING_PART,
        PairKind.ASKED: Gate.NOT_ASKED,
    }
    for kind, gate in gates.items():
        of_kind = pairs.kind == kind
        answers[gate, pairs.need[of_kind], pairs.volunteer[of_kind]] = Answer.NO


def _age_and_consent(needs: Needs, volunteers: Volunteers, day: Days) -> tuple[Bytes, Bytes]:
    born_on = volunteers.born_on[None, :]
    old_enough = _yes_or_no(born_on <= latest_birth(day, needs.minimum_age)[:, None])
    is_adult = born_on <= latest_birth(day, np.array(ADULT_AGE_YEARS))[:, None]
    consent = np.where(is_adult, np.int8(Answer.YES), volunteers.guardian_consent[None, :])
    for answer in (old_enough, consent):
        answer[:, np.isnat(volunteers.born_on)] = Answer.UNKNOWN
    return old_enough, consent


def _credentials(needs: Needs, volunteers: Volunteers, day: Days) -> Bytes:
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    for credential in np.flatnonzero(needs.credentials_required.any(axis=0)):
        expires_on = volunteers.credential_expires_on[None, :, credential]
        counts = np.isnat(expires_on) | (expires_on >= day[:, None])
        held = np.where(counts, volunteers.credential[None, :, credential], np.int8(Answer.NO))
        asked = needs.credentials_required[:, credential, None]
        np.minimum(answer, np.where(asked, held, np.int8(Answer.YES)), out=answer)
    return answer


def _skills(needs: Needs, volunteers: Volunteers) -> Bytes:
    """Is every required skill, or one below it, held at the level required? Who said nothing is unknown."""
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    lacking = np.where(volunteers.says_skills, np.int8(Answer.NO), np.int8(Answer.UNKNOWN))
    counts_for = volunteers.vocabulary.skills.closeness == 1.0
    for skill in np.flatnonzero(needs.skills_required.any(axis=0)):
        level = volunteers.skill_level[:, counts_for[skill]].max(axis=1)
        held = level[None, :] >= needs.skills_required[:, skill, None]
        np.minimum(answer, np.where(held, np.int8(Answer.YES), lacking[None, :]), out=answer)
    return answer


def _language(needs: Needs, volunteers: Volunteers) -> Bytes:
    """Is one of the languages spoken, where that is required?"""
    closeness = volunteers.vocabulary.languages.closeness
    spoken = np.zeros((len(needs), len(volunteers)), dtype=np.bool_)
    for language in np.flatnonzero(needs.languages.any(axis=0)):
        speaks = has_any(volunteers.languages[:, closeness[language] == 1.0])
        spoken |= needs.languages[:, language, None] & speaks[None, :]
    lacking = np.where(volunteers.says_languages, np.int8(Answer.NO), np.int8(Answer.UNKNOWN))
    required = needs.language_required & has_any(needs.languages)
    return np.where(spoken | ~required[:, None], np.int8(Answer.YES), lacking)


def _reach(needs: Needs, volunteers: Volunteers) -> tuple[Bytes, Booleans]:
    """Is the place within reach, and who belongs to the pool?"""
    tier, differ = shared_tier(needs, volunteers)
    distance = distance_km(needs, volunteers)
    measured = ~np.isnan(distance)
    within_reach = distance <= volunteers.effective_reach_km[None, :]
    near = np.where(measured, within_reach, tier >= Tier.TOWNSHIP)
    far = np.where(measured, ~within_reach, differ & (tier < Tier.COUNTY))
    answer = np.select([near, far], [np.int8(Answer.YES), np.int8(Answer.NO)], np.int8(Answer.UNKNOWN))
    answer[~needs.has_location] = Answer.YES
    return answer, np.logical_or(answer != Answer.NO, tier >= Tier.COUNTY)


def _free_then(needs: Needs, volunteers: Volunteers) -> Bytes:
    """Free in all cells of the shift?"""
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    for rows, cells in needs.rows_by_cells:
        answer[rows] = volunteers.availability[:, cells].min(axis=1)
    return answer


def _not_booked(needs: Needs, volunteers: Volunteers, bookings: Bookings) -> Bytes:
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    if len(bookings.volunteer) < len(needs):  # one person before many needs
        for booking, volunteer in enumerate(bookings.volunteer):
            begins_before = needs.start_minute < bookings.end_minute[booking]
            overlaps = begins_before & (needs.end_minute > bookings.start_minute[booking])
            answer[overlaps & needs.has_shift, volunteer] = Answer.NO
        return answer
    for row in np.flatnonzero(needs.has_shift):
        starts_before, ends_after = needs.end_minute[row], needs.start_minute[row]
        overlaps = (bookings.start_minute < starts_before) & (bookings.end_minute > ends_after)
        answer[row, bookings.volunteer[overlaps]] = Answer.NO
    return answer


def _under_cap(needs: Needs, volunteers: Volunteers, bookings: Bookings | None) -> Bytes:
    """Does the load of the calendar week, Monday to Sunday, stay within the cap?"""
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    weeks = np.where(needs.has_shift, _week(needs.local_day), -1)
    for week in np.unique(weeks[needs.has_shift]):
        rows = np.flatnonzero(weeks == week)
        load = needs.load[rows, None] + _load_of_week(bookings, week, len(volunteers))
        answer[rows] = _yes_or_no(~(load > volunteers.weekly_cap + 1e-9))
    return answer


def _load_of_week(bookings: Bookings | None, week: np.int64, people: int) -> Floats:
    if bookings is None:
        return np.zeros(people)
    same = _week(bookings.local_day) == week
    return np.bincount(bookings.volunteer[same], bookings.load[same], minlength=people).astype(np.float64)


def _week(days: Days) -> NDArray[np.int64]:
    """Weeks since 1970, turning on Mondays; the first of January 1970 was a Thursday."""
    return np.asarray((days.astype(np.int64) + 3) // 7, dtype=np.int64)


def _not_applied(needs: Needs, row: int) -> tuple[Gate, ...]:
    without_place = () if needs.has_location[row] else (Gate.WITHIN_REACH,)
    return without_place + (() if needs.has_shift[row] else NEEDS_A_SHIFT)
