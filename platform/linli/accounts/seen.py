"""Noting that a session or an access key is in use, after the answer and apart from its request."""

from datetime import datetime

import structlog
from sqlalchemy import Update, update
from sqlalchemy.exc import DBAPIError

from linli.accounts.models import ApiToken, SignInSession
from linli.accounts.rules import SEEN_EVERY
from linli.core.db import Database
from linli.core.web.security import Caller

log = structlog.get_logger("linli.accounts")


async def note_seen(database: Database, caller: Caller, now: datetime) -> None:
    """At most every five minutes, in a short write of its own: no reading transaction turns into a write."""
    if caller.last_seen_at is not None and now - caller.last_seen_at < SEEN_EVERY:
        return
    seen: Update = update(SignInSession).where(SignInSession.id == caller.session_id).values(last_seen_at=now)
    if caller.scopes is not None:
        seen = update(ApiToken).where(ApiToken.id == caller.session_id).values(last_used_at=now)
    try:
        async with database.transaction() as session:
            await session.execute(seen)
    except DBAPIError:
        # The person has their page; being seen a little later harms nobody.
        log.warning("that a session is in use could not be noted")
