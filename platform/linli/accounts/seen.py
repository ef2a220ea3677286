"""Noting that a session is in use, after the answer and apart from the request that used it."""

from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from linli.accounts.models import SignInSession
from linli.accounts.rules import SEEN_EVERY
from linli.core.db import Database
from linli.core.web.security import Caller

log = structlog.get_logger("linli.accounts")


async def note_seen(database: Database, caller: Caller, now: datetime) -> None:
    """At most every five minutes, in a short write of its own: no reading transaction turns into a write."""
    if caller.last_seen_at is None or now - caller.last_seen_at < SEEN_EVERY:
        return
    seen = update(SignInSession).where(SignInSession.id == caller.session_id).values(last_seen_at=now)
    try:
        async with database.transaction() as session:
            await session.execute(seen)
    except DBAPIError:
        # The person has their page; being seen a little later harms nobody.
        log.warning("that a session is in use could not be noted")
