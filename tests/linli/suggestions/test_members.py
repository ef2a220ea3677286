"""What a team can do at a time, as counts: who is free, who has not said, who holds a paper."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need
from linli.needs.queries import find_need
from linli.suggestions.members import Counts, count_members
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState
from linli.volunteers.models import VolunteerCredential
from tests.factories import make_account, make_need, make_team, make_team_member, make_volunteer
from tests.linli.suggestions.factories import make_asking_need

MONDAY = "111" + "0" * 18
# From Monday afternoon into the evening.
MONDAY_AT_FIVE = datetime.fromisoformat("2026-11-23T09:00:00Z")


async def counted(session: AsyncSession, need: Need) -> Mapping[UUID, Sequence[int]]:
    need_id = need.id
    session.expire_all()
    need = await find_need(session, need_id)
    teams = select(Team.id)
    return await count_members(session, TeamMember.team_id, teams=teams, need=need, shift=need.shifts[0])


async def test_members_are_free_busy_or_have_not_said(session: AsyncSession) -> None:
    need = await make_need(session, starts_at=MONDAY_AT_FIVE)
    team, empty = (await make_team(session)).id, (await make_team(session)).id
    free = await make_volunteer(session, availability=MONDAY)
    only_afternoon = await make_volunteer(session, availability="010" + "0" * 18)
    open_evening = await make_volunteer(session, availability="01?" + "0" * 18)
    silent, without_profile = await make_volunteer(session), await make_account(session)
    gone = await make_volunteer(session, availability=MONDAY)
    for person in (free, only_afternoon, open_evening, silent, without_profile):
        await make_team_member(session, await session.get_one(Team, team), person)
    await make_team_member(session, await session.get_one(Team, team), gone, state=MemberState.left)
    found = await counted(session, need)
    counts = Counts.of([empty, team], found, papers=0)
    assert (counts.free.tolist(), counts.maybe_free.tolist()) == ([0, 1], [0, 3])
    assert counts.papers_free.shape == (2, 0)


@pytest.mark.parametrize(
    ("checked", "days", "counts"),
    [(True, 0, True), (True, None, True), (False, None, False), (True, -1, False)],
)
async def test_a_paper_counts_once_checked_and_while_valid(
    session: AsyncSession, now: datetime, checked: bool, days: int | None, counts: bool
) -> None:
    need = await make_asking_need(session, credentials=("first_aid",))
    last_on: date = need.shifts[0].ends_at.date()
    team, holder = await make_team(session), await make_volunteer(session)
    await make_team_member(session, team, holder)
    session.add(
        VolunteerCredential(
            account_id=holder.id,
            credential_id="first_aid",
            stated_at=now,
            checked_at=now if checked else None,
            expires_on=None if days is None else last_on + timedelta(days=days),
        )
    )
    await session.flush()
    team_id = team.id
    assert (await counted(session, need))[team_id] == (0, 1, int(counts))
