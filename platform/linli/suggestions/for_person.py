"""The open needs that fit one volunteer, best first, worked out when they look."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.core.i18n import Message
from linli.needs.queries import NeedCard, cards_by_ids, newest_needs
from linli.suggestions import wording
from linli.suggestions.all_times import in_all_times
from linli.suggestions.matcher import matcher
from linli.suggestions.open_needs import open_needs_in
from linli.suggestions.person import counties_of, known_of, row_of
from linli.suggestions.ranking import Known, nearness_of, reason_of
from linli.suggestions.shown import Shown
from linli.suggestions.tables import NeedTable, bookings_of, pairs_of, volunteers_table
from linli.suggestions.texts import EncodedTexts
from linli.suggestions.topics import with_topics
from linli.volunteers.pool import PoolRow
from matching import Ranker, Volunteers, check, explain_pairs
from matching.informed import USUAL
from matching.nearness import distance_km, shared_tier
from matching.ranking import best_rows


@dataclass(frozen=True)
class PersonsList:
    """Cards, and what is noted of them when they are shown; None where the list is the same for everybody."""

    cards: list[NeedCard]
    shown: Shown | None

    def first(self, count: int) -> "PersonsList":
        """As far as it is shown."""
        return PersonsList(
            self.cards[:count], self.shown and replace(self.shown, entries=self.shown.entries[:count])
        )


@dataclass(frozen=True)
class FittingNeed:
    """A need whose gates the person passes, by its best shift. `likely` is None where nothing was learnt."""

    need_id: UUID
    score: float
    likely: float | None
    reasons: tuple[Message, ...]
    nearness: Message | None


async def needs_for_person(
    session: AsyncSession, *, account: Account, now: datetime, limit: int, skip: int = 0
) -> PersonsList:
    """Cards with reasons, best first. Without a place, or without consent, the newest for everybody."""
    person = await row_of(session, account, i18n.local(now).date())
    counties = await counties_of(session, person)
    if account.stopped_at is not None or not counties:
        return PersonsList(await newest_needs(session, now=now, division=None, limit=limit), None)
    table, serves = await open_needs_in(session, counties, now=now)
    known = await known_of(session, account.id, table, serves, now=now)
    fitting = await asyncio.to_thread(fitting_needs, table, person, known, now=now, limit=skip + limit)
    found = {each.need_id: each for each in fitting[skip:]}
    cards = [
        replace(card, reasons=found[card.id].reasons, nearness=found[card.id].nearness)
        for card in await cards_by_ids(session, list(found), now=now)
        if card.places_free > 0
    ]
    entries = [(card.id, found[card.id].score, found[card.id].likely) for card in cards]
    return PersonsList(cards, Shown(serves.version, entries))


def fitting_needs(
    table: NeedTable, person: PoolRow, known: Known, *, now: datetime, limit: int
) -> list[FittingNeed]:
    """Each need once, by the shift that fits best."""
    if not table.of_row:
        return []
    ranker = known.ranker([person.account_id])
    one = volunteers_table([person], EncodedTexts(matcher().text_model))
    eligible = check(
        table.needs,
        one,
        today=i18n.local(now).date(),
        bookings=bookings_of(one, known.promises) if known.promises else None,
        pairs=pairs_of(table.needs, one, known.pairs),
    )
    eligible = in_all_times(eligible, table.of_row)
    # All are scored, also those that do not pass: what follows from the needs alone is kept with their table.
    scores = ranker.score(table.needs, one).total[:, 0]
    order = best_rows(scores, eligible.passes[:, 0], table.needs.id_order).tolist()
    return _told(ranker, table, list(islice(_best_shifts(table, order, now), limit)), one)


def _best_shifts(table: NeedTable, order: Sequence[int], now: datetime) -> Iterator[int]:
    seen: set[UUID] = set()
    for row in order:
        need, shift = table.of_row[row]
        if need.id not in seen and shift is not None and shift.starts_at > now:
            seen.add(need.id)
            yield row


def _told(ranker: Ranker, table: NeedTable, rows: Sequence[int], one: Volunteers) -> list[FittingNeed]:
    needs = table.needs.take(list(rows))
    told = explain_pairs(ranker, needs, one)
    distances, (tiers, _) = distance_km(needs, one), shared_tier(needs, one)
    return [
        FittingNeed(
            need_id=table.of_row[row][0].id,
            score=told[n][0].score,
            likely=told[n][0].score if USUAL in told[n][0].contributions else None,
            reasons=wording.reasons_for_person(
                [with_topics(reason_of(reason), needs, n, one) for reason in told[n][0].reasons]
            ),
            nearness=wording.nearness(nearness_of(float(distances[n, 0]), int(tiers[n, 0]))),
        )
        for n, row in enumerate(rows)
    ]
