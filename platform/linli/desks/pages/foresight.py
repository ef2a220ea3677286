"""While a need is being written: how many people could come, and what would bring more."""

from datetime import datetime
from typing import Any

from litestar import Response, Router, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.forms import Form as SentForm
from linli.core.web.given import Asked, Form, Id, Now, Session
from linli.core.web.htmx import is_htmx
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.needs.models import Need
from linli.needs.pages import show_form
from linli.needs.policies import may_manage_need, may_post_needs
from linli.needs.queries import find_need
from linli.needs.typed import typed_from_form
from linli.organizations.models import Organization
from linli.organizations.queries import organization_with_id
from linli.suggestions.foresight import foresight_for
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


router = Router("/", route_handlers=[look_before_posting, look_at_draft])
