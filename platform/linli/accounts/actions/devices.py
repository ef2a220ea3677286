"""Browsers that are trusted for a month."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import TrustedDevice
from linli.accounts.rules import TRUST_LIFE
from linli.accounts.tokens import hash_token, new_token
from linli.core.audit import record


async def trust_device(session: AsyncSession, *, account_id: UUID, device: str, now: datetime) -> str:
    """The token goes into a cookie and is kept nowhere else."""
    token = new_token()
    trusted = TrustedDevice(
        account_id=account_id,
        token_hash=hash_token(token),
        device=device[:200],
        created_at=now,
        last_used_at=now,
        expires_at=now + TRUST_LIFE,
    )
    session.add(trusted)
    await session.flush()
    record(
        session,
        action="accounts.trust_device",
        object_id=account_id,
        actor_id=account_id,
        now=now,
        device_id=trusted.id,
    )
    return token


async def use_trust(session: AsyncSession, *, account_id: UUID, token: str, now: datetime) -> bool:
    """Whether this browser is trusted for this person; that it came is noted."""
    known = update(TrustedDevice).where(
        TrustedDevice.account_id == account_id,
        TrustedDevice.token_hash == hash_token(token),
        TrustedDevice.expires_at > now,
    )
    found = await session.execute(known.values(last_used_at=now).returning(TrustedDevice.id))
    return found.first() is not None


async def end_trust(session: AsyncSession, *, account_id: UUID, device_id: UUID, now: datetime) -> None:
    own = TrustedDevice.account_id == account_id, TrustedDevice.id == device_id
    await session.execute(delete(TrustedDevice).where(*own))
    record(
        session,
        action="accounts.end_trust",
        object_id=account_id,
        actor_id=account_id,
        now=now,
        device_id=device_id,
    )


async def forget_devices(session: AsyncSession, *, account_id: UUID) -> None:
    await session.execute(delete(TrustedDevice).where(TrustedDevice.account_id == account_id))
