"""People's places in teams: at most five each, counted with the people locked."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamState, refuse_one_more


async def count_in(session: AsyncSession, *, account_id: UUID) -> None:
    """Conflict where this person cannot join one more; until the transaction ends nobody else counts them."""
    await count_all_in(session, {account_id: 1})


async def count_all_in(session: AsyncSession, joins: Mapping[UUID, int]) -> None:
    """The same for many people and how many teams each is to join, in two statements."""
    people = select(Account.id).where(Account.id.in_(joins)).order_by(Account.id)
    await session.execute(people.with_for_update())
    teams = await teams_of_each(session, joins)
    for account_id, more in joins.items():
        if refusal := refuse_one_more(teams.get(account_id, 0) + more - 1):
            raise Conflict(refusal)


async def teams_of(session: AsyncSession, *, account_id: UUID) -> int:
    """How many teams somebody belongs to that go on, or wait for their committee."""
    return (await teams_of_each(session, [account_id])).get(account_id, 0)


async def teams_of_each(session: AsyncSession, account_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """The same for many people; who is in no team is left out."""
    counted = await session.execute(
        select(TeamMember.account_id, func.count())
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.account_id.in_(account_ids), TeamMember.state == MemberState.member)
        .where(Team.state.in_([TeamState.agreed, TeamState.proposed]))
        .group_by(TeamMember.account_id)
    )
    return {account_id: teams for account_id, teams in counted}
