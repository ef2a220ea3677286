"""Who goes short: how far each community and field stands behind what is served on the whole."""

from __future__ import annotations

from collections import defaultdict

CAUTION = 3.0
"""How many needs the common share is worth beside those of one community or field."""

STRENGTH = 1.5
"""How much more a need of a community that is never served counts than one that is always."""


class Shortfall:
    """Shares of needs served, by community and by field.

    Examples
    --------
    >>> shortfall = Shortfall()
    >>> for served in (1.0, 1.0, 0.0, 0.0):
    ...     shortfall.note("east" if served else "west", "elder", served)
    >>> round(shortfall.of("west"), 2), shortfall.of("east")
    (0.23, 0.0)
    """

    def __init__(self) -> None:
        self._all = [0.7 * CAUTION, CAUTION]
        self._by_name: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def note(self, community: str, field: str, served: float) -> None:
        """One need is over; `served` is from 0 to 1."""
        if not 0 <= served <= 1:
            raise ValueError(f"served must be from 0 to 1, but is {served}")
        for counts in (self._all, self._by_name[community], self._by_name[f"field {field}"]):
            counts[0] += served
            counts[1] += 1

    def share(self, name: str | None = None) -> float:
        """Share served on the whole, or in one community; fields are called "field ..."."""
        common = self._all[0] / self._all[1]
        if name is None:
            return common
        served, needs = self._by_name[name]
        return (CAUTION * common + served) / (CAUTION + needs)

    def of(self, name: str) -> float:
        """How far a community stands behind, from 0 to 1."""
        return max(0.0, self.share() - self.share(name))

    def lift(self, community: str, field: str) -> float:
        """By what the worth of a need is multiplied, at least 1."""
        return 1 + STRENGTH * (self.of(community) + self.of(f"field {field}"))
