"""Versions of the matcher: made by learning, put into service, gone back from."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import record
from linli.core.db import Database, new_id, take_turns
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.suggestions.learning.material import ChancesOf, certain, read_material
from linli.suggestions.learning.training import Incumbent, Learnt, learn
from linli.suggestions.models import MatcherVersion
from linli.suggestions.serving import Serving, can_be_read, serving
from matching import Comparison

# Older ones that do not serve are forgotten when a new one is made.
MOST_VERSIONS: Final = 50
TURNS: Final = "matcher_versions"
ALREADY_KNOWN: Final = Message("The answers teach the same as before: version {name} is there already.")


@dataclass(frozen=True)
class Trained:
    """A version and whether it serves now, or why there is none. `served` is the one before."""

    served: str
    learnt: Learnt | None = None
    why_not: Message | None = None
    serves: bool = False
    id: UUID | None = None


async def train(
    database: Database,
    *,
    now: datetime,
    made_by_id: UUID | None = None,
    keeps: bool = True,
    chances_of: ChancesOf = certain,
) -> Trained:
    """Learn from all answers so far; the new version serves if it is not worse by more than noise.

    `chances_of` says with which chance questions came to be asked, where a seat went by lot.
    """
    async with database.session(writes=False) as session:
        before = await serving(session)
        material = await read_material(session, now=now, chances_of=chances_of)
        incumbent = Incumbent(before.plain, await _asked_until(session, before))
    learnt = await asyncio.to_thread(learn, material, incumbent)
    if isinstance(learnt, Message):
        return Trained(before.name, why_not=learnt)
    serves = not learnt.comparison.is_worse
    if not keeps:
        return Trained(before.name, learnt, serves=serves)
    async with database.transaction() as session:
        return await _kept(session, learnt, before, serves=serves, made_by_id=made_by_id, now=now)


async def put_into_service(
    session: AsyncSession,
    *,
    version_id: UUID | None,
    serves_now: str,
    actor_id: UUID,
    organization_id: UUID,
    now: datetime,
) -> Message:
    """Back or forward to a version; None is the packaged matcher. `serves_now` is what the person saw."""
    await take_turns(session, TURNS)
    if (await serving(session)).name != serves_now:
        raise Conflict(Message("Another version has begun to serve in the meantime. Please look again."))
    version = await _readable(session, version_id) if version_id else None
    if version and version.serves:
        raise Conflict(Message("This version serves already."))
    await _serve(session, version.id if version else None)
    record(
        session,
        action="switch_matcher",
        object_id=version.id if version else organization_id,
        now=now,
        actor_id=actor_id,
        organization_id=organization_id,
        version_id=version.id if version else None,
    )
    return Message("It serves from now on. Suggestions are looked for again within minutes.")


async def _readable(session: AsyncSession, version_id: UUID) -> MatcherVersion:
    version = await session.get(MatcherVersion, version_id)
    content = await session.scalar(select(MatcherVersion.ranker).where(MatcherVersion.id == version_id))
    if version is None or content is None:
        raise NotFound
    if not can_be_read(content):
        raise Conflict(Message("This version was made by another version of Linli and cannot serve here."))
    return version


async def _serve(session: AsyncSession, version_id: UUID | None) -> None:
    await session.execute(update(MatcherVersion).where(MatcherVersion.serves).values(serves=False))
    if version_id:
        chosen = update(MatcherVersion).where(MatcherVersion.id == version_id)
        await session.execute(chosen.values(serves=True))


async def _asked_until(session: AsyncSession, served: Serving) -> datetime | None:
    if served.id is None:
        return None
    until = select(MatcherVersion.asked_until).where(MatcherVersion.id == served.id)
    found: datetime | None = await session.scalar(until)
    return found


async def _kept(
    session: AsyncSession,
    learnt: Learnt,
    before: Serving,
    *,
    serves: bool,
    made_by_id: UUID | None,
    now: datetime,
) -> Trained:
    await take_turns(session, TURNS)
    if (await serving(session)).name != before.name:
        raise Conflict(Message("Another version has begun to serve in the meantime. Please learn again."))
    if await session.scalar(select(MatcherVersion.id).where(MatcherVersion.name == learnt.name)):
        return Trained(before.name, why_not=ALREADY_KNOWN.given(name=learnt.name))
    version = MatcherVersion(
        id=new_id(),
        name=learnt.name,
        ranker=learnt.content,
        stage=learnt.stage,
        answers=learnt.answers,
        yes=learnt.yes,
        needs=learnt.needs,
        asked_from=learnt.asked_from,
        asked_until=learnt.asked_until,
        compared_with=before.name,
        comparison=asdict(learnt.comparison),
        made_at=now,
        made_by_id=made_by_id,
        serves=False,
    )
    session.add(version)
    await session.flush()
    if serves:
        await _serve(session, version.id)
    record(session, action="train_matcher", object_id=version.id, now=now, actor_id=made_by_id)
    await _forget_old(session)
    return Trained(before.name, learnt, serves=serves, id=version.id)


async def _forget_old(session: AsyncSession) -> None:
    newest = select(MatcherVersion.id).order_by(MatcherVersion.made_at.desc(), MatcherVersion.id.desc())
    kept = (await session.scalars(newest.limit(MOST_VERSIONS))).all()
    old = delete(MatcherVersion).where(MatcherVersion.id.not_in(kept), ~MatcherVersion.serves)
    await session.execute(old)


def comparison_of(version: MatcherVersion) -> Comparison:
    return msgspec.convert(version.comparison, Comparison)
