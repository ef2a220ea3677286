"""How good rankings are. All figures are in [0, 1] and higher is better, unless said otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log2

import numpy as np
from numpy.typing import NDArray

from matching.columns import Floats


def ndcg_at_k(ranked: Sequence[str], gains: Mapping[str, float], k: int = 10) -> float:
    """Normalized discounted cumulative gain of one ranking.

    DCG = sum over ranks r = 1 .. k of gain(r) / log2(r + 1), divided by the DCG of the best possible order.

    Parameters
    ----------
    ranked : sequence of str
        Ids, best first, each once.
    gains : mapping of str to float
        Gain of each relevant id, above 0.
    k : int, default=10
        Ranks that count, at least 1.

    Returns
    -------
    float
        0 where nothing is relevant.

    Raises
    ------
    ValueError
        If an id is ranked twice, k is below 1, or a gain is negative.

    References
    ----------
    Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques.

    Examples
    --------
    >>> round(ndcg_at_k(["b", "a"], {"a": 1.0}), 4)
    0.6309
    """
    _check(ranked, k)
    if any(gain < 0 for gain in gains.values()):
        raise ValueError(f"gains must be at least 0, but one is {min(gains.values())}")
    best = _dcg(sorted(gains.values(), reverse=True)[:k])
    return _dcg([gains.get(entry, 0.0) for entry in ranked[:k]]) / best if best else 0.0


def recall_at_k(ranked: Sequence[str], relevant: Iterable[str], k: int = 20) -> float:
    """Share of the relevant ids that stand among the first k; 0 where nothing is relevant.

    Examples
    --------
    >>> recall_at_k(["a", "x", "b"], ["a", "b"], k=2)
    0.5
    """
    _check(ranked, k)
    wanted = set(relevant)
    return len(wanted.intersection(ranked[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Iterable[str]) -> float:
    """One divided by the rank of the first relevant id; 0 where none is ranked.

    Examples
    --------
    >>> reciprocal_rank(["x", "a"], ["a"])
    0.5
    """
    _check(ranked, 1)
    wanted = set(relevant)
    return next((1 / rank for rank, entry in enumerate(ranked, start=1) if entry in wanted), 0.0)


def coverage_at_k(rankings: Iterable[Sequence[str]], candidates: Iterable[str], k: int = 10) -> float:
    """Share of the candidates that stand among the first k of at least one ranking.

    Low coverage means that the same few are always suggested; 0 where there are no candidates.

    Examples
    --------
    >>> coverage_at_k([["a", "b"], ["a", "c"]], ["a", "b", "c", "d"], k=1)
    0.25
    """
    everyone = set(candidates)
    shown = everyone.intersection(_shown(rankings, k))
    return len(shown) / len(everyone) if everyone else 0.0


def concentration_at_k(rankings: Iterable[Sequence[str]], candidates: Iterable[str], k: int = 10) -> float:
    """Gini coefficient of how often each candidate stands among the first k.

    0 is even, near 1 is always the same few: lower is better.

    Examples
    --------
    >>> concentration_at_k([["a"], ["b"]], ["a", "b"])
    0.0
    >>> concentration_at_k([["a"], ["a"]], ["a", "b"])
    0.5
    """
    counts = _shown(rankings, k)
    values = sorted(counts[entry] for entry in set(candidates))
    total = sum(values)
    spread = sum((2 * place - len(values) - 1) * value for place, value in enumerate(values, start=1))
    return spread / (len(values) * total) if total else 0.0


def calibration_error(chances: Floats, yes: NDArray[np.bool_], *, bins: int = 10) -> float:
    """How far chances lie from what came of them: the expected calibration error.

    The questions are put into bins of equal width by their chance; the error is the mean over questions of
    the distance between the mean chance of the bin and the share of yeses in it.

    Parameters
    ----------
    chances : ndarray of float64, shape (n,)
        Of a yes, from 0 to 1.
    yes : ndarray of bool, shape (n,)
    bins : int, default=10

    Returns
    -------
    float
        From 0, which is best, to 1; NaN where nothing was asked.

    Raises
    ------
    ValueError
        If the two differ in length, or for a chance outside 0 to 1, or less than one bin.

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning.

    Examples
    --------
    >>> round(calibration_error(np.array([0.2, 0.2, 0.8, 0.8]), np.array([False, False, True, False])), 3)
    0.25
    """
    if chances.shape != yes.shape or chances.ndim != 1:
        raise ValueError(f"one answer per chance is wanted, but there are {yes.shape} for {chances.shape}")
    if bins < 1:
        raise ValueError(f"bins must be at least 1, but is {bins}")
    if not ((chances >= 0) & (chances <= 1)).all():
        wrong = chances[~((chances >= 0) & (chances <= 1))][0]
        raise ValueError(f"a chance must be from 0 to 1, but is {wrong}")
    if not len(chances):
        return float("nan")
    place = np.minimum((chances * bins).astype(np.int64), bins - 1)
    apart = np.bincount(place, chances, bins) - np.bincount(place, yes, bins)
    return float(np.abs(apart).sum() / len(chances))


def _shown(rankings: Iterable[Sequence[str]], k: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for ranked in rankings:
        _check(ranked, k)
        counts.update(ranked[:k])
    return counts


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _check(ranked: Sequence[str], k: int) -> None:
    if k < 1:
        raise ValueError(f"k must be at least 1, but is {k}")
    if len(set(ranked)) != len(ranked):
        twice, times = Counter(ranked).most_common(1)[0]
        raise ValueError(f"an id may be ranked once, but {twice!r} is ranked {times} times")
