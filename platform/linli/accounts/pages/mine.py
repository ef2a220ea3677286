"""What belongs to the signed-in person: settings, password, address, sessions, consent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, forms, passwords, policies, queries
from linli.accounts.models import Account, Identity
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
from linli.accounts.pages.proof import prove_password, unlocked
from linli.accounts.providers import Provider
from linli.accounts.rules import CodePurpose, ConsentPurpose
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Caller, Form, Id, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, locale_of, render
from linli.divisions.names import path as path_of
from linli.divisions.rules import Division

Page = Response[Any]
MINE: Final = "/me/account"
WRONG_PASSWORD = Message("This is not your password.")


@get(MINE, opt=may(signed_in))
async def show_account(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    account = await queries.account_with_id(session, caller.account_id)
    return await account_page(
        request, session, caller, account, now, typed=typed_from(account, locale_of(request))
    )


@post(MINE, opt=may(signed_in))
async def change_settings(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    account = await queries.account_with_id(session, caller.account_id)
    try:
        draft = forms.read_settings(form)
        await actions.change_settings(session, account=account, draft=draft, now=now)
    except Invalid as refusal:
        return await account_page(
            request,
            session,
            caller,
            account,
            now,
            typed=form.typed,
            errors=refusal.errors,
            places=forms.places_to_choose(form),
        )
    except Conflict as refusal:
        # Both texts: what was typed in the form, what is kept now beside it. Saving again then overwrites.
        typed = form.typed | {"version": str(account.version)}
        return await account_page(
            request, session, caller, account, now, typed=typed, errors={"": refusal.sentence}, status=409
        )
    response = done(request, MINE, Message("Your settings are saved."))
    for choice in ("linli-language", "linli-text"):  # what is chosen here holds in every browser
        response.delete_cookie(choice)
    return response


@get(f"{MINE}/password", opt=may(signed_in))
async def show_password(request: Asked, session: Session, caller: Caller) -> Page:
    account = await queries.account_with_id(session, caller.account_id)
    return _password_page(request, account, next_in(request.query_params, MINE))


@post(f"{MINE}/password", opt=may(signed_in))
async def change_password(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """Who has a password proves it. Everywhere else the person is signed out."""
    account = await queries.account_with_id(session, caller.account_id)
    next_path = next_in(form.typed, MINE)
    try:
        password = forms.read_new_password(form, about=_known_about(account))
    except Invalid as refusal:
        return _password_page(request, account, next_path, errors=refusal.errors)
    if account.password_hash is not None and not await prove_password(
        request, session, typed=form.secret("password"), by=account, now=now
    ):
        return _password_page(request, account, next_path, errors={"password": WRONG_PASSWORD})
    async with unlocked(session):
        password_hash = await passwords.hash_password(password)
    await actions.set_password(session, account=account, password_hash=password_hash, now=now)
    sentence = Message("Your new password is set. You are signed out everywhere else.")
    return await let_in(
        request,
        session,
        account,
        go_on=next_path,
        now=now,
        sentence=sentence,
        proven=caller.factor_at is not None,
    )


@get(f"{MINE}/address", opt=may(signed_in))
async def show_address(request: Asked, session: Session, caller: Caller) -> Page:
    return _address_page(request, await queries.account_with_id(session, caller.account_id))


@post(f"{MINE}/address", opt=may(signed_in))
async def change_address(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """A code goes to the new address; who has a password proves it first."""
    account = await queries.account_with_id(session, caller.account_id)
    try:
        address = forms.read_address_field(form, can_text=settings_of(request).can_text)
    except Invalid as refusal:
        return _address_page(request, account, typed=form.typed, errors=refusal.errors)
    if account.password_hash is not None and not await prove_password(
        request, session, typed=form.secret("password"), by=account, now=now
    ):
        return _address_page(request, account, typed=form.typed, errors={"password": WRONG_PASSWORD})
    code_id = await actions.request_address_change(
        session,
        settings=settings_of(request),
        browser=browser_of(request),
        account=account,
        address=address,
        now=now,
    )
    return wait_for_code(request, code_id, with_next(f"{MINE}/address/confirm", MINE))


@get(f"{MINE}/address/confirm", opt=may(signed_in))
async def show_address_confirm(request: Asked, session: Session, now: Now) -> Page:
    return await _address_confirm_page(request, session, now)


@post(f"{MINE}/address/confirm", opt=may(signed_in))
async def confirm_address(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    outcome = await actions.confirm_address_change(
        session,
        settings=settings_of(request),
        account=await queries.account_with_id(session, caller.account_id),
        code_id=awaited_code(request),
        typed=form.text("code", longest=40),
        now=now,
    )
    if isinstance(outcome, Message):
        return await _address_confirm_page(request, session, now, form=form, errors={"code": outcome})
    return done(request, MINE, Message("Your new address is confirmed."))


@post(f"{MINE}/sessions/{{session_id:uuid}}/end", opt=may(policies.may_end_session))
async def end_session(request: Asked, session: Session, caller: Caller, session_id: Id) -> Page:
    await actions.end_session(session, account_id=caller.account_id, session_id=session_id)
    sentence = Message("That device is signed out.")
    return let_out(request, sentence) if session_id == caller.session_id else done(request, MINE, sentence)


@post(f"{MINE}/devices/{{device_id:uuid}}/end", opt=may(policies.may_end_trust))
async def end_trust(request: Asked, session: Session, caller: Caller, now: Now, device_id: Id) -> Page:
    await actions.end_trust(session, account_id=caller.account_id, device_id=device_id, now=now)
    return done(request, MINE, Message("That device is no longer trusted: it is asked for a code again."))


@post(f"{MINE}/sessions/end", opt=may(signed_in))
async def end_sessions(request: Asked, session: Session, caller: Caller) -> Page:
    await actions.end_sessions(session, account_id=caller.account_id)
    return let_out(request, Message("You are signed out everywhere."))


def typed_from(account: Account, language: str) -> dict[str, str]:
    place = forms.place_with_code(account.division)
    shown = path_of(place, language) if place else ""
    return {
        "name": account.name,
        "language": account.language,
        "large_text": "yes" if account.large_text else "",
        "personalised": "yes" if account.personalised else "",
        "community": shown,
        "division_of": shown,
        "division": account.division or "",
        "version": str(account.version),
    }


async def _providers(
    request: Asked, session: AsyncSession, account: Account
) -> list[tuple[Provider, Identity | None]]:
    """Each provider, with the identity it has given to this account."""
    known = {each.issuer: each for each in await queries.identities_of(session, account_id=account.id)}
    providers = [client.provider for client in clients_of(request).values()]
    return [(each, known.get(each.issuer)) for each in providers]


def _known_about(account: Account) -> list[str]:
    born = account.birth_on
    addresses = [part for address in account.addresses for part in address.value.split("@")]
    name = account.name.split()
    return [
        *name,
        "".join(name),
        " ".join(name),
        *addresses,
        born.strftime("%Y%m%d"),
        born.strftime("%y%m%d"),
    ]


async def account_page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    account: Account,
    now: datetime,
    *,
    typed: Mapping[str, str],
    errors: Mapping[str, Message] | None = None,
    places: Sequence[Division] = (),
    status: int = 422,
) -> Page:
    return render(
        request,
        "accounts/account.html",
        status=status if errors else 200,
        person=account,
        kept=typed_from(account, locale_of(request)) if status == 409 else None,
        typed=typed,
        errors=errors or {},
        places=named_places(request, places),
        sessions=await queries.sessions_of(session, account_id=account.id, now=now),
        this_session_id=caller.session_id,
        factor=await queries.confirmed_factor(session, account_id=account.id),
        devices=await queries.trusted_devices_of(session, account_id=account.id, now=now),
        providers=await _providers(request, session, account),
        consent=await queries.last_consent(session, account_id=account.id, purpose=ConsentPurpose.privacy),
        now=now,
    )


def _password_page(
    request: Asked, account: Account, next_path: str, errors: Mapping[str, Message] | None = None
) -> Page:
    return render(
        request,
        "accounts/password.html",
        status=422 if errors else 200,
        has_password=account.password_hash is not None,
        errors=errors or {},
        next=next_path,
    )


def _address_page(
    request: Asked,
    account: Account,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    return render(
        request,
        "accounts/address.html",
        status=422 if errors else 200,
        person=account,
        typed=typed or {},
        errors=errors or {},
    )


async def _address_confirm_page(
    request: Asked,
    session: AsyncSession,
    now: datetime,
    *,
    form: Form | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    return render(
        request,
        "accounts/address_confirm.html",
        status=422 if errors else 200,
        shown=await shown_address(request, session, (CodePurpose.change_address,), now),
        typed=form.typed if form else {},
        errors=errors or {},
        next=MINE,
    )


handlers: Final = (
    show_account,
    change_settings,
    show_password,
    change_password,
    show_address,
    change_address,
    show_address_confirm,
    confirm_address,
    end_session,
    end_trust,
    end_sessions,
)
