from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.core.jobs import run_until_idle
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.participation.rules import State
from linli.suggestions.actions import read_for, store
from linli.suggestions.jobs import AT_ONCE, JOBS, forget_past, has_stale, refresh_stale, stale_needs
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.volunteers.models import VolunteerProfile
from tests.factories import make_need, make_participation
from tests.linli.suggestions.factories import make_helper

REFRESH = JOBS[:1]
NEXT_COUNTY = "520303002001"
# Everything was there long before the first look.
LONG_AGO = timedelta(days=1)


async def made_at(session: AsyncSession, need: Need) -> Sequence[datetime]:
    query = select(SuggestionRun.made_at).where(SuggestionRun.need_id == need.id)
    return (await session.scalars(query)).all()


async def settled_need(session: AsyncSession, now: datetime, **values: Any) -> Need:
    return await make_need(session, changed_at=now - LONG_AGO, **values)


async def settled_person(session: AsyncSession, now: datetime, **values: Any) -> UUID:
    return (await make_helper(session, changed_at=now - LONG_AGO, **values)).id


async def test_a_posted_need_gets_suggestions_for_each_shift(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    need = await settled_need(session, now, shifts=2)
    person = await settled_person(session, now)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    assert await made_at(session, need) == [now, now]
    assert (await session.scalars(select(Suggestion.account_id))).all() == [person, person]
    assert not await has_stale(session, now)


async def test_drafts_filled_needs_and_past_shifts_wait_for_nobody(
    session: AsyncSession, now: datetime
) -> None:
    await make_need(session, state=NeedState.draft)
    await make_need(session, starts_at=now - timedelta(hours=1))
    full = await make_need(session, places=1, state=NeedState.filled)
    await make_participation(session, full.shifts[0], await make_helper(session), State.confirmed)
    assert not await has_stale(session, now)


async def test_an_edited_need_is_looked_at_again_at_once(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    need = await settled_need(session, now)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    need.version += 1
    await session.commit()
    soon = now + timedelta(seconds=5)
    await run_until_idle(database, REFRESH, now=soon)
    assert await made_at(session, need) == [soon]


async def test_a_changed_profile_is_taken_in_but_not_all_the_time(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    need = await settled_need(session, now)
    elsewhere = await settled_need(session, now, division=NEXT_COUNTY)
    person = await settled_person(session, now)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    profile = await session.get_one(VolunteerProfile, person)
    profile.availability, profile.changed_at = "0" * 21, now + timedelta(seconds=30)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now + timedelta(minutes=1))
    assert await made_at(session, need) == [now]
    later = now + timedelta(minutes=2)
    await run_until_idle(database, REFRESH, now=later)
    assert await made_at(session, need) == [later]
    assert await made_at(session, elsewhere) == [now]
    assert not (await session.scalars(select(Suggestion))).all()
    assert not await has_stale(session, later + timedelta(minutes=5))


async def test_a_change_that_became_visible_late_is_not_missed(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    need = await settled_need(session, now)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    await make_helper(session, changed_at=now - timedelta(seconds=3))
    await session.commit()
    later = now + timedelta(minutes=2)
    await run_until_idle(database, REFRESH, now=later)
    assert await made_at(session, need) == [later]


async def test_a_no_is_taken_in(session: AsyncSession, database: Database, now: datetime) -> None:
    need = await settled_need(session, now)
    person = await make_helper(session, changed_at=now - LONG_AGO)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    at = now + timedelta(minutes=1)
    await make_participation(session, need.shifts[0], person, State.declined, changed_at=at)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now + timedelta(minutes=2))
    run = await session.scalar(
        select(SuggestionRun)
        .where(SuggestionRun.need_id == need.id)
        .execution_options(populate_existing=True)
    )
    assert run is not None
    assert run.excluded == {"not_asked": 1}


async def test_work_comes_in_pieces_of_one_county_and_what_waits_longest_comes_first(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    hours = range(AT_ONCE + 2)
    needs = [await settled_need(session, now, posted_at=now - timedelta(hours=n)) for n in hours]
    other = await settled_need(session, now, division=NEXT_COUNTY, posted_at=now - timedelta(days=9))
    await session.commit()
    assert await stale_needs(session, now=now) == [other.id]
    assert await refresh_stale(database, now) == 1
    assert await refresh_stale(database, now) == AT_ONCE
    assert not await made_at(session, needs[0])
    assert await refresh_stale(database, now) == 2
    assert await refresh_stale(database, now) == 0


async def test_a_need_that_goes_while_it_is_ranked_leaves_nothing_behind(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session)
    await make_helper(session)
    read = await read_for(session, Need.id == need.id, now=now)
    assert read is not None
    ranked = read.rank()
    await session.delete(need)
    await session.flush()
    await store(session, need_ids=[need.id], ranked=ranked, matcher=read.matcher, now=now)
    assert await session.scalar(select(func.count()).select_from(SuggestionRun)) == 0


async def test_who_deletes_their_account_takes_their_suggestions_along(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    await settled_need(session, now)
    person = await make_helper(session, changed_at=now - LONG_AGO)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    await session.delete(person)
    await session.commit()
    assert await session.scalar(select(func.count()).select_from(Suggestion)) == 0


async def test_what_has_begun_or_ended_is_forgotten(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    tomorrow = now + timedelta(days=1)
    begins, called_off = await make_need(session, starts_at=tomorrow), await make_need(session, shifts=3)
    stays = await make_need(session, starts_at=tomorrow + timedelta(hours=1))
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    called_off.state = NeedState.cancelled
    await session.commit()
    assert await forget_past(database, tomorrow) == 4
    assert [len(await made_at(session, each)) for each in (begins, called_off, stays)] == [0, 0, 1]


async def test_idling_takes_three_queries_however_many_needs_there_are(
    session: AsyncSession, database: Database, now: datetime, statements: list[str]
) -> None:
    for _ in range(12):
        await settled_need(session, now)
    await session.commit()
    await run_until_idle(database, REFRESH, now=now)
    statements.clear()
    assert not await has_stale(session, now)
    assert len(statements) == 3
