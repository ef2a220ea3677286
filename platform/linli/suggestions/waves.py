"""The next wave for one shift: whom to ask now, what to expect of it, and what may follow.

The more waves may follow, the fewer people a wave asks: the places are filled after the last of them at least
as surely as if everybody had been asked at once, and mostly with fewer messages. A few seats go by lot to
people who are hardly ever asked (docs/adr/0044).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from linli.suggestions.people import SuggestedPerson
from matching import explore, propose, rarely_asked, share_of_wave

FILLED_WITH: Final = 0.9
MOST_PROPOSED: Final = 50


@dataclass(frozen=True)
class Seat:
    """Somebody to be asked, and the chance with which they came to be."""

    account_id: UUID
    propensity: float
    is_exploring: bool


@dataclass(frozen=True)
class NextWave:
    """Whom to ask now; of everybody on the list, how likely a yes is; and which matcher says so."""

    seats: tuple[Seat, ...]
    likely: Mapping[UUID, float]
    matcher: str


@dataclass(frozen=True)
class WavePlan(NextWave):
    """`messages` counts this wave and, should nobody say yes, those after it.

    `chance` is that of all places being filled after the last of the `waves`.
    """

    waves: int
    messages: int
    chance: float
    # How many were asked before, or have offered, and wait for an answer.
    pending: int

    @property
    def is_enough(self) -> bool:
        return self.chance >= FILLED_WITH - 1e-9


@dataclass(frozen=True)
class WavesLeft:
    """What the plan is for: so many waves with this one, which has a `number`, and at most so many messages.

    Where the waves are a day apart, whoever has had the question of the day can be in the next one. `without`
    are people the officer does not want to be asked.
    """

    waves: int
    number: int = 1
    messages: int = MOST_PROPOSED
    is_a_day_apart: bool = False
    without: frozenset[UUID] = frozenset()


def plan_waves(
    people: Sequence[SuggestedPerson],
    left: WavesLeft,
    *,
    shift_id: UUID,
    places: int,
    pending: Sequence[float],
    asked: Mapping[UUID, int],
    matcher: str,
) -> WavePlan:
    """People as they are ranked; `asked` says how often each was asked before."""
    candidates = [each for each in people if each.may_be_proposed and each.account_id not in left.without]
    likely = [each.likely for each in candidates]
    first = propose(
        likely,
        places=places,
        wanted=share_of_wave(FILLED_WITH, left.waves),
        pending=pending,
        most=left.messages,
    )
    seats = _seats(candidates, first_seats=len(first.ask), asked=asked, seed=(shift_id.int, left.number))
    taken = {each.account_id for each in seats}
    rest = [each.likely for each in people if _may_follow(each, left) and each.account_id not in taken]
    messages, missed = len(seats), 1 - first.probability_filled
    for waves in range(left.waves - 1, 0, -1):
        most = max(0, left.messages - messages)
        later = propose(rest, places=places, wanted=share_of_wave(FILLED_WITH, waves), most=most)
        rest = rest[len(later.ask) :]
        messages, missed = messages + len(later.ask), missed * (1 - later.probability_filled)
    everybody = {each.account_id: each.likely for each in people}
    return WavePlan(seats, everybody, matcher, left.waves, messages, 1 - missed, len(pending))


def _may_follow(person: SuggestedPerson, left: WavesLeft) -> bool:
    may_be_asked = person.may_be_asked_soon if left.is_a_day_apart else person.may_be_proposed
    return may_be_asked and person.account_id not in left.without


def _seats(
    candidates: Sequence[SuggestedPerson],
    *,
    first_seats: int,
    asked: Mapping[UUID, int],
    seed: tuple[int, int],
) -> tuple[Seat, ...]:
    """The same people whenever it is asked, until something changes."""
    if not first_seats:
        return ()
    rarely = rarely_asked(np.array([asked.get(each.account_id, 0) for each in candidates]))
    chosen = explore([each.likely for each in candidates], rarely, seats=first_seats, seed=seed)
    return tuple(
        Seat(candidates[each.position].account_id, each.propensity, each.is_exploring) for each in chosen
    )
