"""Access for programs: one's own access keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions, forms, policies, queries
from linli.accounts.pages.browser import Asked, settings_of
from linli.accounts.rules import KEY_DAYS, SCOPE_NAMES
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Caller, Form, Id, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, render

Page = Response[Any]
HERE: Final = "/me/account/programs"
FACTOR_BEFORE: Final = Message("Programs can act for you once your account has the second step.")


@get(HERE, opt=may(signed_in))
async def show_keys(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    return await _page(request, session, caller, now, typed={"days": str(KEY_DAYS)})


@post(HERE, opt=may(signed_in))
async def make_key(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """The code of the second step is asked for each key; the key is shown in this one answer."""
    account = await queries.account_with_id(session, caller.account_id)
    if await queries.confirmed_factor(session, account_id=account.id) is None:
        raise Conflict(FACTOR_BEFORE)
    try:
        draft = forms.read_access_key(form)
    except Invalid as refusal:
        return await _page(request, session, caller, now, form=form, errors=refusal.errors)
    outcome = await actions.prove_factor(
        session,
        secret_key=settings_of(request).secret_key,
        account=account,
        typed=form.text("code", longest=60),
        now=now,
    )
    if isinstance(outcome, Message):
        return await _page(request, session, caller, now, form=form, errors={"code": outcome})
    key = await actions.make_access_key(session, account=account, draft=draft, now=now)
    return await _page(request, session, caller, now, typed={"days": str(KEY_DAYS)}, key=key)


@post(f"{HERE}/{{key_id:uuid}}/end", opt=may(policies.may_end_access_key))
async def end_key(request: Asked, session: Session, caller: Caller, now: Now, key_id: Id) -> Page:
    await actions.revoke_access_key(session, account_id=caller.account_id, key_id=key_id, now=now)
    return done(request, HERE, Message("That key no longer works."))


async def _page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    now: datetime,
    *,
    form: Form | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Message] | None = None,
    key: str = "",
) -> Page:
    return render(
        request,
        "accounts/keys.html",
        status=422 if errors else 200,
        has_factor=await queries.confirmed_factor(session, account_id=caller.account_id) is not None,
        keys=await queries.access_keys_of(session, account_id=caller.account_id, now=now),
        scopes=[(scope.value, name) for scope, name in SCOPE_NAMES.items()],
        chosen=form.typed_many("scopes") if form else (),
        scope_names={scope.value: name for scope, name in SCOPE_NAMES.items()},
        typed=form.typed if form else typed or {},
        errors=errors or {},
        key=key,
    )


handlers: Final = (show_keys, make_key, end_key)
