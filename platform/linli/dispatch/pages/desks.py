"""What a team and an organization were asked for, and what they took on."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, get

from linli.core.web.given import Asked, Caller, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.dispatch import queries
from linli.dispatch.queries import DispatchRow
from linli.dispatch.rules import STATE_NAMES
from linli.divisions.shown import named
from linli.organizations.queries import organization_with_id
from linli.teams.policies import may_lead, may_manage_teams
from linli.teams.queries import team_with_id

Page = Response[Any]


@get("/teams/{team_id:uuid}/dispatch", opt=may(may_lead))
async def of_team(request: Asked, session: Session, now: Now, team_id: Id, after: QueryText = "") -> Page:
    """Asked of us, taken on, and what is over."""
    page = await queries.of_team(session, team_id=team_id, now=now, after=after)
    return render(
        request,
        "dispatch/of_team.html",
        team=await team_with_id(session, team_id),
        next_cursor=page.next_cursor,
        is_first=not after,
        **_sorted(page.rows),
    )


@get("/organizations/{organization_id:uuid}/dispatch", opt=may(may_manage_teams))
async def of_organization(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, after: QueryText = ""
) -> Page:
    """Asked of us, and taken on by us and our teams."""
    page = await queries.of_organization(session, organization_id=organization_id, now=now, after=after)
    return render(
        request,
        "dispatch/of_organization.html",
        organization=await organization_with_id(session, organization_id),
        seat=caller.seat_in(organization_id),
        next_cursor=page.next_cursor,
        is_first=not after,
        **_sorted(page.rows),
    )


def _sorted(rows: Sequence[DispatchRow]) -> dict[str, Any]:
    return {
        "asked": [row for row in rows if row.waits_for_answer],
        "taken_on": [row for row in rows if row.is_taken_on],
        "over": [row for row in rows if not row.is_taken_on and not row.dispatch.is_open],
        "states": STATE_NAMES,
        "community": named,
    }


handlers: Final = (of_team, of_organization)
