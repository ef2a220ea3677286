"""A need written in one language finds the same need in the other, through the words of seed/.

The two hundred pairs are samples, written for this test by people who know the vocabulary; nobody real is
meant. The everyday words of seed/words.toml were written before them and not changed since; half of the
pairs, "kept", were measured only when all was done.
"""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from linli.core import seed
from linli.suggestions.matcher import matcher

FILE = Path(__file__).parent / "data" / "sample_twins.csv"


@cache
def twins() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found_first(asked: str, among: str) -> np.ndarray:
    """For each pair whether its twin is the nearest of all two hundred; a tie with another is a miss."""
    model = matcher().text_model
    one, other = (model.transform(pair[language] for pair in twins()) for language in (asked, among))
    cosines = one.cosines(other)
    return np.asarray((cosines >= np.diagonal(cosines)[:, None]).sum(axis=1) == 1)


def test_the_pairs_are_two_hundred_over_all_fields_and_none_stands_in_the_seed() -> None:
    counts = Counter(pair["field"] for pair in twins())
    assert set(counts) == set(seed.fields())
    assert len(twins()) == 200
    assert min(counts.values()) >= 18
    assert Counter(pair["half"] for pair in twins()) == {"open": 100, "kept": 100}
    known = "\n".join(path.read_text("utf-8") for path in Path("seed").rglob("*.toml"))
    assert [pair for pair in twins() if pair["zh"] in known or pair["en"] in known] == []


@pytest.mark.parametrize(("asked", "among"), [("zh", "en"), ("en", "zh")])
@pytest.mark.parametrize("half", ["open", "kept"])
def test_a_need_finds_its_twin_in_the_other_language(asked: str, among: str, half: str) -> None:
    of_half = np.array([pair["half"] == half for pair in twins()])
    assert found_first(asked, among)[of_half].mean() >= 0.8
