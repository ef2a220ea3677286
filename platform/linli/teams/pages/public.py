"""Teams for everybody: the list, and a team's page. No member's name stands there."""

from dataclasses import replace
from typing import Any, Final

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import seed
from linli.core.i18n import Message
from linli.core.web import security
from linli.core.web.given import Asked, Id, QueryText, Session, Visitor
from linli.core.web.security import anyone, may
from linli.core.web.templating import render
from linli.divisions.search import search
from linli.divisions.shown import path_named
from linli.teams import policies, queries
from linli.teams.filters import TeamFilter
from linli.teams.models import Team, TeamMember
from linli.teams.rules import ROLE_NAMES
from linli.volunteers.forms import Part, ProfileDraft
from linli.volunteers.summary import summary

Page = Response[Any]
FieldChip = tuple[object, str, bool, int | None]


@get("/teams", opt=may(anyone))
async def list_teams(
    request: Asked,
    session: Session,
    near: QueryText = "",
    place: QueryText = "",
    field: QueryText = "",
    of: QueryText = "",
    after: QueryText = "",
) -> Page:
    """Teams that one can join, by place and field."""
    chosen = TeamFilter.read(place=place, field=field, of=of)
    found = search(near[:100], limit=8) if near else []
    if len(found) == 1:
        chosen = replace(chosen, division=found[0])
    page = await queries.public_teams(session, chosen=chosen, after=after)
    return render(
        request,
        "teams/index.html",
        cards=page.rows,
        next_url=chosen.url(after=page.next_cursor) if page.next_cursor else None,
        first_url=chosen.url() if after else None,
        near=near,
        chosen=chosen,
        place=path_named(chosen.code) if chosen.code else None,
        nothing_found=bool(near and not found),
        choices=[(path_named(each.code), chosen.url(division=each), False) for each in found]
        if len(found) > 1
        else [],
        field_chips=_field_chips(chosen, await queries.field_counts(session, chosen=chosen)),
    )


@get("/teams/{team_id:uuid}", opt=may(policies.may_see_team))
async def show_team(request: Asked, session: Session, visitor: Visitor, team_id: Id) -> Page:
    """For everybody; members also see who leads, and how they stand."""
    team = await queries.team_with_id(session, team_id)
    seat = await seat_of(session, team, visitor)
    is_inside = seat is not None and seat.is_member
    parent = await queries.team_with_id(session, team.parent_id) if team.parent_id else None
    return render(
        request,
        "teams/show.html",
        card=await queries.card_of(session, team),
        team=team,
        parent=parent,
        branches=await queries.branches_of(session, team=team),
        week=usual_week(team),
        seat=seat,
        leaders=await queries.leaders_of(session, team=team) if is_inside else [],
        role_names=ROLE_NAMES,
        is_inside=is_inside,
        may_ask_for_help=team.is_agreed and policies.acts_somewhere(visitor),
        may_lead=policies.leads(seat) or policies.is_own_officer(visitor, team),
    )


async def seat_of(session: AsyncSession, team: Team, visitor: security.Caller | None) -> TeamMember | None:
    if visitor is None:
        return None
    return await policies.team_seat(session, team_id=team.id, account_id=visitor.account_id)


def usual_week(team: Team) -> list[Any]:
    """The team's usual times in words, as a profile says them."""
    return list(summary(ProfileDraft(availability=team.availability), Part.week))


def _field_chips(chosen: TeamFilter, counts: dict[str, int]) -> list[FieldChip]:
    every: FieldChip = (Message("All fields"), chosen.url(field_id=None), chosen.field_id is None, None)
    fields = [each for each in seed.fields().values() if each.id in counts or each.id == chosen.field_id]
    return [every] + [
        (each, chosen.url(field_id=each.id), chosen.field_id == each.id, counts.get(each.id, 0))
        for each in fields
    ]


handlers: Final = (list_teams, show_team)
