"""One need against a county of 70,000: all gates and the whole score. Prints; asserts nothing.

The rivals are plain: the same gates and the same sum, written down in numpy with float32 where that is
enough, for nothing but this one question; and exact search by vector among those who pass these gates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from time import process_time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from matching import Answer, Needs, SimilarityRanker, TextModel, Volunteers, check, shortlist
from matching.base import Table
from matching.gates import latest_birth
from tests.benchmarks.bench_matching import TODAY, made_up_vocabulary, places
from tests.benchmarks.measuring import show

COUNTY, QUERIES, TOP, TOPICS, WARM = 70_000, 1_000, 20, 128, 400
SKILLS, FIELDS, PAPERS, LANGUAGES = 130, 11, 15, 8


@dataclass
class Town:
    """People and needs; everything that can be made ready before a question comes, is."""

    people: Volunteers
    needs: Needs


def made_up_words() -> list[str]:
    return [f"word{number:04}" for number in range(3_000)]


def made_up(size: int, needs: int) -> Town:
    draw, known = np.random.default_rng(7), made_up_vocabulary()
    common = 1 / np.arange(1, 3_001)
    common /= common.sum()

    def texts(count: int) -> list[str]:
        return [" ".join(row) for row in draw.choice(made_up_words(), (count, 12), p=common)]

    model = TextModel().fit(texts(5_000))
    people = Volunteers(
        ids=[f"v{number:06}" for number in range(size)],
        vocabulary=known,
        text_vectors=model.transform(texts(size)),
        skill_level=draw.integers(1, 4, (size, SKILLS), dtype=np.int8) * (draw.random((size, SKILLS)) < 0.04),
        fields=draw.random((size, FIELDS)) < 0.2,
        languages=draw.random((size, LANGUAGES)) < 0.4,
        credential=np.where(draw.random((size, PAPERS)) < 0.6, Answer.YES, Answer.NO),
        availability=draw.choice(np.array(Answer), (size, 21), p=[0.15, 0.15, 0.7]),
        reach_km=draw.choice([5.0, 10.0, 30.0], size),
        born_on=np.datetime64("1950-01-01") + draw.integers(0, 19_000, size),
        opted_in=draw.random(size) < 0.9,
        **places(draw, size),
    )
    starts = np.full(needs, 29_700_000)
    wanted = draw.random((needs, SKILLS)) < 0.025
    table = Needs(
        ids=[f"n{number:06}" for number in range(needs)],
        vocabulary=known,
        text_vectors=model.transform(texts(needs)),
        skills_wanted=draw.integers(1, 4, (needs, SKILLS), dtype=np.int8) * wanted,
        fields=np.eye(FIELDS, dtype=bool)[draw.integers(0, FIELDS, needs)],
        languages=draw.random((needs, LANGUAGES)) < 0.2,
        credentials_required=np.eye(PAPERS, dtype=bool)[draw.integers(0, PAPERS, needs)],
        minimum_age=np.full(needs, 18),
        local_day=np.datetime64("2026-11-24") + draw.integers(0, 28, needs),
        start_minute=starts,
        end_minute=starts + 120,
        cells=np.eye(21, dtype=bool)[draw.integers(0, 21, needs)],
        **places(draw, needs),
    )
    return Town(people, table)


def measure() -> None:
    # One thread each: a second one that waits for the first would count as work.
    with threadpool_limits(1):
        _measure()


def _measure() -> None:
    town, rows = made_up(COUNTY, QUERIES), list[list[object]]()
    ranker, people = SimilarityRanker(), town.people
    one = [town.needs.take([row]) for row in range(40)]
    passing = np.mean([check(each, people, today=TODAY).passes.mean() for each in one[:10]])

    def library(need: Needs) -> Any:
        return shortlist(ranker, need, people, k=TOP, today=TODAY)[0].rows

    def everybody(need: Needs) -> Any:
        return ranker.rank_volunteers(need, people, check(need, people, today=TODAY), TOP)[0].rows

    plainly = FilterThenScore(people)
    ways: dict[str, Callable[[Needs], Any]] = {
        "the library": library,
        "the library, all asked and scored": everybody,
        "numpy, float32": plainly,
    }
    dense = np.ascontiguousarray(people.text_vectors.topics, dtype=np.float32)  # type: ignore[union-attr]
    if find_spec("faiss"):
        ways["Faiss, exact, the gates by numpy"] = WithFaiss(dense, plainly)
    ways["scikit-learn's neighbours, no gate"] = with_scikit_learn(dense)
    first_time = median_ms(library, one)
    # What is worked out for a skill is kept for the next need that asks for it.
    for row in range(len(one), WARM):
        library(town.needs.take([row]))
    took = {name: median_ms(work, one) for name, work in ways.items()}
    took["the library, new people"] = first_time
    for name, each in took.items():
        rows.append([name, f"{each:.2f}", f"{each / took['the library']:.2f}"])
    show(
        f"One need, {COUNTY:,} people, {dense.shape[1]} topics; {100 * passing:.1f} % pass all gates",
        ("", "median CPU ms", "times the library"),
        rows,
    )
    _sizes(town, took)
    _same_order(town, library)


def _sizes(town: Town, took: dict[str, float]) -> None:
    small = town.people.take(np.arange(10_000))
    ranker = SimilarityRanker()
    needs = [town.needs.take([row]) for row in range(40)]
    of_small = median_ms(
        lambda need: ranker.rank_volunteers(need, small, check(need, small, today=TODAY), TOP), needs
    )
    began = process_time()
    for start in range(0, 500, 10):
        some = town.needs.take(np.arange(start, start + 10))
        ranker.rank_volunteers(some, small, check(some, small, today=TODAY), TOP)
    batch = process_time() - began
    each = bytes_of(town.people) / len(town.people)
    rival = took["numpy, float32"] / took["the library"]
    lines: list[list[object]] = [
        ["one need, 10,000 people, ms", f"{of_small:.2f}", "under 5", met(of_small < 5)],
        ["500 needs x 10,000 people, s", f"{batch:.1f}", "under 20", met(batch < 20)],
        ["against numpy, times as fast", f"{rival:.2f}", "2", met(rival >= 2)],
        ["bytes a volunteer, text included", f"{each:,.0f}", "", ""],
    ]
    if (faiss := took.get("Faiss, exact, the gates by numpy")) is not None:
        quick = faiss / took["the library"]
        lines.append(["against Faiss, times as fast", f"{quick:.2f}", "1", met(quick >= 1)])
    show("Aims (CPU time)", ("", "seen", "aim", ""), lines)


def _same_order(town: Town, library: Callable[[Needs], Any]) -> None:
    """The library's best 20 beside those of a full sort, ties by id."""
    same, ranker = 0, SimilarityRanker()
    ids = np.asarray(town.people.ids)
    for row in range(QUERIES):
        need = town.needs.take([row])
        scores = np.round(ranker.score(need, town.people).total[0], 9)
        allowed = np.flatnonzero(check(need, town.people, today=TODAY).passes[0])
        best = allowed[np.lexsort((ids[allowed], -scores[allowed]))][:TOP]
        same += int(np.array_equal(best, library(need)))
    show(
        "The same best 20 as a full sort",
        ("queries", "the same", ""),
        [[QUERIES, same, met(same == QUERIES)]],
    )


class FilterThenScore:
    """The gates one after the other on what is left, then the sum for who passes."""

    def __init__(self, people: Volunteers) -> None:
        self.people = people
        assert people.text_vectors is not None
        self.topics = np.ascontiguousarray(people.text_vectors.topics, dtype=np.float32)
        self.terms = people.text_vectors.terms.astype(np.float32).tocsr()
        self.points = np.ascontiguousarray(people.unit_vectors.T, dtype=np.float32)
        self.reach = people.effective_reach_km.astype(np.float32)

    def passing(self, need: Needs) -> Any:
        people = self.people
        born = latest_birth(need.local_day, need.minimum_age)
        rows = np.flatnonzero(people.opted_in & ~people.barred & (people.born_on <= born))
        for paper in np.flatnonzero(need.credentials_required[0]):
            rows = rows[people.credential[rows, paper] == Answer.YES]
        for cell in np.flatnonzero(need.cells[0]):
            rows = rows[people.availability[rows, cell] != Answer.NO]
        apart = np.linalg.norm(self.points[rows] - need.unit_vectors[:, 0].astype(np.float32), axis=1)
        km = 2 * 6371.0 * np.arcsin(apart / 2)
        near = km <= self.reach[rows]
        return rows[near], km[near]

    def __call__(self, need: Needs) -> Any:
        people, (rows, km) = self.people, self.passing(need)
        assert need.text_vectors is not None
        closeness = people.vocabulary.skills.closeness.astype(np.float32)
        skills = np.zeros(len(rows), dtype=np.float32)
        asked = np.flatnonzero(need.skills_asked[0])
        for skill in asked:
            related = np.flatnonzero(closeness[skill])
            held = people.skill_level[np.ix_(rows, related)] / np.float32(need.skills_asked[0, skill])
            skills += (np.minimum(1, held) * closeness[skill, related]).max(axis=1)
        cosine = self.topics[rows] @ need.text_vectors.topics[0].astype(np.float32)
        cosine += (self.terms[rows] @ need.text_vectors.terms.astype(np.float32).T).toarray()[:, 0]
        score = 0.3 * skills / max(1, len(asked)) + 0.2 * 4 ** (-km / self.reach[rows])
        score += 0.15 * (people.availability[np.ix_(rows, np.flatnonzero(need.cells[0]))] / 2).mean(axis=1)
        score += 0.15 * people.fields[np.ix_(rows, np.flatnonzero(need.fields[0]))].any(axis=1)
        score += 0.15 * 1.15 * cosine / (cosine + 0.15)
        score += 0.05 * people.languages[np.ix_(rows, np.flatnonzero(need.languages[0]))].any(axis=1)
        return rows[np.argsort(-score, kind="stable")[:TOP]]


class WithFaiss:
    """Exact inner products of the topics, among those whom the gates let through."""

    def __init__(self, dense: Any, plainly: FilterThenScore) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        self.faiss: Any = faiss
        self.plainly = plainly
        self.index = faiss.IndexFlatIP(dense.shape[1])
        self.index.add(dense)

    def __call__(self, need: Needs) -> Any:
        rows, _ = self.plainly.passing(need)
        assert need.text_vectors is not None
        asked = self.faiss.SearchParameters(sel=self.faiss.IDSelectorBatch(rows))
        query = np.ascontiguousarray(need.text_vectors.topics, dtype=np.float32)
        return self.index.search(query, TOP, params=asked)[1][0]


def with_scikit_learn(dense: Any) -> Callable[[Needs], Any]:
    from sklearn.neighbors import NearestNeighbors

    neighbours = NearestNeighbors(n_neighbors=TOP, algorithm="brute", metric="cosine").fit(dense)

    def search(need: Needs) -> Any:
        assert need.text_vectors is not None
        return neighbours.kneighbors(need.text_vectors.topics.astype(np.float32))[1][0]

    return search


def median_ms(work: Callable[[Needs], Any], needs: list[Needs]) -> float:
    """CPU time, so that what else the machine does counts little."""
    work(needs[0])
    took = []
    for need in needs:
        began = process_time()
        work(need)
        took.append(1_000 * (process_time() - began))
    return float(np.median(took))


def bytes_of(table: Table) -> int:
    kept = vars(table).get("_kept", {})
    arrays = [value for value in [*vars(table).values(), *kept.values()] if isinstance(value, np.ndarray)]
    text = table.text_vectors
    if text is not None:
        arrays += [text.topics, text.terms.data, text.terms.indices, text.terms.indptr]
    return sum(array.nbytes for array in arrays)


def met(is_met: bool) -> str:
    return "met" if is_met else "missed"


if __name__ == "__main__":
    measure()
