"""Wrong proofs are counted per account, or per address where there is no account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, WrongTry
from linli.accounts.rules import WRONG_TRIES, WRONG_TRIES_WINDOW, Address
from linli.accounts.tokens import keyed_hash
from linli.core.db import take_turns
from linli.core.errors import TooMany
from linli.core.i18n import counted


@dataclass(frozen=True)
class PasswordTry:
    """A password about to be compared: counted as wrong until it has proved right."""

    try_id: UUID
    account_id: UUID | None
    password_hash: str | None


def key_of(secret_key: str, of: Address | Account) -> str:
    """What tries are counted by; nobody can tell from it whose they are."""
    text = f"{of.kind}:{of.value}" if isinstance(of, Address) else f"account:{of.id}"
    return keyed_hash(secret_key, text)


async def count_try(session: AsyncSession, *, key_hash: str, now: datetime) -> UUID:
    """Count a try as wrong before it is made, so that no burst slips past; TooMany after the last."""
    await refuse_too_many_tries(session, key_hash=key_hash, now=now)
    counted_try = WrongTry(key_hash=key_hash, at=now)
    session.add(counted_try)
    await session.flush()
    return counted_try.id


async def take_back_try(session: AsyncSession, *, try_id: UUID) -> None:
    """It was right after all."""
    await session.execute(delete(WrongTry).where(WrongTry.id == try_id))


async def refuse_too_many_tries(session: AsyncSession, *, key_hash: str, now: datetime) -> None:
    await take_turns(session, key_hash)
    latest = select(WrongTry.at).where(WrongTry.key_hash == key_hash, WrongTry.at > now - WRONG_TRIES_WINDOW)
    tries = (await session.scalars(latest.order_by(WrongTry.at.desc()).limit(WRONG_TRIES))).all()
    if len(tries) >= WRONG_TRIES:
        raise too_many(wait=tries[-1] + WRONG_TRIES_WINDOW - now)


def too_many(*, wait: timedelta) -> TooMany:
    seconds = max(int(wait.total_seconds()) + 1, 1)
    minutes = -(-seconds // 60)
    sentence = counted(
        minutes,
        "That was tried too often. Please wait {n} minute, then try again.",
        "That was tried too often. Please wait {n} minutes, then try again.",
    )
    return TooMany(sentence, retry_after_seconds=seconds)
