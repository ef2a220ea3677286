"""What every act in a team leaves behind: an audit entry, and a notice to whom it concerns."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.organizations.models import Membership
from linli.organizations.rules import ACTING_ROLES
from linli.teams.models import Team, TeamMember
from linli.teams.rules import LEADING_ROLES, MemberState

SUBJECT: Final = Message("Your team on Linli")


def note(
    session: AsyncSession, action: str, team: Team, account_id: UUID | None, now: datetime, **ids: UUID | int
) -> None:
    record(
        session,
        action=action,
        object_id=team.id,
        organization_id=team.home_id,
        actor_id=account_id,
        now=now,
        **ids,
    )


def tell_person(
    session: AsyncSession,
    person: Account,
    team: Team,
    sentence: Message,
    now: datetime,
    *,
    path: str | None = None,
) -> None:
    tell(
        session,
        person=person,
        event="team",
        subject=SUBJECT,
        sentence=sentence,
        path=path or f"/teams/{team.id}",
        now=now,
    )


async def tell_leaders(
    session: AsyncSession,
    team: Team,
    sentence: Message,
    now: datetime,
    *,
    but: UUID | None = None,
    path: str | None = None,
) -> None:
    """Who leads the team; where nobody does yet, who acts for its organization."""
    roster = path or f"/teams/{team.id}/roster"
    leading = (
        select(Account)
        .join(TeamMember, TeamMember.account_id == Account.id)
        .where(TeamMember.team_id == team.id, TeamMember.state == MemberState.member)
        .where(TeamMember.role.in_(LEADING_ROLES))
    )
    people = (await session.scalars(leading)).all()
    for person in people:
        if person.id != but:
            tell_person(session, person, team, sentence, now, path=roster)
    if not people:
        await tell_home(session, team, sentence, now, path=roster)


async def tell_members(
    session: AsyncSession, team: Team, sentence: Message, now: datetime, *, but: UUID | None = None
) -> None:
    members = (
        select(Account)
        .join(TeamMember, TeamMember.account_id == Account.id)
        .where(TeamMember.team_id == team.id, TeamMember.state == MemberState.member)
    )
    for person in await session.scalars(members):
        if person.id != but:
            tell_person(session, person, team, sentence, now)


async def tell_home(
    session: AsyncSession, team: Team, sentence: Message, now: datetime, *, path: str
) -> None:
    """Who acts for the organization that answers for the team."""
    acting = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organization_id == team.home_id, Membership.ended_at.is_(None))
        .where(Membership.role.in_(ACTING_ROLES))
    )
    for person in await session.scalars(acting):
        tell_person(session, person, team, sentence, now, path=path)
