"""The second factor is set up, proven, changed and taken away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CursorResult, Update, delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import factor, messages, queries, tries
from linli.accounts.actions.devices import forget_devices
from linli.accounts.actions.keys import revoke_access_keys
from linli.accounts.actions.sessions import end_sessions
from linli.accounts.models import Account, RecoveryCode, SecondFactor
from linli.core.audit import record
from linli.core.db import take_turns
from linli.core.i18n import Message

WRONG_CODE: Final = Message(
    "This code does not work. Please wait for the next one in your app, or use a recovery code."
)
NEW_GONE: Final = Message("That took too long. Please begin again: the page then shows a new picture.")


@dataclass(frozen=True)
class Proof:
    """How the second factor was proven: `codes_left` where a code on paper was used up."""

    codes_left: int | None = None


async def begin_factor(session: AsyncSession, *, secret_key: str, account: Account, now: datetime) -> None:
    """A new secret that waits for its first code; what counted so far goes on counting."""
    await take_turns(session, f"factor:{account.id}")
    kept = await session.get(SecondFactor, account.id, populate_existing=True)
    if kept is None:
        kept = SecondFactor(account_id=account.id)
        session.add(kept)
    kept.new_secret = factor.sealed(secret_key, factor.new_secret())
    kept.new_since = now
    await session.flush()


async def confirm_factor(
    session: AsyncSession, *, secret_key: str, account: Account, typed: str, now: datetime
) -> list[str] | Message:
    """The new one counts from its first code on: the recovery codes that go with it, or why not.

    Everything that rested on the old one ends: sessions, trusted devices, recovery codes.
    """
    kept = await queries.factor_of(session, account_id=account.id, to_use=True)
    secret = queries.waiting_secret(kept, secret_key=secret_key, now=now)
    if kept is None or secret is None:
        return NEW_GONE
    key_hash = tries.key_of(secret_key, account)
    try_id = await tries.count_try(session, key_hash=key_hash, now=now)
    step = factor.step_of_code(secret, typed, now)
    if step is None:
        return WRONG_CODE
    await tries.take_back_try(session, try_id=try_id)
    kept.secret, kept.confirmed_at, kept.last_step = kept.new_secret, now, step
    kept.new_secret = kept.new_since = None
    await _end_what_rests_on_it(session, account.id)
    record(session, action="accounts.set_factor", object_id=account.id, actor_id=account.id, now=now)
    messages.tell_factor(session, account, sentence=messages.FACTOR_SET, now=now)
    return await _new_codes(session, account.id, now)


async def renew_recovery_codes(session: AsyncSession, *, account: Account, now: datetime) -> list[str]:
    """Ten new ones; all older ones are dead."""
    record(
        session, action="accounts.renew_recovery_codes", object_id=account.id, actor_id=account.id, now=now
    )
    messages.tell_factor(session, account, sentence=messages.CODES_RENEWED, now=now)
    return await _new_codes(session, account.id, now)


async def prove_factor(
    session: AsyncSession, *, secret_key: str, account: Account, typed: str, now: datetime
) -> Proof | Message:
    """A code of the app or from the paper, each for once; wrong ones count as wrong passwords do."""
    key_hash = tries.key_of(secret_key, account)
    try_id = await tries.count_try(session, key_hash=key_hash, now=now)
    if await _use_code(session, secret_key, account.id, typed, now):
        await tries.take_back_try(session, try_id=try_id)
        return Proof()
    if not await _use_recovery_code(session, account.id, typed, now):
        return WRONG_CODE
    await tries.take_back_try(session, try_id=try_id)
    left = await queries.recovery_codes_left(session, account_id=account.id)
    record(session, action="accounts.use_recovery_code", object_id=account.id, actor_id=account.id, now=now)
    messages.tell_recovery_code_used(session, account, left=left, now=now)
    return Proof(codes_left=left)


async def drop_factor(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """Switched off by who had switched it on of their own accord."""
    await forget_factor(session, account=account, now=now)
    record(session, action="accounts.drop_factor", object_id=account.id, actor_id=account.id, now=now)
    messages.tell_factor(session, account, sentence=messages.FACTOR_DROPPED, now=now)


async def clear_factor(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """By the operator, who acts outside the pages; the person is told."""
    await forget_factor(session, account=account, now=now)
    record(session, action="accounts.clear_factor", object_id=account.id, actor_id=None, now=now)
    messages.tell_factor(session, account, sentence=messages.FACTOR_DROPPED, now=now)


async def forget_factor(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """Nothing of it is left, and nobody and no program gets in any more; the audit entry is the caller's."""
    await revoke_access_keys(session, account_id=account.id, now=now)
    await session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    await _end_what_rests_on_it(session, account.id)


async def _end_what_rests_on_it(session: AsyncSession, account_id: UUID) -> None:
    await forget_devices(session, account_id=account_id)
    await end_sessions(session, account_id=account_id)


async def _new_codes(session: AsyncSession, account_id: UUID, now: datetime) -> list[str]:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = factor.new_recovery_codes()
    session.add_all(
        RecoveryCode(
            account_id=account_id, code_hash=factor.hash_recovery_code(account_id, code), created_at=now
        )
        for code in codes
    )
    await session.flush()
    return codes


async def _use_code(
    session: AsyncSession, secret_key: str, account_id: UUID, typed: str, now: datetime
) -> bool:
    kept = await queries.factor_of(session, account_id=account_id)
    secret = factor.unsealed(secret_key, kept.secret if kept else None)
    step = factor.step_of_code(secret, typed, now) if secret else None
    if step is None:
        return False
    # One statement decides: of two requests with the same code only one finds an older step.
    is_unused = or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step)
    use = update(SecondFactor).where(SecondFactor.account_id == account_id, is_unused)
    return await _changes_one(session, use.values(last_step=step))


async def _use_recovery_code(session: AsyncSession, account_id: UUID, typed: str, now: datetime) -> bool:
    code_hash = factor.hash_recovery_code(account_id, typed)
    use = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_hash == code_hash,
        RecoveryCode.used_at.is_(None),
    )
    return await _changes_one(session, use.values(used_at=now))


async def _changes_one(session: AsyncSession, statement: Update) -> bool:
    result: Any = await session.execute(statement.execution_options(synchronize_session=False))
    changed: CursorResult[Any] = result
    return changed.rowcount == 1
