"""What a team can do at a time, as counts for those who ask it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.teams.rules import FreeCounts, MemberState
from linli.teams.strength import active_members, askable_teams, members_free_counts, members_with_paper
from linli.volunteers.models import VolunteerCredential
from tests.factories import (
    COMMUNITY,
    make_account,
    make_organization,
    make_team,
    make_team_member,
    make_volunteer,
)

MONDAY_MORNING = "1" + "0" * 20


async def test_members_are_free_busy_or_have_not_said(session: AsyncSession, now: datetime) -> None:
    team, empty = await make_team(session), await make_team(session)
    free, taken = [await make_volunteer(session, availability=MONDAY_MORNING) for _ in range(2)]
    busy = await make_volunteer(session, availability="0" * 21)
    silent, without_profile = await make_volunteer(session), await make_account(session)
    gone = await make_volunteer(session, availability=MONDAY_MORNING)
    for person in (free, taken, busy, silent, without_profile):
        await make_team_member(session, team, person)
    await make_team_member(session, team, gone, state=MemberState.left)
    found = await members_free_counts(
        session,
        team_ids=[team.id, empty.id],
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        busy=select(Account.id).where(Account.id == taken.id),
    )
    assert found == {team.id: FreeCounts(free=1, busy=2, unknown=2), empty.id: FreeCounts()}
    assert gone.id not in await active_members(session, team_id=team.id)


async def test_papers_count_only_once_checked_and_while_valid(session: AsyncSession, now: datetime) -> None:
    team = await make_team(session)
    today = now.date()
    holders = [await make_volunteer(session) for _ in range(3)]
    checks = ((now, today), (None, None), (now, today - timedelta(days=1)))
    for person, (checked_at, expires_on) in zip(holders, checks, strict=True):
        await make_team_member(session, team, person)
        session.add(
            VolunteerCredential(
                account_id=person.id,
                credential_id="first_aid",
                stated_at=now,
                checked_at=checked_at,
                expires_on=expires_on,
            )
        )
    await session.flush()
    found = await members_with_paper(session, team_ids=[team.id], credential_id="first_aid", on_day=today)
    assert found == {team.id: {holders[0].id}}


async def test_only_teams_of_verified_organizations_inside_the_place_are_asked(session: AsyncSession) -> None:
    here = await make_team(session)
    await make_team(session, await make_organization(session, verified_at=None))
    await make_team(session, division="522725001002")
    assert [team.id for team in await askable_teams(session, inside=COMMUNITY[:6])] == [here.id]
