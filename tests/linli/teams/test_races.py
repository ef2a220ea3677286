"""Two servers, one database: whatever is pressed at once, five teams are five, and a team has one leader."""

from uuid import UUID

from sqlalchemy import func, select

from linli.teams.models import TeamMember
from linli.teams.rules import MOST_TEAMS, MemberState, TeamRole
from tests.factories import make_account, make_team, make_team_member
from tests.linli.participation.racing import Press, Track, rounds

DOORS = 8


async def memberships(track: Track, account_id: UUID) -> int:
    async with track.database.session(writes=False) as session:
        counted = select(func.count()).where(
            TeamMember.account_id == account_id, TeamMember.state == MemberState.member
        )
        return await session.scalar(counted) or 0


async def test_nobody_slips_into_a_sixth_team(track: Track) -> None:
    for _ in range(rounds(4)):
        async with track.database.transaction() as session:
            person = await make_account(session)
            for _ in range(MOST_TEAMS - 1):
                await make_team_member(session, await make_team(session), person)
            teams = [await make_team(session) for _ in range(DOORS)]
        racer = await track.sign_in(person)
        answers = await track.at_once([Press(racer, f"/join/{team.join_token}") for team in teams])
        assert sorted(answer.status_code for answer in answers) == [303] + [409] * (DOORS - 1)
        assert await memberships(track, person.id) == MOST_TEAMS


async def test_two_who_are_handed_the_team_at_once_do_not_both_lead(track: Track) -> None:
    for _ in range(rounds(4)):
        async with track.database.transaction() as session:
            team = await make_team(session)
            leader = await make_account(session)
            await make_team_member(session, team, leader, TeamRole.leader)
            members = [await make_team_member(session, team) for _ in range(2)]
        racer = await track.sign_in(leader)
        paths = [f"/teams/{team.id}/members/{member.id}/role" for member in members]
        answers = await track.at_once([Press(racer, path, fields={"role": "leader"}) for path in paths])
        assert all(answer.status_code in {303, 403, 409} for answer in answers)
        async with track.database.session(writes=False) as session:
            leading = select(func.count()).where(
                TeamMember.team_id == team.id,
                TeamMember.state == MemberState.member,
                TeamMember.role == TeamRole.leader,
            )
            assert await session.scalar(leading) == 1
