"""The same key, the same answer: a double click or a repeated request does its work once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import IdempotencyKey
from linli.accounts.tokens import hash_token
from linli.core.errors import Conflict
from linli.core.i18n import Message

Answer = dict[str, Any]


async def answer_once(
    session: AsyncSession,
    *,
    account_id: UUID,
    key: str,
    fingerprint: str,
    now: datetime,
    do: Callable[[], Awaitable[Answer]],
) -> Answer:
    """Do it, or give the answer of the first time. What `do` refuses is not kept, so it may be tried again.

    `fingerprint` says what was asked for; the same key with another one is a Conflict.
    """
    # The key is any text a client likes; hashed, it has a length and characters that a column takes.
    own = (account_id, hash_token(key))
    asked = hash_token(fingerprint)
    kept = await _claim(session, own, asked=asked, now=now)
    if kept is not None:
        if kept.fingerprint != asked:
            raise Conflict(
                Message("This was sent before with other content. Please reload the page and try again.")
            )
        return kept.answer
    answer = await do()
    claimed = await session.get_one(IdempotencyKey, own)
    claimed.answer = answer
    await session.flush()
    return answer


async def _claim(
    session: AsyncSession, own: tuple[UUID, str], *, asked: str, now: datetime
) -> IdempotencyKey | None:
    """What is kept under the key; None when it is ours now. A second request waits here for the first."""
    kept = await session.get(IdempotencyKey, own)
    if kept is not None:
        return kept
    try:
        async with session.begin_nested():
            session.add(
                IdempotencyKey(account_id=own[0], key=own[1], fingerprint=asked, answer={}, created_at=now)
            )
            await session.flush()
    except IntegrityError:
        return await session.get_one(IdempotencyKey, own)
    return None
