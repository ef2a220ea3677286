import asyncio
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import start_session
from linli.accounts.models import Account, SignInSession
from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.core.errors import Conflict, Invalid, NotFound
from linli.notifications.models import Notice
from linli.organizations import actions
from linli.organizations.credit_codes import complete_credit_code
from linli.organizations.models import Membership, Organization
from linli.organizations.queries import organization_with_id
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from tests.factories import COMMUNITY, make_account, make_member, make_organization

COUNTY = COMMUNITY[:6]
CODE = complete_credit_code("52520302", "MJ123456")


async def make_bureau(session: AsyncSession, division: str = COUNTY) -> Organization:
    return await make_organization(session, Kind.bureau, name=f"民政局{division}", division=division)


async def test_a_new_organization_is_not_verified_and_has_nobody(
    session: AsyncSession, now: datetime
) -> None:
    charity = await actions.create_organization(
        session,
        kind=Kind.charity,
        name=" 暖阳  慈善会 ",
        division=COUNTY,
        credit_code=CODE.lower(),
        account_id=None,
        now=now,
    )
    assert (charity.name, charity.credit_code, charity.is_verified) == ("暖阳 慈善会", CODE, False)
    assert await session.scalar(select(func.count()).select_from(Membership)) == 0
    await session.flush()
    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.object_id == charity.id))).one()
    assert entry.action == "create_organization"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " \u200b "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"division": "999999"}, "division"),
        ({"division": ""}, "division"),
        ({"credit_code": CODE[:-1] + "0"}, "credit_code"),
        ({"credit_code": ""}, "credit_code"),
        ({"kind": Kind.residents_committee}, "division"),
    ],
)
async def test_an_organization_is_refused_at_the_field_that_is_wrong(
    session: AsyncSession, now: datetime, changed: dict[str, str], field: str
) -> None:
    fitting = {"kind": Kind.charity, "name": "暖阳慈善会", "division": COUNTY, "credit_code": CODE}
    with pytest.raises(Invalid) as refused:
        await actions.create_organization(session, **(fitting | changed), account_id=None, now=now)  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]
    assert refused.value.sentence.in_language("zh") != refused.value.sentence.in_language("en")


async def test_a_committee_needs_no_social_credit_code(session: AsyncSession, now: datetime) -> None:
    committee = await actions.create_organization(
        session, kind=Kind.residents_committee, name="北门社区", division=COMMUNITY, account_id=None, now=now
    )
    assert committee.credit_code is None


async def test_a_social_credit_code_is_registered_once(session: AsyncSession, now: datetime) -> None:
    for name in ("暖阳慈善会", "暖阳基金会"):
        creating = actions.create_organization(
            session, kind=Kind.charity, name=name, division=COUNTY, credit_code=CODE, account_id=None, now=now
        )
        if name == "暖阳慈善会":
            await creating
        else:
            with pytest.raises(Conflict, match="registered already"):
                await creating


async def test_the_first_bureau_is_founded_with_its_first_member(
    session: AsyncSession, now: datetime
) -> None:
    account = await make_account(session)
    seat = await actions.found_organization(
        session, account=account, name="红花岗区民政局", role=Role.bureau_staff, division=COUNTY, now=now
    )
    bureau = await organization_with_id(session, seat.organization_id)
    assert (bureau.kind, bureau.is_verified, seat.role) == (Kind.bureau, True, Role.bureau_staff)


async def test_founding_again_under_the_same_name_adds_a_member(session: AsyncSession, now: datetime) -> None:
    seats = [
        await actions.found_organization(
            session,
            account=await make_account(session),
            name="红花岗区民政局",
            role=role,
            division=division,
            now=now,
        )
        for role, division in ((Role.bureau_staff, COUNTY), (Role.auditor, ""))
    ]
    assert seats[0].organization_id == seats[1].organization_id


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"role": Role.officer, "division": COMMUNITY}, "kind"),  # of which kind of committee?
        ({"role": Role.bureau_staff, "division": ""}, "division"),
        ({"role": Role.bureau_staff, "division": COMMUNITY}, "division"),
        ({"role": Role.coordinator, "division": COUNTY, "kind": Kind.charity}, "credit_code"),
        ({"role": Role.auditor, "division": COMMUNITY, "kind": Kind.residents_committee}, "role"),
    ],
)
async def test_founding_says_what_is_missing(
    session: AsyncSession, now: datetime, asked: dict[str, str], field: str
) -> None:
    account = await make_account(session)
    with pytest.raises(Invalid) as refused:
        await actions.found_organization(session, account=account, name="新组织", now=now, **asked)  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]


async def test_founding_under_a_name_that_several_have_asks_for_the_division(
    session: AsyncSession, now: datetime
) -> None:
    for community in (COMMUNITY, COMMUNITY[:9] + "002"):
        await make_organization(session, name="幸福社区居民委员会", division=community)
    account = await make_account(session)
    with pytest.raises(Invalid, match="Several"):
        await actions.found_organization(
            session, account=account, name="幸福社区居民委员会", role=Role.officer, now=now
        )
    seat = await actions.found_organization(
        session, account=account, name="幸福社区居民委员会", role=Role.officer, division=COMMUNITY, now=now
    )
    assert (await organization_with_id(session, seat.organization_id)).division == COMMUNITY


async def test_a_new_member_is_told_and_signs_in_again(session: AsyncSession, now: datetime) -> None:
    committee, account = await make_organization(session), await make_account(session)
    await start_session(session, account_id=account.id, device="phone", now=now)
    await actions.add_member(
        session, organization=committee, account=account, role=Role.officer, account_id=None, now=now
    )
    assert await session.scalar(select(func.count()).select_from(SignInSession)) == 0
    await session.flush()
    notice = (await session.scalars(select(Notice).where(Notice.account_id == account.id))).one()
    assert notice.path == f"/organizations/{committee.id}"


async def test_nobody_is_a_member_twice(session: AsyncSession, now: datetime) -> None:
    committee = await make_organization(session)
    account = await make_member(session, committee)
    with pytest.raises(Conflict, match="already"):
        await actions.add_member(
            session, organization=committee, account=account, role=Role.officer, account_id=None, now=now
        )


async def test_a_former_member_may_come_back(session: AsyncSession, now: datetime) -> None:
    committee = await make_organization(session)
    first, second = [await make_member(session, committee) for _ in range(2)]
    await end(session, committee, second, by=first, now=now)
    await actions.add_member(
        session, organization=committee, account=second, role=Role.officer, account_id=first.id, now=now
    )
    assert len(await current_members(session, committee)) == 2


async def test_the_last_member_who_can_act_cannot_leave(session: AsyncSession, now: datetime) -> None:
    bureau = await make_bureau(session)
    staff = await make_member(session, bureau, role=Role.bureau_staff)
    auditor = await make_member(session, bureau, role=Role.auditor)
    with pytest.raises(Conflict, match="last member"):
        await end(session, bureau, staff, by=staff, now=now)
    await end(session, bureau, auditor, by=staff, now=now)
    assert await current_members(session, bureau) == [staff.id]


async def test_whoever_is_let_go_is_told_and_signed_out(session: AsyncSession, now: datetime) -> None:
    committee = await make_organization(session)
    officer, leaving = [await make_member(session, committee) for _ in range(2)]
    await start_session(session, account_id=leaving.id, device="phone", now=now)
    await start_session(session, account_id=officer.id, device="phone", now=now)
    await end(session, committee, leaving, by=officer, now=now)
    assert list(await session.scalars(select(SignInSession.account_id))) == [officer.id]
    await session.flush()
    assert await session.scalar(select(Notice.event).where(Notice.account_id == leaving.id)) == "organization"


async def test_a_membership_of_another_organization_cannot_be_ended(
    session: AsyncSession, now: datetime
) -> None:
    ours, theirs = await make_organization(session), await make_organization(session)
    officer, stranger = await make_member(session, ours), await make_member(session, theirs)
    with pytest.raises(NotFound):
        await end(session, ours, stranger, by=officer, now=now)


async def test_verifying_tells_the_members_and_is_noted_with_ids_only(
    session: AsyncSession, now: datetime
) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session, verified_at=None)
    officer = await make_member(session, committee)
    staff = await make_member(session, bureau, role=Role.bureau_staff)
    await verify(session, committee, bureau, staff.id, now)
    assert (committee.is_verified, committee.verified_by_id) == (True, staff.id)
    await session.flush()
    assert await session.scalar(select(Notice.path).where(Notice.account_id == officer.id))
    entry = (
        await session.scalars(select(AuditEntry).where(AuditEntry.action == "verify_organization"))
    ).one()
    assert (entry.actor_id, entry.ids) == (staff.id, {"bureau_id": str(bureau.id)})


async def test_verifying_twice_is_refused(session: AsyncSession, now: datetime) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session, verified_at=None)
    staff = await make_member(session, bureau, role=Role.bureau_staff)
    await verify(session, committee, bureau, staff.id, now)
    with pytest.raises(Conflict, match="already"):
        await verify(session, committee, bureau, staff.id, now)


async def test_verifying_what_has_changed_since_it_was_shown_is_refused(
    session: AsyncSession, now: datetime
) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session, verified_at=None)
    staff = await make_member(session, bureau, role=Role.bureau_staff)
    shown = committee.version
    committee.name = "换了名字"
    await session.flush()
    with pytest.raises(Conflict, match="Somebody else"):
        await verify(session, committee, bureau, staff.id, now, version=shown)
    assert not committee.is_verified


@pytest.mark.parametrize("division", ["522702", "520303"])
async def test_a_bureau_elsewhere_cannot_verify(session: AsyncSession, now: datetime, division: str) -> None:
    elsewhere, committee = (
        await make_bureau(session, division),
        await make_organization(session, verified_at=None),
    )
    staff = await make_member(session, elsewhere, role=Role.bureau_staff)
    with pytest.raises(Conflict, match="outside"):
        await verify(session, committee, elsewhere, staff.id, now)


async def test_of_two_who_verify_at_once_one_is_told_so(own_database: Database, now: datetime) -> None:
    """With real commits, so that the two transactions meet."""
    async with own_database.transaction() as session:
        bureau, committee = await make_bureau(session), await make_organization(session, verified_at=None)
        staff = await make_member(session, bureau, role=Role.bureau_staff)

    async def verify_in_own_transaction() -> str:
        try:
            async with own_database.transaction() as session:
                ours = await organization_with_id(session, committee.id)
                theirs = await organization_with_id(session, bureau.id)
                await verify(session, ours, theirs, staff.id, now, version=1)
        except Conflict:
            return "told"
        return "verified"

    answers = await asyncio.gather(*(verify_in_own_transaction() for _ in range(2)))
    assert sorted(answers) == ["told", "verified"]


async def test_the_last_two_cannot_end_each_other_at_once(own_database: Database, now: datetime) -> None:
    async with own_database.transaction() as session:
        committee = await make_organization(session)
        officers = [await make_member(session, committee) for _ in range(2)]

    async def end_the_other(who: int) -> str:
        try:
            async with own_database.transaction() as session:
                ours = await organization_with_id(session, committee.id)
                await end(session, ours, officers[1 - who], by=officers[who], now=now)
        except Conflict:
            return "refused"
        return "ended"

    assert sorted(await asyncio.gather(end_the_other(0), end_the_other(1))) == ["ended", "refused"]


async def verify(
    session: AsyncSession,
    organization: Organization,
    bureau: Organization,
    account_id: UUID,
    now: datetime,
    version: int | None = None,
) -> None:
    await actions.verify_organization(
        session,
        organization=organization,
        bureau=bureau,
        version=organization.version if version is None else version,
        account_id=account_id,
        now=now,
    )


async def end(
    session: AsyncSession, organization: Organization, member: Account, *, by: Account, now: datetime
) -> None:
    membership_id = await session.scalar(
        select(Membership.id).where(Membership.account_id == member.id, Membership.ended_at.is_(None))
    )
    assert membership_id is not None
    await actions.end_membership(
        session, organization=organization, membership_id=membership_id, account_id=by.id, now=now
    )


async def current_members(session: AsyncSession, organization: Organization) -> list[UUID]:
    return list(
        await session.scalars(
            select(Membership.account_id).where(
                Membership.organization_id == organization.id, Membership.ended_at.is_(None)
            )
        )
    )
