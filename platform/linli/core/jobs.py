"""Background work that pulls: every job looks for what is due, so nothing can be lost in a queue.

A lease in the database keeps two workers from doing one job at once. Who works renews it; who died loses it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from linli.core import clock
from linli.core.db import Base, Database, is_unavailable, new_id

log = structlog.get_logger("linli.jobs")
LEASE = timedelta(seconds=60)
BEAT_SECONDS = 20.0
PAUSE_AFTER_FAILURE = timedelta(seconds=30)
LONGEST_WAIT_SECONDS = 30.0
# How long a running job may go on after the worker was told to stop, and then to leave its transaction.
PATIENCE_SECONDS = 2.0
GRACE_SECONDS = 3.0
MOST_ROUNDS = 10_000


class JobLease(Base):
    """Who is at a job, until when at least, and when there was last nothing more to do."""

    __tablename__ = "job_leases"
    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[UUID]
    held_until: Mapped[datetime]
    last_done_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Job:
    """`run` does a bounded piece of work and says how much; while that is not 0 it is called again at once.

    It must be safe to be killed and done again. Long sums belong in a thread, or the lease cannot be renewed.
    `has_work` is a cheap look, for jobs that look often: idling then writes nothing.
    """

    name: str
    every: timedelta
    run: Callable[[Database, datetime], Coroutine[Any, Any, int]]
    has_work: Callable[[AsyncSession, datetime], Awaitable[bool]] | None = None


class LeaseLost(Exception):
    """Another worker may have begun: this one must stop."""


async def work(database: Database, jobs: Sequence[Job], stop: asyncio.Event) -> None:
    """Until told to stop: each job in a loop of its own, so that a slow one keeps no other waiting."""
    loops = {asyncio.create_task(_keep_doing(database, job, stop)) for job in jobs}
    try:
        await stop.wait()
        if loops:
            await asyncio.wait(loops, timeout=PATIENCE_SECONDS)
    finally:
        await _end(loops)


async def run_until_idle(database: Database, jobs: Sequence[Job], *, now: datetime | None = None) -> None:
    """All there is to do now, and what follows from it: for tests and commands. Failures are raised."""
    for _ in range(MOST_ROUNDS):
        if not sum([await run(database, job, now=now, only_when_due=False) for job in jobs]):
            return
    raise RuntimeError(f"{', '.join(job.name for job in jobs)}: not idle after {MOST_ROUNDS} rounds")


async def run(
    database: Database, job: Job, *, now: datetime | None = None, only_when_due: bool = True
) -> int:
    """One piece of a job, if it is due and nobody else is at it; returns how much was done."""
    now = now or clock.now()
    holder = new_id()
    if not await _take(database, job, holder, now=now, only_when_due=only_when_due):
        return 0
    left: dict[str, Any] = {"held_until": now + PAUSE_AFTER_FAILURE}
    try:
        amount = await _run_renewing(database, job, holder, now)
        left = {"held_until": now, "last_done_at": None if amount else now}
        return amount
    finally:
        await _set_lease(database, job, holder, left)


async def _keep_doing(database: Database, job: Job, stop: asyncio.Event) -> None:
    while not stop.is_set():
        amount = 0
        try:
            amount = await run(database, job)
        except Exception as failure:
            if is_unavailable(failure):
                log.warning("the database does not answer", job=job.name, kind=type(failure).__name__)
            else:
                log.exception("job failed", job=job.name)
        if not amount:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(job.every.total_seconds(), LONGEST_WAIT_SECONDS))


async def _run_renewing(database: Database, job: Job, holder: UUID, now: datetime) -> int:
    """The work, with the lease renewed beside it; ended when the lease is lost."""
    working = asyncio.create_task(job.run(database, now))
    renewing = asyncio.create_task(_renew(database, job, holder))
    try:
        await asyncio.wait({working, renewing}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise LeaseLost(job.name)
        return working.result()
    finally:
        await _end({working, renewing})


async def _renew(database: Database, job: Job, holder: UUID) -> None:
    """Returns when the lease is lost, or could not be renewed while it lasted."""
    lasts_until = clock.now() + LEASE
    while clock.now() < lasts_until:
        await asyncio.sleep(BEAT_SECONDS)
        until = clock.now() + LEASE
        try:
            if not await _set_lease(database, job, holder, {"held_until": until}):
                return
            lasts_until = until
        except Exception as failure:
            if not is_unavailable(failure):
                raise


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel and wait a little: a silent database may swallow even that."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=GRACE_SECONDS)


async def _take(database: Database, job: Job, holder: UUID, *, now: datetime, only_when_due: bool) -> bool:
    async with database.session(writes=False) as session:
        lease = await session.scalar(select(JobLease).where(JobLease.name == job.name))
        if lease and not _is_free(lease, job, now=now, only_when_due=only_when_due):
            return False
        if job.has_work and not await job.has_work(session, now):
            return False
    try:
        async with database.transaction() as session:
            if lease is None:
                session.add(JobLease(name=job.name, holder=holder, held_until=now + LEASE, last_done_at=None))
                await session.flush()
                return True
            free = update(JobLease).where(JobLease.name == job.name, JobLease.held_until <= now)
            if only_when_due:
                free = free.where(
                    or_(JobLease.last_done_at.is_(None), JobLease.last_done_at <= now - job.every)
                )
            taken = await session.execute(free.values(holder=holder, held_until=now + LEASE))
            return bool(taken.rowcount)  # type: ignore[attr-defined]
    except IntegrityError:
        return False


def _is_free(lease: JobLease, job: Job, *, now: datetime, only_when_due: bool) -> bool:
    if lease.held_until > now:
        return False
    return not only_when_due or lease.last_done_at is None or lease.last_done_at + job.every <= now


async def _set_lease(database: Database, job: Job, holder: UUID, values: dict[str, Any]) -> bool:
    """Only of the one who holds it: who lost the lease cannot give it away."""
    async with database.transaction() as session:
        mine = update(JobLease).where(JobLease.name == job.name, JobLease.holder == holder)
        changed = await session.execute(mine.values(**values))
        return bool(changed.rowcount)  # type: ignore[attr-defined]
