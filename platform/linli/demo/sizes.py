"""How much the demo holds: a whole county to look around in, or a town that is built in a few seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from linli.demo.needs import Story


@dataclass(frozen=True)
class Size:
    """`is_whole`: with every kind of organization, and what a bureau's desk has to decide.

    `past` are needs of the months before, with answers enough for the matcher to learn from.
    """

    volunteers: int
    stories: Mapping[Story, int]
    is_whole: bool
    past: int = 0

    @property
    def needs(self) -> int:
        return sum(self.stories.values())


TOWN: Final = Size(
    volunteers=300,
    stories={
        Story.filled: 6,
        Story.under_way: 2,
        Story.done: 5,
        Story.coming: 12,
        Story.cancelled: 2,
        Story.applied: 8,
        Story.asked: 8,
        Story.overdue: 3,
        Story.answered: 2,
        Story.draft: 2,
        Story.new: 10,
    },
    is_whole=False,
)
COUNTY: Final = Size(
    volunteers=600,
    stories={
        Story.filled: 16,
        Story.under_way: 6,
        Story.done: 14,
        Story.coming: 34,
        Story.cancelled: 4,
        Story.applied: 20,
        Story.asked: 20,
        Story.overdue: 5,
        Story.answered: 4,
        Story.draft: 4,
        Story.new: 23,
    },
    is_whole=True,
    past=80,
)
SIZES: Final[Mapping[str, Size]] = {"town": TOWN, "county": COUNTY}
