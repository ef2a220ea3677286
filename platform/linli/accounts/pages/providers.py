"""Signing in with an account one already has elsewhere, and connecting and disconnecting it."""

from datetime import datetime
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, policies, queries
from linli.accounts.models import ProviderVisit
from linli.accounts.pages.browser import Asked, clients_of, let_in, next_in, settings_of, with_next
from linli.accounts.pages.entry import sign_in_page
from linli.accounts.pages.proof import unlocked
from linli.accounts.providers import Client, ProviderFailed
from linli.accounts.rules import CONNECTING_LIFE
from linli.accounts.tokens import new_token
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.core.web.cookies import drop_cookie, keep_cookie
from linli.core.web.given import Caller, Form, Id, Now, PathText, Session, Visitor
from linli.core.web.htmx import go
from linli.core.web.security import anyone, cookie_name, may, signed_in
from linli.core.web.templating import done, render

Page = Response[Any]
CONNECT: Final = "/me/account/connect"
COOKIE: Final = "provider"
# Longer than everything a provider is waited for, so that its silence is told on a page.
SECONDS: Final = 8.0
LONGEST_SAID: Final = 2000


@get("/sign-in/with/{provider_id:str}", opt=may(anyone, writes=True, seconds=SECONDS))
async def depart(request: Asked, session: Session, now: Now, provider_id: PathText) -> Page:
    """To the provider. A link and no form: browsers do not let a form lead to another site."""
    client, settings = _client(request, provider_id), settings_of(request)
    go_on = next_in(request.query_params)
    try:
        async with unlocked(session):
            departure = await client.depart(_return_address(request, provider_id))
    except ProviderFailed:
        return _failed(request, client, go_on)
    browser_token = new_token()
    await actions.note_departure(
        session,
        provider_id=provider_id,
        departure=departure,
        browser_token=browser_token,
        go_on=go_on,
        now=now,
    )
    response = Response(None, status_code=302, headers={"Location": departure.url})
    keep_cookie(response, settings, COOKIE, browser_token, seconds=int(CONNECTING_LIFE.total_seconds()))
    return response


@get("/sign-in/with/{provider_id:str}/return", opt=may(anyone, writes=True, seconds=SECONDS))
async def come_back(
    request: Asked, session: Session, visitor: Visitor, now: Now, provider_id: PathText
) -> Page:
    """Back from the provider: in, or on to connecting what nobody here has yet."""
    client, code = _client(request, provider_id), _said(request, "code")
    try:
        visit = await _taken(request, session, provider_id, now)
        if not code:
            return go(request, with_next("/sign-in", visit.go_on))  # they changed their mind there
        expected = {"nonce": visit.nonce, "code_verifier": visit.code_verifier}
        async with unlocked(session):
            says = await client.come_back(
                code=code,
                issuer=_said(request, "iss") or None,
                redirect_uri=_return_address(request, provider_id),
                **expected,
            )
        account = await actions.recognise(session, visit_id=visit.id, says=says, now=now)
    except ProviderFailed:
        return _failed(request, client, visit.go_on)
    except Conflict as refusal:
        return sign_in_page(request, next_in({}), errors={"": refusal.sentence}, status=409)
    if account is None:
        return go(request, with_next(CONNECT if visitor else "/sign-in/new", visit.go_on))
    if visitor is not None and visitor.account_id != account.id:
        raise Conflict(actions.CONNECTED_ELSEWHERE)
    response = await let_in(request, session, account, go_on=visit.go_on, now=now)
    drop_cookie(response, settings_of(request), COOKIE)
    return response


async def _taken(request: Asked, session: AsyncSession, provider_id: str, now: datetime) -> ProviderVisit:
    return await actions.take_visit(
        session,
        provider_id=provider_id,
        state=_said(request, "state"),
        code=_said(request, "code"),
        browser_token=_browser_token(request),
        now=now,
    )


@get("/sign-in/new", opt=may(anyone))
async def show_new(request: Asked, session: Session, now: Now) -> Page:
    """Somebody whose identity no account here has yet: do they have one, or shall there be one?"""
    visit = await _pending(request, session, now)
    go_on = with_next(CONNECT, next_in(request.query_params))
    if visit is None:
        return go(request, with_next("/sign-in", next_in(request.query_params)))
    return render(request, "accounts/new_identity.html", **_shown(request, visit), next=go_on)


@get(CONNECT, opt=may(signed_in))
async def show_connect(request: Asked, session: Session, now: Now) -> Page:
    visit = await _pending(request, session, now)
    next_path = next_in(request.query_params, "/me/account")
    if visit is None:
        return go(request, next_path)
    return render(request, "accounts/connect.html", **_shown(request, visit), next=next_path)


@post(CONNECT, opt=may(signed_in))
async def connect(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    visit = await _pending(request, session, now)
    if visit is None:
        raise Conflict(actions.NOT_OPEN)
    provider = _shown(request, visit)["provider"]
    await actions.connect_identity(
        session,
        account=await queries.account_with_id(session, caller.account_id),
        browser_token=_browser_token(request),
        provider_name=provider,
        now=now,
    )
    sentence = Message("Connected. From now on {provider} signs you in as well.", provider=provider)
    response = done(request, next_in(form.typed, "/me/account"), sentence)
    drop_cookie(response, settings_of(request), COOKIE)
    return response


@post("/me/account/identities/{identity_id:uuid}/end", opt=may(policies.may_end_identity))
async def disconnect(request: Asked, session: Session, caller: Caller, now: Now, identity_id: Id) -> Page:
    """An address always remains, so nobody locks themselves out."""
    account = await queries.account_with_id(session, caller.account_id)
    await actions.disconnect_identity(session, account=account, identity_id=identity_id, now=now)
    return done(request, "/me/account", Message("Disconnected. You sign in with a code or your password."))


def _client(request: Asked, provider_id: str) -> Client:
    client = clients_of(request).get(provider_id)
    if client is None:
        raise NotFound
    return client


def _return_address(request: Asked, provider_id: str) -> str:
    return f"{settings_of(request).base_url}/sign-in/with/{provider_id}/return"


def _browser_token(request: Asked) -> str:
    return request.cookies.get(cookie_name(settings_of(request), COOKIE), "")


def _said(request: Asked, name: str) -> str:
    return str(request.query_params.get(name, ""))[:LONGEST_SAID]


async def _pending(request: Asked, session: AsyncSession, now: datetime) -> ProviderVisit | None:
    """What waits to be connected; nothing when its provider is no longer one of ours."""
    visit = await queries.pending_identity(session, browser_token=_browser_token(request), now=now)
    return visit if visit and visit.provider_id in clients_of(request) else None


def _shown(request: Asked, visit: ProviderVisit) -> dict[str, Any]:
    return {"provider": clients_of(request)[visit.provider_id].provider.name, "name": visit.name}


def _failed(request: Asked, client: Client, go_on: str) -> Page:
    sentence = Message(
        "{provider} does not answer properly just now. Please sign in with a code.",
        provider=client.provider.name,
    )
    return sign_in_page(request, go_on, errors={"": sentence}, status=409)


handlers: Final = (depart, come_back, show_new, show_connect, connect, disconnect)
