"""Taking back one's consent gives back everything that is still to come (PIPL art. 15)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.core.errors import Conflict
from linli.needs.models import Shift
from linli.needs.rules import NeedState
from linli.participation import actions, rules
from linli.participation.actions import consent
from linli.participation.models import Participation
from linli.participation.rules import State
from tests.conftest import Visitor
from tests.factories import make_account, make_member, make_need, make_organization, make_participation
from tests.linli.participation.test_actions import events_of, taken


def test_every_open_state_has_its_own_no_which_is_told() -> None:
    assert set(rules.OWN_NO) == rules.OPEN == set(consent.TOLD)
    assert all(rules.may_become(old, new) for old, new in rules.OWN_NO.items())


@pytest.mark.parametrize(
    ("state", "ends_as", "told"),
    [
        (State.confirmed, State.withdrawn, "withdrawn"),
        (State.applied, State.withdrawn, "withdrawn"),
        (State.invited, State.declined, "declined"),
        (State.offered, State.declined, "declined"),
    ],
)
async def test_what_is_ahead_ends_the_place_is_free_and_the_committee_is_told(
    session: AsyncSession, now: datetime, state: State, ends_as: State, told: str
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee, places=1)
    volunteer, neighbour = await make_account(session), await make_account(session)
    participation = await make_participation(session, need.shifts[0], volunteer, state)
    another = await make_need(session, organization=committee)
    kept = await make_participation(session, another.shifts[0], neighbour, State.confirmed)
    assert await actions.withdraw_consent(session, account=volunteer, now=now) == 1
    assert participation.state is ends_as
    assert await taken(session, need.shifts[0]) == 0
    assert need.state is NeedState.open
    assert await events_of(session, officer.id) == [told]
    assert volunteer.stopped_at == now
    assert kept.state is State.confirmed
    noted = await session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == participation.id))
    assert noted.all() == ["give_back"]


async def test_what_has_begun_or_ended_stays_as_it_was(session: AsyncSession, now: datetime) -> None:
    volunteer = await make_account(session)
    begun = await make_need(session, starts_at=now - timedelta(hours=1))
    under_way = await make_participation(session, begun.shifts[0], volunteer, State.confirmed)
    ahead = await make_need(session)
    refused = await make_participation(session, ahead.shifts[0], volunteer, State.refused)
    assert await actions.withdraw_consent(session, account=volunteer, now=now) == 0
    assert (under_way.state, refused.state) == (State.confirmed, State.refused)
    assert await taken(session, begun.shifts[0]) == 1


async def test_afterwards_nobody_can_be_asked_or_apply(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    officer, volunteer = await make_account(session), await make_account(session)
    await actions.withdraw_consent(session, account=volunteer, now=now)
    with pytest.raises(Conflict):
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=volunteer.id, now=now)
    asked = await actions.invite(
        session, shift_id=need.shifts[0].id, account_ids=[volunteer.id], asked_by_id=officer.id, now=now
    )
    assert not asked.invited


async def test_the_page_gives_everything_back_and_says_how_much(
    session: AsyncSession, visitor: Visitor
) -> None:
    volunteer = await make_account(session)
    needs = [await make_need(session, starts_at=None, shifts=2), await make_need(session)]
    shifts = [*needs[0].shifts, *needs[1].shifts]
    states = (State.confirmed, State.applied, State.invited)
    for shift, state in zip(shifts, states, strict=True):
        await make_participation(session, shift, volunteer, state)
    await session.commit()
    await visitor.sign_in(volunteer)
    assert (await visitor.submit("/me/account/withdraw-consent")).status_code == 422
    await session.refresh(volunteer)
    assert volunteer.stopped_at is None
    answer = await visitor.submit("/me/account/withdraw-consent", {"sure": "yes"})
    assert answer.status_code == 303
    assert "3 项" in (await visitor.get(answer.headers["location"])).text
    left = await session.scalars(
        select(Participation.state)
        .where(Participation.account_id == volunteer.id, Participation.state.in_(rules.OPEN))
        .execution_options(populate_existing=True)
    )
    assert not left.all()
    held = await session.scalars(select(Shift.places_taken).where(Shift.id.in_(each.id for each in shifts)))
    assert set(held) == {0}
    assert await session.get(Account, volunteer.id) is not None
