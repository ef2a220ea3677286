"""Nobody is confirmed for risky work before an insurance has been seen; how one is entered and taken back."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.insurance.models import InsuranceEntry, InsuranceTeam
from linli.insurance.rules import Cover
from linli.needs.models import Need
from linli.needs.rules import Joining
from linli.notifications.models import Notice
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind, Role
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.teams.rules import TeamState
from tests.conftest import NOW, Visitor
from tests.factories import (
    COMMUNITY,
    make_insurance,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_team,
    make_team_member,
    make_volunteer,
)
from tests.linli.dispatch.factories import make_dispatch

NOT_INSURED = "您还没有这方面的保险"
POLICY = {
    "insurer": "人保财险",
    "policy_number": "PICC-2026-0917",
    "starts_on": "2026-11-01",
    "ends_on": "2027-10-31",
    "covers": "everybody",
    "risk_kinds": ["water", "heavy_loads"],
    "scope": "all",
    "is_seen": "yes",
}


async def make_risky_need(session: AsyncSession, **values: Any) -> Need:
    return await make_need(session, **{"risk_kinds": ["water"], "joining": Joining.asked} | values)


async def make_desk(session: AsyncSession, visitor: Visitor) -> Organization:
    organization = await make_organization(session)
    await visitor.sign_in(await make_member(session, organization))
    return organization


async def state_of(session: AsyncSession, account: Account) -> State:
    found = await session.scalars(
        select(Participation)
        .where(Participation.account_id == account.id)
        .execution_options(populate_existing=True)
    )
    return found.one().state


async def only_entry(session: AsyncSession) -> InsuranceEntry:
    query = select(InsuranceEntry).execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def test_a_place_taken_at_once_waits_for_the_insurance(session: AsyncSession, visitor: Visitor) -> None:
    need = await make_risky_need(session, joining=Joining.at_once)
    somebody = await make_volunteer(session)
    await visitor.sign_in(somebody)
    page = await visitor.get(f"/needs/{need.id}")
    assert NOT_INSURED in page.text
    assert f"/shifts/{need.shifts[0].id}/apply" not in page.text
    refused = await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
    assert refused.status_code == 409
    assert NOT_INSURED in refused.text
    await make_insurance(session, await session.get(Organization, need.organization_id), "water")
    assert (await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")).status_code == 303
    assert await state_of(session, somebody) is State.confirmed


async def test_one_may_ask_to_come_before_and_is_confirmed_after(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    organization = await make_desk(session, another_visitor)
    need = await make_risky_need(session, organization=organization)
    somebody = await make_volunteer(session)
    await visitor.sign_in(somebody)
    assert NOT_INSURED in (await visitor.get(f"/needs/{need.id}")).text
    assert (await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")).status_code == 303
    assert await state_of(session, somebody) is State.applied
    held = (await session.scalars(select(Participation))).one()
    confirm = f"/participations/{held.id}/confirm"
    refused = await another_visitor.submit(confirm)
    assert refused.status_code == 409
    assert "没有核对过" in refused.text
    await make_insurance(session, organization, "water")
    assert (await another_visitor.submit(confirm)).status_code == 303
    assert await state_of(session, somebody) is State.confirmed


@pytest.mark.parametrize(
    ("values", "is_enough"),
    [
        ({}, True),
        ({"is_seen": False}, False),
        ({"risk_kinds": ["driving"]}, False),
        ({"covers": Cover.own_people}, False),
        ({"revoked_at": True}, False),
        ({"ends_on": True}, False),
        ({"need_id": True}, False),
        ({"organization": True}, False),
    ],
    ids=["enough", "not seen", "other risk", "own people", "taken back", "run out", "other need", "other's"],
)
async def test_an_invited_person_says_yes_only_where_a_seen_insurance_covers_them(
    session: AsyncSession, visitor: Visitor, values: dict[str, Any], is_enough: bool
) -> None:
    organization = await make_organization(session)
    need = await make_risky_need(session, organization=organization)
    somebody = await make_volunteer(session)
    held = await make_participation(session, need.shifts[0], somebody, State.invited)
    stands_for = {
        "revoked_at": need.posted_at,
        "ends_on": need.created_at.date(),
        "need_id": (await make_need(session, organization=organization)).id,
        "organization": await make_organization(session),
    }
    values = {name: stands_for[name] if value is True else value for name, value in values.items()}
    await make_insurance(session, values.pop("organization", organization), **values)
    await visitor.sign_in(somebody)
    answer = await visitor.submit(f"/participations/{held.id}/accept")
    assert answer.status_code == (303 if is_enough else 409)
    assert (await state_of(session, somebody) is State.confirmed) is is_enough


async def test_an_insurance_of_members_covers_members(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_organization(session)
    need = await make_risky_need(session, organization=organization, joining=Joining.at_once)
    await make_insurance(session, organization, covers=Cover.own_people)
    colleague = await make_member(session, organization)
    await visitor.sign_in(colleague)
    assert (await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")).status_code == 303
    assert await state_of(session, colleague) is State.confirmed


@pytest.mark.parametrize(("state", "is_covered"), [(TeamState.agreed, True), (TeamState.proposed, False)])
async def test_it_covers_the_members_of_the_organizations_agreed_teams(
    session: AsyncSession, visitor: Visitor, state: TeamState, is_covered: bool
) -> None:
    organization = await make_organization(session)
    need = await make_risky_need(session, organization=organization, joining=Joining.at_once)
    await make_insurance(session, organization, covers=Cover.own_people)
    team = await make_team(session, organization, state=state)
    helper = await make_volunteer(session)
    await make_team_member(session, team, account=helper)
    await visitor.sign_in(helper)
    answer = await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
    assert answer.status_code == (303 if is_covered else 409)


async def test_an_insurance_of_certain_teams_is_entered_for_a_team_that_was_asked_and_covers_its_members(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    need = await make_risky_need(session, organization=organization, joining=Joining.at_once)
    team = await make_team(session, await make_organization(session, OrganizationKind.charity))
    member, stranger = await make_volunteer(session), await make_volunteer(session)
    await make_team_member(session, team, account=member)
    await make_dispatch(session, need.shifts[0], team)
    own = await make_team(session, organization)
    ended = await make_team(session, organization, state=TeamState.ended, ended_at=NOW)
    base = f"/organizations/{organization.id}/insurance"
    new = f"{base}/new?need={need.id}&amp;team={team.id}"
    assert new in (await visitor.get(f"/needs/{need.id}/dispatch")).text
    form = (await visitor.get(new.replace("&amp;", "&"))).text
    assert f'value="{team.id}" checked' in form
    assert [str(each.id) in form for each in (own, ended)] == [True, False]
    policy = POLICY | {"covers": "named_teams", "need": str(need.id), "scope": "need"}
    assert "请至少选一项" in (await visitor.submit(base, policy)).text
    refused = await visitor.submit(base, policy | {"teams": [str(need.id)]})
    assert (refused.status_code, "请从列表中选择" in refused.text) == (422, True)
    assert (await visitor.submit(base, policy | {"teams": [str(team.id)]})).status_code == 303
    assert team.name in (await visitor.get(base)).text
    assert "只有部分服务队的成员有这方面的保险" in (await visitor.get(f"/needs/{need.id}/desk")).text
    for person, status in ((stranger, 409), (member, 303)):
        await another_visitor.sign_in(person)
        answer = await another_visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
        assert answer.status_code == status
    assert await state_of(session, member) is State.confirmed


async def test_a_team_that_is_not_agreed_any_more_is_not_insured_by_its_name(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_organization(session)
    need = await make_risky_need(session, organization=organization, joining=Joining.at_once)
    team = await make_team(session, await make_organization(session), state=TeamState.ended)
    helper = await make_volunteer(session)
    await make_team_member(session, team, account=helper)
    entry = await make_insurance(session, organization, covers=Cover.named_teams)
    session.add(InsuranceTeam(entry_id=entry.id, team_id=team.id))
    await session.commit()
    await visitor.sign_in(helper)
    assert (await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")).status_code == 409


async def test_the_officers_page_says_what_is_missing_and_leads_to_the_form(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    need = await make_risky_need(session, organization=organization, risk_kinds=["water", "heavy_loads"])
    desk, new = f"/needs/{need.id}/desk", f"/organizations/{organization.id}/insurance/new?need={need.id}"
    page = (await visitor.get(desk)).text
    assert "还没有人有这方面的保险" in page
    assert new in page
    form = (await visitor.get(new)).text
    assert 'value="2026-11-24"' in form
    answer = await visitor.submit(
        f"/organizations/{organization.id}/insurance", POLICY | {"need": str(need.id), "scope": "need"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, desk)
    assert "还没有人有这方面的保险" not in (await visitor.get(desk)).text
    entry = await only_entry(session)
    assert (entry.need_id, entry.covers, entry.checked_by_id) == (
        need.id,
        Cover.everybody,
        entry.entered_by_id,
    )
    noted = (await session.scalars(select(AuditEntry.action))).all()
    assert {"enter_insurance", "check_insurance"} <= set(noted)


async def test_a_colleague_confirms_later_that_they_have_seen_the_paper(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    need = await make_risky_need(session, organization=organization)
    base = f"/organizations/{organization.id}/insurance"
    await visitor.submit(base, POLICY | {"is_seen": ""})
    entry = await only_entry(session)
    assert entry.checked_at is None
    assert "还没有人看过保单原件" in (await visitor.get(f"/needs/{need.id}/desk")).text
    colleague = await make_member(session, organization)
    await visitor.sign_in(colleague)
    assert (await visitor.submit(f"/insurance/{entry.id}/check")).status_code == 303
    entry = await only_entry(session)
    assert (entry.checked_by_id, entry.counts) == (colleague.id, True)
    assert colleague.name in (await visitor.get(base)).text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("insurer", "", "请填写这一项"),
        ("policy_number", "长" * 61, "最多"),
        ("starts_on", "昨天", "的样式填写日期"),
        ("ends_on", "2026-10-01", "结束日期不能早于开始日期"),
        ("ends_on", "2036-10-01", "三年"),
        ("covers", "the_moon", "请从列表中选择"),
        ("risk_kinds", [], "请至少选一项"),
        ("risk_kinds", ["dragons"], "请从列表中选择"),
    ],
)
async def test_what_cannot_be_used_gets_a_sentence_and_keeps_what_was_typed(
    session: AsyncSession, visitor: Visitor, field: str, typed: Any, sentence: str
) -> None:
    organization = await make_desk(session, visitor)
    answer = await visitor.submit(f"/organizations/{organization.id}/insurance", POLICY | {field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "人保财险" in answer.text or field == "insurer"
    assert (await session.scalars(select(InsuranceEntry))).all() == []


async def test_another_organizations_need_cannot_be_insured(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    another = await make_risky_need(session)
    base = f"/organizations/{organization.id}/insurance"
    for need in (another.id, "nonsense"):
        assert (await visitor.get(f"{base}/new?need={need}")).status_code == 404
    assert (await visitor.submit(base, POLICY | {"need": str(another.id)})).status_code == 404


async def test_the_bureau_takes_an_insurance_back_and_the_officers_are_told(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_organization(session)
    officer = await make_member(session, organization)
    entry = await make_insurance(session, organization, "water")
    bureau = await make_organization(session, OrganizationKind.bureau, division=COMMUNITY[:6])
    await visitor.sign_in(await make_member(session, bureau, role=Role.bureau_staff))
    base = f"/organizations/{organization.id}/insurance"
    assert "人平安保险" not in (await visitor.get(base)).text
    without_reason = await visitor.submit(f"/insurance/{entry.id}/revoke", {"reason": " "})
    assert without_reason.status_code == 422
    assert (await only_entry(session)).counts
    answer = await visitor.submit(f"/insurance/{entry.id}/revoke", {"reason": "保单号查不到。"})
    assert answer.status_code == 303
    assert not (await only_entry(session)).counts
    assert "保单号查不到。" in (await visitor.get(base)).text
    told = (await session.scalars(select(Notice).where(Notice.account_id == officer.id))).one()
    assert told.event == "insurance_revoked"
    assert (await visitor.submit(f"/insurance/{entry.id}/check")).status_code == 404


async def test_what_was_taken_back_is_not_seen_again(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    entry = await make_insurance(session, organization, is_seen=False)
    for _ in range(2):
        answer = await visitor.submit(f"/insurance/{entry.id}/revoke", {"reason": "买错了。"})
        assert answer.status_code == 303
    assert (await visitor.submit(f"/insurance/{entry.id}/check")).status_code == 409
