"""Teams and organizations that could take on a need, beside the volunteers at the committee's desk."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, Router, get
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.web.given import Asked, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.desks.pages.need_tabs import chosen_shift, shift_tabs, times_to_ask_for, who_tabs
from linli.dispatch.queries import DispatchRow, of_need
from linli.dispatch.rules import STATE_NAMES
from linli.needs.policies import may_manage_need
from linli.needs.queries import find_need
from linli.organizations.models import Organization
from linli.suggestions.partners import PartnersShown, organizations_for_need, teams_for_need

Page = Response[Any]


@get("/needs/{need_id:uuid}/desk/teams", opt=may(may_manage_need))
async def show_teams(request: Asked, session: Session, now: Now, need_id: Id, shift: QueryText = "") -> Page:
    return await _show(request, session, need_id, shift, now, "desk/teams", teams_for_need)


@get("/needs/{need_id:uuid}/desk/organizations", opt=may(may_manage_need))
async def show_organizations(
    request: Asked, session: Session, now: Now, need_id: Id, shift: QueryText = ""
) -> Page:
    return await _show(request, session, need_id, shift, now, "desk/organizations", organizations_for_need)


async def _show(
    request: Asked,
    session: AsyncSession,
    need_id: UUID,
    typed: str,
    now: datetime,
    page: str,
    ranked: Callable[..., Awaitable[PartnersShown]],
) -> Page:
    """Ranked when it is opened; while the committee may ask nobody new, nobody is shown."""
    need = await find_need(session, need_id)
    organization = await session.get_one(Organization, need.organization_id)
    coming = times_to_ask_for(need, now)
    chosen = chosen_shift(coming, typed)
    looks = chosen is not None and need.is_running and organization.is_verified
    asked = await of_need(session, need_id=need.id)
    return render(
        request,
        "desks/need_partners.html",
        need=need,
        organization=organization,
        chosen=chosen,
        are_teams=page == "desk/teams",
        who_tabs=who_tabs(need, chosen, page),
        shift_tabs=shift_tabs(need, coming, chosen, page),
        found=await ranked(session, need=need, shift=chosen, now=now) if looks else None,
        asked={asked_id(row): row for row in asked if chosen and row.shift.id == chosen.id},
        asked_in_all=len(asked),
        states=STATE_NAMES,
    )


def asked_id(row: DispatchRow) -> UUID | None:
    """The team or organization that was asked."""
    return row.dispatch.team_id or row.dispatch.organization_id


router = Router("/", route_handlers=[show_teams, show_organizations])
