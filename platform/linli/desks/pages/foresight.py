"""What would change it: who could come to a need being written or posted, and one person's fit."""

from datetime import datetime
from typing import Any

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.forms import Form as SentForm
from linli.core.forms import id_named
from linli.core.web.given import Asked, Form, Id, Now, QueryText, Session
from linli.core.web.htmx import is_htmx
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.desks.pages.need_tabs import chosen_shift, times_to_ask_for
from linli.needs.models import Need
from linli.needs.pages import show_form
from linli.needs.policies import may_manage_need, may_post_needs
from linli.needs.queries import find_need
from linli.needs.typed import as_form, typed_from_form, typed_from_need
from linli.organizations.models import Organization
from linli.organizations.queries import organization_with_id
from linli.participation.rules import refuse_joining
from linli.suggestions.change_of_person import NOTHING, ChangeShown, change_of_person
from linli.suggestions.foresight import foresight_for
from linli.suggestions.ways import ways_for_shift
from linli.suggestions.written import taken_over

Page = Response[Any]


@post("/organizations/{organization_id:uuid}/needs/foresight", opt=may(may_post_needs, writes=False))
async def look_before_posting(
    request: Asked, session: Session, form: Form, now: Now, organization_id: Id
) -> Page:
    organization = await organization_with_id(session, organization_id)
    return await _look(request, session, form, organization, None, now)


@post("/needs/{need_id:uuid}/foresight", opt=may(may_manage_need, writes=False))
async def look_at_draft(request: Asked, session: Session, form: Form, now: Now, need_id: Id) -> Page:
    need = await find_need(session, need_id)
    organization = await session.get_one(Organization, need.organization_id)
    return await _look(request, session, form, organization, need, now)


async def _look(
    request: Asked,
    session: AsyncSession,
    form: SentForm,
    organization: Organization,
    need: Need | None,
    now: datetime,
) -> Page:
    """The fragment alone for htmx; else, and when a way was taken over, the form with it, nothing stored."""
    taken = form.typed.get("take", "")
    form = taken_over(form, taken)
    foresight = await foresight_for(
        session,
        form,
        organization_id=organization.id,
        within_division=organization.division,
        is_verified=organization.is_verified,
        now=now,
    )
    if is_htmx(request) and not taken:
        return render(request, "desks/_foresight.html", foresight=foresight)
    return show_form(request, organization, typed_from_form(form), need=need, foresight=foresight)


@get("/needs/{need_id:uuid}/desk/ways", opt=may(may_manage_need))
async def show_ways(request: Asked, session: Session, now: Now, need_id: Id, shift: QueryText = "") -> Page:
    """For a need that finds too few: what would bring more. The fragment for htmx, else a small page."""
    need = await find_need(session, need_id)
    organization = await session.get_one(Organization, need.organization_id)
    chosen = chosen_shift([each for each in need.shifts if each.starts_at > now], shift)
    looks = chosen and not refuse_joining(need.state, asker_is_verified=organization.is_verified)
    foresight = (
        await ways_for_shift(session, need=need, shift=chosen, organization=organization, now=now)
        if chosen and looks
        else None
    )
    page = "desks/_ways.html" if is_htmx(request) else "desks/ways.html"
    return render(request, page, need=need, chosen=chosen, foresight=foresight)


@get("/needs/{need_id:uuid}/desk/change", opt=may(may_manage_need))
async def show_change(
    request: Asked, session: Session, now: Now, need_id: Id, shift: QueryText = "", person: QueryText = ""
) -> Page:
    """What would make one suggested person fit better. The fragment for htmx, else a small page."""
    need = await find_need(session, need_id)
    organization = await session.get_one(Organization, need.organization_id)
    chosen = chosen_shift(times_to_ask_for(need, now), shift)
    account_id = id_named(person)
    change = ChangeShown(NOTHING)
    if account_id and chosen and not refuse_joining(need.state, asker_is_verified=organization.is_verified):
        change = await change_of_person(session, need=need, shift=chosen, account_id=account_id, now=now)
    page = "desks/_change.html" if is_htmx(request) else "desks/change.html"
    return render(request, page, need=need, chosen=chosen, change=change)


@get("/needs/{need_id:uuid}/edit/with", opt=may(may_manage_need))
async def edit_with_way(request: Asked, session: Session, need_id: Id, way: QueryText = "") -> Page:
    """The form for editing with one way already in it; nothing is changed before it is sent."""
    need = await find_need(session, need_id)
    organization = await session.get_one(Organization, need.organization_id)
    form = taken_over(as_form(typed_from_need(need, zone=i18n.zone())), way)
    return show_form(request, organization, typed_from_form(form), need=need)


router = Router(
    "/", route_handlers=[look_before_posting, look_at_draft, show_ways, show_change, edit_with_way]
)
