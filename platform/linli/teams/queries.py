"""Reads of teams: the public list, one's own, a leader's roster, and what an organization answers for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.accounts.rules import ADULT_AGE_YEARS, age_on
from linli.core import seed
from linli.core.errors import NotFound
from linli.core.i18n import Message, Named
from linli.core.paging import Page, read_page
from linli.core.seed import Credential
from linli.divisions.shown import named
from linli.organizations.models import Organization
from linli.organizations.rules import COMMITTEES
from linli.teams.filters import TeamFilter
from linli.teams.models import Team, TeamField, TeamMember
from linli.teams.rules import (
    LEADING_ROLES,
    MOST_TEAMS,
    OPEN_STATES,
    MemberState,
    TeamRole,
    TeamState,
    refuse_asking,
)
from linli.volunteers.models import VolunteerCredential

MOST_TEAMS_SHOWN = 100
ROSTER_SIZE = 50


@dataclass(frozen=True)
class TeamCard:
    """A team as anybody may see it: no member's name, and how many there are."""

    team: Team
    home: Organization
    fields: tuple[seed.Field, ...]
    members: int

    @property
    def place(self) -> Named | None:
        return named(self.team.division)

    @property
    def why_not_asked(self) -> Message | None:
        return refuse_asking(self.team.state, home_is_verified=self.home.is_verified)

    @property
    def can_be_asked(self) -> bool:
        return self.why_not_asked is None


@dataclass(frozen=True)
class OwnTeam:
    """A team somebody belongs to, or waits for."""

    card: TeamCard
    seat: TeamMember


@dataclass(frozen=True)
class RosterRow:
    """A member as who leads the team sees them; whoever only asked is a name and a township."""

    seat: TeamMember
    account: Account
    papers: tuple[Credential, ...]
    is_minor: bool

    @property
    def township(self) -> Named | None:
        return named((self.account.division or "")[:9])

    @property
    def contact(self) -> str | None:
        """Nobody's before they have joined."""
        return (self.account.mobile or self.account.email) if self.seat.is_member else None


def home_id() -> ColumnElement[UUID]:
    """The organization that answers for a team."""
    return func.coalesce(Team.organization_id, Team.committee_id)


def can_be_asked(home: Any = Organization) -> ColumnElement[bool]:
    """As `refuse_asking` decides; `home` is joined on `home_id()`."""
    return and_(Team.state == TeamState.agreed, home.is_verified)


async def team_with_id(session: AsyncSession, team_id: UUID, *, lock: bool = False) -> Team:
    query = select(Team).where(Team.id == team_id).execution_options(populate_existing=True)
    team: Team | None = await session.scalar(query.with_for_update() if lock else query)
    if team is None:
        raise NotFound
    return team


async def team_of_link(session: AsyncSession, token: str, *, lock: bool = False) -> Team:
    """The team whose link this is; NotFound once the leader has renewed it."""
    query = select(Team).where(Team.join_token == token, Team.state == TeamState.agreed)
    team: Team | None = await session.scalar(query.with_for_update() if lock else query)
    if team is None:
        raise NotFound
    return team


async def card_of(session: AsyncSession, team: Team) -> TeamCard:
    [card] = await cards_of(session, [team])
    return card


async def cards_of(session: AsyncSession, teams: Sequence[Team]) -> list[TeamCard]:
    """In the order given, with four queries however many there are."""
    ids = [team.id for team in teams]
    homes = select(Organization).where(Organization.id.in_({team.home_id for team in teams}))
    home_of = {home.id: home for home in await session.scalars(homes)}
    fields = await fields_of(session, ids)
    members = await member_counts(session, ids)
    return [
        TeamCard(team, home_of[team.home_id], _named_fields(fields.get(team.id, ())), members.get(team.id, 0))
        for team in teams
    ]


async def public_teams(session: AsyncSession, *, chosen: TeamFilter, after: str) -> Page[TeamCard]:
    """Agreed teams of organizations that may act, by name."""
    query = (
        select(Team).join(Organization, Organization.id == home_id()).where(can_be_asked(), *_chosen(chosen))
    )
    return await _cards_page(session, query, after)


async def field_counts(session: AsyncSession, *, chosen: TeamFilter) -> dict[str, int]:
    """How many teams there are per field, whatever field is chosen."""
    counted = (
        select(TeamField.field_id, func.count())
        .join(Team, Team.id == TeamField.team_id)
        .join(Organization, Organization.id == home_id())
        .where(can_be_asked(), *_chosen(chosen.any_field))
        .group_by(TeamField.field_id)
    )
    return {field_id: n for field_id, n in await session.execute(counted)}


async def teams_of_home(
    session: AsyncSession, *, organization_id: UUID, state: TeamState, after: str = ""
) -> Page[TeamCard]:
    """The teams that an organization answers for, by name."""
    query = select(Team).where(_answers_for(organization_id), Team.state == state)
    return await _cards_page(session, query, after)


async def home_counts(session: AsyncSession, *, organization_id: UUID) -> dict[TeamState, int]:
    counted = select(Team.state, func.count()).where(_answers_for(organization_id)).group_by(Team.state)
    return {state: n for state, n in await session.execute(counted)}


async def branches_of(session: AsyncSession, *, team: Team) -> Sequence[Team]:
    """The branches of a team that go on."""
    query = select(Team).where(Team.parent_id == team.id, Team.state == TeamState.agreed)
    return (await session.scalars(query.order_by(Team.name, Team.id).limit(MOST_TEAMS_SHOWN))).all()


async def possible_parents(
    session: AsyncSession, *, organization_id: UUID, but: UUID | None = None
) -> Sequence[Team]:
    """Teams that a team of this organization can be a branch of."""
    query = select(Team).where(
        Team.organization_id == organization_id, Team.parent_id.is_(None), Team.state == TeamState.agreed
    )
    query = query.where(Team.id != but) if but else query
    return (await session.scalars(query.order_by(Team.name, Team.id).limit(MOST_TEAMS_SHOWN))).all()


async def own_seats(session: AsyncSession, *, account_id: UUID) -> Sequence[tuple[Team, TeamMember]]:
    """Where somebody is a member, invited, or has asked; a handful at most of each."""
    rows = await session.execute(
        select(Team, TeamMember)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.account_id == account_id, TeamMember.state.in_(OPEN_STATES))
        .order_by(Team.name, Team.id)
        .limit(MOST_TEAMS_SHOWN)
    )
    return [(team, seat) for team, seat in rows]


async def own_teams(session: AsyncSession, *, account_id: UUID) -> list[OwnTeam]:
    rows = await own_seats(session, account_id=account_id)
    cards = await cards_of(session, [team for team, _ in rows])
    return [OwnTeam(card, seat) for card, (_, seat) in zip(cards, rows, strict=True)]


async def roster_page(
    session: AsyncSession, *, team: Team, state: MemberState, today: date, after: str = ""
) -> Page[RosterRow]:
    """Members, or those who wait for an answer, in the order in which they came."""
    query = (
        select(TeamMember, Account)
        .join(Account, Account.id == TeamMember.account_id)
        .where(TeamMember.team_id == team.id, TeamMember.state == state, Account.stopped_at.is_(None))
    )
    page = await read_page(
        session,
        query,
        keys=[TeamMember.asked_at, TeamMember.id],
        key_of=lambda row: [row[0].asked_at, row[0].id],
        after=after,
        size=ROSTER_SIZE,
    )
    papers = await papers_that_count(session, [account.id for _, account in page.rows], on_day=today)
    rows = [
        RosterRow(
            seat,
            account,
            papers.get(account.id, ()),
            age_on(account.birth_on, today) < ADULT_AGE_YEARS,
        )
        for seat, account in page.rows
    ]
    return Page(rows, page.next_cursor)


async def leaders_of(session: AsyncSession, *, team: Team) -> list[tuple[TeamRole, str]]:
    """Who leads the team, for its members: role and name, the leader first."""
    rows = await session.execute(
        select(TeamMember.role, Account.name)
        .join(Account, Account.id == TeamMember.account_id)
        .where(TeamMember.team_id == team.id, TeamMember.state == MemberState.member)
        .where(TeamMember.role != TeamRole.member)
        .order_by(TeamMember.role.desc(), TeamMember.since)
        .limit(MOST_TEAMS_SHOWN)
    )
    return [(role, name) for role, name in rows]


async def papers_that_count(
    session: AsyncSession, account_ids: Sequence[UUID], *, on_day: date
) -> dict[UUID, tuple[Credential, ...]]:
    """Of each person the checked papers that are valid on a day, in the order of seed/credentials.toml."""
    held = VolunteerCredential
    rows = await session.execute(
        select(held.account_id, held.credential_id).where(
            held.account_id.in_(account_ids), held.counts_on(on_day)
        )
    )
    of_person: dict[UUID, set[str]] = {}
    for account_id, credential_id in rows:
        of_person.setdefault(account_id, set()).add(credential_id)
    known = seed.credentials().items()
    return {
        account_id: tuple(paper for id, paper in known if id in ids) for account_id, ids in of_person.items()
    }


async def member_counts(session: AsyncSession, team_ids: Sequence[UUID]) -> dict[UUID, int]:
    counted = (
        select(TeamMember.team_id, func.count())
        .where(TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.member)
        .group_by(TeamMember.team_id)
    )
    return {team_id: n for team_id, n in await session.execute(counted)}


async def waiting_counts(session: AsyncSession, team_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many people wait for each team's leader."""
    counted = (
        select(TeamMember.team_id, func.count())
        .where(TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.asked)
        .group_by(TeamMember.team_id)
    )
    return {team_id: n for team_id, n in await session.execute(counted)}


async def home_asks(session: AsyncSession, *, organization_id: UUID) -> list[tuple[Team, int]]:
    """The teams of an organization that people ask to join, and how many ask."""
    rows = await session.execute(
        select(Team, func.count())
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(Team.organization_id == organization_id, Team.state == TeamState.agreed)
        .where(TeamMember.state == MemberState.asked)
        .group_by(Team.id)
        .order_by(func.min(TeamMember.asked_at), Team.id)
        .limit(MOST_TEAMS_SHOWN)
    )
    return [(team, n) for team, n in rows]


async def led_teams(session: AsyncSession, *, account_id: UUID) -> Sequence[Team]:
    """The agreed teams that somebody leads or helps to lead, by name."""
    query = (
        select(Team)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.account_id == account_id, TeamMember.state == MemberState.member)
        .where(TeamMember.role.in_(LEADING_ROLES), Team.state == TeamState.agreed)
    )
    return (await session.scalars(query.order_by(Team.name, Team.id).limit(MOST_TEAMS))).all()


async def fields_of(
    session: AsyncSession, team_ids: Sequence[UUID] | Select[tuple[UUID]]
) -> Mapping[UUID, tuple[str, ...]]:
    """The fields of each team, as ids."""
    rows = await session.execute(
        select(TeamField.team_id, TeamField.field_id)
        .where(TeamField.team_id.in_(team_ids))
        .order_by(TeamField.field_id)
    )
    of_team: dict[UUID, list[str]] = {}
    for team_id, field_id in rows:
        of_team.setdefault(team_id, []).append(field_id)
    return {team_id: tuple(ids) for team_id, ids in of_team.items()}


async def committees_in(session: AsyncSession, *, division: str) -> Sequence[Organization]:
    """Verified residents' and village committees of a community."""
    query = select(Organization).where(
        Organization.kind.in_(COMMITTEES),
        Organization.division == division,
        Organization.verified_at.is_not(None),
    )
    return (await session.scalars(query.order_by(Organization.name).limit(MOST_TEAMS_SHOWN))).all()


def _answers_for(organization_id: UUID) -> ColumnElement[bool]:
    return or_(Team.organization_id == organization_id, Team.committee_id == organization_id)


def _chosen(chosen: TeamFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.code:
        conditions.append(Team.division.startswith(chosen.code, autoescape=True))
    if chosen.organization_id:
        conditions.append(_answers_for(chosen.organization_id))
    if chosen.field_id:
        of_field = select(TeamField.team_id).where(TeamField.field_id == chosen.field_id)
        conditions.append(Team.id.in_(of_field))
    return conditions


async def _cards_page(session: AsyncSession, query: Any, after: str) -> Page[TeamCard]:
    page = await read_page(
        session,
        query,
        keys=[Team.name, Team.id],
        key_of=lambda row: [row[0].name, row[0].id],
        after=after,
    )
    return Page(await cards_of(session, [row[0] for row in page.rows]), page.next_cursor)


def _named_fields(ids: Sequence[str]) -> tuple[seed.Field, ...]:
    return tuple(field for id, field in seed.fields().items() if id in ids)
