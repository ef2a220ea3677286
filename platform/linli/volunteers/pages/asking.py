"""Being asked: whether, how often, and when not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.queries import account_with_id
from linli.core import i18n
from linli.core.errors import FieldErrors, Invalid
from linli.core.i18n import Message, counted
from linli.core.web.given import Asked, Caller, Form, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, render
from linli.volunteers import actions
from linli.volunteers.asking import actions as asking_actions
from linli.volunteers.asking.actions import PAGE
from linli.volunteers.asking.forms import read_reply, read_wishes
from linli.volunteers.asking.queries import asking_of
from linli.volunteers.asking.rules import MOST_A_WEEK, REPLY_NAMES, Reply

Page = Response[Any]
HOURS = [(hour, f"{hour}:00") for hour in range(24)]
HOW_OFTEN = [
    (n, counted(n, "At most one question a week", "At most {n} questions a week"))
    for n in range(MOST_A_WEEK, 0, -1)
]
THANKS = {
    Reply.go_on: Message("Thank you. We go on asking when something fits."),
    Reply.less_often: Message("Thank you. We ask at most once a week."),
    Reply.pause: Message("Thank you. Nobody asks you before that day."),
    Reply.stop: Message("You will not be asked any more. What you promised stays."),
}


@get(PAGE, opt=may(signed_in))
async def show_asking(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    return await _page(request, session, caller, now)


@post(PAGE, opt=may(signed_in))
async def choose_asking(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """The one switch: whether I am proposed to those who need help."""
    account = await account_with_id(session, caller.account_id)
    if form.flag("asked"):
        await actions.opt_in(session, account=account, now=now)
        return done(request, "/me/volunteer", Message("You will be asked when something fits."))
    await actions.opt_out(session, account=account, now=now)
    return done(request, "/me/volunteer", Message("You will not be asked any more. What you promised stays."))


@post(f"{PAGE}/wishes", opt=may(signed_in))
async def set_wishes(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """How often at most, the quiet hours, and a day before which nobody asks."""
    try:
        wishes = read_wishes(form, today=i18n.local(now).date())
    except Invalid as refusal:
        return await _page(request, session, caller, now, typed=form.typed, errors=refusal.errors)
    account = await account_with_id(session, caller.account_id)
    await asking_actions.set_wishes(session, account=account, wishes=wishes, now=now)
    return done(request, PAGE, Message("Kept. We ask you as you wish."))


@post(f"{PAGE}/reply", opt=may(signed_in))
async def reply(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """Shall we go on asking? One answer ends the pause."""
    try:
        draft = read_reply(form, today=i18n.local(now).date())
    except Invalid as refusal:
        return await _page(request, session, caller, now, typed=form.typed, errors=refusal.errors)
    account = await account_with_id(session, caller.account_id)
    await asking_actions.reply(session, account=account, reply=draft.reply, until=draft.until, now=now)
    return done(request, PAGE, THANKS[draft.reply])


async def _page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    now: datetime,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    asking = await asking_of(session, await account_with_id(session, caller.account_id))
    wishes = asking.wishes
    until = wishes.paused_until
    kept = {
        "per_week": str(wishes.per_week),
        "quiet_from": str(wishes.quiet_from_hour),
        "quiet_until": str(wishes.quiet_until_hour),
        "paused_until": until.isoformat() if until and until > i18n.local(now).date() else "",
        "reply": "",
        "until": "",
    }
    return render(
        request,
        "volunteers/asking.html",
        status=422 if errors else 200,
        asking=asking,
        values=kept | dict(typed or {}),
        errors=FieldErrors(errors or {}),
        hours=HOURS,
        how_often=HOW_OFTEN,
        replies=list(REPLY_NAMES.items()),
    )


handlers = (show_asking, choose_asking, set_wishes, reply)
