"""Teams for programs: how many belong to one, and never who."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import get

from linli.accounts.rules import Scope
from linli.core.i18n import Message, in_words
from linli.core.web.api import answers, refuse_unknown
from linli.core.web.given import Caller, Id, QueryText, Session
from linli.core.web.security import may, needs_scope
from linli.teams import policies, queries
from linli.teams.filters import TeamFilter
from linli.teams.pages.public import usual_week
from linli.teams.queries import TeamCard

SEARCH: Final = Message("Teams that one can join, by name; by place, field and organization.")
SHOW: Final = Message("One team: what it does, its usual times, its branches, how many belong to it.")


class TeamInList(msgspec.Struct, kw_only=True):
    """A team as lists show it; `organization_id` is who answers for it, also for a group of neighbours."""

    id: UUID
    name: str
    division: str
    place: str | None
    fields: list[str]
    members: int
    organization_id: UUID
    organization: str
    is_group: bool


class Branch(msgspec.Struct):
    id: UUID
    name: str


class WholeTeam(TeamInList, kw_only=True):
    """What everybody may know of it; usual times in the language of the key's holder."""

    about: str
    state: str
    usual_times: list[str]
    parent_id: UUID | None
    branches: list[Branch]
    can_be_asked: bool


class Teams(msgspec.Struct):
    """A page of teams; `next` is sent as `after` for the following one, and is null on the last."""

    teams: list[TeamInList]
    next: str | None


_IN_LIST: Final[Mapping[str, Any]] = {
    "id": UUID("01936b2e-4c00-7000-8000-000000000005"),
    "name": "暖心服务队",
    "division": "522725001002",
    "place": "花桥社区",
    "fields": ["elderly_care"],
    "members": 12,
    "organization_id": UUID("01936b2e-4c00-7000-8000-000000000002"),
    "organization": "花桥社区居民委员会",
    "is_group": False,
}
EXAMPLE: Final = WholeTeam(
    **_IN_LIST,
    about="每周三看望独居老人。",
    state="agreed",
    usual_times=["周三：下午"],
    parent_id=UUID("01936b2e-4c00-7000-8000-000000000007"),
    branches=[Branch(UUID("01936b2e-4c00-7000-8000-000000000006"), "暖心服务队青年分队")],
    can_be_asked=True,
)


@get(
    "/teams",
    opt=may(needs_scope(Scope.teams_read)),
    summary=SEARCH.text,
    operation_id="list_teams",
    responses=answers(Teams([TeamInList(**_IN_LIST)], "WyJhIl0=")),
)
async def list_teams(
    session: Session,
    caller: Caller,
    place: QueryText = "",
    field: QueryText = "",
    of: QueryText = "",
    after: QueryText = "",
) -> Teams:
    chosen = TeamFilter.read(place=place, field=field, of=of)
    refuse_unknown(
        place=(place, chosen.division), field=(field, chosen.field_id), of=(of, chosen.organization_id)
    )
    page = await queries.public_teams(session, chosen=chosen, after=after)
    return Teams([TeamInList(**_in_list(each, caller.language)) for each in page.rows], page.next_cursor)


@get(
    "/teams/{team_id:uuid}",
    opt=may(needs_scope(Scope.teams_read, policies.may_see_team)),
    summary=SHOW.text,
    operation_id="show_team",
    responses=answers(EXAMPLE),
)
async def show_team(session: Session, caller: Caller, team_id: Id) -> WholeTeam:
    team = await queries.team_with_id(session, team_id)
    card = await queries.card_of(session, team)
    branches = await queries.branches_of(session, team=team)
    return WholeTeam(
        **_in_list(card, caller.language),
        about=team.about,
        state=team.state.value,
        usual_times=[in_words(each, caller.language) for each in usual_week(team)],
        parent_id=team.parent_id,
        branches=[Branch(each.id, each.name) for each in branches],
        can_be_asked=card.can_be_asked,
    )


def _in_list(card: TeamCard, language: str) -> dict[str, Any]:
    return {
        "id": card.team.id,
        "name": card.team.name,
        "division": card.team.division,
        "place": in_words(card.place, language) if card.place else None,
        "fields": [each.id for each in card.fields],
        "members": card.members,
        "organization_id": card.home.id,
        "organization": card.home.name,
        "is_group": card.team.organization_id is None,
    }


handlers: Final = (list_teams, show_team)
