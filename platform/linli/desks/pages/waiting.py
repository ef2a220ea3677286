"""The first page of a desk: what waits, and from there one step to where it is done."""

from typing import Any

from litestar import Response, Router, get

from linli.core.web.given import Asked, Caller, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.desks.places import places_of
from linli.desks.policies import may_see_unanswered, may_see_waiting
from linli.desks.waiting.bureau import bureau_groups
from linli.desks.waiting.partner import partner_groups
from linli.desks.waiting.unanswered import unanswered_counts, unanswered_page
from linli.organizations.policies import seat_in_path
from linli.organizations.queries import organization_with_id
from linli.organizations.registration import STATE_NAMES
from linli.organizations.rules import Role

Page = Response[Any]


@get("/organizations/{organization_id:uuid}/waiting", opt=may(may_see_waiting))
async def show_waiting(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id
) -> Page:
    organization = await organization_with_id(session, organization_id)
    seat = seat_in_path(caller, {"organization_id": organization_id})
    is_bureau = seat.role == Role.bureau_staff
    groups = (
        await bureau_groups(session, bureau=organization, seat=seat, now=now)
        if is_bureau
        else await partner_groups(session, organization=organization, seat=seat, now=now)
    )
    return render(
        request,
        "desks/waiting.html",
        organization=organization,
        seat=seat,
        is_bureau=is_bureau,
        places=await places_of(session, caller),
        state_name=STATE_NAMES[organization.state],
        groups=groups,
        now=now,
    )


@get("/organizations/{organization_id:uuid}/unanswered", opt=may(may_see_unanswered))
async def show_unanswered(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, after: QueryText = ""
) -> Page:
    seat = seat_in_path(caller, {"organization_id": organization_id})
    return render(
        request,
        "desks/unanswered.html",
        organization=await organization_with_id(session, organization_id),
        seat=seat,
        page=await unanswered_page(session, seat=seat, now=now, after=after),
        counts=await unanswered_counts(session, seat=seat, now=now),
        is_first=not after,
        now=now,
    )


router = Router("/", route_handlers=[show_waiting, show_unanswered])
