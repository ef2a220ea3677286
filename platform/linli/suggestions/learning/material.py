"""Questions as the matcher would have seen them when they were asked: features, what came of them, when."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.needs.models import Need
from linli.suggestions import reads
from linli.suggestions.asking import features_of_questions
from linli.suggestions.learning.answers import AnswerRow, What, answer_rows, events
from linli.suggestions.learning.past import ANSWERS, Past, past_of
from linli.suggestions.matcher import matcher
from linli.suggestions.tables import NeedTable, needs_table, volunteers_table
from linli.suggestions.texts import EncodedTexts
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.pool import PoolRow, pool
from matching import Deed, Feature, HistoryFeature, LearntRanker, Outcomes, Volunteers, pair_features

MOST_ANSWERS: Final = 20_000
AT_ONCE: Final = 500
# Pairs of anybody and any need, for what is assumed of them.
BACKGROUND: Final = 400
BACKGROUND_NEEDS: Final = 40
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_PER_DAY: Final = 86_400.0

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Rows = Booleans | NDArray[np.int64]
ChancesOf = Callable[[AsyncSession, Sequence[UUID]], Awaitable[Mapping[UUID, float]]]


@dataclass(frozen=True)
class Material:
    """What was read: answers with the needs and people as they are now.

    Only people who may be proposed are among them: who does not want that teaches nothing either. `chances`
    are those with which questions came to be asked, by the participation; what is not in it was certain.
    `kept` is how need and person suited each other when the question was sent, where that is known.
    """

    rows: Sequence[AnswerRow]
    needs: Sequence[reads.NeedRow]
    people: Sequence[PoolRow]
    now: datetime
    chances: Mapping[UUID, float]
    kept: Mapping[UUID, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Questions:
    """Questions whose time to answer is over, in the order of asking, with what was known then.

    `settled` is when it was over; times are days since 1970. `order` and `likely` are what is said of each
    without learning.
    """

    outcomes: Outcomes
    settled: Floats
    order: Floats
    likely: Floats

    def take(self, rows: Rows) -> "Questions":
        return Questions(self.outcomes.take(rows), self.settled[rows], self.order[rows], self.likely[rows])

    def __len__(self) -> int:
        return len(self.outcomes)


async def certain(_session: AsyncSession, _participation_ids: Sequence[UUID]) -> Mapping[UUID, float]:
    """Nobody was asked by lot."""
    return {}


async def read_material(session: AsyncSession, *, now: datetime, chances_of: ChancesOf = certain) -> Material:
    """The latest answers, with whom and what they were about."""
    rows = await answer_rows(session, true(), now=now, most=MOST_ANSWERS)
    people: list[PoolRow] = []
    today = i18n.local(now).date()
    for some in _parts({row.account_id for row in rows}):
        theirs = VolunteerProfile.account_id.in_(some)
        people += await pool(session, inside=None, on_day=today, whose=theirs)
    needs: list[reads.NeedRow] = []
    for some in _parts({row.need_id for row in rows if row.asked_at}):
        chosen = Need.id.in_(some)
        needs += await reads.need_rows(session, chosen, now=BEGINNING, limit=AT_ONCE, only_free=False)
    known = {person.account_id for person in people}
    chances: dict[UUID, float] = {}
    kept: dict[UUID, Mapping[str, float]] = {}
    for some in _parts({row.id for row in rows if row.asked_at}):
        chances |= await chances_of(session, some)
        kept |= await features_of_questions(session, some)
    return Material([row for row in rows if row.account_id in known], needs, people, now, chances, kept)


def _parts(ids: set[UUID]) -> Iterator[list[UUID]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


@dataclass(frozen=True, eq=False)
class Tables:
    """The same as tables, made once."""

    material: Material
    needs: NeedTable
    people: Volunteers

    @classmethod
    def of(cls, material: Material) -> "Tables":
        texts = EncodedTexts(matcher().text_model)
        people = volunteers_table(material.people, texts)
        return cls(material, needs_table(material.needs, EncodedTexts(matcher().text_model)), people)

    def questions(self) -> Questions:
        """Everything that was asked and is settled, each with what was known when it was asked."""
        found = list(self._as_asked())
        rows = [row for row, _, _ in found]
        alike = self._alike(rows)
        past = np.array([features for _, features, _ in found]).reshape(len(rows), len(HistoryFeature))
        outcomes = Outcomes(
            np.concatenate([alike, past], axis=1),
            np.array([row.deed(self.material.now) is Deed.YES for row in rows], dtype=np.bool_),
            np.array([str(row.need_id) for row in rows], dtype=np.str_),
            np.array([days(row.asked_at or row.created_at) for row in rows], dtype=np.float64),
            np.array([self.material.chances.get(row.id, 1.0) for row in rows], dtype=np.float64),
        )
        return Questions(
            outcomes,
            np.array([days(row.settled_at()) for row in rows], dtype=np.float64),
            alike @ matcher().ranker.normalized_weights(),
            np.array([likely for _, _, likely in found], dtype=np.float64),
        )

    def _as_asked(self) -> Iterator[tuple[AnswerRow, Floats, float]]:
        """Each answered question with the person's past, and their chance of a yes by that alone."""
        now, past = self.material.now, Past([person.account_id for person in self.material.people])
        for event in events(self.material.rows, until=now):
            row = event.row
            is_question = event.what is What.asked and row.deed(now) in ANSWERS
            if is_question and row.settled_at() <= now and str(row.shift_id) in self.needs.needs.row_by_id:
                yield row, past.of(row), past.likely(past.row_of[row.account_id])
            past.goes_on(event, now)

    def background(self, until: datetime) -> Floats:
        """Pairs drawn from all needs and people, asked or not, as they stood then; the same each time."""
        random = np.random.default_rng(len(self.material.rows))
        people = np.unique(random.integers(0, len(self.people), BACKGROUND))
        needs = np.unique(random.integers(0, len(self.needs.needs), BACKGROUND_NEEDS))
        past = past_of(self.material.rows, [each.account_id for each in self.material.people], until=until)
        ranker = past.informs(LearntRanker())
        found = ranker.features(self.needs.needs.take(needs), self.people.take(people))
        flat = found.reshape(len(found), -1)
        pairs: Floats = flat[:, random.integers(0, flat.shape[1], BACKGROUND)].T
        return pairs

    def _alike(self, rows: Sequence[AnswerRow]) -> Floats:
        """How need and person suited each other when it was asked; by what both say today if nobody knows."""
        of_shift: dict[UUID, list[int]] = defaultdict(list)
        found = np.zeros((len(rows), len(Feature)))
        for place, row in enumerate(rows):
            kept = self.material.kept.get(row.id, {})
            if kept.keys() >= set(Feature):
                found[place] = [kept[name] for name in Feature]
            else:
                of_shift[row.shift_id].append(place)
        for shift_id, places in of_shift.items():
            need = self.needs.needs.take([self.needs.needs.row_by_id[str(shift_id)]])
            people = self.people.take([self.people.row_by_id[str(rows[each].account_id)] for each in places])
            found[places] = pair_features(need, people)[:, 0, :].T
        return found


def days(moment: datetime) -> float:
    """Since 1970."""
    return moment.timestamp() / SECONDS_PER_DAY
