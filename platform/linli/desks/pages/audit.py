"""What was done in a division, for an auditor and the bureau's staff. Nothing can be changed here."""

from datetime import date
from itertools import groupby
from typing import Any

from litestar import Response, Router, get

from linli.core import i18n
from linli.core.forms import clean
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Id, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.desks.audit.acts import GROUP_NAMES
from linli.desks.audit.filters import AuditFilter
from linli.desks.audit.queries import ShownEntry, entries_page, organizations_like
from linli.organizations.models import Organization
from linli.organizations.policies import may_read_register
from linli.organizations.queries import organization_with_id

LONGEST_NAME = 80


@get("/organizations/{organization_id:uuid}/audit", opt=may(may_read_register))
async def show_audit(
    request: Asked,
    session: Session,
    caller: Caller,
    organization_id: Id,
    group: QueryText = "",
    of: QueryText = "",
    name: QueryText = "",
    day: QueryText = "",
    after: QueryText = "",
) -> Response[Any]:
    bureau = await organization_with_id(session, organization_id)
    base = f"/organizations/{bureau.id}/audit"
    chosen = AuditFilter.read(group=group, of=of, day=day)
    typed = clean(name)[:LONGEST_NAME]
    found = await organizations_like(session, bureau=bureau, name=typed) if typed else []
    if len(found) == 1:
        chosen = AuditFilter(chosen.group, found[0].id, chosen.day)
    page = await entries_page(session, bureau=bureau, chosen=chosen, after=after)
    return render(
        request,
        "desks/audit.html",
        organization=bureau,
        seat=caller.seat_in(organization_id),
        base=base,
        page=page,
        days=[(day, list(of_day)) for day, of_day in groupby(page.rows, key=_day)],
        chosen=chosen,
        only=await session.get(Organization, chosen.organization_id)
        if page.rows and chosen.organization_id
        else None,
        groups=[
            (Message("Everything"), chosen.url(base, group=None), chosen.group is None),
            *((each, chosen.url(base, group=key), chosen.group is key) for key, each in GROUP_NAMES.items()),
        ],
        choices=[(each.name, chosen.url(base, organization_id=each.id), False) for each in found]
        if len(found) > 1
        else [],
        name=typed,
        nothing_found=bool(typed and not found),
        next_url=chosen.url(base, after=page.next_cursor) if page.next_cursor else None,
        first_url=chosen.url(base) if after else None,
    )


def _day(entry: ShownEntry) -> date:
    return i18n.local(entry.at).date()


router = Router("/", route_handlers=[show_audit])
