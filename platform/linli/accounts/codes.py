"""Six digits sent to an address: how they are issued, limited, tried and used up."""

import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.forms import SignUp
from linli.accounts.models import Account, OneTimeCode, WrongTry
from linli.accounts.rules import (
    CODE_LIFE,
    CODE_TRIES,
    CODES_PER_ADDRESS,
    CODES_WINDOW,
    Address,
    CodePurpose,
)
from linli.accounts.tokens import keyed_hash, new_code, new_token
from linli.accounts.tries import key_of, refuse_too_many_tries, too_many
from linli.core.config import Settings
from linli.core.db import new_id, take_turns
from linli.core.i18n import Message, counted

GONE = Message("This code no longer works. Please ask for a new one.")


@dataclass(frozen=True)
class Browser:
    """What asks for a code or signs in: its network, the words for the device, the language of its pages."""

    network: str
    device: str
    language: str


@dataclass(frozen=True)
class Pending:
    """What waits for a code: `shown` is the masked address; without `address` nothing was sent to it."""

    shown: str
    address: Address | None = None
    sign_up: SignUp | None = None


@dataclass(frozen=True)
class Issued:
    """A new code; `digits` leave the house in a message and are kept nowhere."""

    code: OneTimeCode
    digits: str


async def issue_code(
    session: AsyncSession,
    *,
    settings: Settings,
    browser: Browser,
    purpose: CodePurpose,
    address_hash: str,
    account_id: UUID | None,
    pending: Pending,
    now: datetime,
) -> Issued:
    """A code for an address. One that is not sent looks the same and can never be right."""
    key = settings.secret_key
    network_hash = keyed_hash(key, f"network:{browser.network}")
    await _refuse_too_many_codes(
        session, settings, address_hash=address_hash, network_hash=network_hash, now=now
    )
    id, digits = new_id(), new_code()
    code = OneTimeCode(
        id=id,
        purpose=purpose,
        address_hash=address_hash,
        network_hash=network_hash,
        account_id=account_id,
        code_hash=_code_hash(key, id, digits if pending.address else new_token()),
        pending=msgspec.to_builtins(pending),
        wrong_tries=0,
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    session.add(code)
    await session.flush()
    return Issued(code, digits)


async def try_code(
    session: AsyncSession, *, settings: Settings, code: OneTimeCode | None, typed: str, now: datetime
) -> Message | None:
    """None when it is right, else why not. A wrong try is counted, so the caller must not roll back."""
    if code is None:
        return GONE
    account = await session.get(Account, code.account_id) if code.account_id else None
    key_hash = key_of(settings.secret_key, account) if account else code.address_hash
    await refuse_too_many_tries(session, key_hash=key_hash, now=now)
    digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    if hmac.compare_digest(code.code_hash, _code_hash(settings.secret_key, code.id, digits)):
        return None
    code.wrong_tries += 1
    session.add(WrongTry(key_hash=key_hash, at=now))
    await session.flush()
    left = CODE_TRIES - code.wrong_tries
    if not left:
        return GONE
    return counted(
        left,
        "This is not the code we sent. You can try {n} more time.",
        "This is not the code we sent. You can try {n} more times.",
    )


async def use_up(session: AsyncSession, *, code: OneTimeCode, now: datetime) -> None:
    """A code works once, and what waited for it is not kept."""
    code.used_at, code.pending = now, None
    await session.flush()


async def use_up_all_of(session: AsyncSession, *, account_id: UUID, now: datetime) -> None:
    """No code that is still on its way to this person works any more."""
    await session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.account_id == account_id, OneTimeCode.used_at.is_(None))
        .values(used_at=now, pending=None)
    )


def pending_of(code: OneTimeCode) -> Pending:
    return msgspec.convert(code.pending, Pending)


def _code_hash(secret_key: str, id: UUID, digits: str) -> str:
    return keyed_hash(secret_key, f"code:{id}:{digits}")


async def _refuse_too_many_codes(
    session: AsyncSession, settings: Settings, *, address_hash: str, network_hash: str, now: datetime
) -> None:
    for most, window in CODES_PER_ADDRESS:
        await _refuse_above(session, OneTimeCode.address_hash, address_hash, most, window, now)
    await _refuse_above(
        session, OneTimeCode.network_hash, network_hash, settings.codes_per_network, CODES_WINDOW, now
    )


async def _refuse_above(
    session: AsyncSession, column: Any, value: str, most: int, window: timedelta, now: datetime
) -> None:
    await take_turns(session, value)
    latest: ColumnElement[Any] = OneTimeCode.created_at.desc()
    sent = select(OneTimeCode.created_at).where(column == value, OneTimeCode.created_at > now - window)
    moments = (await session.scalars(sent.order_by(latest).limit(most))).all()
    if len(moments) >= most:
        raise too_many(wait=moments[-1] + window - now)
