"""The tables that matching works on, volunteers and needs: columns in, checked once.

A missing value has its own mark in every column (NaN, NaT, 0 for a level or a division, `Answer.UNKNOWN`);
leaving a whole column out means that it is missing for everyone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.base import EARTH_RADIUS_KM, MISSING, Table
from matching.columns import (
    Booleans,
    Bytes,
    Days,
    Floats,
    Whole,
    has_any,
    id_column,
    not_more_accepted_than_asked,
    within,
)
from matching.vocabulary import TOP_LEVEL
from matching.week import CELLS

DEFAULT_REACH_KM = 10.0
"""How far a person goes who has said neither a distance nor a means."""

REACH_KM_BY_MEANS: Mapping[str, float] = {"walking": 2.0, "cycling": 5.0, "bus": 10.0, "car": 30.0}
"""How far a person goes who has named only a means of travel, in km."""


class Answer(IntEnum):
    """What is known about one question; the order lets `min` combine several.

    Examples
    --------
    >>> min(Answer.YES, Answer.UNKNOWN).name
    'UNKNOWN'
    """

    NO = 0
    UNKNOWN = 1
    YES = 2


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Volunteers(Table):
    """People who offer to help, one a row. All columns but the first two may be left out.

    Parameters
    ----------
    ids : sequence of str
        Unique.
    vocabulary : Vocabulary
        The ids that the columns below speak of; needs must share it.
    texts : sequence of str, optional
        What they wrote; only baselines read it.
    text_vectors : TextVectors, n rows, optional
        `TextModel.transform` of the texts. An empty row is a missing text.
    longitude, latitude : array of float, shape (n,), degrees
        NaN is unknown.
    divisions : array of int, shape (n, 5)
        Codes of province, prefecture, county, township and community; 0 is unknown.
    created_minute : array of int, shape (n,)
        Minutes since 1970 in UTC; only the baseline "newest" reads it.
    skill_level : array of int, shape (n, skills)
        0 not mentioned, 1 to 3. A row of zeros is a person who has not said what they can do.
    fields : array of bool, shape (n, fields)
        Where they want to help. A row without True has not said it.
    languages : array of bool, shape (n, languages)
        What they speak. A row without True has not said it.
    credential : array of `Answer`, shape (n, credentials)
        YES for a checked paper, UNKNOWN for one that nobody has checked yet, NO (default).
    credential_expires_on : array of datetime64[D], shape (n, credentials)
        Last day on which the paper counts; NaT is no end.
    availability : array of `Answer`, shape (n, 21)
        By cell of the week, see `matching.week.week_cells`; UNKNOWN by default.
    reach_km : array of float, shape (n,), km
        How far they go; NaN stands for `DEFAULT_REACH_KM`. See `REACH_KM_BY_MEANS`.
    weekly_cap : array of float, shape (n,)
        Most load in one calendar week, in the caller's unit (hours, or shifts); NaN is no cap.
    born_on : array of datetime64[D], shape (n,)
        NaT is unknown.
    guardian_consent : array of `Answer`, shape (n,)
        Asked of minors only.
    opted_in : array of bool, shape (n,)
        False by default: who has not said yes is not suggested.
    barred : array of bool, shape (n,)
        Banned from being suggested at all.
    asked, accepted : array of int, shape (n,)
        How often they were asked and said yes; evidence for `matching.invitations`.

    Raises
    ------
    ValueError
        Naming the column, the value seen and the value wanted.

    Examples
    --------
    >>> from matching.vocabulary import Taxonomy, Vocabulary
    >>> vocabulary = Vocabulary(skills=Taxonomy(["cooking", "driving"]))
    >>> people = Volunteers(ids=["li", "wang"], vocabulary=vocabulary, opted_in=np.array([True, True]),
    ...                     skill_level=vocabulary.skills.levels([{"cooking": 2}, {}]))
    >>> len(people), people.skill_level.tolist()
    (2, [[2, 0], [0, 0]])
    """

    skill_level: Bytes = MISSING
    fields: Booleans = MISSING
    languages: Booleans = MISSING
    credential: Bytes = MISSING
    credential_expires_on: Days = MISSING
    availability: Bytes = MISSING
    reach_km: Floats = MISSING
    weekly_cap: Floats = MISSING
    born_on: Days = MISSING
    guardian_consent: Bytes = MISSING
    opted_in: Booleans = MISSING
    barred: Booleans = MISSING
    asked: Whole = MISSING
    accepted: Whole = MISSING

    def __post_init__(self) -> None:
        self._check_common()
        words = self.vocabulary
        for name, shape, dtype, missing in (
            ("skill_level", (len(words.skills),), np.int8, 0),
            ("fields", (len(words.fields),), np.bool_, False),
            ("languages", (len(words.languages),), np.bool_, False),
            ("credential", (len(words.credentials),), np.int8, Answer.NO),
            ("credential_expires_on", (len(words.credentials),), "datetime64[D]", "NaT"),
            ("availability", (CELLS,), np.int8, Answer.UNKNOWN),
            ("reach_km", (), np.float64, np.nan),
            ("weekly_cap", (), np.float64, np.nan),
            ("born_on", (), "datetime64[D]", "NaT"),
            ("guardian_consent", (), np.int8, Answer.UNKNOWN),
            ("opted_in", (), np.bool_, False),
            ("barred", (), np.bool_, False),
            ("asked", (), np.int64, 0),
            ("accepted", (), np.int64, 0),
        ):
            self._fill(name, shape, dtype, missing)
        self._check_ranges()

    def _check_ranges(self) -> None:
        within("skill_level", self.skill_level, 0, TOP_LEVEL)
        for name in ("credential", "availability", "guardian_consent"):
            within(name, getattr(self, name), Answer.NO, Answer.YES)
        within("reach_km", self.reach_km, 1e-3, 25_000)
        within("weekly_cap", self.weekly_cap, 0, 1e6)
        within("accepted", self.accepted, 0, np.inf)
        not_more_accepted_than_asked(self.ids, self.asked, self.accepted)

    def of_column(self, name: str, column: int) -> NDArray[Any]:
        """One column of a table with a row for each, such as `skill_level`; shape (n,)."""
        turned = self._kept.get(name)
        if turned is None:  # contiguous columns: few of them are read, each for everybody
            turned = self._kept[name] = np.asfortranarray(getattr(self, name))
        return turned[:, column]

    def worked_out(self, work: Callable[..., NDArray[Any]], *given: Hashable) -> NDArray[Any]:
        """What ``work(self, *given)`` says of each row, worked out once and kept."""
        key = (work, *given)
        if key not in self._kept:
            self._kept[key] = work(self, *given)
        return self._kept[key]

    @cached_property
    def _kept(self) -> dict[Hashable, NDArray[Any]]:
        return {}

    @cached_property
    def says_skills(self) -> Booleans:
        """True for who has said at least one skill."""
        return has_any(self.skill_level)

    @cached_property
    def says_languages(self) -> Booleans:
        """True for who has said at least one language."""
        return has_any(self.languages)

    @cached_property
    def skills_held(self) -> Whole:
        """Columns of the skills that anybody holds."""
        return np.flatnonzero(self.skill_level.any(axis=0))

    @cached_property
    def effective_reach_km(self) -> Floats:
        """`reach_km`, with the default where nothing was said."""
        return np.where(np.isnan(self.reach_km), DEFAULT_REACH_KM, self.reach_km)

    @cached_property
    def cosine_of_reach(self) -> Floats:
        """Cosine of the angle, seen from the middle of the Earth, that a person goes; a metre more than less.

        Rounding of points and cosines may shift it by some 1e-16; 1e-14 is a metre.
        """
        return np.cos(np.minimum(np.pi, self.effective_reach_km / EARTH_RADIUS_KM)) - 1e-14


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Needs(Table):
    """What is asked for. One row is one shift; a need without a shift is one row too.

    Parameters
    ----------
    ids : sequence of str
        Unique, one per row: the shift's id, or the need's where there is no shift.
    vocabulary, texts, text_vectors, longitude, latitude, divisions, created_minute
        As in `Volunteers`.
    need_ids : sequence of str, optional
        The need that a row belongs to; by default its own id.
    skills_wanted, skills_required : array of int, shape (m, skills)
        Level wanted or required, 1 to 3; 0 is not asked for. What is required is also wanted.
    fields : array of bool, shape (m, fields)
        The field of service.
    credentials_required : array of bool, shape (m, credentials)
    languages : array of bool, shape (m, languages)
        Any one of them helps.
    language_required : array of bool, shape (m,)
        True where one of `languages` must be spoken.
    minimum_age : array of int, shape (m,), years
    local_day : array of datetime64[D], shape (m,)
        Day of the shift in the place's own time; NaT without a shift.
    last_day : array of datetime64[D], shape (m,)
        The day it ends, on which credentials must still count; `local_day` where it is NaT.
    start_minute, end_minute : array of int, shape (m,)
        Minutes since 1970 in UTC; read where `local_day` is known.
    cells : array of bool, shape (m, 21)
        Cells of the week that the shift touches, see `matching.week.week_cells`.
    load : array of float, shape (m,)
        What a place counts towards `Volunteers.weekly_cap`, in its unit; 1 by default.

    Raises
    ------
    ValueError
        Naming the column, the value seen and the value wanted.

    Examples
    --------
    >>> from matching.vocabulary import Taxonomy, Vocabulary
    >>> vocabulary = Vocabulary(skills=Taxonomy(["cooking", "driving"]))
    >>> needs = Needs(ids=["lunch"], vocabulary=vocabulary,
    ...               skills_wanted=vocabulary.skills.levels([{"cooking": 1}]))
    >>> bool(needs.has_shift[0]), bool(needs.has_location[0])
    (False, False)
    """

    need_ids: Sequence[str] | NDArray[np.str_] = MISSING
    skills_wanted: Bytes = MISSING
    skills_required: Bytes = MISSING
    fields: Booleans = MISSING
    credentials_required: Booleans = MISSING
    languages: Booleans = MISSING
    language_required: Booleans = MISSING
    minimum_age: Whole = MISSING
    local_day: Days = MISSING
    last_day: Days = MISSING
    start_minute: Whole = MISSING
    end_minute: Whole = MISSING
    cells: Booleans = MISSING
    load: Floats = MISSING

    def __post_init__(self) -> None:
        self._check_common()
        given = self.ids if self.need_ids is None else self.need_ids
        self._put("need_ids", id_column("need_ids", given, unique=False))
        if len(self.need_ids) != len(self):
            raise ValueError(f"need_ids must have {len(self)} rows, one per id, but has {len(self.need_ids)}")
        words = self.vocabulary
        for name, shape, dtype, missing in (
            ("skills_wanted", (len(words.skills),), np.int8, 0),
            ("skills_required", (len(words.skills),), np.int8, 0),
            ("fields", (len(words.fields),), np.bool_, False),
            ("credentials_required", (len(words.credentials),), np.bool_, False),
            ("languages", (len(words.languages),), np.bool_, False),
            ("language_required", (), np.bool_, False),
            ("minimum_age", (), np.int64, 0),
            ("local_day", (), "datetime64[D]", "NaT"),
            ("last_day", (), "datetime64[D]", "NaT"),
            ("start_minute", (), np.int64, 0),
            ("end_minute", (), np.int64, 0),
            ("cells", (CELLS,), np.bool_, False),
            ("load", (), np.float64, 1.0),
        ):
            self._fill(name, shape, dtype, missing)
        self._put("last_day", np.where(np.isnat(self.last_day), self.local_day, self.last_day))
        self._check_ranges()

    def _check_ranges(self) -> None:
        within("skills_wanted", self.skills_wanted, 0, TOP_LEVEL)
        within("skills_required", self.skills_required, 0, TOP_LEVEL)
        within("minimum_age", self.minimum_age, 0, 120)
        within("load", self.load, 0, 1e6)
        backwards = self.has_shift & (
            (self.end_minute <= self.start_minute) | (self.last_day < self.local_day)
        )
        timeless = self.has_shift & ~has_any(self.cells)
        for problem, wanted in (
            (backwards, "end after it starts"),
            (timeless, "touch at least one cell of the week"),
        ):
            if problem.any():
                first = self.ids[int(np.flatnonzero(problem)[0])]
                raise ValueError(f"a shift must {wanted}, but that of {first} does not")

    @cached_property
    def has_shift(self) -> Booleans:
        """True where the day is known."""
        known: Booleans = ~np.isnat(self.local_day)
        return known

    @cached_property
    def rows_by_cells(self) -> list[tuple[Whole, Whole]]:
        """Rows that touch the same cells of the week, with these cells; rows without a shift are left out."""
        codes = (self.cells & self.has_shift[:, None]) @ (1 << np.arange(CELLS))
        return [
            (rows, np.flatnonzero(self.cells[rows[0]]))
            for code in np.unique(codes[codes > 0])
            for rows in [np.flatnonzero(codes == code)]
        ]

    @cached_property
    def has_location(self) -> Booleans:
        """True where a point or at least a province is known."""
        return self.has_point | has_any(self.divisions)

    @cached_property
    def skills_asked(self) -> Bytes:
        """Wanted and required skills together."""
        return np.maximum(self.skills_wanted, self.skills_required)

    @cached_property
    def rows_by_skill(self) -> list[tuple[int, int, Whole]]:
        """Each skill and level that is asked for, with the rows that ask for it."""
        asked = self.skills_asked
        return [
            (int(skill), int(level), np.flatnonzero(asked[:, skill] == level))
            for skill in np.flatnonzero(asked.any(axis=0))
            for level in np.unique(asked[asked[:, skill] > 0, skill])
        ]
