"""What was done, for who checks it: sentences without names, inside one's own division, read only."""

import ast
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.i18n import translate
from linli.desks.audit.acts import ACTS, UNNAMED, Group, sentence_of
from linli.organizations.models import Organization
from linli.organizations.registration import Step
from linli.organizations.rules import OrganizationKind, Role
from linli.participation.rules import State
from tests.conftest import Visitor
from tests.factories import (
    COMMUNITY,
    make_account,
    make_member,
    make_need,
    make_organization,
    make_participation,
)
from tests.house import expect_none, files_under, parsed

ELSEWHERE = "522725001002"
# On one's own account, or of no organization: these stand in no division's list.
PERSONAL = {
    "connect_identity",
    "disconnect_identity",
    "give_number",
    "save_profile",
    "state_credential",
    "withdraw_credential",
    "opt_in",
    "forget_answers",
    "set_asking",
    "pause_asking",
    "opt_out",
    "train_matcher",
    "correct_matcher",
}
# Parts of which names are put together.
PARTS = {"_by_", "_organization", "accounts.", "block", "end_block"}


async def make_bureau(session: AsyncSession) -> Organization:
    return await make_organization(session, OrganizationKind.bureau, division=COMMUNITY[:6])


async def auditor_signs_in(session: AsyncSession, visitor: Visitor, bureau: Organization) -> None:
    visitor.cookies.clear()
    await visitor.sign_in(await make_member(session, bureau, role=Role.auditor))


def recorded_actions() -> set[str]:
    """The names of acts wherever one is recorded."""
    found = set()
    for file in files_under("platform/linli", ".py"):
        for call in (node for node in ast.walk(parsed(file)) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", "")
            if "note" not in name and "record" not in name:
                continue
            named = [key.value for key in call.keywords if key.arg == "action"] + call.args[1:2]
            found |= {
                each.value
                for value in named
                for each in ast.walk(value)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
    return found


def test_every_act_of_an_organization_has_its_sentence() -> None:
    recorded = recorded_actions() | {f"{step}_organization" for step in Step}
    unnamed = {each for each in recorded - PERSONAL - PARTS - set(ACTS) if not each.startswith("accounts.")}
    expect_none(unnamed)
    assert sentence_of("something_new") is UNNAMED


def test_nothing_has_a_sentence_that_nobody_does() -> None:
    done = recorded_actions() | {f"{step}_organization" for step in Step}
    done |= {f"{act}_by_{side}" for act in ("block", "end_block") for side in ("volunteer", "organization")}
    expect_none(set(ACTS) - done)


def test_every_sentence_exists_in_chinese() -> None:
    expect_none(
        act.sentence.text for act in ACTS.values() if translate("zh", act.sentence.text) == act.sentence.text
    )


async def test_an_auditor_reads_what_was_done_and_no_name(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    bureau = await make_bureau(session)
    committee = await make_organization(session, name="审计社区")
    officer = await make_member(session, committee, account=await make_account(session, name="密官员"))
    person = await make_account(session, name="密志愿者")
    need = await make_need(session, organization=committee, title="陪诊")
    held = await make_participation(session, need.shifts[0], person, State.confirmed)
    about = {"organization_id": committee.id, "need_id": need.id, "account_id": person.id, "now": now}
    record(session, action="confirm_application", object_id=held.id, actor_id=officer.id, **about)  # type: ignore[arg-type]
    record(session, action="apply", object_id=held.id, actor_id=person.id, **about)  # type: ignore[arg-type]
    await session.flush()
    await auditor_signs_in(session, visitor, bureau)
    page = await visitor.get(f"/organizations/{bureau.id}/audit")
    assert page.status_code == 200
    assert "审计社区的社区工作者确认了一个名额：“陪诊”。" in page.text
    assert "一位志愿者报名参加：“陪诊”。" in page.text
    assert f"/needs/{need.id}" in page.text
    assert "密官员" not in page.text
    assert "密志愿者" not in page.text
    assert officer.id.hex[-8:] in page.text


async def test_what_was_done_elsewhere_is_not_shown(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    bureau = await make_bureau(session)
    here = await make_organization(session, name="本地社区")
    there = await make_organization(session, name="外县社区", division=ELSEWHERE)
    for each in (here, there):
        act(session, "edit_organization", each, None, now)
    await session.flush()
    await auditor_signs_in(session, visitor, bureau)
    page = await visitor.get(f"/organizations/{bureau.id}/audit")
    assert "本地社区" in page.text
    assert "外县社区" not in page.text
    # Nor by its id or its name.
    for query in (f"of={there.id}", "name=外县"):
        assert "外县社区" not in (await visitor.get(f"/organizations/{bureau.id}/audit?{query}")).text


async def test_looks_at_contact_data_can_be_read_alone(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session)
    person = await make_account(session)
    for action in ("see_paper", "see_document", "check_credential"):
        act(session, action, committee, person, now)
    await session.flush()
    await auditor_signs_in(session, visitor, bureau)
    page = await visitor.get(f"/organizations/{bureau.id}/audit?group={Group.looks}")
    assert "查看了一个人的资质材料" in page.text
    assert "查验了一个人的资质" not in page.text


async def test_a_day_begins_at_midnight_where_people_live(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session)
    # 00:30 in Shanghai on the 24th is still the 23rd in UTC.
    act(session, "add_document", committee, None, datetime.fromisoformat("2026-11-23T16:30:00+00:00"))
    act(session, "remove_document", committee, None, datetime.fromisoformat("2026-11-23T15:30:00+00:00"))
    await session.flush()
    await auditor_signs_in(session, visitor, bureau)
    page = await visitor.get(f"/organizations/{bureau.id}/audit?day=2026-11-24")
    assert "提交了" in page.text
    assert "移除了" not in page.text
    for day in ("9999-12-31", "0001-01-01", "2026-02-30"):  # no day: as if none had been named
        page = await visitor.get(f"/organizations/{bureau.id}/audit?day={day}")
        assert (page.status_code, "移除了" in page.text) == (200, True)
    page = await visitor.get(f"/organizations/{bureau.id}/audit?name=%00")  # as if nothing had been typed
    assert (page.status_code, "移除了" in page.text) == (200, True)


async def test_the_list_pages_from_the_newest_to_the_oldest(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    bureau = await make_bureau(session)
    names = [f"第{n:02}社区" for n in range(25)]
    for n, name in enumerate(names):
        act(
            session,
            "edit_organization",
            await make_organization(session, name=name),
            None,
            now - timedelta(hours=n),
        )
    await session.flush()
    await auditor_signs_in(session, visitor, bureau)
    first = await visitor.get(f"/organizations/{bureau.id}/audit")
    assert [name in first.text for name in names] == [n < 20 for n in range(25)]
    rest = await visitor.get(
        next(each for each in first.text.split('"') if "after=" in each).replace("&amp;", "&")
    )
    assert [name in rest.text for name in names] == [n >= 20 for n in range(25)]


async def test_an_officer_reads_nobodys_audit(session: AsyncSession, visitor: Visitor) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session)
    await visitor.sign_in(await make_member(session, committee))
    for each in (bureau, committee):
        assert (await visitor.get(f"/organizations/{each.id}/audit")).status_code in {403, 404}


async def test_an_auditor_reads_a_need_of_the_division_and_finds_no_button(
    session: AsyncSession, visitor: Visitor
) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session)
    need = await make_need(session, organization=committee, field_id="low_income")
    await auditor_signs_in(session, visitor, bureau)
    page = await visitor.get(f"/needs/{need.id}")
    assert page.status_code == 200
    assert "/apply" not in page.text
    assert "/question" not in page.text
    assert (await visitor.post(f"/shifts/{need.shifts[0].id}/apply")).status_code == 404


async def test_an_auditor_reads_insurances_and_takes_none_back(
    session: AsyncSession, visitor: Visitor
) -> None:
    bureau, committee = await make_bureau(session), await make_organization(session)
    await auditor_signs_in(session, visitor, bureau)
    page = await visitor.get(f"/organizations/{committee.id}/insurance")
    assert page.status_code == 200
    assert "/revoke" not in page.text


def act(
    session: AsyncSession, action: str, organization: Organization, actor: Account | None, now: datetime
) -> None:
    record(
        session,
        action=action,
        object_id=organization.id,
        organization_id=organization.id,
        actor_id=actor.id if actor else None,
        now=now,
    )
