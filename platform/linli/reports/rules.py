"""Which span figures look at, what the units of an area are, and which numbers the public does not see."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

SPANS_WEEKS: Final = (4, 12, 52)
USUAL_SPAN_WEEKS: Final = 12
MONTHS: Final = 12
# Below this a number of people could point at somebody (security 4).
FEWEST_SHOWN: Final = 5
# A code is as long as its level: province, prefecture, county, township, community.
CODE_LENGTHS: Final = (2, 4, 6, 9, 12)
# Whole hours up to the first yes are counted until here; what took longer is one group.
MOST_HOURS: Final = 60 * 24


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """
        >>> Share(1, 3).percent, Share(0, 0).percent
        (33, None)
        """
        return round(100 * self.part / self.whole) if self.whole else None

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)


NOTHING: Final = Share(0, 0)


def span_weeks(asked: str) -> int:
    """The span that was asked for, or the usual one.

    Examples
    --------
    >>> span_weeks("52"), span_weeks("7"), span_weeks("")
    (52, 12, 12)
    """
    return next((weeks for weeks in SPANS_WEEKS if str(weeks) == asked), USUAL_SPAN_WEEKS)


def begins_at(now: datetime, weeks: int) -> datetime:
    """The first moment of a span that ends now.

    Examples
    --------
    >>> from datetime import UTC
    >>> begins_at(datetime(2026, 11, 29, tzinfo=UTC), 4).date()
    datetime.date(2026, 11, 1)
    """
    return now - timedelta(weeks=weeks)


def digits_of_units(area: str, *, finest: int = CODE_LENGTHS[-1]) -> int:
    """How long the codes of the units are into which an area is divided: one level down.

    Parameters
    ----------
    area : str
        The unpadded code of a division; empty for the country.
    finest : int, default=12
        No unit has a longer code.

    Examples
    --------
    >>> [digits_of_units(area) for area in ("", "522725", "522725100", "522725100001")]
    [2, 9, 12, 12]
    >>> digits_of_units("522725100", finest=9)
    9
    """
    return min(next((length for length in CODE_LENGTHS if length > len(area)), CODE_LENGTHS[-1]), finest)


def is_small(number: int) -> bool:
    """Whether the public reads "fewer than 5" instead; that there is nobody is no secret.

    Examples
    --------
    >>> [is_small(number) for number in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    return 0 < number < FEWEST_SHOWN


def folded(sizes: Mapping[str, Sequence[int]], always: Set[str] = frozenset()) -> set[str]:
    """Which rows of a table are told together, so that no small one can be worked out from the whole.

    Every row with a small size, and where the sum of these is small, too, the next smallest rows.

    Parameters
    ----------
    sizes : mapping of str to sequence of int
        How many needs and people stand behind each row.
    always : set of str
        Rows that are never told alone.

    Examples
    --------
    >>> sorted(folded({"east": (40, 90), "west": (2, 30), "south": (9, 20)}))
    ['south', 'west']
    >>> folded({"east": (40, 90), "west": (8, 30)})
    set()
    """
    found = {name for name, counts in sizes.items() if any(is_small(count) for count in counts)} | always
    others = sorted(sizes.keys() - found, key=lambda name: (sum(sizes[name]), name))
    while others and any(is_small(sum(column)) for column in _columns(sizes, found)):
        found.add(others.pop(0))
    return found


def _columns(sizes: Mapping[str, Sequence[int]], names: Set[str]) -> Iterable[Sequence[int]]:
    return zip(*(sizes[name] for name in names), strict=True)


def hidden(numbers: Sequence[int]) -> set[int]:
    """Which numbers of a column stay untold: the small ones, and another where only one is small.

    Examples
    --------
    >>> sorted(hidden([8, 2, 30])), sorted(hidden([8, 2, 3])), sorted(hidden([8, 0, 30]))
    ([0, 1], [1, 2], [])
    """
    small = {row for row, number in enumerate(numbers) if is_small(number)}
    others = [row for row, number in enumerate(numbers) if row not in small and number]
    if len(small) == 1 and others:
        small.add(min(others, key=lambda row: numbers[row]))
    return small


def last_months(today: date) -> list[date]:
    """The first days of the twelve months that end with the present one.

    Examples
    --------
    >>> months = last_months(date(2026, 2, 14))
    >>> len(months), months[0].isoformat(), months[-1].isoformat()
    (12, '2025-03-01', '2026-02-01')
    """
    ordinals = [today.year * 12 + today.month - 1 - ago for ago in range(MONTHS)]
    return [date(each // 12, each % 12 + 1, 1) for each in reversed(ordinals)]


def untold_months(shares: Sequence[Share]) -> set[int]:
    """Which months the public does not read: few places due or few confirmed, and where it is one, another.

    Examples
    --------
    >>> sorted(untold_months([Share(20, 30), Share(3, 30), Share(9, 12), Share(0, 0)]))
    [1, 2]
    >>> sorted(untold_months([Share(0, 4), Share(1, 2), Share(9, 12)]))
    [0, 1]
    """
    found = {n for n, each in enumerate(shares) if is_small(each.whole) or is_small(each.part)}
    others = [n for n, each in enumerate(shares) if n not in found and each.whole]
    if len(found) == 1 and others:
        found.add(min(others, key=lambda n: (shares[n].part, shares[n].whole)))
    return found


def median_of(hours: Mapping[int, int]) -> int | None:
    """The middle of a list of whole hours, given how often each occurs; None for an empty list.

    Examples
    --------
    >>> median_of({1: 2, 5: 1}), median_of({1: 1, 5: 1}), median_of({})
    (1, 1, None)
    """
    left = (sum(hours.values()) + 1) // 2
    for hour in sorted(hours):
        left -= hours[hour]
        if left <= 0:
            return hour
    return None
