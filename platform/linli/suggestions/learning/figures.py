"""A comparison as it is shown: measures with their differences, and what was said against what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

import numpy as np

from matching import Comparison, Recalibration
from matching.chances import Interval
from matching.comparison import Figures as Judged


class Verdict(StrEnum):
    """Of the new version; a difference whose interval holds 0 is noise."""

    better = "better"
    no_worse = "no_worse"
    worse = "worse"


@dataclass(frozen=True)
class Difference:
    """New less old, need by need, with the 95 % interval of the mean."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    new: float | None
    old: float | None
    difference: Difference | None = None


@dataclass(frozen=True)
class Said:
    """Questions whose chance of a yes lay within a tenth: the mean chance, and the share that said yes."""

    questions: int
    said: float
    came: float
    low: float
    high: float


@dataclass(frozen=True)
class ComparisonFigures:
    questions: int
    yes: int
    needs: int
    log_loss: Figures
    brier: Figures
    ndcg: Figures
    calibration_error: Figures
    by_luck: Figures
    said: Sequence[Said]
    verdict: Verdict
    put_right: "PutRight | None" = None


@dataclass(frozen=True)
class PutRight:
    """What the answers of the days before brought the version: the same measures without them."""

    log_loss: Figures
    brier: Figures
    calibration_error: Figures
    said: Sequence[Said]


@dataclass(frozen=True)
class Example:
    """What is said instead, of a hundred."""

    was: int
    now: float


def examples_of(line: Recalibration) -> Sequence[Example]:
    said = np.array(EXAMPLES) / 100
    return [Example(was, 100 * now) for was, now in zip(EXAMPLES, line(said).tolist(), strict=True)]


def figures_of(found: Comparison) -> ComparisonFigures:
    new, old = found.new, found.old
    return ComparisonFigures(
        questions=found.questions,
        yes=found.yes,
        needs=found.needs,
        log_loss=Figures(new.log_loss, old.log_loss, _difference(found.log_loss_difference)),
        brier=Figures(new.brier, old.brier, _difference(found.brier_difference)),
        ndcg=Figures(new.ndcg, old.ndcg, _difference(found.ndcg_difference)),
        calibration_error=Figures(new.calibration_error, old.calibration_error),
        by_luck=Figures(new.error_by_luck, old.error_by_luck),
        said=_said(new),
        verdict=_verdict(found),
        put_right=_put_right(found),
    )


def _put_right(found: Comparison) -> PutRight | None:
    """None for what was judged before chances were put right."""
    new, plain = found.new, found.plain
    if plain is None:
        return None
    return PutRight(
        Figures(new.log_loss, plain.log_loss, _difference(found.put_right_difference)),
        Figures(new.brier, plain.brier),
        Figures(new.calibration_error, plain.calibration_error),
        _said(plain),
    )


def _said(figures: Judged) -> Sequence[Said]:
    return [
        Said(each.questions, each.said, each.came.mean, each.came.low, each.came.high)
        for each in figures.bins
    ]


def _difference(found: Interval | None) -> Difference | None:
    return Difference(found.mean, found.low, found.high) if found else None


def _verdict(found: Comparison) -> Verdict:
    if found.is_worse:
        return Verdict.worse
    is_better = found.log_loss_difference.high < 0
    return Verdict.better if is_better else Verdict.no_worse


# Chances of a hundred by which staff see what putting right does.
EXAMPLES: Final = (10, 30, 50, 70, 90)
WIDTH: Final = 320
HEIGHT: Final = 280
LEFT: Final = 44
BOTTOM: Final = 40
MARGIN: Final = 12


@dataclass(frozen=True)
class Dot:
    """Of a drawing 320 wide and 280 high: what was said across, what came up, with its interval."""

    x: float
    y: float
    top: float
    bottom: float
    radius: float


@dataclass(frozen=True)
class Plot:
    """`before` are the dots of the chances before they were put right.

    `marks` are (percent, x, y) of the axes; `even` the two ends of the line on which chances would come true.
    """

    dots: Sequence[Dot]
    before: Sequence[Dot]
    marks: Sequence[tuple[int, float, float]]

    @property
    def even(self) -> tuple[float, float, float, float]:
        return _x(0), _y(0), _x(1), _y(1)


def plot_of(said: Sequence[Said], before: Sequence[Said] = ()) -> Plot:
    """The more questions, the larger the dot."""
    most = max((each.questions for each in (*said, *before)), default=1)
    return Plot(
        _dots(said, most),
        _dots(before, most),
        [(percent, _x(percent / 100), _y(percent / 100)) for percent in (0, 25, 50, 75, 100)],
    )


def _dots(said: Sequence[Said], most: int) -> Sequence[Dot]:
    return [
        Dot(_x(each.said), _y(each.came), _y(each.high), _y(each.low), 3 + 4 * sqrt(each.questions / most))
        for each in said
    ]


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - MARGIN), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - MARGIN), 1)
