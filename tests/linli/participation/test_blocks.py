"""A block stands wherever an organization and a person could meet, in both directions."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations import actions as conversations
from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.core import clock
from linli.core.errors import Conflict
from linli.needs.rules import Joining
from linli.organizations.rules import OrganizationKind, Role
from linli.participation import actions
from linli.participation.actions.between import Left
from linli.participation.fitness import BLOCKED_BY_YOU, NOT_AT_PRESENT
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.for_person import needs_for_person
from linli.suggestions.models import SuggestionRun
from linli.suggestions.people import suggested_people
from linli.suggestions.queries import are_suggested
from tests.conftest import Visitor
from tests.factories import COMMUNITY, make_account, make_member, make_organization, make_participation
from tests.linli.conversations.meeting import Meeting, make_conversation, make_meeting, told
from tests.linli.suggestions.factories import make_asking_need, make_helper

SIDES = list(Side)


async def block(session: AsyncSession, meeting: Meeting, side: Side, now: datetime) -> Left:
    actor = meeting.volunteer if side is Side.volunteer else meeting.officer
    return await actions.block(
        session,
        organization=meeting.committee,
        account_id=meeting.volunteer.id,
        side=side,
        actor_id=actor.id,
        reason="三次没来" if side is Side.organization else "",
        now=now,
    )


@pytest.mark.parametrize("side", SIDES)
async def test_nobody_is_invited_across_a_block(session: AsyncSession, now: datetime, side: Side) -> None:
    meeting = await make_meeting(session)
    other = await make_account(session)
    await block(session, meeting, side, now)
    asked = await actions.invite(
        session,
        shift_id=meeting.need.shifts[0].id,
        account_ids=[meeting.volunteer.id, other.id],
        asked_by_id=meeting.officer.id,
        now=now,
    )
    assert [each.account_id for each in asked.invited] == [other.id]
    [(_, reason)] = asked.left_out
    assert reason == (NOT_AT_PRESENT if side is Side.volunteer else BLOCKED_BY_YOU)


@pytest.mark.parametrize("side", SIDES)
async def test_nobody_applies_across_a_block_and_after_it_one_does(
    session: AsyncSession, now: datetime, side: Side
) -> None:
    meeting = await make_meeting(session, joining=Joining.at_once)
    await block(session, meeting, side, now)
    shift_id = meeting.need.shifts[0].id
    with pytest.raises(Conflict):
        await actions.apply(session, shift_id=shift_id, account_id=meeting.volunteer.id, now=now)
    [standing] = await session.scalars(select(Block))
    await conversations.end_block(session, block=standing, actor_id=meeting.volunteer.id, now=now)
    made = await actions.apply(session, shift_id=shift_id, account_id=meeting.volunteer.id, now=now)
    assert made.state is State.confirmed


@pytest.mark.parametrize(
    ("side", "invited", "applied"),
    [
        (Side.volunteer, State.declined, State.withdrawn),
        (Side.organization, State.cancelled, State.refused),
    ],
)
async def test_invitations_and_offers_end_at_once_and_places_stay_to_be_asked_about(
    session: AsyncSession, now: datetime, side: Side, invited: State, applied: State
) -> None:
    meeting = await make_meeting(session, shifts=3)
    made = [
        await make_participation(session, shift, meeting.volunteer, state)
        for shift, state in zip(
            meeting.need.shifts, (State.invited, State.applied, State.confirmed), strict=True
        )
    ]
    left = await block(session, meeting, side, now)
    assert [each.state for each in made] == [invited, applied, State.confirmed]
    assert left.places == (made[2],)


@pytest.mark.parametrize("side", SIDES)
async def test_an_invitation_from_before_the_block_cannot_be_accepted(
    session: AsyncSession, now: datetime, side: Side
) -> None:
    meeting = await make_meeting(session)
    # Sent at the same moment as the block, so that neither saw the other.
    await conversations.block(
        session,
        organization=meeting.committee,
        account_id=meeting.volunteer.id,
        side=side,
        actor_id=meeting.volunteer.id,
        now=now,
    )
    invitation = await make_participation(session, meeting.need.shifts[0], meeting.volunteer, State.invited)
    with pytest.raises(Conflict):
        await actions.accept(session, participation=invitation, account_id=meeting.volunteer.id, now=now)
    assert invitation.state is State.invited


@pytest.mark.parametrize("side", SIDES)
async def test_an_application_from_before_the_block_cannot_be_confirmed(
    session: AsyncSession, now: datetime, side: Side
) -> None:
    meeting = await make_meeting(session)
    await conversations.block(
        session,
        organization=meeting.committee,
        account_id=meeting.volunteer.id,
        side=side,
        actor_id=meeting.volunteer.id,
        now=now,
    )
    application = await make_participation(session, meeting.need.shifts[0], meeting.volunteer)
    with pytest.raises(Conflict):
        await actions.confirm_application(
            session, participation=application, officer_id=meeting.officer.id, now=now
        )


@pytest.mark.parametrize("side", SIDES)
async def test_neither_side_writes_across_a_block(
    session: AsyncSession, visitor: Visitor, now: datetime, side: Side
) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting, "问", "答")
    await block(session, meeting, side, now)
    for person in (meeting.volunteer, meeting.officer):
        await visitor.sign_in(person)
        refused = await visitor.submit(f"/conversations/{conversation.id}", {"text": "再说一句"})
        assert refused.status_code == 409
        assert "再说一句" in refused.text


@pytest.mark.parametrize("side", SIDES)
async def test_nobody_is_suggested_across_a_block_and_the_count_betrays_nobody(
    session: AsyncSession, now: datetime, side: Side
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_asking_need(session, organization=committee)
    kept, blocked = await make_helper(session), await make_helper(session)
    meeting = Meeting(committee, officer, need, blocked)
    await refresh_need(session, need_id=need.id, now=now)
    run = await session.scalar(select(SuggestionRun).where(SuggestionRun.need_id == need.id))
    assert run is not None
    await block(session, meeting, side, now)
    # What was stored before the block is not shown any more,
    shown = await suggested_people(session, run=run, shift=need.shifts[0], now=now)
    assert [each.account_id for each in shown] == [kept.id]
    assert (await needs_for_person(session, account=blocked, now=now, limit=5)).cards == []
    assert len((await needs_for_person(session, account=kept, now=now, limit=5)).cards) == 1
    # and the next answer counts the person among those who said no.
    [ranked] = await refresh_need(session, need_id=need.id, now=now)
    assert [each.account_id for each in ranked.people] == [kept.id]
    assert ranked.excluded == {"not_asked": 1}
    assert await are_suggested(session, need_id=need.id, account_ids=[blocked.id]) == []


async def test_a_volunteer_blocks_and_unblocks_and_the_organization_is_not_told(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    path = f"/organizations/{meeting.committee.id}/block"
    for _ in range(2):
        assert (await visitor.submit(path)).headers["location"] == "/me/reports"
    [made] = await session.scalars(select(Block))
    assert meeting.committee.name in (await visitor.get("/me/reports")).text
    assert await told(session, meeting.officer) == []
    await visitor.sign_in(meeting.officer)
    assert (await visitor.submit(path)).status_code == 409
    listed = await visitor.get(f"/organizations/{meeting.committee.id}/blocks")
    assert "欧阳" not in listed.text
    await visitor.sign_in(meeting.volunteer)
    assert (await visitor.submit(f"/me/blocks/{made.id}/end")).status_code == 303
    await session.refresh(made)
    assert made.ended_at == clock.now() or made.ended_at is not None


async def test_an_organization_blocks_with_a_reason_that_the_bureau_reads_and_the_person_does_not(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    bureau = await make_organization(session, OrganizationKind.bureau, division=COMMUNITY[:6])
    clerk = await make_member(session, bureau, role=Role.bureau_staff)
    await make_participation(session, meeting.need.shifts[0], meeting.volunteer, State.confirmed)
    await visitor.sign_in(meeting.officer)
    path = f"/organizations/{meeting.committee.id}/people/{meeting.volunteer.id}/block"
    assert (await visitor.submit(path, {"reason": " "})).status_code == 422
    done = await visitor.submit(path, {"reason": "三次没来"})
    assert done.headers["location"] == f"/needs/{meeting.need.id}/desk"
    assert "三次没来" in (await visitor.get(f"/organizations/{meeting.committee.id}/blocks")).text
    assert await told(session, meeting.volunteer) == [
        ("block", f"/organizations/{meeting.committee.id}/report")
    ]
    await visitor.sign_in(clerk)
    assert "三次没来" in (await visitor.get(f"/organizations/{bureau.id}/blocks")).text
    await visitor.sign_in(meeting.volunteer)
    for page in ("/me/notices", f"/needs/{meeting.need.id}", "/me/reports"):
        assert "三次没来" not in (await visitor.get(page)).text
    appeal = await visitor.submit(
        f"/organizations/{meeting.committee.id}/report",
        {"reason": "wrongly_blocked", "text": "我每次都请了假。"},
    )
    assert appeal.status_code == 303


async def test_an_organization_blocks_only_people_it_has_met(session: AsyncSession, visitor: Visitor) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.officer)
    path = f"/organizations/{meeting.committee.id}/people/{meeting.volunteer.id}/block"
    assert (await visitor.submit(path, {"reason": "陌生人"})).status_code == 404
    await make_conversation(session, meeting, "你们真烦")
    assert (await visitor.submit(path, {"reason": "辱骂"})).status_code == 303


async def test_one_message_reaches_everybody_with_a_place_but_who_is_blocked(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    meeting = await make_meeting(session, shifts=2)
    for shift in meeting.need.shifts:
        await make_participation(session, shift, meeting.volunteer, State.confirmed)
    blocked, waiting = await make_account(session), await make_account(session)
    await make_participation(session, meeting.need.shifts[0], blocked, State.confirmed)
    await make_participation(session, meeting.need.shifts[0], waiting, State.applied)
    await block(
        session, Meeting(meeting.committee, meeting.officer, meeting.need, blocked), Side.volunteer, now
    )
    await visitor.sign_in(meeting.officer)
    path = f"/needs/{meeting.need.id}/message"
    for _ in range(2):
        sent = await visitor.submit(path, {"text": "带好雨衣。", "key": "once"})
        assert sent.status_code == 303
    assert len(await told(session, meeting.volunteer)) == 1
    assert await told(session, blocked) == await told(session, waiting) == []


async def test_what_has_begun_does_not_keep_anybody_from_blocking(
    session: AsyncSession, now: datetime
) -> None:
    meeting = await make_meeting(session, starts_at=now - timedelta(hours=1))
    begun = await make_participation(session, meeting.need.shifts[0], meeting.volunteer, State.applied)
    assert await block(session, meeting, Side.volunteer, now) == Left(())
    assert begun.state is State.applied
