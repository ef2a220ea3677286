"""Housekeeping: what has run out is forgotten."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from linli.accounts.models import (
    ApiToken,
    IdempotencyKey,
    OneTimeCode,
    ProviderVisit,
    SecondFactor,
    SignInSession,
    TrustedDevice,
    WrongTry,
)
from linli.accounts.rules import (
    CODES_PER_ADDRESS,
    ENDED_KEYS_KEPT,
    FACTOR_PATIENCE,
    KEYS_KEPT,
    VISIT_KEPT,
    WRONG_TRIES_WINDOW,
)
from linli.core.db import Database
from linli.core.jobs import Job

AT_ONCE: Final = 500
CODES_KEPT: Final = max(window for _, window in CODES_PER_ADDRESS)


async def forget_expired(database: Database, now: datetime) -> int:
    """Codes, wrong tries, sessions, trust, visits and keys that nobody needs any more; some at a time."""
    async with database.transaction() as session:
        return sum(
            (
                await _forget_pending(session, now),
                await _delete(session, OneTimeCode.id, OneTimeCode.created_at <= now - CODES_KEPT),
                await _delete(session, WrongTry.id, WrongTry.at <= now - WRONG_TRIES_WINDOW),
                await _delete(session, SignInSession.id, SignInSession.expires_at <= now),
                await _forget_unfinished_factors(session, now),
                await _delete(session, TrustedDevice.id, TrustedDevice.expires_at <= now),
                await _delete(session, ApiToken.id, ApiToken.expires_at <= now - ENDED_KEYS_KEPT),
                await _delete(session, ProviderVisit.id, ProviderVisit.created_at <= now - VISIT_KEPT),
                await _delete(session, IdempotencyKey.key, IdempotencyKey.created_at <= now - KEYS_KEPT),
            )
        )


async def _forget_pending(session: AsyncSession, now: datetime) -> int:
    """A code still counts for a day; the sign-up that waited for it is not kept any longer."""
    waiting = select(OneTimeCode.id).where(OneTimeCode.expires_at <= now, OneTimeCode.pending.is_not(None))
    chosen = OneTimeCode.id.in_(waiting.limit(AT_ONCE))
    return _count(await session.execute(update(OneTimeCode).where(chosen).values(pending=None)))


async def _forget_unfinished_factors(session: AsyncSession, now: datetime) -> int:
    """A secret that was shown and never confirmed is not kept."""
    is_old = SecondFactor.new_since <= now - FACTOR_PATIENCE
    chosen = SecondFactor.account_id.in_(select(SecondFactor.account_id).where(is_old).limit(AT_ONCE))
    forgotten = update(SecondFactor).where(chosen, is_old).values(new_secret=None, new_since=None)
    count = _count(await session.execute(forgotten))
    is_empty = SecondFactor.secret.is_(None), SecondFactor.new_secret.is_(None)
    await session.execute(delete(SecondFactor).where(*is_empty))
    return count


async def _delete(
    session: AsyncSession, key: InstrumentedAttribute[Any], is_over: ColumnElement[bool]
) -> int:
    over = select(key).where(is_over).limit(AT_ONCE)
    return _count(await session.execute(delete(key.class_).where(key.in_(over), is_over)))


def _count(result: Any) -> int:
    changed: CursorResult[Any] = result
    return changed.rowcount


JOBS: Final = (Job("accounts.forget_expired", timedelta(minutes=5), forget_expired),)
