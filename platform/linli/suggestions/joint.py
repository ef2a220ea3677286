"""Several waves decided at once: whom two needs want, that one asks where it brings most (docs/adr/0049).

The value of a need is that of the public list: how urgent it is, and how far its community and field stand
behind. What a question costs grows with those of the last seven days that somebody has not answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need, Shift
from linli.participation.asking.queries import loads_of
from linli.participation.models import Participation
from linli.participation.rules import OPEN
from linli.suggestions import reads
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.pending import waiting_by_shift
from linli.suggestions.people import can_be_reached, is_left_alone, still_suggested
from linli.suggestions.pools import county_of
from linli.suggestions.waves import FILLED_WITH, NextWave, Seat, WavesLeft
from linli.suggestions.worth import standing_in
from linli.volunteers.asking.rules import Load
from matching import Day, Exploring, plan, probability_of_yes, rarely_asked
from matching.columns import Floats, Whole

# Of what the first question for a place usually brings. So much a question costs whoever owes no answer of
# the last seven days, twice as much with one question unanswered, three times with two: the last wave goes on
# until a place is lacking with 20 %, 40 % or 60 %. In the invented city as many needs are served as with a
# quarter of it, with a third fewer messages (docs/adr/0049).
PRICE: Final = 0.2
# What the fit is worth beside the chance of a yes: whoever fits least brings half of what the best does.
LEAST_FIT: Final = 0.5


@dataclass(frozen=True)
class Wanted:
    """A time of a need whose wave is due, and what it may take."""

    need: Need
    shift: Shift
    left: WavesLeft


@dataclass(frozen=True)
class DecidedWave(NextWave):
    """With what it was decided for: it holds as long as that is so."""

    places_free: int
    number: int


@dataclass(frozen=True)
class Together:
    """Everything that is needed to decide the waves of some shifts of one county. `may` is by shift."""

    wanted: Sequence[Wanted]
    runs: Mapping[UUID, SuggestionRun]
    people: Mapping[UUID, Sequence[Suggestion]]
    may: Mapping[UUID, frozenset[UUID]]
    values: Sequence[float]
    pending: Mapping[UUID, list[float]]
    unanswered: Mapping[UUID, int]
    asked_ever: Mapping[UUID, int]

    def decide(self) -> dict[UUID, DecidedWave]:
        """By shift; everybody is asked for one of them at most."""
        ids = sorted({person for found in self.may.values() for person in found})
        column = {person: n for n, person in enumerate(ids)}
        asked = plan(self._day(ids, column)) if ids and self.wanted else []
        seats: dict[UUID, list[Seat]] = {each.shift.id: [] for each in self.wanted}
        for each in asked:
            shift_id = self.wanted[each.need].shift.id
            seats[shift_id].append(Seat(ids[each.person], each.propensity, each.is_exploring))
        return {each.shift.id: self._decided(each, tuple(seats[each.shift.id])) for each in self.wanted}

    def _decided(self, wanted: Wanted, seats: tuple[Seat, ...]) -> DecidedWave:
        shift = wanted.shift
        likely = {each.account_id: each.likely for each in self.people.get(shift.id, ())}
        matcher = self.runs[shift.id].matcher
        return DecidedWave(seats, likely, matcher, shift.places_free, wanted.left.number)

    def _day(self, ids: Sequence[UUID], column: Mapping[UUID, int]) -> Day:
        shape = len(self.wanted), len(ids)
        chance, fit = np.zeros(shape), np.ones(shape)
        for row, wanted in enumerate(self.wanted):
            may = self.may[wanted.shift.id]
            people = [each for each in self.people.get(wanted.shift.id, ()) if each.account_id in may]
            columns = [column[each.account_id] for each in people]
            chance[row, columns] = [each.likely for each in people]
            fit[row, columns] = _fit(people)
        places = np.array([max(each.shift.places_free, 0) for each in self.wanted], dtype=np.int64)
        return Day(
            chance=chance,
            places=places,
            value=np.array(self.values),
            waves=np.array([each.left.waves for each in self.wanted], dtype=np.int64),
            pending=[self.pending.get(each.shift.id, []) for each in self.wanted],
            price=self._price(ids, chance, places),
            comes=np.ones(len(ids)),
            wanted=FILLED_WITH,
            exploring=Exploring(
                rarely=rarely_asked(np.array([self.asked_ever.get(id, 0) for id in ids])),
                seeds=[each.shift.id.int + each.left.number for each in self.wanted],
            ),
            fit=fit,
            most=np.array([each.left.messages for each in self.wanted], dtype=np.int64),
        )

    def _price(self, ids: Sequence[UUID], chance: Floats, places: Whole) -> Floats:
        """By time and person. Where nobody is likely to come it costs less: else nobody would be asked."""
        never_asked = np.zeros(1, dtype=np.int64)
        usual = np.minimum(probability_of_yes(never_asked, never_asked), chance.max(axis=1))
        # A yes on one of ten places is worth a tenth of the need, and so is the message.
        rested = PRICE * usual / np.maximum(1, places)
        price: Floats = rested[:, None] * (1 + np.array([self.unanswered.get(id, 0) for id in ids]))
        return price


async def read_together(session: AsyncSession, wanted: Sequence[Wanted], *, now: datetime) -> Together:
    """Shifts of one county; those the matcher still looks for are left out. A bounded number of queries."""
    runs = await _runs(session, wanted)
    wanted = [each for each in wanted if each.shift.id in runs]
    shift_of = {runs[each.shift.id].id: each.shift.id for each in wanted}
    rows = await session.execute(
        still_suggested(now)
        .where(Suggestion.run_id.in_(shift_of))
        .order_by(Suggestion.run_id, Suggestion.rank)
    )
    found = [(row[0], row[1], row[2]) for row in rows]
    accounts = {account.id: account for _, account, _ in found}
    loads = await loads_of(session, accounts=list(accounts.values()), now=now)
    answers = await reads.answers(session, reads.among(accounts))
    takes_part = await _taking_part(session, list(shift_of.values()))
    by_shift = {each.shift.id: each for each in wanted}
    people: dict[UUID, list[Suggestion]] = {}
    may: dict[UUID, set[UUID]] = {each.shift.id: set() for each in wanted}
    for suggestion, account, profile in found:
        shift_id = shift_of[suggestion.run_id]
        people.setdefault(shift_id, []).append(suggestion)
        if (
            (shift_id, account.id) not in takes_part
            and account.id not in by_shift[shift_id].left.without
            and not is_left_alone(profile, loads.get(account.id, Load()))
            and can_be_reached(account, by_shift[shift_id].shift.starts_at, now)
        ):
            may[shift_id].add(account.id)
    return Together(
        wanted,
        runs,
        people,
        {shift_id: frozenset(found) for shift_id, found in may.items()},
        await _values(session, wanted, now),
        await waiting_by_shift(session, list(by_shift), fading_at=now),
        {id: load.unanswered for id, load in loads.items()},
        {id: asked for id, (asked, _) in answers.items()},
    )


async def _runs(session: AsyncSession, wanted: Sequence[Wanted]) -> dict[UUID, SuggestionRun]:
    """By shift; an answer to an older version of the need is none."""
    version = {each.shift.id: each.need.version for each in wanted}
    found = await session.scalars(select(SuggestionRun).where(SuggestionRun.shift_id.in_(version)))
    return {
        each.shift_id: each for each in found if each.shift_id and each.need_version == version[each.shift_id]
    }


async def _taking_part(session: AsyncSession, shift_ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    rows = await session.execute(
        select(Participation.shift_id, Participation.account_id).where(
            Participation.shift_id.in_(shift_ids), Participation.state.in_(OPEN)
        )
    )
    return {(shift_id, account_id) for shift_id, account_id in rows}


async def _values(session: AsyncSession, wanted: Sequence[Wanted], now: datetime) -> list[float]:
    if not wanted:
        return []
    standing = await standing_in(session, county_of(wanted[0].need.division or ""), now)
    return [
        standing.value(
            community=each.need.division or "", field_id=each.need.field_id or "", priority=each.need.priority
        )
        for each in wanted
    ]


def _fit(people: Sequence[Suggestion]) -> list[float]:
    """Beside the best there is, from LEAST_FIT to 1; what was learnt has the fit in its chance already."""
    best = max((each.score for each in people), default=0.0)
    return [
        1.0 if each.is_learnt or best <= 0 else LEAST_FIT + (1 - LEAST_FIT) * max(0.0, each.score / best)
        for each in people
    ]
