"""How the people of the invented city behave: every constant, in one place.

Nothing here was measured on real people. The numbers were chosen so that the city shows what reports from
the field describe: most messages are not answered, asking too much drives people away, some never turn up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """The constants of one regime. Times are in days, distances in km; "points" are added to a log-odds."""

    volunteers: int = 600
    communities: int = 36
    poor_share: float = 0.3
    """Communities that are poor: far from the middle, with many needs and few volunteers."""
    city_km: float = 18.0
    days: int = 84
    warm_up_days: int = 14
    """Days at the beginning that are not scored."""
    needs_per_day: float = 11.0
    lead_days: tuple[int, int] = (2, 12)
    """Shortest and longest time from the posting of a need to its day."""
    slots: Mapping[int, float] = field(default_factory=lambda: {1: 0.46, 2: 0.30, 3: 0.14, 5: 0.10})
    """How often a need has so many places."""

    attention: float = 0.85
    """Chance that a rested person reads a message at all."""
    tires_by: float = 0.22
    """Share of the attention that each message takes away."""
    recovers_in: float = 6.0
    """Days in which half of the lost attention comes back."""
    willing: float = 0.0
    """Log-odds of a yes when nothing speaks for or against it."""
    willing_spread: float = 0.9
    """How much people differ in that (standard deviation)."""
    likes: float = 1.3
    """Points for a category that one likes; half of it is lost for one that one does not."""
    able: float = 1.2
    """Points for all wanted skills, less for a part of them."""
    lacks: float = 0.9
    """Points lost where none of the wanted skills is held."""
    far: float = 1.5
    """Points lost at `far_km`."""
    far_km: float = 5.0
    speaks: float = 0.5
    """Points for the language of the need, lost without it."""
    knows: float = 0.6
    """Points for a community in which one has served before."""
    urgent: float = 0.35
    """Points for a need of the most vulnerable."""
    full_week: float = 0.8
    """Points lost for every place already taken in the week."""
    friends: float = 0.3
    """Points for each of one's friends who already goes, up to two."""
    busy: float = 4.0
    """Points lost at a time at which one is really not free, whatever was stated."""
    stated_wrong: float = 0.08
    """Share of the hours of a week that people state wrongly."""
    says_no: float = 0.45
    """Share of the refusals that are answered at all; the others are silence."""
    slow: float = 0.55
    """Chance each day that a message that was read is answered."""
    patience: float = 5.0
    """Unwanted messages within two weeks that a person bears without thinking of leaving."""
    leaves: float = 0.005
    """Chance of leaving for each unwanted message past the patience."""
    changes_mind: float = 0.012
    """Chance each day that a promise is taken back."""
    misses: float = 0.13
    """Chance of not turning up, for a person of the middling kind."""
    misses_spread: float = 0.9
    """How much people differ in that (standard deviation of the log-odds)."""
    visits: float = 0.11
    """Chance each day that a person looks at the public list."""
    looks_down: float = 0.75
    """Chance of looking at the next need of the list, after each."""

    moods: float = 0.0
    """Points by a mood of person and weekday that nothing shows (the misspecified regime)."""
    river: float = 0.0
    """Points lost for the other side of a river that no map shows (the misspecified regime)."""
    fashion: float = 0.0
    """Points by a fashion of the week for some categories (the misspecified regime)."""


BASE = Behaviour()

REGIMES: Mapping[str, Behaviour] = {
    "base": BASE,
    "surge": replace(BASE, needs_per_day=2 * BASE.needs_per_day),
    "scarce": replace(BASE, volunteers=BASE.volunteers // 2),
    "odd": replace(BASE, moods=1.0, river=1.5, fashion=0.8, far=0.4, likes=0.5, able=0.5, lacks=0.3),
}
"""base; twice the needs; half the people; and one whose behaviour no feature of any ranker describes."""

TINY = replace(BASE, volunteers=40, communities=6, days=21, warm_up_days=7, needs_per_day=2.0)
"""For tests."""

TUNING_SEEDS = tuple(range(1, 11))
"""Cities that a policy may be adjusted on."""

EVALUATION_SEEDS = tuple(range(1001, 1025))
"""Cities that are only ever measured on."""
