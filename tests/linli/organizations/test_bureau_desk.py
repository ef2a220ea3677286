"""A bureau answers: one at a time, with a reason, and hears appeals."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import clock
from linli.core.db import Database
from linli.core.errors import Conflict
from linli.organizations import actions
from linli.organizations.models import (
    Organization,
    RegistrationStep,
)
from linli.organizations.queries import organization_with_id
from linli.organizations.registration import CLAIM_LASTS, RegistrationState, Step
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from tests.conftest import NOW, Visitor
from tests.factories import (
    make_member,
    make_organization,
)
from tests.linli.organizations.registering import (
    COUNTY,
    Desk,
    make_desk,
)


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def test_an_appeal_is_heard_and_upheld_or_lifted(
    visitor: Visitor, another_visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY)
    member = await make_member(session, charity)
    await session.commit()
    await visitor.sign_in(member)
    await another_visitor.sign_in(desk.clerk)
    one = f"/organizations/{desk.bureau.id}/register/{charity.id}"
    appeal = f"/organizations/{charity.id}/registration/appeal"
    assert (await visitor.submit(appeal, {"reason": "没有被暂停"})).status_code == 409
    await another_visitor.submit(f"{one}/suspend", {"version": "1", "reason": "接到投诉"})
    assert (await visitor.submit(appeal, {"reason": ""})).status_code == 422
    assert (await visitor.submit(appeal, {"reason": "投诉不实"})).status_code == 303
    assert (
        charity.name
        in (await another_visitor.get(f"/organizations/{desk.bureau.id}/register?show=appeals")).text
    )
    assert "投诉不实" in (await another_visitor.get(one)).text
    await another_visitor.submit(f"{one}/uphold", {"version": "3", "reason": "请先整改"})
    assert "请先整改" in (await visitor.get(f"/organizations/{charity.id}/registration")).text
    await visitor.submit(appeal, {"reason": "已整改"})
    await another_visitor.submit(f"{one}/lift", {"version": "5", "reason": "整改完成"})
    await session.refresh(charity)
    assert charity.is_verified


async def test_withdrawn_is_nobody_elses_and_can_be_taken_up_again(
    visitor: Visitor, another_visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY, verified_at=None)
    member = await make_member(session, charity)
    await session.commit()
    await visitor.sign_in(member)
    await another_visitor.sign_in(desk.clerk)
    one = f"/organizations/{desk.bureau.id}/register/{charity.id}"
    path = f"/organizations/{charity.id}/registration"
    assert (await another_visitor.get(one)).status_code == 200
    assert (await visitor.submit(f"{path}/withdraw")).status_code == 303
    assert (await another_visitor.get(one)).status_code == 404
    assert (await visitor.submit(f"{path}/withdraw")).status_code == 409
    assert (await visitor.submit(f"{path}/take-up")).status_code == 303
    await session.refresh(charity)
    assert charity.state is RegistrationState.draft


async def test_who_opens_a_registration_keeps_a_colleague_from_answering_for_half_an_hour(
    visitor: Visitor, another_visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY, verified_at=None)
    await session.commit()
    one = f"/organizations/{desk.bureau.id}/register/{charity.id}"
    await visitor.sign_in(desk.clerk)
    await another_visitor.sign_in(desk.second_clerk)
    assert "由我办理" not in (await visitor.get(one)).text
    page = await another_visitor.get(one)
    assert f"{desk.clerk.name}从" in page.text
    assert f"{one}/verify" not in page.text
    refused = await another_visitor.submit(f"{one}/verify", {"version": "1"})
    assert (refused.status_code, "这次没有作出决定" in refused.text) == (409, True)
    clock.move(CLAIM_LASTS)
    assert f"{one}/verify" in (await another_visitor.get(one)).text
    assert (await visitor.submit(f"{one}/claim")).status_code == 303
    assert (await another_visitor.submit(f"{one}/verify", {"version": "1"})).status_code == 409
    assert (await visitor.submit(f"{one}/verify", {"version": "1"})).status_code == 303


async def test_opening_is_no_change_of_the_organization(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, division=COUNTY, verified_at=None)
    await session.commit()
    await visitor.sign_in(desk.clerk)
    await visitor.get(f"/organizations/{desk.bureau.id}/register/{charity.id}")
    await session.refresh(charity)
    assert (charity.claimed_by_id, charity.version) == (desk.clerk.id, 1)


async def test_of_two_clerks_who_answer_at_once_one_is_told(own_database: Database) -> None:
    """One verifies, one sends back: with real commits, so that the two transactions meet."""
    async with own_database.transaction() as session:
        bureau = await make_organization(session, Kind.bureau, division=COUNTY)
        clerks = [await make_member(session, bureau, role=Role.bureau_staff) for _ in range(2)]
    for _ in range(10):
        async with own_database.transaction() as session:
            charity = await make_organization(session, Kind.charity, division=COUNTY, verified_at=None)

        async def answer(step: Step, clerk: Account, charity: Organization = charity) -> str:
            try:
                async with own_database.transaction() as session:
                    await actions.answer_registration(
                        session,
                        step,
                        organization=await organization_with_id(session, charity.id),
                        bureau=await organization_with_id(session, bureau.id),
                        version=1,
                        account_id=clerk.id,
                        now=NOW,
                        reason="请补正",
                    )
            except Conflict:
                return "told"
            return step.value

        answers = await asyncio.gather(answer(Step.verify, clerks[0]), answer(Step.hand_back, clerks[1]))
        assert sorted(answers)[-1] == "verify" or sorted(answers) == ["hand_back", "told"]
        assert "told" in answers
        async with own_database.session(writes=False) as session:
            steps = await session.scalars(
                select(RegistrationStep.step).where(RegistrationStep.organization_id == charity.id)
            )
            assert len(list(steps)) == 1
