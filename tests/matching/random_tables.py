"""Needs and people drawn at random, with every mark of what is missing, and gates that are barely passed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from matching import Answer, Bookings, Needs, PairKind, Pairs, Volunteers
from tests.matching.factories import HERE, TUESDAY, WORDS

MINUTES_A_DAY = 1440
FIRST_MINUTE = int(TUESDAY.astype("datetime64[m]").astype(np.int64))


class RandomTown(NamedTuple):
    """What `matching.check` is asked about."""

    needs: Needs
    people: Volunteers
    bookings: Bookings
    pairs: Pairs


def random_town(seed: int, *, needs: int, people: int) -> RandomTown:
    """The same seed draws the same town."""
    random = np.random.default_rng(seed)
    wanted, known = _needs(random, needs), _people(random, people)
    booked = max(1, people // 2)
    starts = FIRST_MINUTE + random.integers(-2, 10, booked) * MINUTES_A_DAY // 2 + 60
    bookings = Bookings(
        volunteer=random.integers(0, people, booked),
        start_minute=starts,
        end_minute=starts + random.integers(1, 5, booked) * 60,
        local_day=(starts // MINUTES_A_DAY).astype("datetime64[D]"),
        load=random.choice([0.5, 1.0, 2.0], booked),
    )
    between = needs * people // 8
    pairs = Pairs(
        need=random.integers(0, needs, between),
        volunteer=random.integers(0, people, between),
        kind=random.choice(np.array(PairKind, dtype=np.int8), between),
    )
    return RandomTown(wanted, known, bookings, pairs)


def _places(random: np.random.Generator, count: int) -> dict[str, Any]:
    nowhere = random.random(count) < 0.3
    codes = np.array(
        [[0] * 5, [52, 27, 25, 0, 0], [52, 27, 25, 101, 3], [52, 27, 25, 102, 0], [52, 1, 1, 1, 1]]
    )
    return {
        "longitude": np.where(nowhere, np.nan, HERE[0] + random.uniform(0, 0.12, count)),
        "latitude": np.where(nowhere, np.nan, HERE[1] + random.uniform(0, 0.12, count)),
        "divisions": codes[random.choice(5, count, p=[0.15, 0.3, 0.25, 0.2, 0.1])],
    }


def _needs(random: np.random.Generator, count: int) -> Needs:
    starts = FIRST_MINUTE + random.integers(0, 14, count) * MINUTES_A_DAY // 2 + 120
    lasts = random.choice([60, 180, 1500], count)
    days, last_days = (
        (minutes // MINUTES_A_DAY).astype("datetime64[D]") for minutes in (starts, starts + lasts)
    )
    timed = random.random(count) < 0.85
    return Needs(
        ids=[f"n{row}" for row in range(count)],
        vocabulary=WORDS,
        **_places(random, count),
        skills_wanted=_levels(random, count, 0.2),
        skills_required=_levels(random, count, 0.06),
        fields=random.random((count, len(WORDS.fields))) < 0.3,
        credentials_required=random.random((count, len(WORDS.credentials))) < 0.2,
        languages=random.random((count, len(WORDS.languages))) < 0.3,
        language_required=random.random(count) < 0.5,
        minimum_age=random.choice([0, 16, 18, 60], count, p=[0.5, 0.1, 0.3, 0.1]),
        local_day=np.where(timed, days, np.datetime64("NaT")),
        last_day=np.where(timed, last_days, np.datetime64("NaT")),
        start_minute=starts,
        end_minute=starts + lasts,
        cells=_cells(random, count),
        load=random.choice([0.5, 1.0, 2.0], count),
    )


def _cells(random: np.random.Generator, count: int) -> Any:
    cells = random.random((count, 21)) < 0.03
    cells[np.arange(count), random.integers(0, 21, count)] = True
    return cells


def _levels(random: np.random.Generator, count: int, share: float) -> Any:
    shape = (count, len(WORDS.skills))
    return np.where(random.random(shape) < share, random.integers(1, 4, shape), 0).astype(np.int8)


def _people(random: np.random.Generator, count: int) -> Volunteers:
    papers = (count, len(WORDS.credentials))
    born = np.array(
        ["1950-03-01", "1990-01-01", "2008-11-24", "2008-02-29", "2010-12-01", "NaT"], "datetime64[D]"
    )
    expires = np.array(["NaT", "2026-11-24", "2026-11-27", "2026-01-01"], "datetime64[D]")
    return Volunteers(
        ids=[f"v{row}" for row in range(count)],
        vocabulary=WORDS,
        **_places(random, count),
        skill_level=_levels(random, count, 0.3) * (random.random((count, 1)) < 0.8),
        fields=random.random((count, len(WORDS.fields))) < 0.3,
        languages=(random.random((count, len(WORDS.languages))) < 0.5) & (random.random((count, 1)) < 0.8),
        credential=random.choice(np.array(Answer, dtype=np.int8), papers, p=[0.25, 0.1, 0.65]),
        credential_expires_on=expires[random.choice(4, papers, p=[0.6, 0.15, 0.15, 0.1])],
        availability=random.choice(np.array(Answer, dtype=np.int8), (count, 21), p=[0.15, 0.2, 0.65]),
        reach_km=random.choice([np.nan, 3.0, 8.0, 20.0], count),
        weekly_cap=random.choice([np.nan, 1.0, 2.0, 4.0], count),
        born_on=born[random.choice(6, count, p=[0.2, 0.5, 0.1, 0.05, 0.1, 0.05])],
        guardian_consent=random.choice(np.array(Answer, dtype=np.int8), count),
        opted_in=random.random(count) < 0.93,
        barred=random.random(count) < 0.05,
        asked=np.full(count, 3),
        accepted=random.integers(0, 4, count),
    )
