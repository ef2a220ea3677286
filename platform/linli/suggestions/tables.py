"""The border post: rows become arrays, with their ids, units and missing values; no sum is done here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.core import i18n, seed
from linli.suggestions.reads import NeedRow, PairRow, PromiseRow, ShiftRow, Span, span_of
from linli.suggestions.texts import EncodedTexts
from linli.suggestions.topics import field_in
from linli.suggestions.vocabulary import (
    FORGOTTEN_CREDENTIAL,
    LEVELS,
    REQUIRED_LEVEL,
    WANTED_LEVEL,
    vocabulary,
)
from linli.volunteers.pool import PoolRow
from linli.volunteers.rules import BUSY, FREE, SLOTS, UNKNOWN
from matching import Answer, Bookings, Needs, PairKind, Pairs, Taxonomy, Volunteers, cell_table, week_cells

Floats = NDArray[np.float64]

CODE_LENGTHS = (2, 4, 6, 9, 12)
MISSING = float("nan")
# One place counts one: a volunteer's cap is a number of times a week.
LOAD_OF_A_PLACE = 1.0
_ANSWERS = {FREE: Answer.YES, BUSY: Answer.NO, UNKNOWN: Answer.UNKNOWN}
_ANSWER_OF_CHARACTER = np.full(128, Answer.UNKNOWN, dtype=np.int8)
for _character, _answer in _ANSWERS.items():
    _ANSWER_OF_CHARACTER[ord(_character)] = _answer


@dataclass(frozen=True, eq=False)
class NeedTable:
    """One row a coming shift, or one for a need without any; `of_row` leads back."""

    needs: Needs
    of_row: tuple[tuple[NeedRow, ShiftRow | None], ...]

    @cached_property
    def span(self) -> Span | None:
        """From the first beginning to the last end of the shifts."""
        return span_of([shift for _, shift in self.of_row if shift])


def volunteers_table(rows: Sequence[PoolRow], texts: EncodedTexts) -> Volunteers:
    """Everybody of a pool, in its order."""
    words = vocabulary()
    held, expires_on = _credentials(rows)
    return Volunteers(
        ids=[str(row.account_id) for row in rows],
        vocabulary=words,
        text_vectors=texts.encode([text_of_profile(row) for row in rows]),
        **_places(rows),
        skill_level=_levels(words.skills, [_levels_held(row) for row in rows]),
        fields=_members(words.fields, [row.fields for row in rows]),
        languages=_members(words.languages, [row.languages for row in rows]),
        credential=held,
        credential_expires_on=expires_on,
        availability=availability_table([row.availability for row in rows]),
        reach_km=_floats(row.reach_km for row in rows),
        weekly_cap=_floats(row.weekly_cap for row in rows),
        born_on=np.array([row.birth_on for row in rows], dtype="datetime64[D]"),
        guardian_consent=np.array(
            [Answer.YES if row.has_guardian_consent else Answer.NO for row in rows], dtype=np.int8
        ),
        opted_in=np.ones(len(rows), dtype=np.bool_),
    )


def needs_table(rows: Iterable[NeedRow], texts: EncodedTexts) -> NeedTable:
    """Every shift of the rows; points as exact as the rows have them.

    An imported need often names no field of service, and some belong to none of them; then it is the one
    that the text speaks of most.
    """
    of_row = tuple((row, shift) for row in rows for shift in (row.shifts or (None,)))
    of_need, shifts = [need for need, _ in of_row], [shift for _, shift in of_row]
    words = vocabulary()
    wanted = [dict.fromkeys(need.skills, WANTED_LEVEL) for need in of_need]
    required = [
        {skill: REQUIRED_LEVEL for skill, is_required in need.skills.items() if is_required}
        for need in of_need
    ]
    vectors = texts.encode([need.text for need in of_need])
    known = seed.fields()
    fields = [
        need.field_id if need.field_id in known else field_in(vectors[[row]])
        for row, need in enumerate(of_need)
    ]
    needs = Needs(
        ids=[str(shift.id if shift else need.id) for need, shift in of_row],
        need_ids=[str(need.id) for need in of_need],
        vocabulary=words,
        text_vectors=vectors,
        **_places(of_need),
        created_minute=np.array([_minute(need.created_at) for need in of_need], dtype=np.int64),
        skills_wanted=_levels(words.skills, wanted),
        skills_required=_levels(words.skills, required),
        fields=_members(words.fields, [(field,) if field else () for field in fields]),
        credentials_required=words.credentials.members([_known_credentials(need) for need in of_need]),
        languages=_members(words.languages, [need.languages for need in of_need]),
        minimum_age=np.array([need.minimum_age_years for need in of_need], dtype=np.int64),
        load=np.full(len(of_row), LOAD_OF_A_PLACE),
        **_times(shifts),
    )
    return NeedTable(needs, of_row)


def bookings_of(people: Volunteers, promises: Iterable[PromiseRow]) -> Bookings:
    """What the people in the table have promised; the promises of others are left out."""
    known = [(str(each.account_id), each) for each in promises if str(each.account_id) in people.row_by_id]
    return Bookings.of(
        people,
        [
            (
                id,
                _minute(each.starts_at),
                _minute(each.ends_at),
                i18n.local(each.starts_at).date(),
                LOAD_OF_A_PLACE,
            )
            for id, each in known
        ],
    )


def pairs_of(needs: Needs, people: Volunteers, pairs: Iterable[PairRow]) -> Pairs:
    """Who takes part or was asked already; a no counts for the whole need, the rest for one shift."""
    rows: list[tuple[str, str, PairKind]] = []
    for pair in pairs:
        id = str(pair.need_id if pair.counts_for_need else pair.shift_id)
        if str(pair.account_id) in people.row_by_id and (id in needs.row_by_id or id in needs.need_ids):
            kind = PairKind.TAKING_PART if pair.takes_part else PairKind.ASKED
            rows.append((id, str(pair.account_id), kind))
    return Pairs.of(needs, people, rows)


def text_of_profile(row: PoolRow) -> str:
    """Their own words and the names of their skills in both languages."""
    known = seed.skills()
    names = [name for id in row.skills if id in known for name in (known[id].zh, known[id].en)]
    return "\n".join((row.about, *names)).strip()


def availability_table(weeks: Sequence[str]) -> NDArray[np.int8]:
    characters = np.frombuffer("".join(weeks).encode("ascii"), dtype=np.uint8)
    return _ANSWER_OF_CHARACTER[characters].reshape(-1, SLOTS)


def division_columns(codes: Sequence[str | None]) -> NDArray[np.int64]:
    """Codes of province, prefecture, county, township and community; 0 where a code does not reach."""
    return np.array([_columns_of(code or "") for code in codes], dtype=np.int64).reshape(
        -1, len(CODE_LENGTHS)
    )


@lru_cache(maxsize=8192)
def _columns_of(code: str) -> tuple[int, ...]:
    """Of one code: many rows lie in few communities."""
    return tuple(int(code[:length]) if len(code) >= length else 0 for length in CODE_LENGTHS)


def _places(rows: Sequence[PoolRow] | Sequence[NeedRow]) -> Mapping[str, Any]:
    return {
        "longitude": _floats(row.longitude for row in rows),
        "latitude": _floats(row.latitude for row in rows),
        "divisions": division_columns([row.division for row in rows]),
    }


def _times(shifts: Sequence[ShiftRow | None]) -> Mapping[str, Any]:
    """In the place's own time; a need without a shift has no day."""
    local = [(i18n.local(each.starts_at), i18n.local(each.ends_at)) if each else None for each in shifts]
    return {
        "local_day": np.array([each[0].date() if each else None for each in local], dtype="datetime64[D]"),
        "last_day": np.array([each[1].date() if each else None for each in local], dtype="datetime64[D]"),
        "start_minute": np.array([_minute(each.starts_at) if each else 0 for each in shifts], dtype=np.int64),
        "end_minute": np.array([_minute(each.ends_at) if each else 0 for each in shifts], dtype=np.int64),
        "cells": cell_table(week_cells(*each) if each else [] for each in local),
    }


def _credentials(rows: Sequence[PoolRow]) -> tuple[NDArray[np.int8], NDArray[np.datetime64]]:
    """Checked papers and their last valid days."""
    known = vocabulary().credentials
    columns = {id: column for column, id in enumerate(known.ids)}
    held = np.full((len(rows), len(known)), Answer.NO, dtype=np.int8)
    expires_on = np.full((len(rows), len(known)), "NaT", dtype="datetime64[D]")
    for row, person in enumerate(rows):
        for id, until in person.credentials.items():
            if (column := columns.get(id)) is not None:
                held[row, column] = Answer.YES
                expires_on[row, column] = until or "NaT"
    return held, expires_on


def _known_credentials(need: NeedRow) -> list[str]:
    known = seed.credentials()
    return [id if id in known else FORGOTTEN_CREDENTIAL for id in need.credentials]


def _levels_held(row: PoolRow) -> dict[str, int]:
    return {id: LEVELS[level] for id, level in row.skills.items()}


def _levels(taxonomy: Taxonomy, rows: Sequence[Mapping[str, int]]) -> NDArray[np.int8]:
    """Levels by id; an id that seed/ no longer knows is nothing any more."""
    columns = {id: column for column, id in enumerate(taxonomy.ids)}
    table = np.zeros((len(rows), len(taxonomy)), dtype=np.int8)
    for row, levels in enumerate(rows):
        for id, level in levels.items():
            if (column := columns.get(id)) is not None:
                table[row, column] = level
    return table


def _members(taxonomy: Taxonomy, rows: Sequence[Iterable[str]]) -> NDArray[np.bool_]:
    return _levels(taxonomy, [dict.fromkeys(ids, 1) for ids in rows]).astype(np.bool_)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([MISSING if value is None else value for value in values], dtype=np.float64)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
