"""A need whose category says nothing gets one from its text, where that is clear."""

from __future__ import annotations

from collections.abc import Sequence

from matching.centroids import NearestCentroid
from matching.serve.town import Message, Town, text_of

LEARNS_FROM = 30
"""Needs with a telling category that have to be seen first."""

RELEARNS_AFTER = 1.25
"""Growth after which the centroids are computed anew."""


class FieldsOfTexts:
    """Learns from the needs that name their category, and abstains where two are as likely.

    Parameters
    ----------
    town : Town
    """

    def __init__(self, town: Town) -> None:
        self.town = town
        self._told: dict[str, tuple[str, str]] = {}
        """Text and category of the needs seen that name one."""
        self._guessed: dict[str, str | None] = {}
        self._classifier: NearestCentroid | None = None
        self._learnt_from = 0

    def understand(self, needs: Sequence[Message]) -> list[Message]:
        """The same needs, with a category where their text tells one; each is judged once."""
        for need in needs:
            if self.town.field_column(need) >= 0 and need.get("text"):
                self._told.setdefault(text_of(need, "id"), (str(need["text"]), str(need["category"])))
        self._learn()
        return [self._understood(need) for need in needs]

    def _learn(self) -> None:
        model, seen = self.town.text_model, len(self._told)
        if model is None or seen < LEARNS_FROM or seen <= RELEARNS_AFTER * self._learnt_from:
            return
        texts, labels = zip(*self._told.values(), strict=True)
        if len(set(labels)) > 1:
            self._classifier = NearestCentroid().fit(model.transform(texts), labels)
            self._learnt_from = seen

    def _understood(self, need: Message) -> Message:
        if self.town.field_column(need) >= 0 or not need.get("text"):
            return need
        id = text_of(need, "id")
        if id not in self._guessed:
            self._guessed[id] = self._guess(str(need["text"]))
        guess = self._guessed[id]
        return need if guess is None else {**need, "category": guess}

    def _guess(self, text: str) -> str | None:
        if self._classifier is None or self.town.text_model is None:
            return None
        return self._classifier.predict(self.town.text_model.transform([text]))[0]
