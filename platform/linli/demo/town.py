"""The demo town in the database: built once, and found again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import Message
from linli.demo.build import Builder
from linli.demo.plan import TownPlan, plan_town
from linli.demo.sizes import Size
from linli.needs.models import Need
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import ROLE_NAMES
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamRole
from linli.volunteers.models import VolunteerProfile

VOLUNTEER: Final = Message("Volunteer")
TEAM_ROLES: Final = {TeamRole.leader: Message("Team leader"), TeamRole.member: Message("Team member")}


@dataclass(frozen=True)
class SignIn:
    """`organization` may be a team, and is empty for who is in neither."""

    role: Message
    name: str
    organization: str
    language: str
    address: str


@dataclass(frozen=True)
class SampleCounts:
    """How much sample data there is."""

    volunteers: int
    teams: int
    needs: int


async def what_is_there(session: AsyncSession) -> SampleCounts:
    """Counted, for an older and smaller town may stand in the database."""
    profiles = (
        select(func.count())
        .select_from(VolunteerProfile)
        .join(Account, Account.id == VolunteerProfile.account_id)
        .where(Account.is_sample)
    )
    teams = select(func.count()).where(Team.is_sample)
    needs = select(func.count()).where(Need.is_sample)
    return SampleCounts(*[await session.scalar(counted) or 0 for counted in (profiles, teams, needs)])


async def is_empty(session: AsyncSession) -> bool:
    """Whether nobody uses this database yet."""
    return await session.scalar(select(Account.id).limit(1)) is None


async def build_town(
    session: AsyncSession, *, now: datetime, zone: ZoneInfo, secret_key: str, size: Size
) -> TownPlan:
    plan = plan_town(start=now.astimezone(zone).date(), zone=zone, size=size)
    await Builder(session, plan, secret_key).build()
    return plan


async def sign_ins(session: AsyncSession) -> list[SignIn]:
    """Who of the sample people can sign in; volunteers first."""
    rows = await session.execute(
        select(Account, Membership.role, Organization.name, TeamMember.role, Team)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .outerjoin(Organization, Organization.id == Membership.organization_id)
        .outerjoin(
            TeamMember, (TeamMember.account_id == Account.id) & (TeamMember.state == MemberState.member)
        )
        .outerjoin(Team, Team.id == TeamMember.team_id)
        .where(Account.is_sample, Account.password_hash.is_not(None), Account.email.is_not(None))
        .order_by(Membership.role.is_not(None), Account.created_at, Account.id)
        .limit(50)
    )
    return [
        SignIn(
            role=ROLE_NAMES[role] if role else _team_role(team, seat),
            name=account.name,
            organization=organization or (team.name if team else ""),
            language=account.language,
            address=account.email,
        )
        for account, role, organization, seat, team in rows
    ]


def _team_role(team: Team | None, seat: TeamRole | None) -> Message:
    """Among neighbours who found together, all are simply volunteers."""
    if team is None or seat is None or team.organization_id is None:
        return VOLUNTEER
    return TEAM_ROLES[seat]


async def names_of(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of sample people, which are invented; of anybody else only that they are a volunteer."""
    rows = await session.execute(
        select(Account.id, Account.name).where(Account.id.in_(account_ids), Account.is_sample)
    )
    return dict.fromkeys(account_ids, "A volunteer") | {id: name for id, name in rows}
