from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict
from linli.needs.models import Need, NeedCredential, Shift
from linli.needs.rules import Joining, NeedState
from linli.notifications.models import Notice, OutboxMessage
from linli.participation import actions
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from tests.factories import (
    make_account,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_volunteer,
)


async def events_of(session: AsyncSession, account_id: object) -> list[str]:
    await session.flush()
    found = await session.scalars(
        select(Notice.event).where(Notice.account_id == account_id).order_by(Notice.id)
    )
    return list(found)


async def taken(session: AsyncSession, shift: Shift) -> int:
    return await session.scalar(select(Shift.places_taken).where(Shift.id == shift.id)) or 0


async def test_at_once_a_volunteer_holds_the_place_and_both_sides_are_told(
    session: AsyncSession, now: datetime
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee, joining=Joining.at_once)
    volunteer = await make_account(session)
    participation = await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    assert participation.state is State.confirmed
    assert await taken(session, need.shifts[0]) == 1
    assert await events_of(session, volunteer.id) == ["confirmed"]
    assert await events_of(session, officer.id) == ["place_taken"]
    assert need.answered_at == now


async def test_where_the_committee_decides_an_application_waits(session: AsyncSession, now: datetime) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee)
    volunteer = await make_account(session)
    participation = await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    assert participation.state is State.applied
    assert await taken(session, need.shifts[0]) == 0
    await actions.confirm_application(session, participation=participation, officer_id=officer.id, now=now)
    assert participation.state is State.confirmed
    assert await taken(session, need.shifts[0]) == 1


async def test_asking_twice_changes_nothing(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    volunteer = await make_account(session)
    first = await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    second = await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    assert first.id == second.id


async def test_a_full_shift_is_refused_and_the_need_is_filled(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, places=1, joining=Joining.at_once)
    await actions.apply(
        session, shift_id=need.shifts[0].id, account_id=(await make_account(session)).id, now=now
    )
    assert need.state is NeedState.filled
    late = await make_account(session)
    with pytest.raises(Conflict):
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=late.id, now=now)


async def test_withdrawing_frees_the_place_and_opens_the_need_again(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, places=1, joining=Joining.at_once)
    volunteer = await make_account(session)
    participation = await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    await actions.withdraw(session, participation=participation, account_id=volunteer.id, now=now)
    assert participation.state is State.withdrawn
    assert (await taken(session, need.shifts[0]), need.state) == (0, NeedState.open)


async def test_overlapping_places_are_refused(session: AsyncSession, now: datetime) -> None:
    volunteer = await make_account(session)
    first = await make_need(session, joining=Joining.at_once)
    second = await make_need(
        session, joining=Joining.at_once, starts_at=first.shifts[0].starts_at + timedelta(hours=1)
    )
    await actions.apply(session, shift_id=first.shifts[0].id, account_id=volunteer.id, now=now)
    with pytest.raises(Conflict) as refused:
        await actions.apply(session, shift_id=second.shifts[0].id, account_id=volunteer.id, now=now)
    assert first.title in refused.value.sentence.in_language("zh")
    assert await taken(session, second.shifts[0]) == 0


async def test_back_to_back_shifts_do_not_overlap(session: AsyncSession, now: datetime) -> None:
    volunteer = await make_account(session)
    first = await make_need(session, joining=Joining.at_once)
    second = await make_need(session, joining=Joining.at_once, starts_at=first.shifts[0].ends_at)
    for need in (first, second):
        done = await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
        assert done.state is State.confirmed


@pytest.mark.parametrize(
    ("expires_on", "checked", "may_come"),
    [
        (date(2026, 11, 24), True, True),
        (date(2026, 11, 23), True, False),
        (None, True, True),
        (None, False, False),
    ],
    ids=["expires that day", "expired the day before", "never expires", "not checked"],
)
async def test_a_required_credential_must_be_checked_and_count_on_the_day(
    session: AsyncSession, now: datetime, expires_on: date | None, checked: bool, may_come: bool
) -> None:
    required = [NeedCredential(credential_id="background_check")]
    need = await make_need(session, joining=Joining.at_once, credentials=required)
    volunteer = await make_volunteer(session)
    session.add(
        VolunteerCredential(
            account_id=volunteer.id,
            credential_id="background_check",
            expires_on=expires_on,
            stated_at=now,
            checked_at=now if checked else None,
        )
    )
    await session.flush()
    if may_come:
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    else:
        with pytest.raises(Conflict):
            await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    assert await taken(session, need.shifts[0]) == int(may_come)


@pytest.mark.parametrize("born_on", [date(2010, 1, 1), date(2012, 10, 1)], ids=["sixteen", "fourteen"])
async def test_minors_are_not_confirmed_without_a_guardians_consent(
    session: AsyncSession, now: datetime, born_on: date
) -> None:
    need = await make_need(session, joining=Joining.at_once, minimum_age_years=14)
    minor = await make_account(session, birth_on=born_on)
    with pytest.raises(Conflict):
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=minor.id, now=now)


async def test_an_invitation_lives_48_hours_and_a_yes_confirms(session: AsyncSession, now: datetime) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee, starts_at=now + timedelta(days=5))
    volunteer = await make_volunteer(session)
    asked = await actions.invite(
        session, shift_id=need.shifts[0].id, account_ids=[volunteer.id], asked_by_id=officer.id, now=now
    )
    [invitation] = asked.invited
    assert invitation.expires_at == now + timedelta(hours=48)
    await actions.accept(session, participation=invitation, account_id=volunteer.id, now=now)
    assert invitation.state is State.confirmed
    assert await events_of(session, volunteer.id) == ["invited", "confirmed"]
    assert await events_of(session, officer.id) == ["accepted"]
    assert await session.scalar(select(VolunteerProfile.number)) is not None


async def test_who_said_no_is_not_asked_again_for_the_same_need(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, shifts=2)
    officer = await make_account(session)
    volunteer = await make_volunteer(session)
    asked = await actions.invite(
        session, shift_id=need.shifts[0].id, account_ids=[volunteer.id], asked_by_id=officer.id, now=now
    )
    await actions.decline(session, participation=asked.invited[0], account_id=volunteer.id, now=now)
    again = await actions.invite(
        session, shift_id=need.shifts[1].id, account_ids=[volunteer.id], asked_by_id=officer.id, now=now
    )
    assert again.invited == ()
    assert again.left_out[0][0].id == volunteer.id


async def test_invitations_and_applications_expire(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    volunteer = await make_volunteer(session)
    invitation = await make_participation(
        session, need.shifts[0], volunteer, State.invited, expires_at=now - timedelta(minutes=1)
    )
    assert await actions.expire_due(session, now=now) == 1
    assert invitation.state is State.expired
    with pytest.raises(Conflict):
        await actions.accept(session, participation=invitation, account_id=volunteer.id, now=now)


async def test_cancelling_a_need_tells_everybody_and_frees_all_places(
    session: AsyncSession, now: datetime
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee)
    confirmed, applied = await make_account(session), await make_account(session)
    await make_participation(session, need.shifts[0], confirmed, State.confirmed)
    await make_participation(session, need.shifts[0], applied, State.applied)
    await actions.cancel_need(session, need_id=need.id, reason="下大雨", account_id=officer.id, now=now)
    states = set(await session.scalars(select(Participation.state)))
    assert states == {State.cancelled}
    assert need.state is NeedState.cancelled
    assert await taken(session, need.shifts[0]) == 0
    for person in (confirmed, applied):
        assert await events_of(session, person.id) == ["need_cancelled"]


async def test_messages_carry_neither_the_exact_place_nor_the_contact(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, joining=Joining.at_once)
    volunteer = await make_account(session)
    await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    await session.flush()
    messages = (await session.scalars(select(OutboxMessage))).all()
    assert messages
    for message in messages:
        said = f"{message.subject}{message.sentence}"
        for private in (need.address, need.contact_name, need.contact_phone, need.beneficiary_name):
            assert private not in said


async def test_the_officer_cannot_answer_an_invitation_for_the_volunteer(
    session: AsyncSession, now: datetime
) -> None:
    need: Need = await make_need(session)
    volunteer = await make_volunteer(session)
    invitation = await make_participation(
        session, need.shifts[0], volunteer, State.invited, expires_at=now + timedelta(days=1)
    )
    with pytest.raises(Conflict):
        await actions.confirm_application(
            session, participation=invitation, officer_id=(await make_account(session)).id, now=now
        )
