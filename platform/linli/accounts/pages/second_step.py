"""Signing in, second step: a code of the app, or one from the paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, factor, queries
from linli.accounts.models import Account
from linli.accounts.pages.browser import (
    Asked,
    browser_of,
    next_in,
    open_session,
    settings_of,
    who_waits,
)
from linli.accounts.rules import TRUST_LIFE
from linli.core.i18n import Message, counted
from linli.core.web.cookies import keep_cookie
from linli.core.web.given import Form, Now, Session
from linli.core.web.security import anyone, may
from linli.core.web.templating import done, render

Page = Response[Any]


@get("/second-step", opt=may(anyone))
async def show_second_step(request: Asked, session: Session, now: Now) -> Page:
    account = await who_waits(request, session, now)
    return await _page(request, session, account, next_in(request.query_params), now)


@post("/second-step", opt=may(anyone))
async def take_second_step(request: Asked, session: Session, form: Form, now: Now) -> Page:
    next_path = next_in(form.typed)
    account = await who_waits(request, session, now)
    if account is None:
        return await _page(request, session, None, next_path, now)
    typed = form.text("code", longest=60)
    outcome = await actions.prove_factor(
        session, secret_key=settings_of(request).secret_key, account=account, typed=typed, now=now
    )
    if isinstance(outcome, Message):
        return await _page(request, session, account, next_path, now, form=form, errors={"code": outcome})
    sentence = None if outcome.codes_left is None else _said_after_recovery(outcome.codes_left)
    response = done(request, next_path, sentence)
    if form.flag("trust"):
        await _trust(request, session, account, response, now)
    return await open_session(request, session, account, response, factor_at=now, now=now)


def _said_after_recovery(left: int) -> Message:
    return counted(
        left,
        "You are in. {n} recovery code is left; print new ones under My account.",
        "You are in. {n} recovery codes are left. "
        "If your phone is gone, set up the new one under My account.",
    )


async def _trust(
    request: Asked, session: AsyncSession, account: Account, response: Response[Any], now: datetime
) -> None:
    token = await actions.trust_device(
        session, account_id=account.id, device=browser_of(request).device, now=now
    )
    keep_cookie(response, settings_of(request), "device", token, seconds=int(TRUST_LIFE.total_seconds()))


async def _page(
    request: Asked,
    session: AsyncSession,
    account: Account | None,
    next_path: str,
    now: datetime,
    *,
    form: Form | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    return render(
        request,
        "accounts/second_step.html",
        status=422 if errors else 200,
        waits=account is not None,
        sample_code=await _sample_code(request, session, account, now),
        typed=form.typed if form else {},
        errors=errors or {},
        next=next_path,
    )


async def _sample_code(
    request: Asked, session: AsyncSession, account: Account | None, now: datetime
) -> str | None:
    """Sample people have no phone: outside production the page says what theirs would show."""
    settings = settings_of(request)
    if settings.is_production or account is None or not account.is_sample:
        return None
    kept = await queries.confirmed_factor(session, account_id=account.id)
    secret = factor.unsealed(settings.secret_key, kept.secret if kept else None)
    return factor.next_code(secret, kept.last_step if kept else None, now) if secret else None


handlers: Final = (show_second_step, take_second_step)
