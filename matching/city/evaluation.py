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
from matching.serve.process import Process
from matching.serve.rules import Rules

OURS = "this library"
"""Its row in the table."""

WITHOUT_LEARNING = "without learning"
"""The same decisions with a ranker that keeps to what was assumed of people's answers."""

SIMILARITY = "similarity"
"""The same decisions by similarity alone, as if nobody had ever answered."""

OWN = (SIMILARITY, WITHOUT_LEARNING, OURS)

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
    from scipy.special import stdtrit

    if len(values) < 2:
        return float("inf")
    quantile = stdtrit(len(values) - 1, 0.975)
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
            found = measure(Simulation(build(seed, chosen), policy).run(), policy)
            values[row, column] = [found[each] for each in Measure]
            if isinstance(policy, External):
                policy.close()
            if progress is not None:
                progress(row * len(seeds) + column + 1, values.shape[0] * len(seeds))
    return Table(regime, tuple(policies), values)


def everyone(external: Sequence[str] | None = None) -> dict[str, Callable[[], Policy]]:
    """The baselines, the library knowing less and knowing all, and another program where one is named."""
    policies: dict[str, Callable[[], Policy]] = {each.name: each for each in BASELINES}
    policies[SIMILARITY] = lambda: Process(Rules(learns=False, remembers=False))
    policies[WITHOUT_LEARNING] = lambda: Process(Rules(learns=False))
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
        yield ""
        yield from _comparison(table)


def _comparison(table: Table) -> Iterable[str]:
    """The library against the best baseline of each measure and against itself knowing less."""
    means = dict(zip(table.policies, table.means(), strict=True))
    others = [name for name in means if name not in OWN]
    yield f"| {table.regime}: {OURS} less | the best of the others | {SIMILARITY} | {WITHOUT_LEARNING} |"
    yield "|---|---|---|---|"
    for column, each in enumerate(Measure):
        sign = 1 if each in HIGHER_IS_BETTER else -1
        judged = [name for name in others if means[name][column] > 0]
        best = max(judged, key=lambda name: sign * means[name][column], default=None)
        if each != Measure.VIOLATIONS:
            cells = [_difference(table, other, each) for other in (best, SIMILARITY, WITHOUT_LEARNING)]
            yield f"| {each} | " + " | ".join(cells) + " |"


def _difference(table: Table, other: str | None, each: Measure) -> str:
    if other is None or other not in table.policies:
        return "–"
    difference, half = table.against(OURS, other, each)
    named = "" if other in OWN else f" ({other})"
    return f"{difference:+.3f} ± {half:.3f}{named}"


def _cell(name: Measure, value: float) -> str:
    if np.isnan(value) or (name == Measure.MESSAGES and not value):
        return "–"
    digits = {Measure.VIOLATIONS: 0, Measure.MESSAGES: 1}.get(name, 3)
    return f"{value:.{digits}f}"
