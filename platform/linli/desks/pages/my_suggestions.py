"""What suggestions know about me, each thing with a way to take it back; and why a need was shown to me."""

from datetime import datetime
from typing import Any, Final

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import choose_order
from linli.accounts.models import Account
from linli.accounts.queries import account_with_id
from linli.core import i18n
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, render
from linli.divisions.shown import path_named
from linli.needs.queries import find_need
from linli.participation.policies import may_ask_about_need
from linli.suggestions.asking import forget_answers
from linli.suggestions.history import history_of
from linli.suggestions.why import why_shown
from linli.volunteers.actions import save_profile
from linli.volunteers.asking.queries import asking_of
from linli.volunteers.forms import Part, read_version
from linli.volunteers.queries import papers_of, profile_of
from linli.volunteers.summary import PART_NAMES
from linli.volunteers.tags import tags, without

Page = Response[Any]
MINE: Final = "/me/suggestions"
NOTHING_SAID: Final = Message("This is not among what you said any more. Below stands what is known now.")


@get(MINE, opt=may(signed_in))
async def show_what_is_known(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    account = await account_with_id(session, caller.account_id)
    return await _page(request, session, account, now)


@post(MINE, opt=may(signed_in))
async def choose_personal(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """The switch: whether what stands on this page orders anything for the person."""
    account = await account_with_id(session, caller.account_id)
    await choose_order(session, account=account, personalised=form.flag("personal"), now=now)
    return done(request, MINE, said_of(account))


@post(f"{MINE}/forget", opt=may(signed_in))
async def forget(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """One thing less that the profile says."""
    account = await account_with_id(session, caller.account_id)
    profile = await profile_of(session, caller.account_id)
    part, key = form.choice("part", Part), form.text("key", longest=60)
    if part is None or key not in {tag.key for tag in tags(profile.draft, part)}:
        return await _page(request, session, account, now, refusal=NOTHING_SAID, status=422)
    draft = without(profile.draft, part, key)
    try:
        await save_profile(session, account=account, draft=draft, version=read_version(form), now=now)
    except Conflict as refusal:
        await session.rollback()
        account = await account_with_id(session, caller.account_id)
        return await _page(request, session, account, now, refusal=refusal.sentence, status=409)
    return done(request, MINE, Message("Deleted. Suggestions do not know this any more."))


@post(f"{MINE}/forget-answers", opt=may(signed_in))
async def forget_how_i_answered(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    account = await account_with_id(session, caller.account_id)
    await forget_answers(session, account=account, now=now)
    return done(
        request, MINE, Message("How you answered until now does not count any more. What you promised stays.")
    )


@get("/needs/{need_id:uuid}/why", opt=may(may_ask_about_need))
async def show_why(request: Asked, session: Session, caller: Caller, now: Now, need_id: Id) -> Page:
    need = await find_need(session, need_id)
    account = await account_with_id(session, caller.account_id)
    is_looking = need.is_running and account.stopped_at is None
    why = (
        await why_shown(session, account=account, need=need, now=now)
        if is_looking and account.personalised
        else None
    )
    return render(
        request,
        "desks/why.html",
        need=need,
        why=why,
        is_running=need.is_running,
        personalised=account.personalised,
    )


def said_of(account: Account) -> Message:
    """What a change of the switch is answered with, wherever it was made."""
    if account.personalised:
        return Message("The list is sorted for you again.")
    return Message("The list shows the newest first and is not personalised.")


async def _page(
    request: Asked,
    session: AsyncSession,
    account: Account,
    now: datetime,
    *,
    refusal: Message | None = None,
    status: int = 200,
) -> Page:
    profile = await profile_of(session, account.id)
    return render(
        request,
        "desks/my_suggestions.html",
        status=status,
        refusal=refusal,
        person=account,
        profile=profile,
        asking=await asking_of(session, account),
        parts=[(part, PART_NAMES[part], tags(profile.draft, part)) for part in Part],
        home=path_named(account.division or ""),
        papers=await papers_of(session, account.id, today=i18n.local(now).date()),
        history=await history_of(session, account_id=account.id, now=now),
    )


router = Router(
    "/",
    route_handlers=[show_what_is_known, choose_personal, forget, forget_how_i_answered, show_why],
)
