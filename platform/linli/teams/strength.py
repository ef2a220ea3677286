"""What a team can do at a time: how many members are free, and who holds a paper. For asking and matching."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import local
from linli.organizations.models import Organization
from linli.teams.models import Team, TeamMember
from linli.teams.queries import can_be_asked, home_id
from linli.teams.rules import FreeCounts, MemberState, counts_at, parts_of_week
from linli.volunteers.models import VolunteerCredential, VolunteerProfile

MOST_ASKABLE = 2000


async def askable_teams(
    session: AsyncSession, *, inside: str | None, limit: int = MOST_ASKABLE
) -> Sequence[Team]:
    """Teams that can be asked, of a division (None: of all)."""
    query = select(Team).join(Organization, Organization.id == home_id()).where(can_be_asked())
    if inside is not None:
        query = query.where(Team.division.startswith(inside, autoescape=True))
    return (await session.scalars(query.order_by(Team.id).limit(limit))).all()


async def members_free_counts(
    session: AsyncSession,
    *,
    team_ids: Collection[UUID],
    starts_at: datetime,
    ends_at: datetime,
    busy: Select[Any] | None = None,
) -> Mapping[UUID, FreeCounts]:
    """Free, busy and unknown members of each team at a time, in one query.

    `busy` selects the accounts that have promised that time to somebody; who may see the counts, and
    whether a few are said as "a few", is for the caller to ask (`said_of_count`).
    """
    is_taken: ColumnElement[bool] = TeamMember.account_id.in_(busy) if busy is not None else false()
    rows = await session.execute(
        select(TeamMember.team_id, is_taken, VolunteerProfile.availability)
        .join(Account, Account.id == TeamMember.account_id)
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == TeamMember.account_id)
        .where(TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.member)
        .where(Account.stopped_at.is_(None))
    )
    cells = parts_of_week(local(starts_at), local(ends_at))
    of_team: dict[UUID, list[tuple[bool, str | None]]] = {id: [] for id in team_ids}
    for team_id, taken, week in rows:
        of_team[team_id].append((bool(taken), week))
    return {team_id: _counted(members, cells) for team_id, members in of_team.items()}


async def members_with_paper(
    session: AsyncSession, *, team_ids: Collection[UUID], credential_id: str, on_day: date
) -> Mapping[UUID, frozenset[UUID]]:
    """Of each team the accounts whose paper counts on a day."""
    held = VolunteerCredential
    rows = await session.execute(
        select(TeamMember.team_id, TeamMember.account_id)
        .join(held, held.account_id == TeamMember.account_id)
        .where(TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.member)
        .where(held.credential_id == credential_id, held.checked_at.is_not(None))
        .where(or_(held.expires_on.is_(None), held.expires_on >= on_day))
    )
    of_team: dict[UUID, set[UUID]] = {id: set() for id in team_ids}
    for team_id, account_id in rows:
        of_team[team_id].add(account_id)
    return {team_id: frozenset(ids) for team_id, ids in of_team.items()}


async def active_members(session: AsyncSession, *, team_id: UUID) -> Sequence[UUID]:
    """Everybody who belongs to a team now."""
    query = (
        select(TeamMember.account_id)
        .join(Account, Account.id == TeamMember.account_id)
        .where(TeamMember.team_id == team_id, TeamMember.state == MemberState.member)
        .where(Account.stopped_at.is_(None))
    )
    return (await session.scalars(query.order_by(func.coalesce(TeamMember.since, TeamMember.asked_at)))).all()


def _counted(members: Sequence[tuple[bool, str | None]], cells: Collection[int]) -> FreeCounts:
    free_to_ask = [week for taken, week in members if not taken]
    return counts_at(
        [week for week in free_to_ask if week is not None],
        cells,
        taken=len(members) - len(free_to_ask),
        unsaid=sum(week is None for week in free_to_ask),
    )
