"""Proofs: a code is sent, a password is compared without holding the database while it is hashed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, forms, passwords
from linli.accounts.models import Account
from linli.accounts.pages.browser import Asked, browser_of, settings_of, wait_for_code
from linli.accounts.rules import Address, CodePurpose
from linli.core.db import begin_writing
from linli.core.forms import Form


@asynccontextmanager
async def unlocked(session: AsyncSession) -> AsyncIterator[None]:
    """Commit so far and begin anew afterwards: nobody waits for our lock while a password is hashed."""
    await session.commit()
    yield
    await begin_writing(session)


async def prove_password(
    request: Asked, session: AsyncSession, *, typed: str, by: Address | Account, now: datetime
) -> Account | None:
    """The account whose password this is. The try is counted and committed before the slow work."""
    tried = await actions.begin_password_try(session, settings=settings_of(request), by=by, now=now)
    async with unlocked(session):
        is_right = await passwords.is_right_password(typed, tried.password_hash)
    return await actions.accept_password(session, tried=tried, is_right=is_right)


async def send_code(
    request: Asked, session: AsyncSession, form: Form, purpose: CodePurpose, path: str, now: datetime
) -> Response[Any]:
    """Send a code to the address in the form, and go on to where it is typed."""
    address = forms.read_address_field(form, can_text=settings_of(request).can_text)
    code_id = await actions.request_code(
        session,
        settings=settings_of(request),
        browser=browser_of(request),
        purpose=purpose,
        address=address,
        now=now,
    )
    return wait_for_code(request, code_id, path)
