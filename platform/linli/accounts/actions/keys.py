"""Access keys, with which programs act in somebody's name."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import messages, queries
from linli.accounts.forms import AccessKeyDraft
from linli.accounts.models import Account, ApiToken
from linli.accounts.rules import MOST_KEYS
from linli.accounts.tokens import hash_token, new_access_key
from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.i18n import Message


async def make_access_key(
    session: AsyncSession, *, account: Account, draft: AccessKeyDraft, now: datetime
) -> str:
    """The key itself: it is shown once and kept only as a hash. The second factor was just proven."""
    if len(await queries.access_keys_of(session, account_id=account.id, now=now)) >= MOST_KEYS:
        raise Conflict(Message("You have {n} keys already. Please end one that is not needed.", n=MOST_KEYS))
    key = new_access_key()
    made = ApiToken(
        account_id=account.id,
        name=draft.name,
        token_hash=hash_token(key),
        scopes=[scope.value for scope in draft.scopes],
        created_at=now,
        expires_at=now + timedelta(days=draft.days),
    )
    session.add(made)
    await session.flush()
    record(
        session,
        action="accounts.make_access_key",
        object_id=account.id,
        actor_id=account.id,
        now=now,
        key_id=made.id,
    )
    messages.tell_new_key(session, account, name=draft.name, now=now)
    await session.flush()
    return key


async def revoke_access_key(session: AsyncSession, *, account_id: UUID, key_id: UUID, now: datetime) -> None:
    own = update(ApiToken).where(ApiToken.account_id == account_id, ApiToken.id == key_id)
    await session.execute(own.where(ApiToken.revoked_at.is_(None)).values(revoked_at=now))
    record(
        session,
        action="accounts.revoke_access_key",
        object_id=account_id,
        actor_id=account_id,
        now=now,
        key_id=key_id,
    )


async def revoke_access_keys(session: AsyncSession, *, account_id: UUID, now: datetime) -> None:
    """All of them, when what they rested on is gone."""
    own = update(ApiToken).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    await session.execute(own.values(revoked_at=now))
