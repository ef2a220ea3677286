"""Organizations for everybody: who is verified here, and what one of them is."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from linli.core import seed
from linli.core.i18n import Message
from linli.core.web.given import Asked, Id, QueryText, Session, Visitor
from linli.core.web.security import anyone, may
from linli.core.web.templating import render
from linli.divisions.queries import with_code
from linli.divisions.search import search
from linli.divisions.shown import path_named
from linli.organizations import policies, profiles, queries
from linli.organizations.registration import STATE_NAMES

Page = Response[Any]


@dataclass(frozen=True)
class Filter:
    """What the list was narrowed down to; it stands in the address."""

    place: str = ""
    field: str = ""

    def url(self, *, after: str | None = None, **changed: str) -> str:
        chosen = replace(self, **changed)
        values = {"place": chosen.place, "field": chosen.field, "after": after}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/organizations?{query}" if query else "/organizations"


@get("/organizations", opt=may(anyone))
async def list_organizations(
    request: Asked,
    session: Session,
    near: QueryText = "",
    place: QueryText = "",
    field: QueryText = "",
    after: QueryText = "",
) -> Page:
    """Verified organizations by place and field."""
    found = await asyncio.to_thread(search, near[:100], limit=8) if near else []
    chosen = Filter(
        found[0].code if len(found) == 1 else place if with_code(place) else "",
        field if field in seed.fields() else "",
    )
    page = await profiles.verified_organizations(
        session, division=chosen.place, field_id=chosen.field, after=after
    )
    every = (Message("All fields"), chosen.url(field=""), not chosen.field)
    return render(
        request,
        "organizations/index.html",
        profiles=page.rows,
        next_url=chosen.url(after=page.next_cursor) if page.next_cursor else None,
        first_url=chosen.url() if after else None,
        near=near[:60],
        field=chosen.field,
        place=path_named(chosen.place) if chosen.place else None,
        nothing_found=bool(near and not found),
        choices=[(path_named(each.code), chosen.url(place=each.code), False) for each in found]
        if len(found) > 1
        else [],
        field_chips=[every]
        + [(each, chosen.url(field=each.id), chosen.field == each.id) for each in seed.fields().values()],
    )


@get("/organizations/{organization_id:uuid}", opt=may(policies.may_see_organization))
async def show_organization(request: Asked, session: Session, visitor: Visitor, organization_id: Id) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    return render(
        request,
        "organizations/show.html",
        organization=organization,
        profile=await profiles.profile_of(session, organization),
        state_name=STATE_NAMES[organization.state],
        seat=visitor.seat_in(organization.id) if visitor else None,
    )


handlers = (list_organizations, show_organization)
