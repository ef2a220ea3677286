"""The open needs of one or a few counties as a table, kept in memory while nothing changes there.

For volunteers: their point is known to about a kilometre only, so that nobody can work out an exact place by
changing their own point and watching what comes nearer (security 4).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need, Shift
from linli.needs.queries import coming, is_publicly_shown
from linli.needs.rules import NeedState
from linli.suggestions import reads
from linli.suggestions.matcher import matcher
from linli.suggestions.pools import KEPT_FOR, SETTLING, is_inside
from linli.suggestions.serving import Serving, serving_columns, serving_with
from linli.suggestions.tables import NeedTable, needs_table
from linli.suggestions.texts import EncodedTexts

MOST_NEEDS: Final = 2000
MOST_KEPT: Final = 8
BLURRED_DECIMALS: Final = 2

Counties = tuple[str, ...]


@dataclass(frozen=True)
class _State:
    """Changes whenever a need is posted, edited, filled or over."""

    shifts: int
    versions: int
    taken: int
    latest: UUID | None
    changed_at: datetime | None


@dataclass(eq=False)
class _Kept:
    state: _State
    loaded_at: datetime
    table: NeedTable
    texts: EncodedTexts


_kept: OrderedDict[Counties, _Kept] = OrderedDict()


async def open_needs_in(
    session: AsyncSession, counties: Sequence[str], *, now: datetime
) -> tuple[NeedTable, Serving]:
    """What may stand in a list: public, open, with a free place to come; and the matcher. 4 queries, or 2."""
    key = tuple(sorted(counties))
    inside = or_(*(is_inside(Need.division, county) for county in key))
    state, version_id, corrections = await _state(session, inside, now)
    serves = await serving_with(session, version_id, corrections)
    kept = _kept.get(key)
    if kept and kept.state == state and _has_settled(kept) and now - kept.loaded_at < KEPT_FOR:
        _kept.move_to_end(key)
        return kept.table, serves
    rows = await reads.need_rows(session, inside & _is_listed(now), now=now, limit=MOST_NEEDS)
    texts = kept.texts if kept else EncodedTexts(matcher().text_model)
    return await asyncio.to_thread(_made, key, state, now, rows, texts), serves


def _made(
    key: Counties, state: _State, now: datetime, rows: Sequence[reads.NeedRow], texts: EncodedTexts
) -> NeedTable:
    """Kept at once: who asked may have been sent away meanwhile, and the next shall not begin anew."""
    table = needs_table([blurred(row) for row in rows], texts)
    _keep(key, _Kept(state, now, table, texts))
    return table


async def counties_within(
    session: AsyncSession, west: float, south: float, east: float, north: float
) -> list[str]:
    """Counties with an open need in a box."""
    margin = 10.0**-BLURRED_DECIMALS
    county = func.substr(Need.division, 1, 6)
    found = await session.scalars(
        select(county)
        .where(Need.state == NeedState.open, Need.division.is_not(None))
        .where(Need.longitude.between(west - margin, east + margin))
        .where(Need.latitude.between(south - margin, north + margin))
        .group_by(county)
        .limit(MOST_KEPT)
    )
    return list(found)


async def _state(
    session: AsyncSession, inside: ColumnElement[bool], now: datetime
) -> tuple[_State, UUID | None, int | None]:
    """And which matcher serves, in the same query."""
    columns = (func.count(), func.sum(Need.version), func.sum(Shift.places_taken))
    totals = _free_shifts(inside, now, *columns, *serving_columns())
    shifts, versions, taken, version_id, corrections = (await session.execute(totals)).one()
    latest = select(Need.id, Need.changed_at).where(inside, Need.state == NeedState.open)
    latest = latest.order_by(Need.changed_at.desc(), Need.id.desc()).limit(1)
    id, changed_at = (await session.execute(latest)).one_or_none() or (None, None)
    return _State(shifts, versions or 0, taken or 0, id, changed_at), version_id, corrections


def _free_shifts(inside: ColumnElement[bool], now: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Need)
        .join(Shift, Shift.need_id == Need.id)
        .where(inside, Need.state == NeedState.open, is_publicly_shown())
        .where(coming(now), Shift.places_taken < Shift.places)
    )


def _is_listed(now: datetime) -> ColumnElement[bool]:
    free = (
        select(Shift.id)
        .where(Shift.need_id == Need.id, coming(now), Shift.places_taken < Shift.places)
        .exists()
    )
    return (Need.state == NeedState.open) & is_publicly_shown() & free


def blurred(row: reads.NeedRow) -> reads.NeedRow:
    """As exact as a volunteer's list may know its place."""
    if row.longitude is None or row.latitude is None:
        return row
    return replace(
        row,
        longitude=round(row.longitude, BLURRED_DECIMALS),
        latitude=round(row.latitude, BLURRED_DECIMALS),
    )


def _has_settled(kept: _Kept) -> bool:
    changed_at = kept.state.changed_at
    return changed_at is None or kept.loaded_at - changed_at > SETTLING


def _keep(key: Counties, kept: _Kept) -> None:
    _kept[key] = kept
    _kept.move_to_end(key)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
