"""Everybody who may be proposed in one county, kept in memory while nothing changes there."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor
from typing import Any, Final
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.needs.models import Need
from linli.needs.rules import RUNNING_STATES
from linli.participation.models import Participation
from linli.suggestions.matcher import matcher
from linli.suggestions.tables import volunteers_table
from linli.suggestions.texts import EncodedTexts
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.pool import PoolRow, pool
from matching import Volunteers

COUNTY_DIGITS: Final = 6
MOST_KEPT: Final = 8
# What leaves no trace in the county's profiles is seen after this: a consent, a visitor's new point.
KEPT_FOR: Final = timedelta(minutes=5)
# A change may carry the time at which its request began, and be there only this much later.
SETTLING: Final = timedelta(seconds=10)
BOX_STEP_DEGREES: Final = 0.1


@dataclass(frozen=True, eq=False)
class Pool:
    """The people of a county and those from elsewhere who may come (`visitors`); None: all sample people."""

    county: str | None
    people: Volunteers
    account_ids: tuple[UUID, ...]
    visitors: tuple[UUID, ...]

    def is_theirs(self) -> ColumnElement[bool]:
        """Participations of these people; a few others may be among them."""
        here = Participation.account_id.in_(_profiles(self.county, VolunteerProfile.account_id))
        return or_(here, Participation.account_id.in_(self.visitors)) if self.visitors else here


@dataclass(frozen=True)
class _State:
    """Changes whenever somebody joins, leaves, or changes their profile."""

    profiles: int
    latest: UUID | None
    changed_at: datetime | None
    box: tuple[float, ...] | None
    today: date


@dataclass(eq=False)
class _Kept:
    state: _State
    loaded_at: datetime
    pool: Pool
    texts: EncodedTexts


_kept: OrderedDict[str | None, _Kept] = OrderedDict()
# A county's people are read by one request at a time; the lock goes with the last one that waits.
_loading: WeakValueDictionary[str | None, asyncio.Lock] = WeakValueDictionary()


def county_of(division: str | None) -> str | None:
    """The county's code; a need without one is foreign, and matched against sample people."""
    return division[:COUNTY_DIGITS] if division and len(division) >= COUNTY_DIGITS else None


async def pool_of(session: AsyncSession, county: str | None, *, now: datetime) -> Pool:
    """Four queries, or three while nothing has changed; who asks meanwhile waits for the same answer."""
    state = await _state(session, county, now)
    kept = _kept.get(county)
    if kept and kept.state == state and _has_settled(kept) and now - kept.loaded_at < KEPT_FOR:
        _kept.move_to_end(county)
        return kept.pool
    async with _loading.setdefault(county, asyncio.Lock()):
        newest = _kept.get(county)
        if newest and newest is not kept and newest.state == state:
            return newest.pool
        rows = await _rows(session, county, state)
        texts = newest.texts if newest else EncodedTexts(matcher().text_model)
        return await asyncio.to_thread(_made, county, state, now, rows, texts)


def _made(
    county: str | None, state: _State, now: datetime, rows: Sequence[PoolRow], texts: EncodedTexts
) -> Pool:
    """Kept at once: who asked may have been sent away meanwhile, and the next shall not begin anew."""
    people = volunteers_table(rows, texts)
    found = Pool(county, people, tuple(row.account_id for row in rows), _visitors(rows, county))
    _keep(county, _Kept(state, now, found, texts))
    return found


def forget_pools() -> None:
    _kept.clear()


async def _state(session: AsyncSession, county: str | None, now: datetime) -> _State:
    profile = VolunteerProfile
    latest = _profiles(county, profile.account_id, profile.changed_at)
    latest = latest.order_by(profile.changed_at.desc(), profile.account_id.desc()).limit(1)
    account_id, changed_at = (await session.execute(latest)).one_or_none() or (None, None)
    profiles = await session.scalar(_profiles(county, func.count()))
    box = await _box(session, county)
    return _State(profiles or 0, account_id, changed_at, box, i18n.local(now).date())


def _profiles(county: str | None, *columns: Any) -> Select[Any]:
    """Those who are not proposed among them: whoever opts out changes the profile, too."""
    profiles = select(*columns).select_from(VolunteerProfile)
    if county is None:
        profiles = profiles.join(Account, Account.id == VolunteerProfile.account_id)
    return profiles.where(_is_of(county))


async def _rows(session: AsyncSession, county: str | None, state: _State) -> list[PoolRow]:
    if county is None:
        return await pool(session, inside=None, on_day=state.today, only_samples=True)
    if state.box is None:
        return await pool(session, inside=county, on_day=state.today)
    west, south, east, north = state.box
    return await pool(
        session,
        inside=county,
        near=((west + east) / 2, (south + north) / 2),
        spread=((east - west) / 2, (north - south) / 2),
        on_day=state.today,
    )


async def _box(session: AsyncSession, county: str | None) -> tuple[float, ...] | None:
    """West, south, east and north of the county's running needs, a little wider so that it seldom changes."""
    if county is None:
        return None
    edges = (
        func.min(Need.longitude),
        func.min(Need.latitude),
        func.max(Need.longitude),
        func.max(Need.latitude),
    )
    running = Need.state.in_(RUNNING_STATES) & is_inside(Need.division, county)
    found = (await session.execute(select(*edges).where(running))).one()
    if found[0] is None:
        return None
    steps = (floor, floor, ceil, ceil)
    return tuple(
        step(edge / BOX_STEP_DEGREES) * BOX_STEP_DEGREES for step, edge in zip(steps, found, strict=True)
    )


def is_inside(column: Any, code: str) -> ColumnElement[bool]:
    """A range, not LIKE: every index understands it."""
    inside: ColumnElement[bool] = (column >= code) & (column < str(int(code) + 1))
    return inside


def _is_of(county: str | None) -> ColumnElement[bool]:
    return is_inside(VolunteerProfile.division, county) if county else Account.is_sample.is_(True)


def _visitors(rows: Sequence[PoolRow], county: str | None) -> tuple[UUID, ...]:
    if county is None:
        return ()
    return tuple(row.account_id for row in rows if not (row.division or "").startswith(county))


def _has_settled(kept: _Kept) -> bool:
    changed_at = kept.state.changed_at
    return changed_at is None or kept.loaded_at - changed_at > SETTLING


def _keep(county: str | None, kept: _Kept) -> None:
    _kept[county] = kept
    _kept.move_to_end(county)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
