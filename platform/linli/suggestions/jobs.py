"""Suggestions are looked for again when a need or a profile changes; what is over is forgotten."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.core.jobs import Job
from linli.needs.models import Need, Shift
from linli.needs.queries import is_vouched_for
from linli.needs.rules import ENDED_STATES, NeedState
from linli.participation.models import Participation
from linli.suggestions.actions import read_for, store
from linli.suggestions.asking import forget_old_features
from linli.suggestions.lacking import has_unweighed, weigh
from linli.suggestions.learning.daily import has_due, put_chances_right
from linli.suggestions.models import SuggestionRun
from linli.suggestions.pools import COUNTY_DIGITS, county_of
from linli.suggestions.serving import serving
from linli.suggestions.shown import forget_shown_lists
from linli.volunteers.models import VolunteerProfile

AT_ONCE: Final = 20
MOST_LOOKED_AT: Final = 200
# What an officer looks at may be this old after somebody else changed their profile.
AGAIN_AFTER: Final = timedelta(minutes=2)
FORGOTTEN_AT_ONCE: Final = 200


async def refresh_stale(database: Database, now: datetime) -> int:
    """Some needs of one county whose suggestions are missing or old; how many."""
    async with database.session(writes=False) as session:
        need_ids = await stale_needs(session, now=now)
        read = await read_for(session, Need.id.in_(need_ids), now=now) if need_ids else None
    if read is None:
        return 0
    ranked = await asyncio.to_thread(read.rank)
    async with database.transaction() as session:
        await store(session, need_ids=need_ids, ranked=ranked, matcher=read.matcher, now=now)
    return len(need_ids)


async def has_stale(session: AsyncSession, now: datetime) -> bool:
    return bool(await stale_needs(session, now=now))


async def stale_needs(session: AsyncSession, *, now: datetime) -> Sequence[UUID]:
    """Needs of one county: first those that wait for an answer or were edited, then those others touched."""
    version = (await serving(session)).version
    found = (await session.execute(_missing(now, version))).all()
    if not found:
        found = (await session.execute(_outdated(now))).all()
    counties = [county_of(division) for _, division in found]
    same = [id for (id, _), county in zip(found, counties, strict=True) if county == counties[0]]
    return list(dict.fromkeys(same))[:AT_ONCE]


async def forget_past(database: Database, now: datetime) -> int:
    """Suggestions for what has begun or is no longer looking for people; some at a time."""
    over = (
        select(SuggestionRun.id)
        .join(Need, Need.id == SuggestionRun.need_id)
        .outerjoin(Shift, Shift.id == SuggestionRun.shift_id)
        .where(or_(Shift.starts_at <= now, Need.state.in_(ENDED_STATES)))
        .limit(FORGOTTEN_AT_ONCE)
    )
    async with database.transaction() as session:
        deleted: Any = await session.execute(delete(SuggestionRun).where(SuggestionRun.id.in_(over)))
        return int(deleted.rowcount)


def _missing(now: datetime, version: str) -> Select[Any]:
    """Coming shifts with a free place and without an answer of this matcher to this version of the need."""
    run = SuggestionRun
    return (
        _searching(now)
        .outerjoin(run, run.shift_id == Shift.id)
        .where(or_(run.id.is_(None), run.need_version != Need.version, run.matcher != version))
        .order_by(Need.posted_at, Need.id)
        .limit(MOST_LOOKED_AT)
    )


def _outdated(now: datetime) -> Select[Any]:
    """Answers that do not know of the latest change in the county, or in who takes part; not all the time."""
    run = SuggestionRun
    oldest = select(func.min(run.knows_until)).scalar_subquery()
    county = func.substr(VolunteerProfile.division, 1, COUNTY_DIGITS).label("county")
    changes = (
        select(county, func.max(VolunteerProfile.changed_at).label("at"))
        .where(VolunteerProfile.changed_at > oldest)
        .group_by(county)
        .subquery()
    )
    takes_part = (
        select(Participation.id)
        .where(Participation.need_id == Need.id, Participation.changed_at > run.knows_until)
        .exists()
    )
    return (
        _searching(now)
        .join(run, run.shift_id == Shift.id)
        .outerjoin(changes, changes.c.county == func.substr(Need.division, 1, COUNTY_DIGITS))
        .where(run.made_at <= now - AGAIN_AFTER)
        .where(or_(changes.c.at > run.knows_until, Need.changed_at > run.knows_until, takes_part))
        .order_by(run.knows_until, Need.id)
        .limit(MOST_LOOKED_AT)
    )


def _searching(now: datetime) -> Select[Any]:
    has_room = and_(Shift.need_id == Need.id, Shift.starts_at > now, Shift.places_taken < Shift.places)
    return (
        select(Need.id, Need.division)
        .join(Shift, has_room)
        .where(Need.state == NeedState.open, is_vouched_for())
    )


JOBS: Final = (
    Job("suggestions.refresh_stale", timedelta(seconds=5), refresh_stale, has_stale),
    Job("suggestions.weigh", timedelta(seconds=30), weigh, has_unweighed),
    Job("suggestions.put_chances_right", timedelta(hours=1), put_chances_right, has_due),
    Job("suggestions.forget_past", timedelta(hours=1), forget_past),
    Job("suggestions.forget_shown_lists", timedelta(hours=1), forget_shown_lists),
    Job("suggestions.forget_old_features", timedelta(hours=1), forget_old_features),
)
