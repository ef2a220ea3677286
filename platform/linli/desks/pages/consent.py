"""Taking back one's consent: the account rests, and every place that is still to come is free again."""

from typing import Any

from litestar import Response, Router, post

from linli.accounts.pages.browser import let_out
from linli.accounts.pages.mine import MINE, account_page, typed_from
from linli.accounts.queries import account_with_id
from linli.core.i18n import Message, counted
from linli.core.web.given import Asked, Caller, Form, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import locale_of
from linli.participation import actions

WITHDRAWN = Message(
    "Your consent is withdrawn. Your data is kept, and used for nothing until you sign in again."
)


@post(f"{MINE}/withdraw-consent", opt=may(signed_in))
async def withdraw_consent(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now
) -> Response[Any]:
    account = await account_with_id(session, caller.account_id)
    if not form.flag("sure"):
        errors = {"sure": Message("Please tick the box if you want to withdraw your consent.")}
        typed = typed_from(account, locale_of(request))
        return await account_page(request, session, caller, account, now, typed=typed, errors=errors)
    given_back = await actions.withdraw_consent(session, account=account, now=now)
    return let_out(request, _told(given_back))


def _told(given_back: int) -> Message:
    if not given_back:
        return WITHDRAWN
    return counted(
        given_back,
        "Your consent is withdrawn. One place or invitation is given back, and the committee has been told.",
        "Your consent is withdrawn. {n} places and invitations are given back; the committees are told.",
    )


router = Router("/", route_handlers=[withdraw_consent])
