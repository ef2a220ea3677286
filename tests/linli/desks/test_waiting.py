"""What a coordinator, a social worker and the bureau's staff find first, and where it leads."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.dispatch.rules import DispatchState
from linli.organizations.models import Organization
from linli.organizations.registration import RegistrationState
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from tests.conftest import NOW, Visitor
from tests.factories import (
    COMMUNITY,
    make_account,
    make_document,
    make_insurance,
    make_member,
    make_need,
    make_organization,
)
from tests.linli.desks.waiting import TODAY, headings, make_busy, make_report, rows, words
from tests.linli.dispatch.factories import make_dispatch

COUNTY = COMMUNITY[:6]


@pytest.fixture
async def charity(session: AsyncSession, visitor: Visitor) -> Organization:
    charity = await make_organization(session, Kind.charity)
    await visitor.sign_in(await make_member(session, charity))
    return charity


async def first_page(visitor: Visitor, organization: Organization, language: str = "en") -> str:
    visitor.cookies.set("linli-language", language)
    page = await visitor.get(f"/organizations/{organization.id}/waiting")
    assert page.status_code == 200
    return page.text


async def test_a_coordinator_sees_what_runs_out_and_each_row_leads_to_where_it_is_done(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    busy = await make_busy(session, charity)
    base = f"/organizations/{charity.id}"
    page = await first_page(visitor, charity)
    assert headings(page) == [
        "Asked of us: please answer 1",
        "Say who goes 1",
        "Somebody waits for your decision 1",
        "Teams that people would like to join 1",
        "Papers that expire 1",
        "Insurance to look after 1",
    ]
    assert [url for _, url in rows(page)] == [
        f"/dispatch/{busy['asked'].id}",
        f"/dispatch/{busy['kept'].id}",
        f"/needs/{busy['own'].id}/desk",
        f"/teams/{busy['team'].id}/roster",
        f"{base}/registration#papers",
        f"{base}/insurance",
    ]
    said = [each for each, _ in rows(page)]
    assert "Asked for 2 places · 银铃队" in said[0]
    assert "Answer until" in said[0]
    assert "2 places kept, nobody named yet" in said[1]
    assert "Valid until Sun 13 Dec" in said[4]
    assert "Expired on Sun 22 Nov" in said[5]


async def test_what_must_be_answered_first_stands_first_and_the_list_is_cut(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    for days in (9, 3, 8, 4, 7, 5):  # the sooner to be answered, the later to begin
        need = await make_need(session, title=f"{days}天", starts_at=NOW + timedelta(days=30 - days))
        await make_dispatch(session, need.shifts[0], charity, answer_until=NOW + timedelta(days=days))
    page = await first_page(visitor, charity)
    assert [each.split()[0] for each, _ in rows(page)] == ["3天", "4天", "5天", "7天", "8天"]
    assert "Show all 6" in page
    assert f'href="/organizations/{charity.id}/dispatch">' in page


async def test_places_that_fall_to_others_first_stand_first(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    for days in (5, 3, 4):
        need = await make_need(session, title=f"{days}天", starts_at=NOW + timedelta(days=30 - days))
        until = NOW + timedelta(days=days)
        await make_dispatch(session, need.shifts[0], charity, DispatchState.accepted, until=until)
    page = await first_page(visitor, charity)
    assert [each.split()[0] for each, _ in rows(page)] == ["3天", "4天", "5天"]


async def test_what_others_were_asked_does_not_wait_here(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    await make_busy(session, await make_organization(session, Kind.charity))
    page = await first_page(visitor, charity)
    assert headings(page) == []
    assert "Nothing waits for you" in page
    assert f'href="/organizations/{charity.id}/fitting-needs"' in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RegistrationState.returned, "民政部门退回了您的登记"),
        (RegistrationState.draft, "您的登记还没有提交"),
        (RegistrationState.suspended, "民政部门已暂停贵组织，目前不能发布需求。"),
        (RegistrationState.submitted, "已提交民政部门。"),
    ],
)
async def test_where_the_registration_stands_is_said_on_top(
    session: AsyncSession, visitor: Visitor, state: RegistrationState, sentence: str
) -> None:
    charity = await make_organization(session, Kind.charity, state=state)
    await visitor.sign_in(await make_member(session, charity))
    page = await first_page(visitor, charity, "zh")
    [(said, url)] = re.findall(
        r'<div class="notice-words">(.*?)</div>\s*<p><a href="([^"]+)"', page, re.DOTALL
    )
    assert sentence in words(said)
    assert url == f"/organizations/{charity.id}/registration"


async def test_an_insurance_that_is_followed_by_another_does_not_wait_and_an_unseen_one_does(
    session: AsyncSession, visitor: Visitor, charity: Organization
) -> None:
    await make_insurance(session, charity, insurer="旧的", ends_on=TODAY + timedelta(days=5))
    await make_insurance(session, charity, insurer="新的", ends_on=TODAY + timedelta(days=300))
    await make_insurance(session, charity, insurer="没看过的", is_seen=False)
    page = await first_page(visitor, charity)
    assert [each.split()[0] for each, _ in rows(page)] == ["没看过的"]


async def make_bureau(
    session: AsyncSession, visitor: Visitor, role: Role = Role.bureau_staff
) -> Organization:
    bureau = await make_organization(session, Kind.bureau, division=COUNTY, name="县民政局")
    await visitor.sign_in(await make_member(session, bureau, role=role))
    return bureau


async def test_the_bureau_sees_who_waits_for_it_and_whom_nobody_helped(
    session: AsyncSession, visitor: Visitor
) -> None:
    bureau = await make_bureau(session, visitor)
    await make_organization(session, Kind.charity, name="晚交的", verified_at=None)
    early = await make_organization(
        session, Kind.charity, name="早交的", verified_at=None, submitted_at=NOW - timedelta(days=31)
    )
    await make_organization(session, Kind.charity, name="申诉的", state=RegistrationState.appealed)
    renewing = await make_organization(session, Kind.charity, name="要换证的")
    await make_document(session, renewing, expires_on=TODAY + timedelta(days=3))
    await make_report(session, renewing, await make_account(session))
    need = await make_need(session, title="没人理的", organization=renewing, field_id="low_income")
    page = await first_page(visitor, bureau)
    assert headings(page) == [
        "Organizations to verify 2",
        "Appeals 1",
        "Renewals due 1",
        "Reports to answer 1",
        "Needs nobody has answered 1",
    ]
    urls = [url for _, url in rows(page)]
    assert urls[0] == f"/organizations/{bureau.id}/register/{early.id}"
    assert "Waits for 31 days" in rows(page)[0][0]
    assert urls[-2:] == [f"/organizations/{bureau.id}/reports", f"/needs/{need.id}"]
    assert (await visitor.get(urls[-1])).status_code == 200
    assert f'href="/organizations/{bureau.id}/audit"' in page


async def test_the_longest_wait_stands_first_and_what_was_answered_or_lies_elsewhere_not_at_all(
    session: AsyncSession, visitor: Visitor
) -> None:
    bureau = await make_bureau(session, visitor, Role.auditor)
    needs: dict[str, dict[str, Any]] = {
        "两天": {"posted_at": NOW - timedelta(days=2), "answer_due_at": NOW - timedelta(days=1)},
        "三天": {"posted_at": NOW - timedelta(days=3)},
        "答复过": {"answered_at": NOW},
        "别的县": {"division": "520303002001"},
    }
    for title, values in needs.items():
        await make_need(session, title=title, **values)
    lost = await make_organization(session, state=RegistrationState.suspended)
    await make_need(session, title="被暂停", organization=lost)
    visitor.cookies.set("linli-language", "en")
    page = (await visitor.get(f"/organizations/{bureau.id}/unanswered")).text
    assert [each.split()[0] for each, _ in rows(page)] == ["三天", "两天"]
    assert "2 needs have found nobody yet." in words(page)
    assert "For 1 the time to answer is over." in words(page)


async def test_a_station_sees_its_own_area_and_opens_what_is_public(
    session: AsyncSession, visitor: Visitor
) -> None:
    station = await make_organization(session, Kind.station, division=COMMUNITY[:9])
    await visitor.sign_in(await make_member(session, station))
    public = await make_need(session, title="公开的")
    await make_need(session, title="不公开的", field_id="low_income")
    await make_need(session, title="邻街道的", division="520302003001")
    page = await first_page(visitor, station)
    assert [(each.split()[0], url) for each, url in rows(page)] == [
        ("公开的", f"/needs/{public.id}"),
        ("不公开的", ""),
    ]


async def test_more_than_a_page_is_read_on(session: AsyncSession, visitor: Visitor) -> None:
    bureau = await make_bureau(session, visitor)
    committee = await make_organization(session)
    for n in range(23):
        await make_need(session, title=f"第{n}", organization=committee, posted_at=NOW - timedelta(hours=n))
    path = f"/organizations/{bureau.id}/unanswered"
    page = (await visitor.get(path)).text
    assert len(rows(page)) == 20
    [more] = re.findall(r'rel="next" href="([^"]+)"', page)
    assert [each.split()[0] for each, _ in rows((await visitor.get(more)).text)] == ["第2", "第1", "第0"]


@pytest.mark.parametrize("page", ["waiting", "unanswered"])
async def test_a_neighbours_desk_does_not_exist(session: AsyncSession, visitor: Visitor, page: str) -> None:
    station = await make_organization(session, Kind.station)
    neighbour = await make_organization(session, Kind.station)
    await visitor.sign_in(await make_member(session, station))
    assert (await visitor.get(f"/organizations/{neighbour.id}/{page}")).status_code == 404


async def test_a_bureau_that_is_not_verified_looks_into_no_division(
    session: AsyncSession, visitor: Visitor
) -> None:
    bureau = await make_organization(session, Kind.bureau, division=COUNTY, verified_at=None)
    await visitor.sign_in(await make_member(session, bureau, role=Role.bureau_staff))
    for page in ("waiting", "unanswered"):
        assert (await visitor.get(f"/organizations/{bureau.id}/{page}")).status_code == 403
