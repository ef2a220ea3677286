"""The people of an organization: those in its teams, and those it registered."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import NotFound
from linli.core.i18n import Named
from linli.core.paging import Page, read_page
from linli.divisions.shown import named
from linli.rosters.models import RegisteredPerson, RosterImport
from linli.rosters.rules import ImportState, Person
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamRole, TeamState

PAGE_SIZE: Final = 50
MOST_PEOPLE: Final = 20_000
MOST_TEAMS_OF_HOME: Final = 1000
BELONGS: Final = (MemberState.member, MemberState.invited)


@dataclass(frozen=True)
class ListedPerson:
    """Somebody on the page of the organization's people: no number stands there."""

    id: UUID
    name: str
    division: str
    is_managed: bool
    teams: Sequence[tuple[str, TeamRole | None]]

    @property
    def home(self) -> Named | None:
        return named(self.division)


@dataclass(frozen=True)
class Roster:
    """The whole roster at one moment. `print` is the same as long as nothing in it has changed."""

    people: Mapping[UUID, Person]
    teams: Sequence[Team]

    @property
    def print(self) -> str:
        lines = [
            "|".join(
                (
                    str(each.id),
                    each.name,
                    each.mobile,
                    each.birth_on.isoformat(),
                    each.division,
                    ",".join(sorted(f"{team}:{role or ''}" for team, role in each.teams.items())),
                )
            )
            for each in self.people.values()
        ]
        lines += [f"{team.id}|{team.name}" for team in self.teams]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


async def roster_of(session: AsyncSession, *, organization_id: UUID) -> Roster:
    """Everybody, in four queries however many there are."""
    teams = await teams_of(session, organization_id=organization_id)
    rows = await session.execute(
        select(
            Account.id,
            Account.name,
            Account.mobile,
            Account.birth_on,
            Account.division,
            RegisteredPerson.organization_id == organization_id,
            RegisteredPerson.mobile,
        )
        .outerjoin(RegisteredPerson, RegisteredPerson.account_id == Account.id)
        .where(_belongs(organization_id), Account.stopped_at.is_(None))
        .order_by(Account.id)
        .limit(MOST_PEOPLE)
    )
    found = rows.all()
    own, every = await _memberships(session, organization_id)
    people = {
        id: Person(
            id=id,
            name=name,
            mobile=(registered_mobile if is_own else mobile) or "",
            birth_on=birth_on,
            division=division or "",
            is_managed=bool(is_own),
            teams=own.get(id, {}),
            all_teams=every.get(id, 0),
        )
        for id, name, mobile, birth_on, division, is_own, registered_mobile in found
    }
    return Roster(people, teams)


async def teams_of(session: AsyncSession, *, organization_id: UUID) -> Sequence[Team]:
    query = select(Team).where(Team.organization_id == organization_id, Team.state == TeamState.agreed)
    return (await session.scalars(query.order_by(Team.name, Team.id).limit(MOST_TEAMS_OF_HOME))).all()


async def people_page(
    session: AsyncSession, *, organization_id: UUID, called: str, after: str
) -> Page[ListedPerson]:
    query = (
        select(Account.id, Account.name, Account.division, RegisteredPerson.organization_id)
        .outerjoin(RegisteredPerson, RegisteredPerson.account_id == Account.id)
        .where(_belongs(organization_id), Account.stopped_at.is_(None))
    )
    if called:
        query = query.where(Account.name.contains(called, autoescape=True))
    page = await read_page(
        session,
        query,
        keys=[Account.name, Account.id],
        key_of=lambda row: [row.name, row.id],
        after=after,
        size=PAGE_SIZE,
    )
    teams = await _teams_in_words(session, organization_id, [row.id for row in page.rows])
    rows = [
        ListedPerson(row.id, row.name, row.division or "", row[3] == organization_id, teams.get(row.id, ()))
        for row in page.rows
    ]
    return Page(rows, page.next_cursor)


async def count_people(session: AsyncSession, *, organization_id: UUID) -> int:
    counted = select(func.count()).select_from(Account)
    counted = counted.where(_belongs(organization_id), Account.stopped_at.is_(None))
    return await session.scalar(counted) or 0


async def registered_person(
    session: AsyncSession, *, organization_id: UUID, person_id: UUID
) -> tuple[RegisteredPerson, Account]:
    """Somebody this organization registered, or NotFound."""
    row = (
        await session.execute(
            select(RegisteredPerson, Account)
            .join(Account, Account.id == RegisteredPerson.account_id)
            .where(
                RegisteredPerson.account_id == person_id, RegisteredPerson.organization_id == organization_id
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def accounts_by_id(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Account]:
    found = await session.scalars(select(Account).where(Account.id.in_(ids)))
    return {each.id: each for each in found}


async def seats_by_id(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, TeamMember]:
    found = await session.scalars(select(TeamMember).where(TeamMember.id.in_(ids)))
    return {each.id: each for each in found}


async def import_with_id(
    session: AsyncSession, *, organization_id: UUID, import_id: UUID, lock: bool = False
) -> RosterImport:
    query = select(RosterImport).where(
        RosterImport.id == import_id, RosterImport.organization_id == organization_id
    )
    query = query.execution_options(populate_existing=True)
    found: RosterImport | None = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


async def last_applied(session: AsyncSession, *, organization_id: UUID) -> RosterImport | None:
    """The import that can be undone, if nothing has changed since."""
    query = select(RosterImport).where(
        RosterImport.organization_id == organization_id, RosterImport.state == ImportState.applied
    )
    found: RosterImport | None = await session.scalar(
        query.order_by(RosterImport.applied_at.desc(), RosterImport.id.desc()).limit(1)
    )
    return found


async def _memberships(
    session: AsyncSession, organization_id: UUID
) -> tuple[Mapping[UUID, Mapping[UUID, TeamRole | None]], Mapping[UUID, int]]:
    """Of each person the organization's teams, and how many teams they belong to anywhere."""
    rows = await session.execute(
        select(TeamMember.account_id, TeamMember.team_id, TeamMember.role, TeamMember.state)
        .join(Team, Team.id == TeamMember.team_id)
        .where(Team.organization_id == organization_id, TeamMember.state.in_(BELONGS))
        .where(Team.state == TeamState.agreed)
    )
    own: dict[UUID, dict[UUID, TeamRole | None]] = {}
    for account_id, team_id, role, state in rows:
        own.setdefault(account_id, {})[team_id] = role if state is MemberState.member else None
    counted = await session.execute(
        select(TeamMember.account_id, func.count())
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.state == MemberState.member)
        .where(Team.state.in_([TeamState.agreed, TeamState.proposed]))
        .where(TeamMember.account_id.in_(_member_ids(organization_id)))
        .group_by(TeamMember.account_id)
    )
    return own, {account_id: n for account_id, n in counted}


async def _teams_in_words(
    session: AsyncSession, organization_id: UUID, people: Sequence[UUID]
) -> Mapping[UUID, list[tuple[str, TeamRole | None]]]:
    rows = await session.execute(
        select(TeamMember.account_id, Team.name, TeamMember.role, TeamMember.state)
        .join(Team, Team.id == TeamMember.team_id)
        .where(Team.organization_id == organization_id, TeamMember.account_id.in_(people))
        .where(TeamMember.state.in_(BELONGS), Team.state == TeamState.agreed)
        .order_by(Team.name)
    )
    said: dict[UUID, list[tuple[str, TeamRole | None]]] = {}
    for account_id, name, role, state in rows:
        said.setdefault(account_id, []).append((name, role if state is MemberState.member else None))
    return said


def _belongs(organization_id: UUID) -> ColumnElement[bool]:
    registered = select(RegisteredPerson.account_id).where(
        RegisteredPerson.organization_id == organization_id
    )
    return or_(Account.id.in_(_member_ids(organization_id)), Account.id.in_(registered))


def _member_ids(organization_id: UUID) -> Any:
    """Who belongs to one of its teams. Who is only invited has not agreed to be seen, except by name."""
    return (
        select(TeamMember.account_id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(Team.organization_id == organization_id, Team.state == TeamState.agreed)
        .where(TeamMember.state == MemberState.member)
    )
