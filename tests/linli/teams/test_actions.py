"""Teams are founded, agreed to, joined, led and ended; both sides hear of it."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.core.errors import Conflict, Invalid, NotFound
from linli.core.i18n import Message
from linli.notifications.models import Notice
from linli.organizations.rules import OrganizationKind
from linli.teams import actions, queries
from linli.teams.filters import TeamFilter
from linli.teams.forms import TeamDraft
from linli.teams.models import Team, TeamMember
from linli.teams.policies import team_seat
from linli.teams.rules import MOST_TEAMS, MemberState, TeamRole, TeamState
from tests.factories import (
    COMMUNITY,
    make_account,
    make_member,
    make_organization,
    make_team,
    make_team_member,
)

DRAFT = TeamDraft(name="银铃陪伴队", division=COMMUNITY, fields=("elderly_care",), about="陪老人聊天。")


async def told(session: AsyncSession, person: Account) -> list[str]:
    """What a person has been told, in their language."""
    await session.flush()
    notices = await session.scalars(select(Notice).where(Notice.account_id == person.id).order_by(Notice.id))
    return [Message.from_json(each.sentence).in_language(person.language) for each in notices]


async def audited(session: AsyncSession, team: Team) -> list[str]:
    await session.flush()
    rows = await session.scalars(
        select(AuditEntry.action).where(AuditEntry.object_id == team.id).order_by(AuditEntry.id)
    )
    return list(rows)


async def test_a_committee_agrees_to_a_group_of_neighbours(session: AsyncSession, now: datetime) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    neighbour = await make_account(session, language="en")
    team = await actions.propose_team(session, account=neighbour, committee=committee, draft=DRAFT, now=now)
    assert (await queries.public_teams(session, chosen=TeamFilter(), after="")).rows == []
    assert await told(session, officer) == ["有居民自发组队，请您答复：银铃陪伴队。"]

    await actions.agree_to_team(session, team=team, account_id=officer.id, now=now)
    [card] = (await queries.public_teams(session, chosen=TeamFilter(), after="")).rows
    assert (card.team.id, card.home.id, card.members, card.can_be_asked) == (team.id, committee.id, 1, True)
    assert [sentence[:21] for sentence in await told(session, neighbour)] == ["The committee agrees:"]
    assert await audited(session, team) == ["propose_team", "agree_to_team"]


async def test_a_committee_declines_with_a_reason_and_decides_once(
    session: AsyncSession, now: datetime
) -> None:
    committee = await make_organization(session)
    neighbour = await make_account(session)
    team = await actions.propose_team(session, account=neighbour, committee=committee, draft=DRAFT, now=now)
    await actions.decline_team(session, team=team, reason="已有同类队伍", account_id=neighbour.id, now=now)
    assert await told(session, neighbour) == ["居（村）委会没有同意银铃陪伴队：已有同类队伍"]
    assert await team_seat(session, team_id=team.id, account_id=neighbour.id) is None
    with pytest.raises(Conflict):
        await actions.agree_to_team(session, team=team, account_id=neighbour.id, now=now)


@pytest.mark.parametrize(
    ("kind", "verified"), [(OrganizationKind.charity, True), (OrganizationKind.residents_committee, False)]
)
async def test_only_a_verified_committee_can_be_asked_to_agree(
    session: AsyncSession, now: datetime, kind: OrganizationKind, verified: bool
) -> None:
    home = await make_organization(session, kind, verified_at=now if verified else None)
    with pytest.raises(Conflict):
        await actions.propose_team(
            session, account=await make_account(session), committee=home, draft=DRAFT, now=now
        )


async def test_somebody_asks_and_the_leader_says_yes(session: AsyncSession, now: datetime) -> None:
    team = await make_team(session)
    leader = (await make_team_member(session, team, role=TeamRole.leader)).account_id
    person = await make_account(session)
    seat = await actions.ask_to_join(session, team=team, account=person, now=now)
    with pytest.raises(Conflict):
        await actions.ask_to_join(session, team=team, account=person, now=now)
    await actions.accept_member(session, team=team, member_id=seat.id, account_id=leader, now=now)
    assert seat.is_member
    assert await told(session, await session.get_one(Account, leader)) == [
        f"有人申请加入{team.name}，请尽快答复。"
    ]
    assert await told(session, person) == [f"您已加入{team.name}。"]
    with pytest.raises(Conflict):
        await actions.decline_member(session, team=team, member_id=seat.id, account_id=leader, now=now)


async def test_a_leader_answers_only_for_the_own_team(session: AsyncSession, now: datetime) -> None:
    team, other = await make_team(session), await make_team(session)
    asked = await make_team_member(session, other, state=MemberState.asked)
    with pytest.raises(NotFound):
        await actions.accept_member(
            session, team=team, member_id=asked.id, account_id=asked.account_id, now=now
        )


async def test_the_link_lets_in_at_once_until_it_is_renewed(session: AsyncSession, now: datetime) -> None:
    team = await make_team(session)
    leader = await make_team_member(session, team, role=TeamRole.leader)
    found = await queries.team_of_link(session, team.join_token)
    seat = await actions.join_by_link(session, team=found, account=await make_account(session), now=now)
    assert seat.is_member
    old = team.join_token
    await actions.renew_link(session, team=team, account_id=leader.account_id, now=now)
    with pytest.raises(NotFound):
        await queries.team_of_link(session, old)


async def test_nobody_joins_a_sixth_team(session: AsyncSession, now: datetime) -> None:
    person = await make_account(session)
    for _ in range(MOST_TEAMS):
        await make_team_member(session, await make_team(session), person)
    # One that has ended does not count.
    await make_team_member(session, await make_team(session, state=TeamState.ended), person)
    sixth = await make_team(session)
    for join in (actions.ask_to_join, actions.join_by_link):
        with pytest.raises(Conflict, match="at most"):
            await join(session, team=sixth, account=person, now=now)
    waiting = await make_team_member(session, sixth, person, state=MemberState.asked)
    with pytest.raises(Conflict, match="at most"):
        await actions.accept_member(session, team=sixth, member_id=waiting.id, account_id=person.id, now=now)


async def test_the_leader_hands_over_before_leaving(session: AsyncSession, now: datetime) -> None:
    team = await make_team(session)
    leader = await make_team_member(session, team, role=TeamRole.leader)
    member = await make_team_member(session, team)
    with pytest.raises(Conflict, match="hand the team over"):
        await actions.leave_team(session, team=team, seat=leader, now=now)
    role = TeamRole.leader
    await actions.set_role(
        session, team=team, member_id=member.id, role=role, account_id=leader.account_id, now=now
    )
    assert (leader.role, member.role) == (TeamRole.deputy, TeamRole.leader)
    await actions.leave_team(session, team=team, seat=leader, now=now)
    assert leader.state is MemberState.left
    new = await session.get_one(Account, member.account_id)
    assert await told(session, new) == [f"您在{team.name}的身份：队长。", f"有队员退出了{team.name}。"]


async def test_an_invitation_is_answered_by_the_person_alone(session: AsyncSession, now: datetime) -> None:
    team = await make_team(session)
    leader = await make_team_member(session, team, role=TeamRole.leader)
    yes, no = [await make_account(session) for _ in range(2)]
    invited = [(team, person) for person in (yes, no)]
    await actions.invite_members(session, invited=invited, account_id=leader.account_id, now=now)
    said = [(await team_seat(session, team_id=team.id, account_id=person.id)) for person in (yes, no)]
    assert said[0] is not None
    assert said[1] is not None
    assert said[0].consent_version is None
    await actions.accept_invitation(session, team=team, seat=said[0], now=now)
    await actions.decline_invitation(session, team=team, seat=said[1], now=now)
    assert (said[0].is_member, said[0].consent_version) == (True, "2026-11")
    assert said[1].state is MemberState.declined


async def test_when_an_agreement_is_taken_back_the_group_ends_and_all_hear_why(
    session: AsyncSession, now: datetime
) -> None:
    committee = await make_organization(session)
    team = await make_team(session, committee, is_group=True)
    leader = await make_team_member(session, team, role=TeamRole.leader)
    waiting = await make_team_member(session, team, state=MemberState.asked)
    await actions.withdraw_agreement(
        session, team=team, reason="长期无人活动", account_id=leader.account_id, now=now
    )
    assert (team.state, leader.state, waiting.state) == (TeamState.ended, MemberState.left, MemberState.left)
    assert "长期无人活动" in (await told(session, await session.get_one(Account, leader.account_id)))[0]
    assert await told(session, await session.get_one(Account, waiting.account_id)) == [
        f"{team.name}已经解散。"
    ]


async def test_branches_stay_in_the_house_and_on_one_level(session: AsyncSession, now: datetime) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    whole, branch, third = [await make_team(session, charity) for _ in range(3)]
    elsewhere = await make_team(session)

    async def make_branch(team: Team, parent: Team) -> None:
        draft = TeamDraft(name=team.name, division=team.division, parent_id=parent.id)
        await actions.edit_team(
            session, team=team, draft=draft, version=team.version, account_id=parent.id, now=now
        )

    await make_branch(branch, whole)
    for team, parent in ((third, branch), (whole, third), (third, elsewhere), (third, third)):
        with pytest.raises(Invalid):
            await make_branch(team, parent)
    assert [each.id for each in await queries.branches_of(session, team=whole)] == [branch.id]
    await actions.end_team(session, team=whole, account_id=charity.id, now=now)
    await session.refresh(branch)
    assert branch.parent_id is None


async def test_who_edits_an_older_version_is_told(session: AsyncSession, now: datetime) -> None:
    team = await make_team(session)
    stale = team.version
    await actions.edit_team(session, team=team, draft=DRAFT, version=stale, account_id=team.id, now=now)
    assert (team.name, (await queries.fields_of(session, [team.id]))[team.id]) == (
        DRAFT.name,
        ("elderly_care",),
    )
    with pytest.raises(Conflict):
        await actions.edit_team(session, team=team, draft=DRAFT, version=stale, account_id=team.id, now=now)


async def test_a_team_of_an_unverified_organization_cannot_be_asked(session: AsyncSession) -> None:
    verified = await make_team(session)
    await make_team(session, await make_organization(session, verified_at=None))
    shown = await queries.public_teams(session, chosen=TeamFilter(), after="")
    assert [card.team.id for card in shown.rows] == [verified.id]


async def test_seats_of_others_are_not_touched(session: AsyncSession, now: datetime) -> None:
    team = await make_team(session)
    stays = await make_team_member(session, team)
    goes = await make_team_member(session, team)
    await actions.remove_member(session, team=team, member_id=goes.id, account_id=team.id, now=now)
    rows = await session.scalars(select(TeamMember).where(TeamMember.team_id == team.id))
    assert {row.id: row.state for row in rows} == {stays.id: MemberState.member, goes.id: MemberState.left}
