"""Signing up, signing in and signing out."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, forms
from linli.accounts.pages.browser import (
    Asked,
    awaited_code,
    browser_of,
    clients_of,
    let_in,
    let_out,
    named_places,
    next_in,
    settings_of,
    shown_address,
    wait_for_code,
    with_next,
)
from linli.accounts.pages.proof import prove_password, send_code
from linli.accounts.rules import PRIVACY_VERSION, CodePurpose
from linli.core import i18n
from linli.core.errors import Conflict, Invalid
from linli.core.forms import clean
from linli.core.i18n import Message
from linli.core.web.given import Caller, Form, Now, Session, Visitor
from linli.core.web.htmx import go
from linli.core.web.security import anyone, may, signed_in
from linli.core.web.templating import locale_of, render
from linli.divisions.names import path as path_of

Page = Response[Any]
NOT_TOGETHER = Message(
    "This address and password do not belong together. You can also have a code sent to you."
)


@get("/sign-up", opt=may(anyone))
async def show_sign_up(request: Asked, visitor: Visitor) -> Page:
    """Everything on one screen; from a need's page the community is already filled in."""
    if visitor is not None:
        return go(request, next_in(request.query_params))
    place = forms.place_with_code(str(request.query_params.get("division", "")))
    shown = path_of(place, locale_of(request)) if place else ""
    typed = {"community": shown, "division_of": shown, "division": place.code if place else ""}
    return _sign_up_page(request, typed, next_in(request.query_params))


@post("/sign-up", opt=may(anyone))
async def sign_up(request: Asked, session: Session, form: Form, now: Now) -> Page:
    today = i18n.local(now).date()
    if forms.is_from_a_child(form, today=today):
        return render(request, "accounts/too_young.html", status=422)
    try:
        can_text = settings_of(request).can_text
        draft = forms.read_sign_up(form, today=today, language=locale_of(request), can_text=can_text)
    except Invalid as refusal:
        places = named_places(request, forms.places_to_choose(form))
        return _sign_up_page(request, form.typed, next_in(form.typed), refusal.errors, places)
    code_id = await actions.request_sign_up(
        session, settings=settings_of(request), browser=browser_of(request), draft=draft, now=now
    )
    return wait_for_code(request, code_id, with_next("/confirm", next_in(form.typed)))


@get("/places", opt=may(anyone))
async def suggest_places(request: Asked) -> Page:
    """What a half-typed community may mean, to choose from."""
    typed = clean(str(request.query_params.get("community", "")))[: forms.LONGEST_PLACE]
    found = await asyncio.to_thread(forms.places_called, typed)  # up to a third of a second
    places = named_places(request, found)
    return render(request, "accounts/_places.html", typed={"community": typed}, places=places)


@get("/privacy", opt=may(anyone))
async def show_privacy(request: Asked) -> Page:
    return render(request, "accounts/privacy.html", version=PRIVACY_VERSION)


@get("/sign-in", opt=may(anyone))
async def show_sign_in(request: Asked, visitor: Visitor) -> Page:
    next_path = next_in(request.query_params)
    return go(request, next_path) if visitor is not None else sign_in_page(request, next_path)


@post("/sign-in", opt=may(anyone))
async def sign_in(request: Asked, session: Session, form: Form, now: Now) -> Page:
    """By a code, or by the password in the way that the button says."""
    next_path = next_in(form.typed)
    by_password = form.typed.get("way") == "password"
    if by_password and not form.has("password"):
        return sign_in_page(request, next_path, form, by_password=True)
    try:
        if by_password:
            return await _sign_in_by_password(request, session, form, next_path, now)
        return await send_code(
            request, session, form, CodePurpose.sign_in, with_next("/confirm", next_path), now
        )
    except Invalid as refusal:
        return sign_in_page(request, next_path, form, by_password=by_password, errors=refusal.errors)


@get("/confirm", opt=may(anyone))
async def show_confirm(request: Asked, session: Session, now: Now) -> Page:
    return await _confirm_page(request, session, next_in(request.query_params), now)


@post("/confirm", opt=may(anyone))
async def confirm(request: Asked, session: Session, form: Form, now: Now) -> Page:
    """The code that was sent; a new account exists from here on."""
    next_path = next_in(form.typed)
    try:
        outcome = await actions.confirm_entry(
            session,
            settings=settings_of(request),
            code_id=awaited_code(request),
            typed=form.text("code", longest=40),
            agrees=form.flag("consent"),
            now=now,
        )
    except Invalid as refusal:
        return await _confirm_page(request, session, next_path, now, form=form, errors=refusal.errors)
    except Conflict as refusal:
        await session.rollback()
        errors = {"": refusal.sentence}
        return await _confirm_page(request, session, next_path, now, errors=errors, status=409)
    if isinstance(outcome, Message):
        return await _confirm_page(request, session, next_path, now, form=form, errors={"code": outcome})
    return await let_in(request, session, outcome, go_on=next_path, now=now)


@post("/confirm/again", opt=may(anyone))
async def send_again(request: Asked, session: Session, form: Form, now: Now) -> Page:
    code_id = await actions.send_again(
        session,
        settings=settings_of(request),
        browser=browser_of(request),
        code_id=awaited_code(request),
        now=now,
    )
    back = (
        form.one_of("back", ("/confirm", "/reset-password/confirm", "/me/account/address/confirm"))
        or "/confirm"
    )
    if code_id is None:
        return go(request, with_next("/sign-in", next_in(form.typed)))
    return wait_for_code(request, code_id, with_next(back, next_in(form.typed)))


@post("/sign-out", opt=may(signed_in))
async def sign_out(request: Asked, session: Session, caller: Caller) -> Page:
    await actions.end_session(session, account_id=caller.account_id, session_id=caller.session_id)
    return let_out(request, Message("You have signed out."))


def _sign_up_page(
    request: Asked,
    typed: Mapping[str, str],
    next_path: str,
    errors: Mapping[str, Message] | None = None,
    places: Sequence[tuple[str, str]] = (),
) -> Page:
    return render(
        request,
        "accounts/sign_up.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors or {},
        places=places,
        next=next_path,
    )


async def _sign_in_by_password(
    request: Asked, session: AsyncSession, form: Form, next_path: str, now: datetime
) -> Page:
    address = forms.read_address_field(form)
    account = await prove_password(request, session, typed=form.secret("password"), by=address, now=now)
    if account is None:
        return sign_in_page(request, next_path, form, by_password=True, errors={"password": NOT_TOGETHER})
    await actions.resume(session, account=account, agrees=form.flag("consent"), now=now)
    return await let_in(request, session, account, go_on=next_path, now=now)


def sign_in_page(
    request: Asked,
    next_path: str,
    form: Form | None = None,
    *,
    by_password: bool = False,
    errors: Mapping[str, Message] | None = None,
    status: int = 422,
) -> Page:
    return render(
        request,
        "accounts/sign_in.html",
        status=status if errors else 200,
        providers=[client.provider for client in clients_of(request).values()],
        typed=form.typed if form else {},
        errors=errors or {},
        next=next_path,
        by_password=by_password,
    )


async def _confirm_page(
    request: Asked,
    session: AsyncSession,
    next_path: str,
    now: datetime,
    *,
    form: Form | None = None,
    errors: Mapping[str, Message] | None = None,
    status: int = 422,
) -> Page:
    """Where the code is typed; it looks the same whether the address has an account or not."""
    return render(
        request,
        "accounts/confirm.html",
        status=status if errors else 200,
        shown=await shown_address(request, session, actions.ENTRY, now),
        typed=form.typed if form else {},
        errors=errors or {},
        next=next_path,
    )


handlers: Final = (
    show_sign_up,
    sign_up,
    suggest_places,
    show_privacy,
    show_sign_in,
    sign_in,
    show_confirm,
    confirm,
    send_again,
    sign_out,
)
