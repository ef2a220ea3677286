"""Into a session that carries a role which somebody has just got."""

from datetime import datetime
from typing import Any

from litestar import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.accounts.pages.browser import let_in
from linli.accounts.queries import confirmed_factor
from linli.core.i18n import Message
from linli.core.web.security import Caller

SECOND_STEP = "/me/account/second-step"
PASSWORD = "/me/account/password"  # noqa: S105 - an address


async def let_in_with_role(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    account: Account,
    caller: Caller,
    *,
    path: str,
    now: datetime,
    sentence: Message,
) -> Response[Any]:
    """Security 11: with a role begins another session; what the role still lacks comes first."""
    if account.password_hash is None:
        path = f"{PASSWORD}?next={path}"
    elif await confirmed_factor(session, account_id=account.id) is None:
        path = SECOND_STEP
    return await let_in(
        request,
        session,
        account,
        go_on=path,
        now=now,
        sentence=sentence,
        proven=caller.factor_at is not None,
    )
