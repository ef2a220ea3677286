"""What each gate answers, and in which order they are asked; `matching.eligibility` asks them all.

Numbers are compared here, laws are not known here: ages, limits and credentials come in as data.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Bytes, Days, Floats, Whole, has_any
from matching.commitments import Bookings
from matching.nearness import Tier, distance_km, shared_tier
from matching.tables import Answer, Needs, Volunteers

ADULT_AGE_YEARS = 18
"""Below this age a guardian's consent is asked for (Civil Code of China, art. 17)."""


class Gate(IntEnum):
    """The gates in their fixed order: who fails several is counted under the first.

    Examples
    --------
    >>> Gate(0).name, len(Gate)
    ('OPTED_IN', 13)
    """

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

TURNS_ON_THE_DAY = (Gate.OLD_ENOUGH, Gate.GUARDIAN_CONSENT, Gate.CREDENTIALS, *NEEDS_A_SHIFT)
"""Gates whose answer can change when only the time of a need does."""


def answers_of_time(
    needs: Needs, volunteers: Volunteers, *, today: date, bookings: Bookings | None = None
) -> dict[Gate, Bytes]:
    """Ask only the gates that turn on the time of a need, `TURNS_ON_THE_DAY`.

    Parameters and errors are those of `check`; each answer has shape (m, n).

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["lunch"], vocabulary=Vocabulary())
    >>> people = Volunteers(ids=["li"], vocabulary=Vocabulary())
    >>> answers_of_time(needs, people, today=date(2026, 11, 24))[Gate.FREE_THEN].tolist()
    [[2]]
    """
    day, last_day = days_of(needs, today)
    old_enough, consent = _age_and_consent(needs, volunteers, day)
    return {
        Gate.OLD_ENOUGH: old_enough,
        Gate.GUARDIAN_CONSENT: consent,
        Gate.CREDENTIALS: _credentials(needs, volunteers, last_day),
        Gate.FREE_THEN: _free_then(needs, volunteers),
        Gate.NOT_BOOKED: _not_booked(needs, volunteers, bookings),
        Gate.UNDER_WEEKLY_CAP: _under_cap(needs, volunteers, bookings),
    }


def days_of(needs: Needs, today: date) -> tuple[Days, Days]:
    """The day on which age is judged and the last on which papers must count; today without a shift.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> days_of(Needs(ids=["lunch"], vocabulary=Vocabulary()), date(2026, 11, 24))[0].tolist()
    [datetime.date(2026, 11, 24)]
    """
    first, last = (
        np.where(needs.has_shift, days, np.datetime64(today, "D")).astype("datetime64[D]")
        for days in (needs.local_day, needs.last_day)
    )
    return first, last


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


def _age_and_consent(needs: Needs, volunteers: Volunteers, day: Days) -> tuple[Bytes, Bytes]:
    born_on = volunteers.born_on[None, :]
    old_enough = yes_or_no(born_on <= latest_birth(day, needs.minimum_age)[:, None])
    is_adult = born_on <= latest_birth(day, np.array(ADULT_AGE_YEARS))[:, None]
    consent = np.where(is_adult, np.int8(Answer.YES), volunteers.guardian_consent[None, :])
    for answer in (old_enough, consent):
        answer[:, np.isnat(volunteers.born_on)] = Answer.UNKNOWN
    return old_enough, consent


def _credentials(needs: Needs, volunteers: Volunteers, day: Days) -> Bytes:
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    for credential in np.flatnonzero(needs.credentials_required.any(axis=0)):
        held = answers_about_paper(volunteers, int(credential), day)
        asked = needs.credentials_required[:, credential, None]
        np.minimum(answer, np.where(asked, held, np.int8(Answer.YES)), out=answer)
    return answer


def answers_about_paper(volunteers: Volunteers, credential: int, day: Days) -> Bytes:
    """Does each hold a paper, a column of the credentials, on each of some days? Shape (days, n).

    Examples
    --------
    >>> from matching.vocabulary import Taxonomy, Vocabulary
    >>> words = Vocabulary(credentials=Taxonomy(["first_aid"]))
    >>> days = np.array(["2026-11-24", "2026-11-25"], dtype="datetime64[D]")
    >>> people = Volunteers(ids=["li"], vocabulary=words, credential=np.array([[2]]),
    ...                     credential_expires_on=days[None, :1])
    >>> answers_about_paper(people, 0, days).tolist()
    [[2], [0]]
    """
    expires_on = volunteers.of_column("credential_expires_on", credential)
    counts = np.isnat(expires_on) | (expires_on >= day[:, None])
    return np.where(counts, volunteers.of_column("credential", credential), np.int8(Answer.NO))


def answers_about_skills(needs: Needs, volunteers: Volunteers) -> Bytes:
    """Is every required skill, or one below it, held at the level required? Who said nothing is unknown."""
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    lacking = np.where(volunteers.says_skills, np.int8(Answer.NO), np.int8(Answer.UNKNOWN))
    for skill in np.flatnonzero(needs.skills_required.any(axis=0)):
        held = level_held(volunteers, int(skill))[None, :] >= needs.skills_required[:, skill, None]
        np.minimum(answer, np.where(held, np.int8(Answer.YES), lacking[None, :]), out=answer)
    return answer


def level_held(volunteers: Volunteers, skill: int) -> Bytes:
    """The highest level that each holds of a skill, a column of the skills, or of one below it. Shape (n,).

    Examples
    --------
    >>> from matching.vocabulary import Taxonomy, Vocabulary
    >>> words = Vocabulary(skills=Taxonomy(["care", "bathing"], {"bathing": "care"}))
    >>> level_held(Volunteers(ids=["li"], vocabulary=words, skill_level=np.array([[0, 2]])), 0).tolist()
    [2]
    """
    counts_for = volunteers.vocabulary.skills.closeness[skill] == 1.0
    return np.asarray(volunteers.skill_level[:, counts_for].max(axis=1), dtype=np.int8)


def answers_about_language(needs: Needs, volunteers: Volunteers) -> Bytes:
    """Is one of the languages spoken, where that is required?"""
    closeness = volunteers.vocabulary.languages.closeness
    spoken = np.zeros((len(needs), len(volunteers)), dtype=np.bool_)
    for language in np.flatnonzero(needs.languages.any(axis=0)):
        speaks = has_any(volunteers.languages[:, closeness[language] == 1.0])
        spoken |= needs.languages[:, language, None] & speaks[None, :]
    lacking = np.where(volunteers.says_languages, np.int8(Answer.NO), np.int8(Answer.UNKNOWN))
    required = needs.language_required & has_any(needs.languages)
    return np.where(spoken | ~required[:, None], np.int8(Answer.YES), lacking)


def answers_of_reach(
    needs: Needs, volunteers: Volunteers, *, beyond_km: float = 0.0
) -> tuple[Bytes, Booleans]:
    """Is the place within reach, and who belongs to the pool?

    Parameters
    ----------
    needs : Needs, m rows
    volunteers : Volunteers, n rows
    beyond_km : float, default=0
        How much farther than they go everybody is taken to go, in km.

    Returns
    -------
    answer : ndarray of `Answer`, shape (m, n)
    pool : ndarray of bool, shape (m, n)

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> point = {"vocabulary": Vocabulary(), "longitude": np.array([107.47])}
    >>> needs = Needs(ids=["lunch"], latitude=np.array([27.08]), **point)
    >>> people = Volunteers(ids=["li"], latitude=np.array([27.18]), **point)
    >>> [answers_of_reach(needs, people, beyond_km=km)[0].tolist() for km in (0, 2)]
    [[[0]], [[2]]]
    """
    distance = distance_km(needs, volunteers)
    within_reach = distance <= volunteers.effective_reach_km[None, :] + beyond_km
    if within_reach.all():  # nobody's divisions need to be compared
        return np.full(distance.shape, Answer.YES, dtype=np.int8), within_reach
    measured = ~np.isnan(distance)
    tier, differ = shared_tier(needs, volunteers)
    near = np.where(measured, within_reach, tier >= Tier.TOWNSHIP)
    far = np.where(measured, ~within_reach, differ & (tier < Tier.COUNTY))
    answer = np.select([near, far], [np.int8(Answer.YES), np.int8(Answer.NO)], np.int8(Answer.UNKNOWN))
    answer[~needs.has_location] = Answer.YES
    return answer, np.logical_or(answer != Answer.NO, tier >= Tier.COUNTY)


def _free_then(needs: Needs, volunteers: Volunteers) -> Bytes:
    """Free in all cells of the shift?"""
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    for rows, cells in needs.rows_by_cells:
        answer[rows] = np.min([volunteers.of_column("availability", cell) for cell in cells], axis=0)
    return answer


def _not_booked(needs: Needs, volunteers: Volunteers, bookings: Bookings | None) -> Bytes:
    answer = np.full((len(needs), len(volunteers)), Answer.YES, dtype=np.int8)
    if bookings is None:
        return answer
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
    weeks = np.where(needs.has_shift, week_of(needs.local_day), -1)
    for week in np.unique(weeks[needs.has_shift]):
        rows = np.flatnonzero(weeks == week)
        load = needs.load[rows, None] + load_of_week(bookings, week, len(volunteers))
        answer[rows] = yes_or_no(~(load > volunteers.weekly_cap + 1e-9))
    return answer


def load_of_week(bookings: Bookings | None, week: np.int64, people: int) -> Floats:
    """What each has promised in a calendar week, in the unit of the weekly cap; shape (n,).

    Examples
    --------
    >>> booked = Bookings(volunteer=np.array([1]), start_minute=np.array([0]), end_minute=np.array([60]),
    ...                   local_day=np.array(["2026-11-24"], dtype="datetime64[D]"), load=np.array([2.0]))
    >>> load_of_week(booked, week_of(booked.local_day)[0], 2).tolist()
    [0.0, 2.0]
    """
    if bookings is None:
        return np.zeros(people)
    same = week_of(bookings.local_day) == week
    return np.bincount(bookings.volunteer[same], bookings.load[same], minlength=people).astype(np.float64)


def week_of(days: Days) -> NDArray[np.int64]:
    """Weeks since 1970, turning on Mondays; the first of January 1970 was a Thursday.

    Examples
    --------
    >>> week_of(np.array(["2026-11-22", "2026-11-23"], dtype="datetime64[D]")).tolist()
    [2968, 2969]
    """
    return np.asarray((days.astype(np.int64) + 3) // 7, dtype=np.int64)


def yes_or_no(claim: Booleans) -> Bytes:
    return np.where(claim, np.int8(Answer.YES), np.int8(Answer.NO))
