"""Who may see a need, answer, and decide: asked directly, without a page around it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import start_session
from linli.accounts.models import Account
from linli.core.errors import NotFound, NotSignedIn
from linli.core.web.security import Caller
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.organizations.queries import caller_of
from linli.organizations.rules import OrganizationKind, Role
from linli.participation import policies
from linli.participation.rules import State
from tests.factories import (
    COMMUNITY,
    make_account,
    make_member,
    make_need,
    make_organization,
    make_participation,
)

COUNTY, ANOTHER_COUNTY = COMMUNITY[:6], "522725"
LOW_INCOME = "low_income"  # a field whose needs never stand on public pages
POSTED = NeedState.open


async def called_by(session: AsyncSession, account: Account, now: datetime) -> Caller:
    token = await start_session(session, account_id=account.id, device="test", now=now, factor_at=now)
    caller = await caller_of(session, token, now)
    assert caller is not None
    return caller


async def may(policy: object, session: AsyncSession, caller: Caller | None, **ids: UUID) -> bool:
    assert callable(policy)
    try:
        await policy(session, caller, ids)
    except (NotFound, NotSignedIn):
        return False
    return True


async def make_person(session: AsyncSession, who: str, need: Need, now: datetime) -> Caller | None:
    """The person a row of the tables below speaks of."""
    own = await session.get_one(Organization, need.organization_id)
    match who:
        case "visitor":
            return None
        case "officer":
            account = await make_member(session, own)
        case "officer elsewhere":
            account = await make_member(session, await make_organization(session))
        case "bureau" | "bureau elsewhere" | "unverified bureau" | "auditor":
            bureau = await make_organization(
                session,
                OrganizationKind.bureau,
                division=ANOTHER_COUNTY if "elsewhere" in who else COUNTY,
                verified_at=None if "unverified" in who else now,
            )
            role = Role.auditor if who == "auditor" else Role.bureau_staff
            account = await make_member(session, bureau, role=role)
        case _:
            account = await make_account(session)
            if who != "volunteer":
                later = now + timedelta(hours=3)
                await make_participation(session, need.shifts[0], account, State(who), expires_at=later)
    return await called_by(session, account, now)


NOBODY = {"visitor", "volunteer", "officer elsewhere", "bureau elsewhere", "unverified bureau"}
ENTITLED = {"officer", "bureau", "auditor", "invited", "applied", "confirmed", "declined", "withdrawn"}


@pytest.mark.parametrize("who", sorted(NOBODY | ENTITLED))
@pytest.mark.parametrize(
    ("field", "state", "is_public"),
    [
        ("elderly_care", POSTED, True),
        ("elderly_care", NeedState.done, True),
        ("elderly_care", NeedState.draft, False),
        ("elderly_care", NeedState.cancelled, False),
        (LOW_INCOME, POSTED, False),
        (None, POSTED, False),
    ],
)
async def test_who_may_see_a_need(
    session: AsyncSession, now: datetime, who: str, field: str | None, state: NeedState, is_public: bool
) -> None:
    need = await make_need(session, field_id=field, state=state)
    caller = await make_person(session, who, need, now)
    assert await may(policies.may_see_need, session, caller, need_id=need.id) is (
        is_public or who in ENTITLED
    )


async def test_a_need_that_does_not_exist_is_seen_by_nobody(session: AsyncSession, now: datetime) -> None:
    officer = await called_by(session, await make_member(session, await make_organization(session)), now)
    nothing = (await make_account(session)).id
    assert not await may(policies.may_see_need, session, officer, need_id=nothing)
    assert not await may(policies.may_apply, session, officer, shift_id=nothing)
    assert not await may(policies.may_answer, session, officer, participation_id=nothing)
    assert not await may(policies.may_decide, session, officer, participation_id=nothing)


@pytest.mark.parametrize(
    ("who", "field", "is_allowed"),
    [
        ("visitor", "elderly_care", False),
        ("volunteer", "elderly_care", True),
        ("volunteer", LOW_INCOME, False),
        ("invited", LOW_INCOME, True),
    ],
)
async def test_who_sees_a_need_may_apply_once_signed_in(
    session: AsyncSession, now: datetime, who: str, field: str, is_allowed: bool
) -> None:
    need = await make_need(session, field_id=field)
    caller = await make_person(session, who, need, now)
    assert await may(policies.may_apply, session, caller, shift_id=need.shifts[0].id) is is_allowed


@pytest.mark.parametrize("who", ["visitor", "volunteer", "officer", "bureau", "officer elsewhere"])
async def test_people_answer_for_themselves_and_the_committee_decides(
    session: AsyncSession, now: datetime, who: str
) -> None:
    need = await make_need(session)
    person = await make_account(session)
    held = await make_participation(session, need.shifts[0], person)
    caller = await make_person(session, who, need, now)
    assert not await may(policies.may_answer, session, caller, participation_id=held.id)
    assert await may(policies.may_decide, session, caller, participation_id=held.id) is (who == "officer")
    own = await called_by(session, person, now)
    assert await may(policies.may_answer, session, own, participation_id=held.id)
    assert not await may(policies.may_decide, session, own, participation_id=held.id)


async def test_a_role_without_a_password_opens_nothing(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, state=NeedState.draft)
    officer = await make_member(session, await session.get_one(Organization, need.organization_id))
    officer.password_hash = None
    await session.flush()
    caller = await called_by(session, officer, now)
    assert not await may(policies.may_see_need, session, caller, need_id=need.id)
