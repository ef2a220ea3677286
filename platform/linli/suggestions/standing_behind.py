"""Which communities and fields stand behind, as the matcher reckons it; the figures show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from matching.equity import Shortfall

# What is smaller than a point of a hundred is no standing behind.
LEAST_POINTS = 1


@dataclass(frozen=True)
class Behind:
    """How many points of a hundred each unit and field lies below the common share, most first."""

    units: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, int], ...]


def standing_behind(outcomes: Iterable[tuple[str, str, float, int]]) -> Behind:
    """From the mean share of places confirmed in time, by unit and field, and of how many needs.

    Few needs weigh little: the common share counts beside them (`matching.equity`).

    >>> standing_behind([("east", "elders", 0.9, 20), ("west", "elders", 0.2, 20)]).units
    (('west', 31),)
    """
    shortfall, units, fields = Shortfall(), dict[str, None](), dict[str, None]()
    for unit, field_id, share, needs in outcomes:
        shortfall.note(unit, field_id, share, needs)
        units[unit], fields[field_id] = None, None
    return Behind(
        _most_first((unit, shortfall.of_community(unit)) for unit in units),
        _most_first((field_id, shortfall.of_field(field_id)) for field_id in fields),
    )


def _most_first(found: Iterable[tuple[str, float]]) -> tuple[tuple[str, int], ...]:
    points = [(name, round(100 * value)) for name, value in found]
    behind = [(name, value) for name, value in points if value >= LEAST_POINTS]
    return tuple(sorted(behind, key=lambda each: (-each[1], each[0])))
