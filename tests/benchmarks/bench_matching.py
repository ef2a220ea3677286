"""How quick the matching library is, on a made-up county. Prints; asserts nothing.

Run with ``python tests/benchmarks/bench_matching.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from time import perf_counter, process_time
from typing import Any

import numpy as np

from matching import (
    Answer,
    Bookings,
    Needs,
    Partners,
    SimilarityRanker,
    Taxonomy,
    TextModel,
    Vocabulary,
    Volunteers,
    check,
    explain_pair,
    explain_pairs,
    foresee,
    rank_partners,
)

SKILLS, FIELDS, CREDENTIALS, LANGUAGES = 130, 11, 15, 8
TODAY = date(2026, 11, 24)
WORDS = [
    "陪伴老人",
    "聊天",
    "做饭",
    "接送孩子",
    "辅导作业",
    "打扫",
    "维修",
    "种树",
    "翻译",
    "driving",
    "cooking",
]


def made_up_vocabulary() -> Vocabulary:
    names = [f"skill{number}" for number in range(SKILLS)]
    parents = {name: names[number % 13] for number, name in enumerate(names) if number >= 13}
    return Vocabulary(
        skills=Taxonomy(names, parents),
        fields=plain("f", FIELDS),
        credentials=plain("c", CREDENTIALS),
        languages=plain("l", LANGUAGES),
    )


def plain(kind: str, size: int) -> Taxonomy:
    return Taxonomy([f"{kind}{n}" for n in range(size)])


def made_up_texts(draw: np.random.Generator, size: int) -> list[str]:
    return [" ".join(draw.choice(WORDS, size=12)) for _ in range(size)]


def places(draw: np.random.Generator, size: int) -> dict[str, Any]:
    divisions = np.tile(np.array([52, 27, 25, 0, 0]), (size, 1))
    divisions[:, 3] = draw.integers(101, 114, size)
    return {
        "longitude": draw.uniform(107.2, 107.8, size),
        "latitude": draw.uniform(26.9, 27.4, size),
        "divisions": divisions,
    }


def made_up_volunteers(
    draw: np.random.Generator, words: Vocabulary, model: TextModel, size: int
) -> Volunteers:
    return Volunteers(
        ids=[f"volunteer{number:06}" for number in range(size)],
        vocabulary=words,
        text_vectors=model.transform(made_up_texts(draw, size)),
        skill_level=draw.integers(1, 4, (size, SKILLS), dtype=np.int8) * (draw.random((size, SKILLS)) < 0.04),
        fields=draw.random((size, FIELDS)) < 0.2,
        languages=draw.random((size, LANGUAGES)) < 0.4,
        credential=np.where(draw.random((size, CREDENTIALS)) < 0.5, Answer.YES, Answer.NO),
        availability=draw.choice(np.array(Answer), (size, 21)),
        reach_km=draw.choice([2.0, 5.0, 10.0, 30.0], size),
        born_on=np.datetime64("1960-01-01") + draw.integers(0, 16_000, size),
        opted_in=draw.random(size) < 0.9,
        **places(draw, size),
    )


def made_up_needs(draw: np.random.Generator, words: Vocabulary, model: TextModel, size: int) -> Needs:
    start = np.full(size, 29_700_000)
    return Needs(
        ids=[f"need{number:06}" for number in range(size)],
        vocabulary=words,
        text_vectors=model.transform(made_up_texts(draw, size)),
        skills_wanted=draw.integers(1, 4, (size, SKILLS), dtype=np.int8)
        * (draw.random((size, SKILLS)) < 0.025),
        fields=np.eye(FIELDS, dtype=bool)[draw.integers(0, FIELDS, size)],
        languages=draw.random((size, LANGUAGES)) < 0.2,
        credentials_required=draw.random((size, CREDENTIALS)) < 0.05,
        minimum_age=np.full(size, 18),
        local_day=np.datetime64("2026-11-24") + draw.integers(0, 28, size),
        start_minute=start,
        end_minute=start + 120,
        cells=np.eye(21, dtype=bool)[draw.integers(0, 21, size)],
        **places(draw, size),
    )


def made_up_bookings(draw: np.random.Generator, people: int, size: int) -> Bookings:
    start = 29_700_000 + draw.integers(-20_000, 20_000, size)
    return Bookings(
        volunteer=draw.integers(0, people, size),
        start_minute=start,
        end_minute=start + 120,
        local_day=np.datetime64("2026-11-24") + draw.integers(0, 28, size),
        load=np.ones(size),
    )


def made_up_partners(draw: np.random.Generator, size: int) -> Partners:
    asked = draw.integers(0, 9, size)
    divisions = np.tile(np.array([52, 5227, 522725, 0, 0]), (size, 1))
    divisions[:, 3] = 522725000 + draw.integers(0, 114, size)
    return Partners(
        ids=[f"partner{number:05}" for number in range(size)],
        verified=draw.random(size) < 0.9,
        divisions=divisions,
        fields=draw.choice(np.array(Answer), size),
        free=draw.integers(0, 20, size),
        maybe_free=draw.integers(0, 20, size),
        asked=asked,
        accepted=draw.integers(0, asked + 1),
        days_since_asked=draw.uniform(0, 90, size),
        text=draw.random(size),
    )


def clocked(name: str, work: Callable[[], object], times: int = 30) -> None:
    work()
    seconds, used = [], []
    for _ in range(times):
        start, start_cpu = perf_counter(), process_time()
        work()
        seconds.append(perf_counter() - start)
        used.append(process_time() - start_cpu)
    median, worst, cpu = np.median(seconds) * 1e3, max(seconds) * 1e3, np.median(used) * 1e3
    sys.stdout.write(f"{name:<58} {cpu:7.2f} ms CPU {median:7.2f} median {worst:7.2f} worst of {times}\n")


def main() -> None:
    draw = np.random.default_rng(7)
    words = made_up_vocabulary()
    model = TextModel().fit(made_up_texts(draw, 2000))
    people, needs = made_up_volunteers(draw, words, model, 10_000), made_up_needs(draw, words, model, 2_000)
    bookings = made_up_bookings(draw, len(people), 5_000)
    ranker, one = SimilarityRanker(), needs.take([0])
    eligible = check(one, people, today=TODAY, bookings=bookings)
    passing = 100 * float(eligible.passes.mean())
    sys.stdout.write(f"10,000 volunteers, 2,000 needs; {passing:.1f} % pass the gates of the first need\n")
    clocked("one need: gates for 10,000", lambda: check(one, people, today=TODAY, bookings=bookings))
    clocked(
        "one need: score and rank 10,000, best 20", lambda: ranker.rank_volunteers(one, people, eligible, 20)
    )
    written = replace(
        one,
        credentials_required=np.eye(CREDENTIALS, dtype=bool)[[3]],
        skills_required=np.eye(1, SKILLS, dtype=np.int8),
        minimum_age=np.array([20]),
    )
    times = needs.take(np.arange(27))
    clocked(
        "foresight: 10,000 people, 27 other times, every relaxation",
        lambda: foresee(
            written, people, today=TODAY, times=times, lowest_age=18, wider_km=10.0, bookings=bookings
        ),
    )
    county = made_up_partners(draw, 1_500)
    clocked(
        "one need: 1,000 teams and 500 organizations, gates and ranking",
        lambda: rank_partners(county, division=(52, 5227, 522725, 522725101, 0), places=3, k=50),
    )
    person = people.take([0])
    able = check(needs, person, today=TODAY)
    clocked("one person: gates of 2,000 needs", lambda: check(needs, person, today=TODAY))
    clocked("one person: score and rank 2,000, best 20", lambda: ranker.rank_needs(needs, person, able, 20))
    clocked("explain one pair", lambda: explain_pair(ranker, needs, 0, people, 0, text_model=model))
    shown = people.take(np.arange(20))
    clocked("explain 20 pairs", lambda: explain_pairs(ranker, one, shown, text_model=model))
    clocked("encode one profile", lambda: model.transform(made_up_texts(draw, 1)))
    clocked("encode 1,000 profiles", lambda: model.transform(made_up_texts(draw, 1000)), times=3)
    clocked("fit the text model on 2,000 texts", lambda: TextModel().fit(made_up_texts(draw, 2000)), times=3)
    batch = needs.take(np.arange(50))

    def night() -> None:
        ranker.rank_volunteers(batch, people, check(batch, people, today=TODAY, bookings=bookings), 20)

    clocked("50 needs x 10,000 volunteers, gates and ranking", night, times=3)


if __name__ == "__main__":
    main()
