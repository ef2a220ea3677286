"""Sessions begin, are used, and end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import SignInSession
from linli.accounts.rules import SESSION_LIFE
from linli.accounts.tokens import hash_token, new_token


async def start_session(
    session: AsyncSession, *, account_id: UUID, device: str, now: datetime, factor_at: datetime | None = None
) -> str:
    """A new session; the token goes into the cookie and is kept nowhere else.

    `factor_at` is when the second factor was proven; without it the session carries no role.
    """
    token = new_token()
    session.add(
        SignInSession(
            account_id=account_id,
            token_hash=hash_token(token),
            device=device[:200],
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFE,
            factor_at=factor_at,
        )
    )
    await session.flush()
    return token


async def end_session(session: AsyncSession, *, account_id: UUID, session_id: UUID) -> None:
    await session.execute(
        delete(SignInSession).where(SignInSession.account_id == account_id, SignInSession.id == session_id)
    )


async def end_sessions(session: AsyncSession, *, account_id: UUID, but: UUID | None = None) -> None:
    """All of a person's sessions, or all but one; also whenever a role is given or taken."""
    own = delete(SignInSession).where(SignInSession.account_id == account_id)
    await session.execute(own.where(SignInSession.id != but) if but else own)
