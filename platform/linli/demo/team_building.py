"""Builds a planned team by the actions that people use."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.demo.teams import PlannedTeam
from linli.organizations.models import Organization
from linli.teams import actions
from linli.teams.models import Team
from linli.teams.rules import TeamRole


async def build_team(
    session: AsyncSession,
    planned: PlannedTeam,
    *,
    home: Organization,
    officer: Account,
    volunteers: Sequence[Account],
    now: datetime,
) -> Team:
    """Founded or proposed, agreed to, joined by the link; those who wait have asked."""
    people = [volunteers[n] for n in planned.people]
    if planned.is_group:
        team = await actions.propose_team(
            session, account=people[0], committee=home, draft=planned.draft, now=now, is_sample=True
        )
        if planned.is_agreed:
            await actions.agree_to_team(session, team=team, account_id=officer.id, now=now)
    else:
        team = await actions.found_team(
            session,
            organization=home,
            draft=planned.draft,
            account_id=officer.id,
            now=now,
            is_sample=True,
        )
    for person in people[1 if planned.is_group else 0 :]:
        seat = await actions.join_by_link(session, team=team, account=person, now=now)
        if person is people[0]:
            role = TeamRole.leader
            await actions.set_role(
                session, team=team, member_id=seat.id, role=role, account_id=officer.id, now=now
            )
    for number in planned.waiting:
        await actions.ask_to_join(session, team=team, account=volunteers[number], now=now)
    return team
