"""The one form of a team: to propose, to found and to change it."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.forms import places_to_choose
from linli.core import seed
from linli.core.errors import FieldErrors
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.core.web.given import Asked
from linli.core.web.templating import locale_of, render
from linli.divisions.names import path
from linli.organizations.models import Organization
from linli.teams import queries
from linli.teams.models import Team
from linli.teams.typed import TypedTeam


async def team_form(
    request: Asked,
    session: AsyncSession,
    values: TypedTeam,
    *,
    team: Team | None = None,
    organization: Organization | None = None,
    form: Form | None = None,
    errors: Mapping[str, Message] | None = None,
    status: int | None = None,
) -> Response[Any]:
    """`organization` where it founds a team; neither where neighbours propose a group."""
    home_id = team.organization_id if team else organization.id if organization else None
    parents: Sequence[Team] = ()
    if home_id:
        parents = await queries.possible_parents(
            session, organization_id=home_id, but=team.id if team else None
        )
    places = places_to_choose(form) if form else []
    return render(
        request,
        "teams/form.html",
        status=status or (422 if errors else 200),
        values=values,
        typed=values.text,
        errors=FieldErrors(errors or {}),
        places=[(place.code, path(place, locale_of(request))) for place in places],
        team=team,
        organization=organization,
        parents=[(str(each.id), each.name) for each in parents],
        fields=seed.fields().values(),
    )
