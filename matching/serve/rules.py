"""The rules of thumb by which people are asked: judgement, tried in the invented city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the steward keeps to."""

    a_day: int = 1
    """Messages a person gets in a day at most."""
    a_week: int = 3
    again_after: int = 4
    """Days of silence after which a person may be asked once more about the same need."""
    silences: int = 2
    """Messages in a row without an answer, after which a person is left in peace."""
    pause: int = 12
    """Days of that peace."""
    wanted: float = 0.75
    """Probability with which a need should be filled after its last wave."""
    days_per_wave: float = 2.0
    """How long answers take."""
    price: float = 0.4
    """What a message to somebody who owes no answer costs, as a share of what a message usually brings: the
    usual chance of a yes to a need of the least priority with one place. Each message of the last seven days
    that found no answer makes it dearer by as much again."""
    tier_worth: Mapping[int, float] = field(default_factory=lambda: {1: 1.7, 2: 1.15, 3: 1.0})
    spare_below: float = 0.93
    """An extra place is opened where everybody needed comes with less than this probability."""
    background: int = 400
    """Pairs that stand for all when the ranker learns."""
    explore: float = 0.02
    """Share of the seats that is handed over to people who are hardly ever asked."""
    least_propensity: float = 0.3
    """No outcome counts for more than one over this, lest a few lucky answers decide."""
    learns: bool = True
    """False keeps to what was assumed, so that it can be seen what learning brings."""
    remembers: bool = True
    """False judges by similarity alone, as if nobody had ever answered or come; budgets hold all the same."""
    relearn_after: float = 1.25
    """Growth of the evidence after which the ranker learns anew."""
