"""One's own second factor: set up, changed, its recovery codes renewed, switched off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, factor, queries
from linli.accounts.models import Account
from linli.accounts.pages.browser import Asked, let_in, open_session, settings_of
from linli.accounts.pages.proof import prove_password
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.core.web.given import Caller, Form, Now, Session
from linli.core.web.htmx import go
from linli.core.web.security import may, signed_in
from linli.core.web.templating import render

Page = Response[Any]
HERE: Final = "/me/account/second-step"
WRONG_PASSWORD: Final = Message("This is not your password.")
PASSWORD_BEFORE: Final = Message("The second step comes after a password. Please choose one first.")
ROLE_NEEDS_IT: Final = Message(
    "Your role needs the second step, so it cannot be switched off. With a new phone, set it up anew."
)


@get(HERE, opt=may(signed_in))
async def show_factor(request: Asked, session: Session, caller: Caller) -> Page:
    account = await queries.account_with_id(session, caller.account_id)
    return await _page(request, session, caller, account)


@post(HERE, opt=may(signed_in))
async def begin_factor(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """Set up for the first time or on a new phone: the password first, then the picture to scan."""
    account = await _proven(request, session, caller, form, now)
    if account is None:
        return await _wrong_password(request, session, caller, "begin")
    await actions.begin_factor(session, secret_key=settings_of(request).secret_key, account=account, now=now)
    return go(request, f"{HERE}/new")


@get(f"{HERE}/new", opt=may(signed_in))
async def show_new_factor(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    account = await queries.account_with_id(session, caller.account_id)
    return await _new_page(request, session, account, now)


@post(f"{HERE}/new", opt=may(signed_in))
async def confirm_factor(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """The first code shows that the app works. The recovery codes are shown now and never again."""
    account = await queries.account_with_id(session, caller.account_id)
    outcome = await actions.confirm_factor(
        session,
        secret_key=settings_of(request).secret_key,
        account=account,
        typed=form.text("code", longest=40),
        now=now,
    )
    if isinstance(outcome, Message):
        return await _new_page(request, session, account, now, errors={"code": outcome})
    response = _codes_page(request, account, outcome, now)
    return await open_session(request, session, account, response, factor_at=now, now=now)


@post(f"{HERE}/codes", opt=may(signed_in))
async def renew_codes(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    account = await _proven(request, session, caller, form, now)
    if account is None:
        return await _wrong_password(request, session, caller, "codes")
    if await queries.confirmed_factor(session, account_id=account.id) is None:
        return go(request, HERE)
    codes = await actions.renew_recovery_codes(session, account=account, now=now)
    return _codes_page(request, account, codes, now)


@post(f"{HERE}/off", opt=may(signed_in))
async def drop_factor(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    if caller.holds_a_role:
        raise Conflict(ROLE_NEEDS_IT)
    account = await _proven(request, session, caller, form, now)
    if account is None:
        return await _wrong_password(request, session, caller, "off")
    await actions.drop_factor(session, account=account, now=now)
    sentence = Message("The second step is switched off. You are signed out everywhere else.")
    return await let_in(request, session, account, go_on="/me/account", now=now, sentence=sentence)


async def _proven(
    request: Asked, session: AsyncSession, caller: Caller, form: Form, now: datetime
) -> Account | None:
    """The person, after the password was typed again: an unattended screen changes nothing here."""
    account = await queries.account_with_id(session, caller.account_id)
    if account.password_hash is None:
        raise Conflict(PASSWORD_BEFORE)
    return await prove_password(request, session, typed=form.secret("password"), by=account, now=now)


async def _wrong_password(request: Asked, session: AsyncSession, caller: Caller, wanted: str) -> Page:
    account = await queries.account_with_id(session, caller.account_id)
    errors = {"password": WRONG_PASSWORD}
    return await _page(request, session, caller, account, wanted=wanted, errors=errors)


async def _page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    account: Account,
    *,
    wanted: str = "",
    errors: Mapping[str, Message] | None = None,
) -> Page:
    """`wanted` is which of the forms was sent with a wrong password."""
    return render(
        request,
        "accounts/factor.html",
        status=422 if errors else 200,
        has_password=account.password_hash is not None,
        factor=await queries.confirmed_factor(session, account_id=account.id),
        codes_left=await queries.recovery_codes_left(session, account_id=account.id),
        holds_a_role=caller.holds_a_role,
        wanted=wanted,
        errors=errors or {},
    )


async def _new_page(
    request: Asked,
    session: AsyncSession,
    account: Account,
    now: datetime,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    kept = await queries.factor_of(session, account_id=account.id)
    secret = queries.waiting_secret(kept, secret_key=settings_of(request).secret_key, now=now)
    return render(
        request,
        "accounts/factor_new.html",
        status=422 if errors else 200,
        qr=factor.qr_code(secret, account.addresses[0].masked) if secret else None,
        secret=factor.grouped(secret) if secret else None,
        errors=errors or {},
    )


def _codes_page(request: Asked, account: Account, codes: Sequence[str], now: datetime) -> Page:
    return render(
        request,
        "accounts/recovery_codes.html",
        person=account,
        codes=[factor.grouped(code) for code in codes],
        made_at=now,
    )


handlers: Final = (show_factor, begin_factor, show_new_factor, confirm_factor, renew_codes, drop_factor)
