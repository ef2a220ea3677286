"""Which matcher serves: what was learnt last and put into service, or else the packaged one.

Every process asks at every look, so that a change is noticed without a restart; what was read is kept.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.participation.models import Participation
from linli.suggestions.learning.answers import answer_rows
from linli.suggestions.learning.past import Informed
from linli.suggestions.matcher import matcher
from linli.suggestions.models import MatcherVersion
from matching import LearntRanker, Recalibration, unpack

log = structlog.get_logger("linli.suggestions")
MOST_KEPT: Final = 4
# What leaves no trace among a county's answers is seen after this: that somebody had them forgotten.
KEPT_FOR: Final = timedelta(minutes=5)
# Of the people of a county; the latest count.
MOST_ANSWERS: Final = 100_000

# A version as often as it was put right.
_Edition = tuple[UUID, int | None]

_kept: OrderedDict[_Edition, "Serving"] = OrderedDict()
_known: OrderedDict[str | None, tuple[tuple[Any, ...], Informed]] = OrderedDict()


@dataclass(frozen=True)
class Serving:
    """`name` is that of text model and ranker. Of the packaged one nothing was learnt.

    `learnt` says its chances as the answers since have put them right, `plain` as it was made
    (docs/adr/0054): what serves is `learnt`, and nobody else puts anything right.
    """

    name: str
    id: UUID | None = None
    learnt: LearntRanker | None = None
    plain: LearntRanker | None = None
    corrections: int = 0

    @property
    def version(self) -> str:
        """For what is stored: another one whenever the same people would get other chances."""
        return f"{self.name}.{self.corrections}" if self.corrections else self.name

    async def knowing(
        self, session: AsyncSession, whose: ColumnElement[bool], *, now: datetime
    ) -> Informed | None:
        """With what these people did; None, and no query, where nothing was learnt."""
        if self.learnt is None:
            return None
        rows = await answer_rows(session, whose, now=now, most=MOST_ANSWERS)
        return Informed(self.learnt, rows, now)

    async def knowing_county(
        self, session: AsyncSession, county: str | None, whose: ColumnElement[bool], *, now: datetime
    ) -> Informed | None:
        """The same for thousands, kept while nobody there is asked or answers, for five minutes at most."""
        if self.learnt is None:
            return None
        state = (self.version, *(await session.execute(_state_of(whose))).one())
        kept = _known.get(county)
        if kept and kept[0] == state and now - kept[1].now < KEPT_FOR:
            return kept[1]
        known = await self.knowing(session, whose, now=now)
        assert known is not None
        _known[county] = state, known
        while len(_known) > MOST_KEPT:
            _known.popitem(last=False)
        return known


def serving_columns() -> tuple[ScalarSelect[UUID], ScalarSelect[int]]:
    """Which version serves and how often it was put right, as a part of another query."""
    serves = MatcherVersion.serves
    return (
        select(MatcherVersion.id).where(serves).scalar_subquery(),
        select(MatcherVersion.corrections).where(serves).scalar_subquery(),
    )


async def serving(session: AsyncSession) -> Serving:
    """One small query, and what was learnt where this process has not read it yet."""
    query = select(MatcherVersion.id, MatcherVersion.corrections).where(MatcherVersion.serves)
    found = (await session.execute(query)).one_or_none()
    return await serving_with(session, *(found or (None, None)))


async def serving_with(session: AsyncSession, id: UUID | None, corrections: int | None) -> Serving:
    """The version with this id, or the packaged matcher where there is none or it cannot be read."""
    if id is None:
        return Serving(matcher().version)
    if (id, corrections) not in _kept:
        _keep((id, corrections), await _read_version(session, id))
    return _kept[id, corrections]


def can_be_read(content: bytes) -> bool:
    """Whether this version of Linli understands what another one learnt."""
    return _read(content) is not None


def forget_serving() -> None:
    _kept.clear()
    _known.clear()


def _state_of(whose: ColumnElement[bool]) -> Select[Any]:
    """Changes whenever one of these people is asked or answers."""
    return select(func.count(), func.max(Participation.changed_at)).where(whose)


async def _read_version(session: AsyncSession, id: UUID) -> Serving:
    row = MatcherVersion
    query = select(row.name, row.ranker, row.shift, row.stretch, row.corrections).where(row.id == id)
    found = (await session.execute(query)).one_or_none()
    plain = _read(found.ranker) if found else None
    if found is None or plain is None:
        return Serving(matcher().version)
    right = plain.put_right(Recalibration(found.shift, found.stretch))
    return Serving(f"{matcher().version}+{found.name}", id, right, plain, found.corrections)


def _read(content: bytes) -> LearntRanker | None:
    try:
        return unpack(content)
    except ValueError as problem:
        log.warning("what was learnt cannot be used, so the packaged matcher serves", why=str(problem))
        return None


def _keep(edition: _Edition, version: Serving) -> None:
    _kept[edition] = version
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
