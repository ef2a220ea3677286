import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from linli.core import seed
from linli.core.audit import AuditEntry
from linli.needs.models import Need, Shift
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.organizations.registration import RegistrationState
from tests.conftest import NOW, Visitor
from tests.factories import COMMUNITY, make_member, make_need, make_organization

TYPED = {
    "field_id": "community_services",
    "title": "清理河边垃圾",
    "description": "一起把河边捡干净。",
    "language": "zh",
    "risks": "河边路滑，请穿防滑鞋。",
    "priority": "normal",
    "joining": "at_once",
    "setting": "outdoors",
    "minimum_age_years": "18",
    "division": COMMUNITY,
    "address": "河滨路 1 号",
    "contact_name": "陈主任",
    "contact_phone": "0851-1234",
    "day-0": "2026-11-28",
    "from-0": "09:00",
    "to-0": "11:00",
    "places-0": "8",
    "post": "yes",
}

UNKNOWN_PLACE = "没有找到这个地名，请试试区县或街道的名称。"


async def make_desk(session: AsyncSession, visitor: Visitor) -> Organization:
    organization = await make_organization(session)
    await visitor.sign_in(await make_member(session, organization))
    return organization


async def only_need(session: AsyncSession) -> Need:
    return (await session.scalars(select(Need).options(selectinload(Need.shifts)))).one()


async def test_an_officer_posts_from_a_template_in_one_form(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    form = await visitor.get(f"/organizations/{organization.id}/needs/new/environment")
    assert form.status_code == 200
    answer = await visitor.submit(f"/organizations/{organization.id}/needs", TYPED)
    need = await only_need(session)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/needs/{need.id}/desk")
    assert need.state is NeedState.open
    assert need.posted_at is not None
    assert need.answer_due_at == need.posted_at + timedelta(hours=168)
    assert [(shift.places, shift.starts_at.isoformat()) for shift in need.shifts] == [
        (8, "2026-11-28T01:00:00+00:00")
    ]
    assert "post_need" in (await session.scalars(select(AuditEntry.action))).all()


async def test_a_draft_is_nobody_elses_business(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    await visitor.submit(f"/organizations/{organization.id}/needs", TYPED | {"keep": "yes"})
    need = await only_need(session)
    assert need.state is NeedState.draft
    stranger = await make_member(session, await make_organization(session))
    await another_visitor.sign_in(stranger)
    for path in (f"/needs/{need.id}/edit", f"/needs/{need.id}/sheet", f"/needs/{need.id}/again"):
        assert (await another_visitor.get(path)).status_code == 404
    assert "清理河边垃圾" not in (await another_visitor.get("/needs")).text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("to-0", "08:00", "结束时间要晚于开始时间"),
        ("day-0", "2025-01-01", "这个时间已经过去"),
        ("places-0", "0", "请填 1 到 500 之间的整数"),
        ("places-0", "10000", "请填 1 到 500 之间的整数"),
        ("division", "999999999999", "请从列表中选择社区"),
        ("title", "", "请填写这一项"),
        ("risks", "   ", "请填写这一项"),
        ("title", "长" * 81, "最多"),
        ("description", "大" * 100_000, "最多"),
        ("longitude", "106.9", "经度和纬度"),
        ("field_id", "made_up", "请从列表中选择"),
        ("contact_phone", "\x00", "请填写这一项"),
        ("description", "陪{老人}聊天〔老人的称呼〕", "老人的称呼"),
    ],
    ids=lambda value: value[:12] if value.isascii() and value.isprintable() else "typed",
)
async def test_what_cannot_be_used_gets_a_sentence_and_keeps_what_was_typed(
    session: AsyncSession, visitor: Visitor, field: str, typed: str, sentence: str
) -> None:
    organization = await make_desk(session, visitor)
    answer = await visitor.submit(f"/organizations/{organization.id}/needs", TYPED | {field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "河边路滑" in answer.text or field == "risks"
    assert (await session.scalars(select(Need))).all() == []


@pytest.mark.parametrize("language", ["", "xx", "\x00", "z" * 5000, "\u202ezh"])
async def test_the_hidden_language_may_hold_anything(
    session: AsyncSession, visitor: Visitor, language: str
) -> None:
    organization = await make_desk(session, visitor)
    form = TYPED | {"language": language, "title": ""}
    answer = await visitor.submit(f"/organizations/{organization.id}/needs", form)
    assert answer.status_code == 422
    assert 'name="language" value="zh"' in answer.text


@pytest.mark.parametrize("button", ["post", "keep"])
async def test_a_double_click_makes_one_need(session: AsyncSession, visitor: Visitor, button: str) -> None:
    organization = await make_desk(session, visitor)
    path = f"/organizations/{organization.id}/needs"
    form = await visitor.get(f"{path}/new/blank")
    [key] = re.findall(r'name="key" value="([^"]+)"', form.text)
    typed = {name: value for name, value in TYPED.items() if name != "post"} | {"key": key, button: "yes"}
    answers = [await visitor.submit(path, typed) for _ in range(2)]
    need = await only_need(session)
    assert [each.headers["location"] for each in answers] == [f"/needs/{need.id}/desk"] * 2
    other = await visitor.submit(path, typed | {"title": "再来一次"})
    assert other.status_code == 409
    assert "再来一次" in other.text
    [new_key] = re.findall(r'name="key" value="([^"]+)"', other.text)
    assert (await visitor.submit(path, typed | {"title": "再来一次", "key": new_key})).status_code == 303


async def test_a_home_visit_to_an_older_person_needs_the_background_check(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    home = TYPED | {"field_id": "elderly_care", "setting": "home"}
    refused = await visitor.submit(f"/organizations/{organization.id}/needs", home)
    assert refused.status_code == 422
    accepted = await visitor.submit(
        f"/organizations/{organization.id}/needs", home | {"credentials": "background_check"}
    )
    assert accepted.status_code == 303


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (RegistrationState.submitted, "还没有通过核验"),
        (RegistrationState.suspended, "民政部门已暂停您的组织"),
        (RegistrationState.appealed, "民政部门已暂停您的组织"),
    ],
)
async def test_an_organization_that_may_not_publish_keeps_its_draft_and_is_told_why(
    session: AsyncSession, visitor: Visitor, state: RegistrationState, why: str
) -> None:
    organization = await make_organization(session, verified_at=None, state=state)
    await visitor.sign_in(await make_member(session, organization))
    answer = await visitor.submit(f"/organizations/{organization.id}/needs", TYPED)
    assert answer.status_code == 409
    assert "清理河边垃圾" in answer.text
    assert why in answer.text


async def test_a_stale_edit_shows_both_texts(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    await visitor.submit(f"/organizations/{organization.id}/needs", TYPED)
    need = await only_need(session)
    shift = {"shift-0": str(need.shifts[0].id)}
    first = await visitor.submit(
        f"/needs/{need.id}/edit", TYPED | shift | {"version": "1", "title": "第一次改"}
    )
    second = await visitor.submit(
        f"/needs/{need.id}/edit", TYPED | shift | {"version": "1", "title": "第二次改"}
    )
    assert (first.status_code, second.status_code) == (303, 409)
    assert "第一次改" in second.text
    assert "第二次改" in second.text


async def test_people_who_said_yes_are_not_moved(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    await visitor.submit(f"/organizations/{organization.id}/needs", TYPED)
    need = await only_need(session)
    need.shifts[0].places_taken = 2
    await session.flush()
    shift = {"shift-0": str(need.shifts[0].id), "version": "1"}
    moved = await visitor.submit(f"/needs/{need.id}/edit", TYPED | shift | {"from-0": "10:00"})
    assert moved.status_code == 422
    assert "2" in moved.text
    start = await session.scalar(select(Shift.starts_at))
    assert start == datetime.fromisoformat("2026-11-28T01:00:00+00:00")


async def test_the_public_list_shows_open_needs_and_nothing_private(
    session: AsyncSession, visitor: Visitor
) -> None:
    await make_need(session, title="陪老人散步")
    await make_need(session, title="困难家庭帮扶", field_id="low_income")
    await make_need(session, title="已经满了", state=NeedState.filled)
    await make_need(session, title="过去的", starts_at=NOW - timedelta(days=2))
    page = (await visitor.get("/needs")).text
    assert "陪老人散步" in page
    for hidden in ("困难家庭帮扶", "已经满了", "过去的", "幸福路 8 号", "13900000000", "李主任", "赵奶奶"):
        assert hidden not in page


async def test_filters_narrow_the_list(session: AsyncSession, visitor: Visitor) -> None:
    here = await make_need(session, title="本社区的")
    await make_need(session, title="别处的", division="110101001001")
    page = (await visitor.get(f"/needs?place={COMMUNITY[:6]}&field={here.field_id}&day=2026-11-24")).text
    assert "本社区的" in page
    assert "别处的" not in page
    assert "本社区的" not in (await visitor.get("/needs?day=2026-11-30")).text


async def test_a_place_that_nobody_knows_is_said_at_the_filter(visitor: Visitor) -> None:
    for near, is_known in (("nowhere", False), ("永", True)):
        page = (await visitor.get(f"/needs?near={near}")).text
        assert (UNKNOWN_PLACE in page) is not is_known
        assert f'value="{near}"' in page


@pytest.mark.parametrize("order", ["", "?order=soonest"])
async def test_the_list_pages_by_key_without_gaps(
    session: AsyncSession, visitor: Visitor, order: str
) -> None:
    for n in range(25):
        await make_need(session, title=f"第{n:02d}件", lacking=1000 + n % 3)
    seen: list[str] = []
    path = f"/needs{order}"
    for _ in range(2):
        page = (await visitor.get(path)).text
        seen += [f"第{n:02d}件" for n in range(25) if f"第{n:02d}件" in page]
        path = (
            page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
            if 'rel="next"' in page
            else "/needs"
        )
    assert sorted(seen) == [f"第{n:02d}件" for n in range(25)]


async def test_what_lacks_somebody_most_stands_first_and_the_soonest_beside_it(
    session: AsyncSession, visitor: Visitor
) -> None:
    await make_need(session, title="明天的", lacking=100)
    await make_need(session, title="没人去的", lacking=1700, starts_at=NOW + timedelta(days=9))
    page = (await visitor.get("/needs?field=elderly_care")).text
    assert page.index("没人去的") < page.index("明天的")
    assert 'href="/needs?field=elderly_care&amp;order=soonest"' in page
    page = (await visitor.get("/needs?field=elderly_care&order=soonest")).text
    assert page.index("明天的") < page.index("没人去的")
    assert 'href="/needs?field=elderly_care"' in page


async def test_the_sheet_prints_public_parts_and_a_code(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    need = await make_need(session, organization=organization)
    page = (await visitor.get(f"/needs/{need.id}/sheet")).text
    assert "data:image/svg+xml" in page
    assert f"/needs/{need.id}" in page
    assert "赵奶奶" not in page
    assert "幸福路 8 号" not in page


async def test_posting_again_moves_a_past_need_by_whole_weeks(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    need = await make_need(
        session, organization=organization, state=NeedState.done, starts_at=NOW - timedelta(days=30)
    )
    page = (await visitor.get(f"/needs/{need.id}/again")).text
    local_weekday = (NOW - timedelta(days=30)).weekday()
    day = datetime.fromisoformat(page.split('name="day-0"')[1].split('value="')[1].split('"')[0])
    assert day.weekday() == local_weekday
    assert day.date() >= NOW.date()


async def test_kinds_of_need_are_grouped_by_field_and_each_leads_to_its_form(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    chooser = f"/organizations/{organization.id}/needs/new"
    page = (await visitor.get(chooser)).text
    for field, templates in seed.templates_by_field().items():
        assert f'href="#{field.id}"' in page
        group = page.split(f'<section class="kinds" id="{field.id}"')[1].split("</section>")[0]
        assert field.about.zh in group
        assert [template.id for template in templates] == re.findall(r"/needs/new/(\w+)", group)
    for template in seed.templates():
        assert (await visitor.get(f"{chooser}/{template}")).status_code == 200
