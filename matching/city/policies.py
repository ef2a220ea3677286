"""Ways of asking that are known not to work well; every figure of the library stands beside theirs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

import numpy as np

from matching.city.messages import Message
from matching.columns import Floats
from matching.text_model import TextModel


class Baseline:
    """Ranks people by one number, asks the first few, and shows the list in its own order."""

    name = "baseline"
    asks_per_place = 0
    asks_every = 3

    def __init__(self) -> None:
        self.people: dict[str, Message] = {}
        self.needs: dict[str, Message] = {}
        self.asked: set[tuple[str, str]] = set()

    def answer(self, message: Message) -> Message:
        """One answer to one message."""
        handlers: dict[str, Callable[[Message], Message]] = {
            "start": self._start,
            "observe": lambda _: {"ok": True},
            "standby": lambda _: {"open": False},
            "recommend": self._recommend,
            "assign": self._assign,
            "rank_list": lambda message: {"needs": self.order(message)},
        }
        return handlers[message["op"]](message)

    def _start(self, message: Message) -> Message:
        self.people = {person["id"]: person for person in message["volunteers"]}
        self.learn()
        return {"ok": True, "name": self.name}

    def _recommend(self, message: Message) -> Message:
        scores = self.scores(message["need"], message["candidates"])
        ranked = sorted(zip(message["candidates"], scores.tolist(), strict=True), key=lambda pair: -pair[1])
        return {"ranked": [list(pair) for pair in ranked]}

    def _assign(self, message: Message) -> Message:
        pairs: list[list[str]] = []
        free = [person["id"] for person in message["volunteers"]]
        for need in message["needs"]:
            self.needs[need["id"]] = need
            if (message["day"] - need["posted_day"]) % self.asks_every:
                continue
            able = [id for id in free if set(need["credentials"]) <= set(self.people[id]["credentials"])]
            fresh = [id for id in able if (need["id"], id) not in self.asked]
            best = np.argsort(-self.scores(need, fresh), kind="stable")[: self._how_many(need)]
            pairs += [[need["id"], fresh[row]] for row in best]
        self.asked.update((need, person) for need, person in pairs)
        return {"pairs": pairs}

    def _how_many(self, need: Message) -> int:
        return self.asks_per_place * int(need["open_slots"])

    def learn(self) -> None:
        """What is made ready once the people are known."""

    @abstractmethod
    def scores(self, need: Message, candidates: list[str]) -> Floats:
        """Higher is asked first."""

    def order(self, message: Message) -> list[str]:
        """The newest first, as most lists are."""
        return [need for need, _ in reversed(message["needs"])]


class NewestList(Baseline):
    """Asks nobody; the newest need stands first in the list."""

    name = "newest list"

    def scores(self, need: Message, candidates: list[str]) -> Floats:
        """All alike."""
        return np.zeros(len(candidates))


class LackingList(NewestList):
    """Asks nobody; a need sinks each time it finds somebody, as in VolunteerMatch's SmartSort."""

    name = "lacking list"

    def order(self, message: Message) -> list[str]:
        """The least filled first, then what is due first."""
        known = [(self.needs[id], slots) for id, slots in message["needs"]]
        lacking = sorted(known, key=lambda pair: (-pair[1] / pair[0]["slots"], pair[0]["due_day"]))
        return [need["id"] for need, _ in lacking]


class Nearest(Baseline):
    """Asks the five nearest for every place, and every third day five others."""

    name = "nearest"
    asks_per_place = 5

    def learn(self) -> None:
        """Where everybody lives."""
        self.points = {id: np.array([person["x"], person["y"]]) for id, person in self.people.items()}

    def scores(self, need: Message, candidates: list[str]) -> Floats:
        """Minus the distance."""
        here = np.array([need["x"], need["y"]])
        return np.array([-float(np.hypot(*(self.points[id] - here))) for id in candidates])


class Broadcast(Nearest):
    """Asks the ten nearest for every place at once, and all of them again while a place is free."""

    name = "broadcast"
    asks_per_place = 10
    asks_every = 1

    def _assign(self, message: Message) -> Message:
        self.asked.clear()
        return super()._assign(message)


class Cosine(Baseline):
    """Asks the five whose words are most like the need's."""

    name = "cosine"
    asks_per_place = 5

    def learn(self) -> None:
        """A text model of the people's own words."""
        texts = [person["text"] for person in self.people.values()]
        self.rows: Mapping[str, int] = {id: row for row, id in enumerate(self.people)}
        self.model = TextModel().fit(texts)
        self.vectors = self.model.transform(texts)

    def scores(self, need: Message, candidates: list[str]) -> Floats:
        """The cosine of the texts."""
        cosines = self.vectors.cosines(self.model.transform([need["text"]]))[:, 0]
        return np.asarray(cosines[[self.rows[id] for id in candidates]])


BASELINES = (NewestList, LackingList, Nearest, Cosine, Broadcast)
"""All of them."""
