"""Nobody becomes a member without a yes."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import clock
from linli.core.db import Database
from linli.core.errors import Refusal
from linli.core.web.security import cookie_name
from linli.notifications.models import Notice, OutboxMessage
from linli.organizations import actions
from linli.organizations.jobs import JOBS
from linli.organizations.models import Membership, MembershipInvitation, Organization
from linli.organizations.registration import INVITATIONS_KEPT, INVITED_FOR, MOST_INVITED_UNVERIFIED
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_factor, make_invitation, make_member, make_organization


class Here:
    committee: Organization
    officer: Account
    neighbour: Account


@pytest.fixture
async def here(session: AsyncSession) -> Here:
    here = Here()
    here.committee = await make_organization(session)
    here.officer = await make_member(session, here.committee)
    here.neighbour = await make_account(session, password_hash="a role counts only with a password")
    await make_factor(session, here.neighbour)
    await session.commit()
    return here


async def invite(visitor: Visitor, here: Here, address: str | None, **more: str) -> int:
    typed = {"address": address or "", "role": "officer"} | more
    return (await visitor.submit(f"/organizations/{here.committee.id}/invitations", typed)).status_code


async def only_invitation(session: AsyncSession) -> MembershipInvitation:
    return (
        await session.scalars(select(MembershipInvitation).execution_options(populate_existing=True))
    ).one()


async def members(session: AsyncSession) -> set[object]:
    return set(await session.scalars(select(Membership.account_id).where(Membership.ended_at.is_(None))))


async def test_an_invited_neighbour_says_yes_and_is_a_member_in_a_new_session(
    visitor: Visitor, another_visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    await visitor.sign_in(here.officer)
    assert await invite(visitor, here, f"+86 {here.neighbour.mobile}") == 303
    assert await members(session) == {here.officer.id}
    await another_visitor.sign_in(here.neighbour)
    page = await another_visitor.get("/me/memberships")
    assert f"{here.committee.name}邀请您加入" in page.text
    session_cookie = cookie_name(visitor.settings, "session")
    before = another_visitor.cookies[session_cookie]
    path = f"/me/memberships/{(await only_invitation(session)).id}"
    done = await another_visitor.submit(f"{path}/accept")
    assert done.headers["location"] == f"/organizations/{here.committee.id}"
    another_visitor.go_on_with(done)
    members_page = f"/organizations/{here.committee.id}/members"
    assert (await another_visitor.get(members_page)).status_code == 200
    # Security 11: the session from before did not gain the role.
    another_visitor.cookies.set(session_cookie, before)
    assert (await another_visitor.get(members_page)).status_code == 401


async def test_a_no_needs_no_reason_and_the_organization_hears_of_it(
    visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    invitation = await make_invitation(session, here.committee, here.neighbour)
    await session.commit()
    await visitor.sign_in(here.neighbour)
    assert (await visitor.submit(f"/me/memberships/{invitation.id}/decline")).status_code == 303
    for answer in ("accept", "decline"):
        assert (await visitor.submit(f"/me/memberships/{invitation.id}/{answer}")).status_code == 409
    assert await members(session) == {here.officer.id}
    assert await session.scalar(select(Notice.path).where(Notice.account_id == here.officer.id))


async def test_whether_an_address_has_an_account_is_told_to_nobody(
    visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    await visitor.sign_in(here.officer)
    pages = []
    for address in (here.neighbour.mobile or "", "13800000000"):
        assert await invite(visitor, here, address) == 303
        pages.append((await visitor.get(f"/organizations/{here.committee.id}/members")).text)
        assert address in pages[-1]
        assert here.neighbour.name not in pages[-1]
    to = set(await session.scalars(select(OutboxMessage.address)))
    assert {here.neighbour.mobile, "13800000000"} <= to


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"address": ""}, "address"),
        ({"address": "not an address"}, "address"),
        ({"address": "\x00\u202e13900000000x"}, "address"),
        ({"role": "auditor"}, "role"),
        ({"role": "emperor"}, "role"),
    ],
)
async def test_what_does_not_fit_is_said_at_its_field_and_kept(
    visitor: Visitor, here: Here, typed: dict[str, str], field: str
) -> None:
    await visitor.sign_in(here.officer)
    answer = await visitor.submit(
        f"/organizations/{here.committee.id}/invitations",
        {"address": "13800000000", "role": "officer"} | typed,
    )
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text


async def test_an_address_is_asked_once_at_a_time_and_again_after_it_ran_out(
    visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    await visitor.sign_in(here.officer)
    assert [await invite(visitor, here, "13800000000") for _ in range(2)] == [303, 409]
    invitation = await only_invitation(session)
    clock.move(INVITED_FOR)
    await visitor.sign_in(here.officer)
    await session.refresh(invitation)
    invitation.created_at -= timedelta(days=1)
    await session.commit()
    assert await invite(visitor, here, "13800000000") == 303


async def test_after_fourteen_days_it_is_too_late(
    visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    invitation = await make_invitation(session, here.committee, here.neighbour)
    await session.commit()
    clock.move(INVITED_FOR)
    await visitor.sign_in(here.neighbour)
    assert here.committee.name not in (await visitor.get("/me/memberships")).text
    assert (await visitor.submit(f"/me/memberships/{invitation.id}/accept")).status_code == 409


async def test_only_whoever_has_the_address_may_answer(
    visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    invitation = await make_invitation(session, here.committee, here.neighbour)
    stranger = await make_account(session)
    await session.commit()
    await visitor.sign_in(stranger)
    for answer in ("accept", "decline"):
        assert (await visitor.submit(f"/me/memberships/{invitation.id}/{answer}")).status_code == 404


async def test_an_invitation_is_taken_back(visitor: Visitor, here: Here, session: AsyncSession) -> None:
    invitation = await make_invitation(session, here.committee, here.neighbour)
    other = await make_invitation(session, await make_organization(session), here.neighbour)
    await session.commit()
    await visitor.sign_in(here.officer)
    base = f"/organizations/{here.committee.id}/invitations"
    assert (await visitor.submit(f"{base}/{other.id}/take-back")).status_code == 404
    assert (await visitor.submit(f"{base}/{invitation.id}/take-back")).status_code == 303
    await visitor.sign_in(here.neighbour)
    assert (await visitor.submit(f"/me/memberships/{invitation.id}/accept")).status_code == 409


async def test_whom_somebody_asked_who_left_nobody_asked(
    visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    second = await make_member(session, here.committee)
    invitation = await make_invitation(session, here.committee, here.neighbour, invited_by_id=second.id)
    membership = await session.scalar(select(Membership.id).where(Membership.account_id == second.id))
    await session.commit()
    await visitor.sign_in(here.officer)
    await visitor.submit(f"/organizations/{here.committee.id}/members/{membership}/end")
    await visitor.sign_in(here.neighbour)
    assert (await visitor.submit(f"/me/memberships/{invitation.id}/accept")).status_code == 409


async def test_the_last_member_hands_over_in_one_step(
    visitor: Visitor, here: Here, session: AsyncSession
) -> None:
    await visitor.sign_in(here.officer)
    assert await invite(visitor, here, here.neighbour.mobile, takes_over="yes") == 303
    invitation = await only_invitation(session)
    await visitor.sign_in(here.neighbour)
    assert "您将接替邀请人" in (await visitor.get("/me/memberships")).text
    await visitor.submit(f"/me/memberships/{invitation.id}/accept")
    assert await members(session) == {here.neighbour.id}


async def test_an_organization_nobody_knows_yet_invites_only_a_few(
    visitor: Visitor, session: AsyncSession
) -> None:
    here = Here()
    here.committee = await make_organization(session, verified_at=None)
    here.officer = await make_member(session, here.committee)
    await session.commit()
    await visitor.sign_in(here.officer)
    statuses = [await invite(visitor, here, f"138000000{n:02}") for n in range(MOST_INVITED_UNVERIFIED + 1)]
    assert statuses == [303] * MOST_INVITED_UNVERIFIED + [409]


async def test_of_two_presses_of_yes_one_counts(own_database: Database) -> None:
    async with own_database.transaction() as session:
        committee = await make_organization(session)
        account = await make_account(session)
        invitation = await make_invitation(session, committee, account)

    async def accept() -> str:
        try:
            async with own_database.transaction() as session:
                mine = await session.get_one(Account, account.id)
                await actions.accept_invitation(session, invitation_id=invitation.id, account=mine, now=NOW)
        except Refusal:
            return "told"
        return "member"

    assert sorted(await asyncio.gather(accept(), accept())) == ["member", "told"]


async def test_an_address_is_forgotten_thirty_days_after_the_end(
    here: Here, session: AsyncSession, database: Database
) -> None:
    await make_invitation(session, here.committee, here.neighbour)
    await session.commit()
    [forget] = [job for job in JOBS if job.name == "organizations.forget_invitations"]
    end = NOW + INVITED_FOR + INVITATIONS_KEPT
    assert await forget.run(database, end) == 0
    assert await forget.run(database, end + timedelta(seconds=1)) == 1
    assert await session.scalar(select(func.count()).select_from(MembershipInvitation)) == 0
