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

Page = Response[Any]
NEWEST: Final = "newest"
NOT_AGREED: Final = Message(
    "Your team cannot be asked before the organization behind it has agreed to it. "
    "This is what is needed; what fits you is shown then."
)
HOME_NOT_VERIFIED: Final = Message(
    "Your team cannot be asked while the organization behind it is not verified by the civil affairs bureau. "
    "This is what is needed; what fits you is shown then."
)
NOT_VERIFIED: Final = Message(
    "You cannot be asked while the civil affairs bureau has not verified you. "
    "This is what is needed; what fits you is shown then."
)


@get("/teams/{team_id:uuid}/needs", opt=may(may_lead))
async def needs_of_team(
    request: Asked, session: Session, now: Now, team_id: Id, order: QueryText = ""
) -> Page:
    """While a team cannot be asked nothing is ranked for it; what is needed it may still see."""
    team = await team_with_id(session, team_id)
    home = await organization_with_id(session, team.home_id)
    can_be_asked = team.is_agreed and home.is_verified
    ranked = can_be_asked and order != NEWEST
    return render(
        request,
        "desks/team_needs.html",
        team=team,
        can_be_asked=can_be_asked,
        why_not_asked=HOME_NOT_VERIFIED if team.is_agreed else NOT_AGREED,
        ranked=ranked,
        found=await needs_for_team(session, team=team, now=now, ranked=ranked),
    )


@get("/organizations/{organization_id:uuid}/fitting-needs", opt=may(may_take_on_needs))
async def needs_of_organization(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, order: QueryText = ""
) -> Page:
    organization = await organization_with_id(session, organization_id)
    can_be_asked = organization.is_verified
    ranked = can_be_asked and order != NEWEST
    return render(
        request,
        "desks/organization_needs.html",
        organization=organization,
        seat=caller.seat_in(organization_id),
        can_be_asked=can_be_asked,
        why_not_asked=NOT_VERIFIED,
        ranked=ranked,
        found=await needs_for_organization(session, organization=organization, now=now, ranked=ranked),
    )


router = Router("/", route_handlers=[needs_of_team, needs_of_organization])
