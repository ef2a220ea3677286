"""What the people of the city think of being asked: their hidden state, and the chance of a yes."""

from __future__ import annotations

import numpy as np

from matching.city.coins import Coin, coin
from matching.city.people import City, Need, words
from matching.columns import Booleans, Floats, Whole

REMEMBERED_DAYS = 14
"""How long an unwanted message is held against the one who sent it."""


class Minds:
    """The state of all people; one row a person."""

    def __init__(self, city: City) -> None:
        people = len(city.people.x)
        self.city = city
        self.attention = np.ones(people)
        self.opted_in = np.ones(people, dtype=np.bool_)
        self.served = np.zeros((people, len(city.communities.x)), dtype=np.bool_)
        self.booked: list[set[tuple[int, int]]] = [set() for _ in range(people)]
        self._in_week = np.zeros((city.behaviour.days // 7 + 3, people), dtype=np.int64)
        self._unwanted = np.zeros((REMEMBERED_DAYS, people), dtype=np.int64)
        self._skills = city.people.skills
        self._languages = list(words().languages)

    def begin(self, day: int) -> None:
        """A night passes: attention comes back, old annoyances are forgotten."""
        kept = 0.5 ** (1 / self.city.behaviour.recovers_in)
        self.attention = 1 - (1 - self.attention) * kept
        self._unwanted[day % REMEMBERED_DAYS] = 0

    def tire(self, person: int) -> None:
        """A message arrives."""
        self.attention[person] *= 1 - self.city.behaviour.tires_by

    def annoy(self, person: int, day: int) -> bool:
        """A message was not wanted; True where the person leaves for good."""
        self._unwanted[day % REMEMBERED_DAYS, person] += 1
        behaviour, count = self.city.behaviour, int(self._unwanted[:, person].sum())
        chance = behaviour.leaves * max(0.0, count - behaviour.patience)
        leaves = bool(coin(self.city.seed, Coin.LEAVES, person, day, count) < chance)
        if leaves:
            self.opted_in[person] = False
        return leaves

    def reads(self, need: Need, day: int) -> Floats:
        """Chance that each reads a message about a need today."""
        return self.city.behaviour.attention * self.attention

    def wants(self, need: Need, going: Booleans, rows: Whole | None = None) -> Floats:
        """Chance that each who reads it says yes; `going` marks who already goes. Some rows, or all."""
        behaviour, people = self.city.behaviour, self.city.people
        some = np.arange(len(people.x)) if rows is None else rows
        held = self._skills[some][:, need.skills].mean(axis=1)
        apart = np.hypot(people.x[some] - need.x, people.y[some] - need.y)
        speaks = people.languages[some, self._languages.index(need.language)]
        points = people.willing[some] + behaviour.likes * people.likes[some, need.category]
        points = points + behaviour.able * held - behaviour.lacks * (held == 0)
        points -= behaviour.far * apart / behaviour.far_km
        points += behaviour.speaks * np.where(speaks, 1.0, -1.0)
        points += behaviour.knows * self.served[some, need.community] + behaviour.urgent * (need.tier == 1)
        points += behaviour.friends * np.minimum(2, going[people.friends[some]].sum(axis=1))
        points -= behaviour.full_week * self._in_week[need.due_day // 7, some]
        points -= behaviour.busy * ~people.free[some, need.cell]
        points += self._whims(need, some)
        return np.asarray(1 / (1 + np.exp(-points)))

    def _whims(self, need: Need, some: Whole) -> Floats:
        """What nothing shows; nought in all but the misspecified regime."""
        behaviour, people, places = self.city.behaviour, self.city.people, self.city.communities
        if not (behaviour.moods or behaviour.river or behaviour.fashion):
            return np.zeros(len(some))
        mood = coin(self.city.seed, Coin.MOOD, some, need.due_day % 7) - 0.5
        other_side = places.across_river[people.community[some]] != places.across_river[need.community]
        fashion = coin(self.city.seed, Coin.MOOD, 1_000_000 + need.category, need.due_day // 7) - 0.5
        return np.asarray(
            2 * behaviour.moods * mood - behaviour.river * other_side + 2 * behaviour.fashion * fashion
        )

    def comes(self, need: Need) -> Floats:
        """Chance that each who promised turns up."""
        return 1 - self.city.people.misses

    def promise(self, need: Need, person: int) -> None:
        """A place is taken."""
        self.booked[person].add((need.due_day, need.daypart))
        self._in_week[need.due_day // 7, person] += 1

    def release(self, need: Need, person: int) -> None:
        """A place is given back."""
        self.booked[person].remove((need.due_day, need.daypart))
        self._in_week[need.due_day // 7, person] -= 1

    def may_come(self, need: Need, person: int) -> bool:
        """Not booked then, and not past what the person wants to do in a week."""
        busy = (need.due_day, need.daypart) in self.booked[person]
        return bool(
            not busy and self._in_week[need.due_day // 7, person] < self.city.people.weekly_cap[person]
        )
