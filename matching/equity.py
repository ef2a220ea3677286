"""Who goes short: how far each community and field stands behind what is served on the whole."""

from __future__ import annotations

from collections import defaultdict

CAUTION = 3.0
"""How many needs the common share is worth beside those of one community or field."""

USUAL_SHARE = 0.7
"""Share of needs served before any was over."""

STRENGTH = 1.5
"""How much more a need of a community that is never served counts than one that is always."""


class Shortfall:
    """Shares of needs served, by community and by field; it begins with none.

    Examples
    --------
    >>> shortfall = Shortfall()
    >>> for served in (1.0, 1.0, 0.0, 0.0):
    ...     shortfall.note("east" if served else "west", "elder", served)
    >>> round(shortfall.of_community("west"), 2), shortfall.of_community("east")
    (0.23, 0.0)
    """

    def __init__(self) -> None:
        self._all = [USUAL_SHARE * CAUTION, CAUTION]
        self._by_community: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self._by_field: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def note(self, community: str, field: str, served: float, needs: int = 1) -> None:
        """Needs are over, one or several; `served` is their mean share, from 0 to 1."""
        if not 0 <= served <= 1:
            raise ValueError(f"served must be from 0 to 1, but is {served}")
        if needs < 1:
            raise ValueError(f"needs must be at least 1, but are {needs}")
        for counts in (self._all, self._by_community[community], self._by_field[field]):
            counts[0] += served * needs
            counts[1] += needs

    def of_community(self, community: str) -> float:
        """How far a community stands behind the common share of needs served, from 0 to 1."""
        return self._behind(self._by_community[community])

    def of_field(self, field: str) -> float:
        """How far a field stands behind, from 0 to 1."""
        return self._behind(self._by_field[field])

    def lift(self, community: str, field: str) -> float:
        """By what the worth of a need is multiplied, at least 1."""
        return 1 + STRENGTH * (self.of_community(community) + self.of_field(field))

    def _behind(self, counts: list[float]) -> float:
        (served, needs), common = counts, self._all[0] / self._all[1]
        return max(0.0, common - (CAUTION * common + served) / (CAUTION + needs))
