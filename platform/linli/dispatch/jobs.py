"""What nobody answered ends by itself, and what is held without a reason is given back."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from linli.core.db import Database
from linli.core.jobs import Job
from linli.dispatch import actions


def _in_transaction(
    act: Callable[..., Awaitable[int]],
) -> Callable[[Database, datetime], Any]:
    async def run(database: Database, now: datetime) -> int:
        async with database.transaction() as session:
            return await act(session, now=now)

    return run


JOBS = (
    Job("dispatch.expire", timedelta(seconds=30), _in_transaction(actions.expire_unanswered)),
    Job("dispatch.end_holds", timedelta(seconds=30), _in_transaction(actions.end_overdue_holds)),
    Job("dispatch.end_impossible", timedelta(seconds=30), _in_transaction(actions.end_impossible)),
    Job("dispatch.tell_of_answers", timedelta(minutes=1), _in_transaction(actions.tell_of_answers)),
)
