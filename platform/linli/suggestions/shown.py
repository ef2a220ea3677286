"""Lists as they were shown: which version put whom in which order, to be judged by what came of it."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, delete, or_, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from linli.core.db import Database, insert_rows, new_id
from linli.participation.models import Participation
from linli.suggestions.models import ShownList

log = structlog.get_logger("linli.suggestions")
# What a page shows at most.
MOST_ENTRIES: Final = 50
DECIMALS: Final = 4
KEPT: Final = timedelta(days=180)
# A list from which nobody was asked, or after which nobody came forward, tells little.
KEPT_UNUSED: Final = timedelta(days=7)
FORGOTTEN_AT_ONCE: Final = 500
MOST_REMEMBERED: Final = 10_000

Entry = tuple[UUID, float, float | None]


@dataclass(frozen=True)
class Shown:
    """One list: ids, scores and chances of a yes (None where nothing was learnt), best first."""

    matcher: str
    entries: Sequence[Entry]

    def row(self, now: datetime, **whose: UUID | None) -> Mapping[str, Any]:
        """With `shift_id` for people of a shift, or `account_id` for needs of a person."""
        return {
            "id": new_id(),
            "shift_id": None,
            "account_id": None,
            **whose,
            "matcher": self.matcher,
            "made_at": now,
            "entries": [_entry(*each) for each in self.entries[:MOST_ENTRIES]],
            "digest": self.digest,
        }

    @property
    def digest(self) -> str:
        ids = (str(id) for id, *_ in self.entries[:MOST_ENTRIES])
        return blake2b(" ".join((self.matcher, *ids)).encode(), digest_size=8).hexdigest()


async def note_lists_of_shifts(session: AsyncSession, lists: Mapping[UUID, Shown], *, now: datetime) -> None:
    """What is stored for an officer to see; nothing where the order is the one noted last."""
    seen = await _last_digests(session, lists)
    new = [(id, shown) for id, shown in lists.items() if shown.entries and seen.get(id) != shown.digest]
    await insert_rows(session, ShownList, [shown.row(now, shift_id=id) for id, shown in new])


async def note_list_of_person(database: Database, account_id: UUID, shown: Shown, *, now: datetime) -> None:
    """After the answer, in a short write of its own: reading one's list needs no lock."""
    if not shown.entries or _is_known(account_id, shown.digest):
        return
    try:
        async with database.transaction() as session:
            await insert_rows(session, ShownList, [shown.row(now, account_id=account_id)])
    except DBAPIError:
        # The person has their page; a list that cannot be judged harms nobody.
        log.warning("that a list was shown could not be noted")


async def forget_shown_lists(database: Database, now: datetime) -> int:
    """Old ones, and sooner those that nothing came of; some at a time."""
    unused = and_(ShownList.made_at < now - KEPT_UNUSED, ~was_followed())
    over = select(ShownList.id).where(or_(ShownList.made_at < now - KEPT, unused)).limit(FORGOTTEN_AT_ONCE)
    async with database.transaction() as session:
        deleted: Any = await session.execute(delete(ShownList).where(ShownList.id.in_(over)))
        return int(deleted.rowcount)


def came_of_list_for_shift() -> ColumnElement[bool]:
    """Questions that a list led to: for its shift, after it and before the next list."""
    return _came_of("shift_id", Participation.shift_id, Participation.asked_at)


def came_of_list_for_person() -> ColumnElement[bool]:
    """What a person was asked or offered after a list of theirs and before the next."""
    return _came_of("account_id", Participation.account_id, Participation.created_at)


def was_followed() -> ColumnElement[bool]:
    """Each half by its own index: one condition with both would be looked up in none."""
    return or_(*(_exists(came) for came in (came_of_list_for_shift(), came_of_list_for_person())))


def _exists(came: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Participation.id).where(came).correlate(ShownList).exists()


def _came_of(whose: str, mine: Any, at: Any) -> ColumnElement[bool]:
    later = aliased(ShownList)
    newer = select(later.id).where(
        getattr(later, whose) == getattr(ShownList, whose),
        tuple_(later.made_at, later.id) > tuple_(ShownList.made_at, ShownList.id),
        later.made_at <= at,
    )
    newer = newer.correlate(ShownList, Participation)
    return and_(mine == getattr(ShownList, whose), at >= ShownList.made_at, ~newer.exists())


async def _last_digests(session: AsyncSession, shift_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    newer = aliased(ShownList)
    # Of two at one moment the one noted later.
    newest_first = (newer.made_at.desc(), newer.id.desc())
    last = select(newer.id).where(newer.shift_id == ShownList.shift_id).order_by(*newest_first).limit(1)
    rows = select(ShownList.shift_id, ShownList.digest).where(
        ShownList.shift_id.in_(list(shift_ids)), ShownList.id == last.scalar_subquery()
    )
    return {id: digest for id, digest in await session.execute(rows)}


_shown: OrderedDict[UUID, str] = OrderedDict()


def _is_known(account_id: UUID, digest: str) -> bool:
    """Whether this process noted the same list of this person last."""
    known = _shown.get(account_id) == digest
    _shown[account_id] = digest
    _shown.move_to_end(account_id)
    while len(_shown) > MOST_REMEMBERED:
        _shown.popitem(last=False)
    return known


def forget_shown() -> None:
    _shown.clear()


def _entry(id: UUID, score: float, likely: float | None) -> list[Any]:
    return [str(id), round(score, DECIMALS), None if likely is None else round(likely, DECIMALS)]
