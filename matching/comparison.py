"""A new ranker against the one that serves, on questions that neither has learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Floats
from matching.metrics import ndcg_at_k

FEWEST_NEEDS = 10
"""Held-back needs below which nothing is decided."""

FEWEST_QUESTIONS = 30
"""Held-back questions below which nothing is decided."""

BINS = 10
"""Of the chances: from 0 to .1, to .2, ..., to 1."""

Z = 1.959964
"""Half the width of a normal distribution's middle 95 %, in standard deviations."""


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
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Questions whose chance lay within a tenth, and what came of them.

    Attributes
    ----------
    questions : int
    said : float
        Mean chance that was said.
    came : Interval
        Share of yeses, with Wilson's interval.
    """

    questions: int
    said: float
    came: Interval


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
    """

    log_loss: float
    ndcg: float | None
    calibration_error: float
    bins: tuple[Bin, ...]


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


def compare(new: Judgement, old: Judgement, *, yes: Booleans, needs: NDArray[np.str_]) -> Comparison:
    """Compare two rankers on held-back questions, paired by need.

    Parameters
    ----------
    new, old : Judgement, n questions
    yes : ndarray of bool, shape (n,)
    needs : ndarray of str, shape (n,)
        At least two different ones.

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
    sizes = {len(new.chance), len(old.chance), len(yes), len(needs)}
    if len(sizes) != 1:
        raise ValueError(f"questions must have one length, but have {sorted(sizes)}")
    groups = [np.flatnonzero(needs == need) for need in np.unique(needs)]
    if len(groups) < 2:
        raise ValueError(f"wanted at least 2 needs, but got {len(groups)}")
    losses = [_losses(each, yes, groups) for each in (new, old)]
    orders = [_orders(each, yes, groups) for each in (new, old)]
    return Comparison(
        questions=len(yes),
        yes=int(yes.sum()),
        needs=len(groups),
        new=_figures(new, yes, losses[0], orders[0]),
        old=_figures(old, yes, losses[1], orders[1]),
        log_loss_difference=paired(losses[0] - losses[1]),
        ndcg_difference=paired(orders[0] - orders[1]) if len(orders[0]) > 1 else None,
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


def share(yes: int, questions: int) -> Interval:
    """Share of yeses with Wilson's 95 % interval.

    Parameters
    ----------
    yes, questions : int
        At least one question.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference.

    Examples
    --------
    >>> found = share(5, 10)
    >>> found.mean, round(found.low, 3), round(found.high, 3)
    (0.5, 0.237, 0.763)
    """
    p, z = yes / questions, Z**2 / questions
    middle = (p + z / 2) / (1 + z)
    half = Z * float(np.sqrt(p * (1 - p) / questions + z / (4 * questions))) / (1 + z)
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def calibration(chance: Floats, yes: Booleans) -> tuple[Bin, ...]:
    """The tenths of the chances that hold a question, lowest first.

    Examples
    --------
    >>> [(each.questions, each.said) for each in calibration(np.array([0.25, 0.75]), np.array([False, True]))]
    [(1, 0.25), (1, 0.75)]
    """
    place = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    return tuple(
        Bin(
            questions=int(inside.sum()),
            said=float(chance[inside].mean()),
            came=share(int(yes[inside].sum()), int(inside.sum())),
        )
        for inside in (place == each for each in np.unique(place))
    )


def _figures(judged: Judgement, yes: Booleans, losses: Floats, orders: Floats) -> Figures:
    bins = calibration(judged.chance, yes)
    error = sum(each.questions * abs(each.said - each.came.mean) for each in bins) / len(yes)
    return Figures(float(losses.mean()), float(orders.mean()) if len(orders) else None, error, bins)


def _losses(judged: Judgement, yes: Booleans, groups: list[NDArray[np.int64]]) -> Floats:
    """Mean log loss of each need."""
    loss = -np.log(np.where(yes, judged.chance, 1 - judged.chance))
    return np.array([loss[rows].mean() for rows in groups])


def _orders(judged: Judgement, yes: Booleans, groups: list[NDArray[np.int64]]) -> Floats:
    """NDCG@10 of each need that had both answers; ties stand in the order of the questions."""
    found = []
    for rows in groups:
        if 0 < yes[rows].sum() < len(rows):
            best = rows[np.argsort(-judged.order[rows], kind="stable")]
            found.append(ndcg_at_k([str(row) for row in best], {str(row): 1.0 for row in rows if yes[row]}))
    return np.array(found)
