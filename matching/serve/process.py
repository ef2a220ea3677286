"""One answer to one message: the words of the protocol on the steward's decisions."""

from __future__ import annotations

from typing import Any

from matching.serve.rules import Rules
from matching.serve.steward import Steward
from matching.serve.town import Message, Town, text_of, whole

Answer = dict[str, Any]


class Process:
    """One answer to one message: the protocol's words on the steward's decisions."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules
        self.steward: Steward | None = None

    def answer(self, message: Message) -> Answer:
        """Answer, or say what is wrong with the message."""
        try:
            return self._answer(message)
        except ValueError as problem:
            return {"error": str(problem)}
        except (TypeError, LookupError, ArithmeticError, AttributeError) as problem:
            return {"error": f"the message cannot be read: {problem!r}"}

    def _answer(self, message: Message) -> Answer:
        operation = text_of(message, "op")
        if operation == "start":
            self.steward = Steward(Town(message["volunteers"], message["meta"]), self.rules)
            return {"ok": True, "name": "linli"}
        if self.steward is None:
            raise ValueError(f"wanted the op start first, but got {operation}")
        day = whole(message, "day")
        match operation:
            case "observe":
                self.steward.observe(day, message["events"])
                return {"ok": True}
            case "standby":
                return {"open": self.steward.standby(day, message["need"])}
            case "recommend":
                ranked = self.steward.recommend(day, message["need"], message["candidates"])
                return {"ranked": [list(pair) for pair in ranked]}
            case "assign":
                return {"pairs": self.steward.assign(day, message["needs"], message["volunteers"])}
            case "rank_list":
                return {"needs": self.steward.rank_list(day, message["volunteer"], message["needs"])}
        raise ValueError(
            f"unknown op {operation!r}; wanted start, observe, standby, recommend, assign, rank_list"
        )
