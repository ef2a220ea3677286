"""Open needs that fit a team or an organization, best first, and the newest beside it."""

from typing import Any, Final

from litestar import Response, Router, get

from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.organizations.policies import may_take_on_needs
from linli.organizations.queries import organization_with_id
from linli.suggestions.for_partner import needs_for_organization, needs_for_team
from linli.teams.policies import may_lead
from linli.teams.queries import team_with_id
from linli.teams.rules import refuse_asking

Page = Response[Any]
NEWEST: Final = "newest"
NOT_VERIFIED: Final = Message("You cannot be asked while the civil affairs bureau has not verified you.")


@get("/teams/{team_id:uuid}/needs", opt=may(may_lead))
async def needs_of_team(
    request: Asked, session: Session, now: Now, team_id: Id, order: QueryText = ""
) -> Page:
    """While a team cannot be asked nothing is ranked for it; what is needed it may still see."""
    team = await team_with_id(session, team_id)
    home = await organization_with_id(session, team.home_id)
    why_not_asked = refuse_asking(team.state, home_is_verified=home.is_verified)
    ranked = not why_not_asked and order != NEWEST
    return render(
        request,
        "desks/team_needs.html",
        team=team,
        why_not_asked=why_not_asked,
        ranked=ranked,
        found=await needs_for_team(session, team=team, now=now, ranked=ranked),
    )


@get("/organizations/{organization_id:uuid}/fitting-needs", opt=may(may_take_on_needs))
async def needs_of_organization(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, order: QueryText = ""
) -> Page:
    organization = await organization_with_id(session, organization_id)
    why_not_asked = None if organization.is_verified else NOT_VERIFIED
    ranked = not why_not_asked and order != NEWEST
    return render(
        request,
        "desks/organization_needs.html",
        organization=organization,
        seat=caller.seat_in(organization_id),
        why_not_asked=why_not_asked,
        ranked=ranked,
        found=await needs_for_organization(session, organization=organization, now=now, ranked=ranked),
    )


router = Router("/", route_handlers=[needs_of_team, needs_of_organization])
