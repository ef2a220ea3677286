"""Friends go together: the link, who has said yes, and the places taken as one."""

from typing import Any

import segno
from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.core.web import security
from linli.core.web.given import Asked, Caller, Form, Id, Now, PathText, Session, Visitor
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.divisions.shown import path_named
from linli.needs.queries import find_need
from linli.needs.views import PublicNeed
from linli.participation import policies
from linli.participation import queries as participations
from linli.participation.actions.steps import why_closed
from linli.participation.fitness import obstacles
from linli.participation.models import FriendGroup
from linli.participation.rules import LARGEST_GROUP, SMALLEST_GROUP, GroupState
from linli.participation.together import actions, queries
from linli.volunteers.names import shown_name

Page = Response[Any]


@post("/shifts/{shift_id:uuid}/together", opt=may(policies.may_apply))
async def start(request: Asked, session: Session, caller: Caller, form: Form, now: Now, shift_id: Id) -> Page:
    size = form.whole("size", least=SMALLEST_GROUP, most=LARGEST_GROUP, required=True)
    form.check()
    group = await actions.start(
        session, shift_id=shift_id, account_id=caller.account_id, size=size or SMALLEST_GROUP, now=now
    )
    return done(request, _path(group), Message("Now send the link to your friends."))


@get("/together/{link:str}", opt=may(policies.may_see_group))
async def show(request: Asked, session: Session, visitor: Visitor, now: Now, link: PathText) -> Page:
    return await _show(request, session, visitor, now, link)


@post("/together/{link:str}/yes", opt=may(policies.may_join_group))
async def say_yes(request: Asked, session: Session, caller: Caller, now: Now, link: PathText) -> Page:
    try:
        async with session.begin_nested():
            group = await actions.say_yes(session, token=link, account_id=caller.account_id, now=now)
    except Conflict as refusal:
        return await _show(request, session, caller, now, link, refusal=refusal.sentence)
    return done(request, _path(group), _told(group))


@post("/together/{link:str}/complete", opt=may(policies.may_lead_group))
async def complete(request: Asked, session: Session, caller: Caller, now: Now, link: PathText) -> Page:
    try:
        async with session.begin_nested():
            group = await actions.complete(session, token=link, account_id=caller.account_id, now=now)
    except Conflict as refusal:
        return await _show(request, session, caller, now, link, refusal=refusal.sentence)
    return done(request, _path(group), _told(group))


@post("/together/{link:str}/leave", opt=may(policies.may_leave_group))
async def leave(request: Asked, session: Session, caller: Caller, now: Now, link: PathText) -> Page:
    group = await actions.leave(
        session, token=link, account_id=caller.account_id, actor_id=caller.account_id, now=now
    )
    return done(request, f"/needs/{group.need_id}", Message("You have left the group."))


@post("/together/{link:str}/remove", opt=may(policies.may_lead_group))
async def remove(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, link: PathText
) -> Page:
    """Whoever used the link without being a friend."""
    person_id = form.id("person", required=True)
    form.check()
    group = await queries.group_with_token(session, link)
    if person_id is None or not await queries.find_member(session, group_id=group.id, account_id=person_id):
        raise NotFound
    await actions.leave(session, token=link, account_id=person_id, actor_id=caller.account_id, now=now)
    return done(request, _path(group), Message("Taken out of the group."))


async def _show(
    request: Asked,
    session: AsyncSession,
    visitor: security.Caller | None,
    now: Now,
    link: str,
    *,
    refusal: Message | None = None,
) -> Page:
    """What it is about and how many are there; with what stands in one's own way."""
    group = await queries.group_with_token(session, link)
    need = await find_need(session, group.need_id)
    shift = next(each for each in need.shifts if each.id == group.shift_id)
    members = await queries.members_of(session, group.id)
    is_member = visitor is not None and any(each.id == visitor.account_id for each in members)
    gathers = group.gathers_at(now)
    account = await session.get_one(Account, visitor.account_id) if visitor else None
    own = account and await participations.open_in_shift(session, shift_id=shift.id, account_id=account.id)
    in_the_way = (
        await obstacles(session, need=need, shift=shift, account=account, now=now)
        if account and gathers and own is None
        else []
    )
    address = f"{request.app.state.settings.base_url}{_path(group)}"
    return render(
        request,
        "desks/together.html",
        status=409 if refusal else 200,
        group=group,
        need=PublicNeed.of(need),
        shift=shift,
        community=path_named(need.division or ""),
        members=[(each.id, shown_name(each.name)) for each in members],
        places=await queries.places_of_group(session, group.id),
        missing=max(group.size - len(members), 0),
        is_member=is_member,
        is_leader=visitor is not None and visitor.account_id == group.started_by_id,
        is_over=not gathers and group.state is not GroupState.taken,
        gathers=gathers,
        own=own,
        closed=await why_closed(session, need),
        obstacles=in_the_way,
        refusal=refusal,
        address=address,
        qr=segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="white"),
    )


def _path(group: FriendGroup) -> str:
    return f"/together/{group.token}"


def _told(group: FriendGroup) -> Message:
    if group.state is GroupState.taken:
        return Message("All of you have said yes. See below what comes next.")
    return Message("Your yes is noted. Places are taken when all are there.")


router = Router("/", route_handlers=[start, show, say_yes, complete, leave, remove])
