"""A new ranker against the one that serves, on questions that neither has learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.chances import Bin, Interval, calibration, error_by_luck
from matching.columns import Booleans, Floats
from matching.metrics import ndcg_at_k

FEWEST_NEEDS = 10
"""Held-back needs below which nothing is decided."""

FEWEST_QUESTIONS = 30
"""Held-back questions below which nothing is decided."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """What one ranker says of the held-back questions.

    Parameters
    ----------
    order : ndarray of float64, shape (n,)
        What it puts people in order by, higher is better.
    chance : ndarray of float64, shape (n,)
        Of a yes, above 0 and below 1.

    Examples
    --------
    >>> Judgement(order=np.array([2.0, 1.0]), chance=np.array([0.7, 0.2])).chance.tolist()
    [0.7, 0.2]
    """

    order: Floats
    chance: Floats

    def __post_init__(self) -> None:
        if self.order.shape != self.chance.shape or self.order.ndim != 1:
            seen = f"{self.order.shape} and {self.chance.shape}"
            raise ValueError(f"order and chance must have one length, but have shape {seen}")
        if not ((self.chance > 0) & (self.chance < 1)).all():
            raise ValueError("a chance must be above 0 and below 1")


@dataclass(frozen=True)
class Figures:
    """How well one ranker did.

    Attributes
    ----------
    log_loss : float
        Mean of -log of the chance given to what happened, by need; lower is better.
    ndcg : float or None
        NDCG@10 of the people asked for a need, a yes counting 1; None where no need had both answers.
    calibration_error : float
        Mean distance of chance and share of yeses over the bins, weighted by their questions.
    bins : tuple of Bin
    brier : float or None
        Mean squared distance of chance and answer, by need; None in what was kept by an earlier version.
    error_by_luck : float or None
        The calibration error to be expected of so many questions if every chance were exactly right.
    """

    log_loss: float
    ndcg: float | None
    calibration_error: float
    bins: tuple[Bin, ...]
    brier: float | None = None
    error_by_luck: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Two rankers on the same questions. Differences are new less old, need by need.

    Attributes
    ----------
    questions, yes, needs : int
    new, old : Figures
    log_loss_difference : Interval
        Below 0 where the new one is better.
    ndcg_difference : Interval or None
        Above 0 where the new one is better; None where fewer than two needs had both answers.
    brier_difference : Interval or None
        Below 0 where the new one is better.
    plain : Figures or None
        Of the new one before its chances were put right, where they were.
    put_right_difference : Interval or None
        Log loss with the chances put right less that without; below 0 where it helped.

    Examples
    --------
    >>> needs, yes = np.array(["a", "a", "b", "b"]), np.array([True, False, True, False])
    >>> fair = Judgement(np.zeros(4), np.full(4, 0.5))
    >>> found = compare(fair, fair, yes=yes, needs=needs)
    >>> found.questions, found.needs, found.log_loss_difference.mean
    (4, 2, 0.0)
    """

    questions: int
    yes: int
    needs: int
    new: Figures
    old: Figures
    log_loss_difference: Interval
    ndcg_difference: Interval | None
    brier_difference: Interval | None = None
    plain: Figures | None = None
    put_right_difference: Interval | None = None

    @property
    def is_worse(self) -> bool:
        """True where the new one is worse by more than noise, in its chances or in its order."""
        order = self.ndcg_difference
        return self.log_loss_difference.low > 0 or (order is not None and order.high < 0)


def why_not_comparable(yes: Booleans, needs: NDArray[np.str_]) -> str:
    """Why nothing can be decided on these questions; empty where something can.

    Parameters
    ----------
    yes : ndarray of bool, shape (n,)
        What came of each held-back question.
    needs : ndarray of str, shape (n,)

    Returns
    -------
    str

    Examples
    --------
    >>> why_not_comparable(np.array([True]), np.array(["lunch"]))
    'only 1 needs with 1 questions were held back, and 10 with 30 are needed'
    """
    found = len(np.unique(needs))
    if found < FEWEST_NEEDS or len(yes) < FEWEST_QUESTIONS:
        return (
            f"only {found} needs with {len(yes)} questions were held back, "
            f"and {FEWEST_NEEDS} with {FEWEST_QUESTIONS} are needed"
        )
    return "" if len(np.unique(yes)) == 2 else "all held-back questions had the same answer"


def compare(
    new: Judgement,
    old: Judgement,
    *,
    yes: Booleans,
    needs: NDArray[np.str_],
    plain: Judgement | None = None,
) -> Comparison:
    """Compare two rankers on held-back questions, paired by need.

    Parameters
    ----------
    new, old : Judgement, n questions
    yes : ndarray of bool, shape (n,)
    needs : ndarray of str, shape (n,)
        At least two different ones.
    plain : Judgement, n questions, optional
        The new one before its chances were put right: what that brought is told as well.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        For shapes that disagree or fewer than two needs.

    Examples
    --------
    >>> needs, yes = np.array(["a", "a", "b", "b"]), np.array([True, False, True, False])
    >>> sure = Judgement(np.array([2.0, 1.0, 2.0, 1.0]), np.array([0.9, 0.1, 0.8, 0.1]))
    >>> unsure = Judgement(np.ones(4), np.full(4, 0.5))
    >>> found = compare(sure, unsure, yes=yes, needs=needs)
    >>> found.is_worse, round(found.new.log_loss, 3), round(found.old.log_loss, 3)
    (False, 0.135, 0.693)
    """
    judged = [each for each in (new, old, plain) if each is not None]
    sizes = {len(yes), len(needs), *(len(each.chance) for each in judged)}
    if len(sizes) != 1:
        raise ValueError(f"questions must have one length, but have {sorted(sizes)}")
    groups = [np.flatnonzero(needs == need) for need in np.unique(needs)]
    if len(groups) < 2:
        raise ValueError(f"wanted at least 2 needs, but got {len(groups)}")
    of_new, of_old, *of_plain = [_by_need(each, yes, groups) for each in judged]
    orders = of_new.orders - of_old.orders
    return Comparison(
        questions=len(yes),
        yes=int(yes.sum()),
        needs=len(groups),
        new=_figures(new, yes, of_new),
        old=_figures(old, yes, of_old),
        log_loss_difference=paired(of_new.losses - of_old.losses),
        ndcg_difference=paired(orders) if len(orders) > 1 else None,
        brier_difference=paired(of_new.distances - of_old.distances),
        plain=_figures(plain, yes, of_plain[0]) if plain else None,
        put_right_difference=paired(of_new.losses - of_plain[0].losses) if plain else None,
    )


def paired(differences: Floats) -> Interval:
    """Mean of paired differences with Student's 95 % interval.

    Parameters
    ----------
    differences : ndarray of float64, shape (n,), at least 2

    Examples
    --------
    >>> found = paired(np.array([1.0, 2.0, 3.0]))
    >>> found.mean, round(found.low, 2), round(found.high, 2)
    (2.0, -0.48, 4.48)
    """
    from scipy.stats import t

    mean = float(differences.mean())
    half = float(t.ppf(0.975, len(differences) - 1) * differences.std(ddof=1) / np.sqrt(len(differences)))
    return Interval(mean, mean - half, mean + half)


@dataclass(frozen=True, eq=False)
class _ByNeed:
    """Log loss and squared distance of each need; NDCG@10 of those that had both answers."""

    losses: Floats
    distances: Floats
    orders: Floats


def _by_need(judged: Judgement, yes: Booleans, groups: list[NDArray[np.int64]]) -> _ByNeed:
    loss = -np.log(np.where(yes, judged.chance, 1 - judged.chance))
    distance = (judged.chance - yes) ** 2
    return _ByNeed(
        np.array([loss[rows].mean() for rows in groups]),
        np.array([distance[rows].mean() for rows in groups]),
        _orders(judged, yes, groups),
    )


def _figures(judged: Judgement, yes: Booleans, found: _ByNeed) -> Figures:
    bins = calibration(judged.chance, yes)
    error = sum(each.questions * abs(each.said - each.came.mean) for each in bins) / len(yes)
    return Figures(
        log_loss=float(found.losses.mean()),
        ndcg=float(found.orders.mean()) if len(found.orders) else None,
        calibration_error=error,
        bins=bins,
        brier=float(found.distances.mean()),
        error_by_luck=error_by_luck(judged.chance),
    )


def _orders(judged: Judgement, yes: Booleans, groups: list[NDArray[np.int64]]) -> Floats:
    """NDCG@10 of each need that had both answers; ties stand in the order of the questions."""
    found = []
    for rows in groups:
        if 0 < yes[rows].sum() < len(rows):
            best = rows[np.argsort(-judged.order[rows], kind="stable")]
            found.append(ndcg_at_k([str(row) for row in best], {str(row): 1.0 for row in rows if yes[row]}))
    return np.array(found)
