"""What was learnt, written down and read again."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching import LearntRanker, Outcomes, pack, unpack, version_of
from matching.columns import Floats
from matching.learnt import FEATURES


def features(count: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).random((count, len(FEATURES)))


def learnt(count: int) -> LearntRanker:
    rows = features(count)
    yes = rows[:, 1] > np.random.default_rng(1).random(count)
    days = 0.1 * np.arange(count, dtype=np.float64)
    outcomes = Outcomes(rows, yes, (np.arange(count) // 3).astype(str), days, np.ones(count))
    return LearntRanker().learn(outcomes, features(150, seed=2))


def rewritten(content: bytes, settings: dict[str, Any] | None = None, **arrays: Any) -> bytes:
    with np.load(io.BytesIO(content)) as file:
        found = dict(file) | arrays
    told = json.loads(found["settings"].tobytes()) | (settings or {})
    found["settings"] = np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)
    written = io.BytesIO()
    np.savez(written, **found)
    return written.getvalue()


@pytest.mark.parametrize("count", [12, 80, 500, 1600])
def test_a_ranker_comes_back_with_the_same_scores_at_every_stage(count: int) -> None:
    ranker = learnt(count)
    read = unpack(pack(ranker))
    unseen = features(300, seed=5).T
    assert np.array_equal(read.chance_of_yes(unseen), ranker.chance_of_yes(unseen))
    assert np.array_equal(read.contributions(unseen), ranker.contributions(unseen))
    assert (read.stage, version_of(read)) == (ranker.stage, version_of(ranker))


def test_the_same_outcomes_give_the_same_bytes_and_other_outcomes_another_version() -> None:
    assert pack(learnt(300)) == pack(learnt(300))
    assert version_of(learnt(300)) != version_of(learnt(301)) != version_of(LearntRanker())


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"format": 2}, r"the ranker has format 2, but this version reads 1: learn again"),
        (
            {"features": ["skills"]},
            r"weighs skills, but this version weighs skills, nearness, .*: learn again",
        ),
        ({"kind": "similarity"}, r"not a ranker that was saved by this library"),
    ],
)
def test_what_another_version_wrote_is_refused_with_a_sentence(
    settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        unpack(rewritten(pack(LearntRanker()), settings))


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"tables": np.full((13, 64), np.nan)}, "finite table"),
        ({"tables": np.zeros((12, 64)), "edges": np.zeros((12, 63))}, "for each of 13 features"),
        ({"edges": np.tile(np.arange(63.0)[::-1], (13, 1))}, "must ascend"),
        ({"edges": np.zeros(3)}, "lacks one of its tables"),
        ({"intercept": np.zeros(0)}, "lacks one of its tables"),
    ],
)
def test_tables_that_cannot_be_right_are_refused(arrays: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        unpack(rewritten(pack(LearntRanker()), **arrays))


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 broken"])
def test_bytes_that_are_no_ranker_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a ranker that was saved by this library"):
        unpack(content)


def test_pickled_objects_are_never_read() -> None:
    written = io.BytesIO()
    np.savez(written, settings=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ValueError, match="not a ranker"):
        unpack(written.getvalue())
    with np.load(io.BytesIO(pack(learnt(80))), allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file.files} == {"u", "f"}


def test_loading_and_scoring_need_no_scikit_learn(tmp_path: Path) -> None:
    ranker = learnt(500)
    (tmp_path / "ranker.npz").write_bytes(pack(ranker))
    code = f"""
import sys
from pathlib import Path
import numpy as np
from matching import InformedRanker, Needs, Vocabulary, Volunteers, unpack
ranker = unpack(Path({str(tmp_path / "ranker.npz")!r}).read_bytes())
print(repr(float(ranker.chance_of_yes(np.full((13, 1), 0.5))[0])))
tables = Needs(ids=["n"], vocabulary=Vocabulary()), Volunteers(ids=["v"], vocabulary=Vocabulary())
print(InformedRanker(ranker).score(*tables).values.shape)
print("sklearn" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    chance, *rest = done.stdout.splitlines()
    assert float(chance) == ranker.chance_of_yes(np.full((13, 1), 0.5))[0]
    assert rest == ["(1, 1)", "False"]


def test_outcomes_from_before_a_year_of_silence_are_left_out_and_too_few_change_nothing() -> None:
    rows = features(60)
    days = np.r_[np.arange(40.0), 500.0 + np.arange(20.0)]
    outcomes = Outcomes(rows, rows[:, 1] > 0.5, np.arange(60).astype(str), days, np.ones(60))
    assert outcomes.since_last_gap().days.tolist() == days[40:].tolist()
    found = LearntRanker().learn(outcomes, features(50, seed=2))
    assert found.stage == "assumed: only 20 outcomes, and 25 are needed"


@pytest.mark.parametrize(("answer", "word"), [(True, "a yes"), (False, "no yes")])
def test_answers_that_are_all_the_same_change_nothing(answer: bool, word: str) -> None:
    yes = np.full(80, answer)
    outcomes = Outcomes(features(80), yes, np.arange(80).astype(str), np.arange(80.0), np.ones(80))
    found = LearntRanker().learn(outcomes, features(50, seed=2))
    assert found.stage == f"assumed: all 80 outcomes are {word}"
    assert np.array_equal(found.model.tables, LearntRanker().model.tables)
