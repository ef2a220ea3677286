"""Every policy in the same cities: means with what separates them, and what they must beat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.city.behaviour import REGIMES, Behaviour
from matching.city.external import External
from matching.city.measures import HIGHER_IS_BETTER, Measure, measure
from matching.city.people import build
from matching.city.policies import BASELINES
from matching.city.simulation import Policy, Simulation
from matching.columns import Floats

OURS = "this library"
"""Its row in the table."""

STUDENT_95 = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13)
"""Two-sided 95 % quantiles of Student's t for 1, 2, ... degrees of freedom; 2.1 serves beyond."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Table:
    """The figures of several policies in the same cities of one regime.

    Attributes
    ----------
    regime : str
    policies : tuple of str
    values : ndarray of float64, shape (policies, seeds, measures)
        Measures in the order of `Measure`.
    """

    regime: str
    policies: tuple[str, ...]
    values: NDArray[np.float64]

    def means(self) -> Floats:
        """Shape (policies, measures)."""
        return np.asarray(self.values.mean(axis=1))

    def against(self, one: str, other: str, of: Measure) -> tuple[float, float]:
        """Mean difference of two policies in the same cities, with the half width of its 95 % interval."""
        column = list(Measure).index(of)
        found = (
            self.values[self.policies.index(one), :, column]
            - self.values[self.policies.index(other), :, column]
        )
        return float(found.mean()), half_width(found)


def half_width(values: Floats) -> float:
    """Half the width of the 95 % interval of a mean, by Student's t; infinite for one value.

    Examples
    --------
    >>> round(half_width(np.array([1.0, 2.0, 3.0])), 2)
    2.48
    """
    if len(values) < 2:
        return float("inf")
    quantile = STUDENT_95[len(values) - 2] if len(values) - 2 < len(STUDENT_95) else 2.1
    return float(quantile * values.std(ddof=1) / np.sqrt(len(values)))


def evaluate(
    policies: Mapping[str, Callable[[], Policy]],
    *,
    regime: str,
    seeds: Sequence[int],
    behaviour: Behaviour | None = None,
    progress: Progress | None = None,
) -> Table:
    """Run every policy through the city of every seed.

    Parameters
    ----------
    policies : mapping of str to callable
        Each makes a policy that knows nothing yet.
    regime : str
        One of `REGIMES`.
    seeds : sequence of int
    behaviour : Behaviour, optional
        Instead of that of the regime.
    progress : callable, optional
        Called with how many runs are done, of how many.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        For an unknown regime, or no seed.
    """
    if behaviour is None and regime not in REGIMES:
        raise ValueError(f"unknown regime {regime!r}; wanted one of {', '.join(REGIMES)}")
    if not seeds:
        raise ValueError("at least one seed is wanted, but there is none")
    chosen = REGIMES[regime] if behaviour is None else behaviour
    values = np.zeros((len(policies), len(seeds), len(Measure)))
    for row, make in enumerate(policies.values()):
        for column, seed in enumerate(seeds):
            policy = make()
            found = measure(Simulation(build(seed, chosen), policy).run())
            values[row, column] = [found[each] for each in Measure]
            if isinstance(policy, External):
                policy.close()
            if progress is not None:
                progress(row * len(seeds) + column + 1, values.shape[0] * len(seeds))
    return Table(regime, tuple(policies), values)


def everyone(external: Sequence[str] | None = None) -> dict[str, Callable[[], Policy]]:
    """The baselines, the library, and another program where one is named."""
    from matching.serve.process import Process

    policies: dict[str, Callable[[], Policy]] = {each.name: each for each in BASELINES}
    policies[OURS] = Process
    if external:
        policies["external"] = lambda: External(external)
    return policies


def lines(table: Table) -> Iterable[str]:
    """The table in words, in Markdown."""
    yield f"| {table.regime} | " + " | ".join(Measure) + " |"
    yield "|---" * (len(Measure) + 1) + "|"
    for name, values in zip(table.policies, table.means(), strict=True):
        yield f"| {name} | " + " | ".join(_cell(*pair) for pair in zip(Measure, values, strict=True)) + " |"
    if OURS in table.policies and table.values.shape[1] > 1:
        yield from _comparison(table)


def _comparison(table: Table) -> Iterable[str]:
    """The library against the best baseline of each measure, in the same cities."""
    means, own = table.means(), table.policies.index(OURS)
    for column, each in enumerate(Measure):
        sign = 1 if each in HIGHER_IS_BETTER else -1
        others = [row for row in range(len(means)) if row != own and means[row, column] > 0]
        if each != Measure.VIOLATIONS and others:
            best = table.policies[max(others, key=lambda row: sign * means[row, column])]
            difference, half = table.against(OURS, best, each)
            yield f"{each}: {difference:+.3f} ± {half:.3f} against {best}"


def _cell(name: Measure, value: float) -> str:
    if name == Measure.VIOLATIONS:
        return f"{value:.0f}"
    return (
        "–"
        if name == Measure.MESSAGES and not value
        else f"{value:.1f}"
        if name == Measure.MESSAGES
        else f"{value:.3f}"
    )
