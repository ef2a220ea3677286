"""Jobs on real databases: several workers, workers that die, hang or are told to stop."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from linli.core import clock, jobs
from linli.core.config import Settings
from linli.core.db import Database
from linli.core.jobs import Job, JobLease, LeaseLost, run, run_until_idle, work

MINUTE = timedelta(minutes=1)


class Notebook:
    """What a job did, and a way to stop it in the middle."""

    def __init__(self, *amounts: int) -> None:
        self.amounts = list(amounts)
        self.runs: list[datetime] = []
        self.at_once = 0
        self.most_at_once = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def write(self, _database: Database, now: datetime) -> int:
        self.runs.append(now)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await self.may_go_on.wait()
        finally:
            self.at_once -= 1
        return self.amounts.pop(0) if self.amounts else 0


async def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.01)


async def renewed(database: Database, job: Job, until: datetime) -> None:
    lease = select(JobLease.held_until).where(JobLease.name == job.name)
    async with asyncio.timeout(60):
        while True:
            async with database.session(writes=False) as session:
                if (await session.scalars(lease)).one() >= until:
                    return
            await asyncio.sleep(0.02)


async def test_a_job_runs_again_at_once_while_there_is_more_and_then_waits_its_time(
    own_database: Database, now: datetime
) -> None:
    notebook = Notebook(2, 1)
    job = Job("count", MINUTE, notebook.write)
    assert [await run(own_database, job, now=now) for _ in range(4)] == [2, 1, 0, 0]
    assert len(notebook.runs) == 3
    await run(own_database, job, now=now + timedelta(seconds=59))
    assert len(notebook.runs) == 3
    await run(own_database, job, now=now + MINUTE)
    assert notebook.runs[3:] == [now + MINUTE]


async def test_two_workers_never_do_one_job_at_once(own_database: Database) -> None:
    notebook = Notebook(*[1] * 30)
    job = Job("shared", timedelta(milliseconds=10), notebook.write)
    stop = asyncio.Event()
    workers = [asyncio.create_task(work(own_database, [job], stop)) for _ in range(4)]
    await until(lambda: len(notebook.runs) > 30)
    stop.set()
    await asyncio.gather(*workers)
    assert notebook.most_at_once == 1


async def test_nobody_takes_a_job_that_is_being_done(own_database: Database, now: datetime) -> None:
    notebook = Notebook()
    notebook.may_go_on.clear()
    job = Job("long", MINUTE, notebook.write)
    first = asyncio.create_task(run(own_database, job, now=now))
    await until(lambda: notebook.at_once == 1)
    assert await run(own_database, job, now=now + timedelta(seconds=59), only_when_due=False) == 0
    assert len(notebook.runs) == 1
    notebook.may_go_on.set()
    await first


async def test_a_long_job_keeps_its_lease(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.05)
    notebook = Notebook()
    notebook.may_go_on.clear()
    job = Job("longer", MINUTE, notebook.write)
    first = asyncio.create_task(run(own_database, job))
    await until(lambda: notebook.at_once == 1)
    for _ in range(3):  # three times most of a lease passes, and each time it is renewed
        clock.move(timedelta(seconds=50))
        await renewed(own_database, job, clock.now() + jobs.LEASE)
    assert await run(own_database, job) == 0
    assert len(notebook.runs) == 1
    notebook.may_go_on.set()
    await first


async def test_who_lost_the_lease_is_stopped_and_cannot_give_it_away(
    own_database: Database, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.3)
    slow, other = Notebook(), Notebook()
    slow.may_go_on.clear()
    first = asyncio.create_task(run(own_database, Job("lost", MINUTE, slow.write), now=now))
    await until(lambda: slow.at_once == 1)
    other.may_go_on.clear()
    later = now + jobs.LEASE + timedelta(seconds=1)  # as if the first worker had slept through its lease
    second = asyncio.create_task(run(own_database, Job("lost", MINUTE, other.write), now=later))
    await until(lambda: other.at_once == 1)
    with pytest.raises(LeaseLost):
        await first
    assert slow.at_once == 0
    third, soon = Job("lost", MINUTE, Notebook(7).write), now + timedelta(seconds=30)
    assert await run(own_database, third, now=soon, only_when_due=False) == 0
    other.may_go_on.set()
    await second


async def test_a_job_that_fails_rests_and_is_tried_again_before_its_time(
    own_database: Database, now: datetime
) -> None:
    failures = [ValueError("first")]

    async def fail_once(_database: Database, _now: datetime) -> int:
        if failures:
            raise failures.pop()
        return 5

    job = Job("daily", timedelta(days=1), fail_once)
    with pytest.raises(ValueError, match="first"):
        await run(own_database, job, now=now)
    assert await run(own_database, job, now=now) == 0
    assert await run(own_database, job, now=now + jobs.PAUSE_AFTER_FAILURE) == 5


async def test_a_failing_or_slow_job_holds_up_no_other(own_database: Database) -> None:
    async def fail(_database: Database, _now: datetime) -> int:
        raise ValueError("secret@example.org")

    slow, quick = Notebook(), Notebook()
    slow.may_go_on.clear()
    soon = timedelta(milliseconds=10)
    stop = asyncio.Event()
    three = [Job("failing", soon, fail), Job("slow", soon, slow.write), Job("quick", soon, quick.write)]
    with capture_logs() as lines:
        worker = asyncio.create_task(work(own_database, three, stop))
        await until(lambda: bool(slow.runs) and any(line["event"] == "job failed" for line in lines))
        seen = len(quick.runs)
        await asyncio.sleep(0)
        clock.move(timedelta(seconds=1))
        await until(lambda: len(quick.runs) > seen)
        slow.may_go_on.set()
        stop.set()
        await worker
    assert {line["job"] for line in lines if line["event"] == "job failed"} == {"failing"}


async def test_idling_writes_nothing_when_a_job_can_look_first(own_database: Database, now: datetime) -> None:
    notebook, waiting = Notebook(), [False]

    async def has_work(_session: object, _now: datetime) -> bool:
        return waiting[0]

    job = Job("looking", timedelta(0), notebook.write, has_work)
    await run(own_database, job, now=now)
    assert notebook.runs == []
    waiting[0] = True
    await run(own_database, job, now=now)
    assert notebook.runs == [now]


async def test_run_until_idle_does_everything_whenever_it_was_last_done(
    own_database: Database, now: datetime
) -> None:
    first, second = Notebook(1, 0, 1), Notebook(0, 1)
    both = [Job("one", timedelta(days=1), first.write), Job("two", timedelta(days=1), second.write)]
    await run_until_idle(own_database, both, now=now)
    assert (first.amounts, second.amounts) == ([], [])
    await run_until_idle(own_database, both, now=now)
    assert len(first.runs) == 5


async def test_run_until_idle_raises_what_failed(own_database: Database, now: datetime) -> None:
    async def fail(_database: Database, _now: datetime) -> int:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await run_until_idle(own_database, [Job("failing", MINUTE, fail)], now=now)


async def test_the_worker_ends_soon_even_when_a_job_does_not(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", 0.1)
    endless = Notebook()
    endless.may_go_on.clear()
    stop = asyncio.Event()
    worker = asyncio.create_task(work(own_database, [Job("endless", MINUTE, endless.write)], stop))
    await until(lambda: endless.at_once == 1)
    stop.set()
    async with asyncio.timeout(30):
        await worker
    assert endless.at_once == 0


KILLED = """
import asyncio, sys
from datetime import timedelta
from linli.core.config import read_settings
from linli.core.db import Database
from linli.core.jobs import Job, work

async def hang(database, now):
    print("at it", flush=True)
    await asyncio.sleep(60)

async def main():
    database = Database(read_settings({}, database_url=sys.argv[1]))
    await work(database, [Job("killed", timedelta(seconds=1), hang)], asyncio.Event())

asyncio.run(main())
"""


async def test_a_worker_that_is_killed_loses_its_lease_within_a_minute(
    own_settings: Settings, own_database: Database
) -> None:
    package = Path(jobs.__file__).parents[2]
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, own_settings.database_url],
        env=os.environ | {"PYTHONPATH": str(package)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        assert worker.stdout
        assert await asyncio.to_thread(worker.stdout.readline) == "at it\n"
        worker.send_signal(signal.SIGKILL)
    notebook = Notebook(3)
    job = Job("killed", timedelta(seconds=1), notebook.write)
    died_at = datetime.now(UTC)
    assert await run(own_database, job, now=died_at) == 0
    assert await run(own_database, job, now=died_at + jobs.LEASE) == 3
