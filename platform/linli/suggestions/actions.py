"""Suggestions are made: read, ranked in a thread, and stored in place of the older ones."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.db import new_id
from linli.needs.models import Need, Shift
from linli.suggestions import reads
from linli.suggestions.matcher import matcher
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.pools import SETTLING, Pool, county_of, pool_of
from linli.suggestions.ranking import Known, RankedPerson, RankedShift, likely_of, rank_people
from linli.suggestions.serving import serving
from linli.suggestions.shown import Shown, note_lists_of_shifts
from linli.suggestions.tables import needs_table
from linli.suggestions.texts import EncodedTexts
from linli.volunteers.models import VolunteerProfile

MOST_NEEDS = 200


@dataclass(frozen=True)
class Read:
    """Everything that is needed to rank people for some needs of one county."""

    needs: Sequence[reads.NeedRow]
    pool: Pool
    known: Known
    now: datetime
    matcher: str

    def rank(self, *, top: int | None = None) -> list[RankedShift]:
        table = needs_table(self.needs, EncodedTexts(matcher().text_model))
        return rank_people(table, self.pool, self.known, today=i18n.local(self.now).date(), top=top)


async def refresh_need(session: AsyncSession, *, need_id: UUID, now: datetime) -> Sequence[RankedShift]:
    """Suggestions for each coming shift of one need, at once; the older ones go."""
    read = await read_for(session, Need.id == need_id, now=now)
    ranked = await asyncio.to_thread(read.rank) if read else []
    version = read.matcher if read else matcher().version
    await store(session, need_ids=[need_id], ranked=ranked, matcher=version, now=now)
    return ranked


async def read_for(session: AsyncSession, chosen: ColumnElement[bool], *, now: datetime) -> Read | None:
    """Needs of one county with the people who may be proposed; None where there is no need."""
    needs = await reads.need_rows(session, chosen, now=now, limit=MOST_NEEDS)
    if not needs:
        return None
    pool = await pool_of(session, county_of(needs[0].division), now=now)
    serves = await serving(session)
    learnt = await serves.knowing_county(session, pool.county, pool.is_theirs(), now=now)
    known = await read_known(session, needs, pool)
    return Read(needs, pool, replace(known, learnt=learnt), now, serves.version)


async def read_known(session: AsyncSession, needs: Sequence[reads.NeedRow], pool: Pool) -> Known:
    shifts = [shift for need in needs for shift in need.shifts]
    need_ids = [need.id for need in needs]
    return Known(
        promises=await reads.promises(session, pool.is_theirs(), around=reads.span_of(shifts)),
        pairs=[
            *await reads.pairs(session, reads.of_needs(need_ids)),
            *await reads.blocked_pairs(session, Need.id.in_(need_ids)),
        ],
    )


async def store(
    session: AsyncSession,
    *,
    need_ids: Sequence[UUID],
    ranked: Sequence[RankedShift],
    matcher: str,
    now: datetime,
) -> None:
    """Replace what is stored for these needs; a need or shift that has gone in the meantime is left out."""
    # Two workers that replace the same run go one after the other.
    there = select(Need.id).where(Need.id.in_(need_ids)).order_by(Need.id).with_for_update()
    known = set((await session.scalars(there)).all())
    await session.execute(delete(SuggestionRun).where(SuggestionRun.need_id.in_(need_ids)))
    shifts = await _shifts_there(session, known)
    kept = [
        (new_id(), each)
        for each in ranked
        if each.need.id in known and (each.shift is None or each.shift.id in shifts)
    ]
    if kept:
        await session.execute(insert(SuggestionRun), [_run(id, each, matcher, now) for id, each in kept])
    people = await _people_there(session, kept)
    if rows := [row for _, of_run in people for row in of_run]:
        await session.execute(insert(Suggestion), rows)
    lists = {each.shift.id: _shown(rows, matcher) for each, rows in people if each.shift}
    await note_lists_of_shifts(session, lists, now=now)


async def _people_there(
    session: AsyncSession, runs: Sequence[tuple[UUID, RankedShift]]
) -> list[tuple[RankedShift, list[dict[str, Any]]]]:
    ids = list({person.account_id for _, each in runs for person in each.people})
    # Who has deleted their account since is not there any more.
    profiles = select(VolunteerProfile.account_id).where(VolunteerProfile.account_id.in_(ids))
    there = (await session.scalars(profiles)).all()
    likely = likely_of(await reads.answers(session, reads.among(there)), there)
    return [
        (
            each,
            [
                _suggestion(run_id, rank, person, person.likely or likely[person.account_id])
                for rank, person in enumerate(each.people, 1)
                if person.account_id in likely
            ],
        )
        for run_id, each in runs
    ]


def _shown(rows: Sequence[dict[str, Any]], matcher: str) -> Shown:
    return Shown(matcher, [(row["account_id"], row["score"], row["likely"]) for row in rows])


async def _shifts_there(session: AsyncSession, need_ids: set[UUID]) -> set[UUID]:
    return set((await session.scalars(select(Shift.id).where(Shift.need_id.in_(need_ids)))).all())


def _run(id: UUID, ranked: RankedShift, matcher: str, now: datetime) -> dict[str, Any]:
    return {
        "id": id,
        "need_id": ranked.need.id,
        "shift_id": ranked.shift.id if ranked.shift else None,
        "matcher": matcher,
        "made_at": now,
        "knows_until": now - SETTLING,
        "need_version": ranked.need.version,
        "pool": ranked.pool,
        "fitting": ranked.fitting,
        "excluded": dict(ranked.excluded),
        "not_applied": list(ranked.not_applied),
    }


def _suggestion(run_id: UUID, rank: int, person: RankedPerson, likely: float) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "account_id": person.account_id,
        "rank": rank,
        "score": person.score,
        "likely": likely,
        "contributions": person.contributions,
        "reasons": list(person.reasons),
        "unknown": list(person.unknown),
        "nearness": person.nearness,
        "features": person.features,
    }
