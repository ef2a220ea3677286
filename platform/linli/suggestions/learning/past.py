"""What people did, told to the matcher in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from linli.core import i18n
from linli.suggestions.learning.answers import AnswerRow, Event, What, events
from linli.suggestions.vocabulary import vocabulary
from matching import Deed, History, InformedRanker, LearntRanker, probability_of_yes, week_cells
from matching.history import USUAL_YES

Floats = NDArray[np.float64]
ANSWERS: Final = frozenset({Deed.YES, Deed.NO, Deed.SILENCE})


class Past:
    """The history of some people. The common rate stays the usual one: one is judged as a county is."""

    def __init__(self, account_ids: Sequence[UUID]) -> None:
        self.row_of = {id: row for row, id in enumerate(account_ids)}
        self.fields = {id: column for column, id in enumerate(vocabulary().fields.ids)}
        self.history = History(len(account_ids), fields=len(self.fields), usual_yes=USUAL_YES)
        # How often each was asked and answered, and said yes: what counts where nothing was learnt.
        self._counts = np.zeros((2, len(account_ids)), dtype=np.int64)

    def goes_on(self, event: Event, until: datetime) -> None:
        """One more thing happens."""
        row, person = event.row, self.row_of[event.row.account_id]
        day = day_of(event.at)
        self.history.advance(day)
        if event.what is What.asked:
            self.history.asked(person, day=day)
            return
        deed = row.deed(until)
        assert deed is not None
        self.history.did(deed, person, day=day, field=self.fields.get(row.field_id or ""), cell=cell_of(row))
        if deed in ANSWERS:
            self._counts[:, person] += (1, deed is Deed.YES)

    def of(self, row: AnswerRow) -> Floats:
        """What is known of a person when a question is sent, shape (7,)."""
        self.history.advance(day_of(row.asked_at or row.created_at))
        features = self.history.features(
            fields=np.array([self.fields.get(row.field_id or "", -1)]),
            cells=np.array([cell_of(row)]),
            places=[""],
            company=[()],
            people=np.array([self.row_of[row.account_id]]),
        )
        return features[:, 0, 0]

    def likely(self, person: int) -> float:
        """The chance of a yes by their own answers alone."""
        asked, accepted = self._counts[:, [person]]
        return float(probability_of_yes(asked, accepted)[0])

    def informs(self, learnt: LearntRanker) -> InformedRanker:
        return InformedRanker(
            learnt, self.history, {str(account_id): row for account_id, row in self.row_of.items()}
        )


@dataclass(eq=False)
class Informed:
    """What was learnt, with what there is to know of the people at hand."""

    ranker: LearntRanker
    rows: Sequence[AnswerRow]
    now: datetime
    _told: tuple[Sequence[UUID], InformedRanker] | None = None

    def about(self, account_ids: Sequence[UUID]) -> InformedRanker:
        """For these people, as they were asked for last time or anew; long enough to belong in a thread."""
        told = self._told
        if told is None or told[0] != account_ids:
            past = past_of(self.rows, account_ids, until=self.now)
            told = self._told = account_ids, past.informs(self.ranker)
        return told[1]


def past_of(rows: Iterable[AnswerRow], account_ids: Sequence[UUID], *, until: datetime) -> Past:
    """What these people did until then, as it counts then; rows of others are left out."""
    past = Past(account_ids)
    for event in events((row for row in rows if row.account_id in past.row_of), until=until):
        past.goes_on(event, until)
    past.history.advance(day_of(until))
    return past


def day_of(moment: datetime) -> int:
    return i18n.local(moment).date().toordinal()


def cell_of(row: AnswerRow) -> int:
    """The part of the week in which it begins."""
    return week_cells(i18n.local(row.starts_at), i18n.local(row.ends_at))[0]
