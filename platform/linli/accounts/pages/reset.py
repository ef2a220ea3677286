"""A forgotten password: a code, then a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, forms, passwords
from linli.accounts.pages.browser import (
    Asked,
    awaited_code,
    let_in,
    next_in,
    settings_of,
    shown_address,
    with_next,
)
from linli.accounts.pages.proof import send_code, unlocked
from linli.accounts.rules import CodePurpose
from linli.core.errors import Invalid
from linli.core.i18n import Message
from linli.core.web.given import Form, Now, Session
from linli.core.web.htmx import go
from linli.core.web.security import anyone, may
from linli.core.web.templating import render

Page = Response[Any]


@get("/reset-password", opt=may(anyone))
async def show_reset(request: Asked) -> Page:
    return render(request, "accounts/reset.html", typed={}, errors={}, next=next_in(request.query_params))


@post("/reset-password", opt=may(anyone))
async def reset(request: Asked, session: Session, form: Form, now: Now) -> Page:
    next_path = next_in(form.typed)
    path = with_next("/reset-password/confirm", next_path)
    try:
        return await send_code(request, session, form, CodePurpose.reset_password, path, now)
    except Invalid as refusal:
        values = {"typed": form.typed, "errors": refusal.errors, "next": next_path}
        return render(request, "accounts/reset.html", status=422, **values)


@get("/reset-password/confirm", opt=may(anyone))
async def show_new_password(request: Asked, session: Session, now: Now) -> Page:
    return await _new_password_page(request, session, next_in(request.query_params), now)


@post("/reset-password/confirm", opt=may(anyone))
async def set_new_password(request: Asked, session: Session, form: Form, now: Now) -> Page:
    next_path = next_in(form.typed)
    try:
        password = forms.read_new_password(form)
    except Invalid as refusal:
        return await _new_password_page(request, session, next_path, now, form=form, errors=refusal.errors)
    outcome = await actions.confirm_reset(
        session,
        settings=settings_of(request),
        code_id=awaited_code(request),
        typed=form.text("code", longest=40),
        now=now,
    )
    if isinstance(outcome, Message):
        return await _new_password_page(request, session, next_path, now, form=form, errors={"code": outcome})
    async with unlocked(session):
        password_hash = await passwords.hash_password(password)
    await actions.set_password(session, account=outcome, password_hash=password_hash, now=now)
    sentence = Message("Your new password is set.")
    if outcome.stopped_at is not None:
        return go(request, with_next("/sign-in", next_path))
    return await let_in(request, session, outcome, go_on=next_path, now=now, sentence=sentence)


async def _new_password_page(
    request: Asked,
    session: AsyncSession,
    next_path: str,
    now: datetime,
    *,
    form: Form | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    return render(
        request,
        "accounts/new_password.html",
        status=422 if errors else 200,
        shown=await shown_address(request, session, (CodePurpose.reset_password,), now),
        typed=form.typed if form else {},
        errors=errors or {},
        next=next_path,
    )


handlers: Final = (show_reset, reset, show_new_password, set_new_password)
