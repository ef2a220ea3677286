"""One person's places in teams: at most five, counted with the person locked."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamState, refuse_one_more


async def count_in(session: AsyncSession, *, account_id: UUID) -> None:
    """Conflict where this person cannot join one more; until the transaction ends nobody else counts them."""
    await session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    if refusal := refuse_one_more(await teams_of(session, account_id=account_id)):
        raise Conflict(refusal)


async def teams_of(session: AsyncSession, *, account_id: UUID) -> int:
    """How many teams somebody belongs to that go on, or wait for their committee."""
    counted = (
        select(func.count())
        .select_from(TeamMember)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.account_id == account_id, TeamMember.state == MemberState.member)
        .where(Team.state.in_([TeamState.agreed, TeamState.proposed]))
    )
    return await session.scalar(counted) or 0
