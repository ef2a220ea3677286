"""Who may end which session, trust, key and identity.

Everything else here is open to anyone, or to the signed-in for themselves.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.queries import owns_access_key, owns_device, owns_identity, owns_session
from linli.core.errors import NotFound, NotSignedIn
from linli.core.web.security import Caller


async def may_end_session(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """One's own sessions only; nobody learns whether another exists."""
    if caller is None:
        raise NotSignedIn
    if not await owns_session(session, account_id=caller.account_id, session_id=ids["session_id"]):
        raise NotFound


async def may_end_trust(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """One's own devices only."""
    if caller is None:
        raise NotSignedIn
    if not await owns_device(session, account_id=caller.account_id, device_id=ids["device_id"]):
        raise NotFound


async def may_end_access_key(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """One's own keys only."""
    if caller is None:
        raise NotSignedIn
    if not await owns_access_key(session, account_id=caller.account_id, key_id=ids["key_id"]):
        raise NotFound


async def may_end_identity(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    if caller is None:
        raise NotSignedIn
    if not await owns_identity(session, account_id=caller.account_id, identity_id=ids["identity_id"]):
        raise NotFound
