"""The first page of who leads a team."""

from typing import Any, Final

from litestar import Response, Router, get

from linli.core.web.given import Asked, Caller, Id, Now, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.desks.places import places_of
from linli.desks.waiting.team import team_desk
from linli.divisions.shown import named
from linli.organizations.queries import organization_with_id
from linli.suggestions.for_partner import needs_for_team
from linli.teams.policies import may_lead
from linli.teams.queries import team_with_id
from linli.teams.rules import refuse_asking

FITTING: Final = 3


@get("/teams/{team_id:uuid}/desk", opt=may(may_lead))
async def show_team_desk(
    request: Asked, session: Session, caller: Caller, now: Now, team_id: Id
) -> Response[Any]:
    """What fits is ranked only while the team can be asked; the newest stand on a page of their own."""
    team = await team_with_id(session, team_id)
    home = await organization_with_id(session, team.home_id)
    why_not_asked = refuse_asking(team.state, home_is_verified=home.is_verified)
    found = None if why_not_asked else await needs_for_team(session, team=team, now=now, ranked=True)
    return render(
        request,
        "desks/team.html",
        team=team,
        home=home,
        desk=await team_desk(session, team=team, now=now),
        fitting=found.cards[:FITTING] if found else (),
        why_not_asked=why_not_asked,
        places=await places_of(session, caller),
        community=named,
        now=now,
    )


router = Router("/", route_handlers=[show_team_desk])
