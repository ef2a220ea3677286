"""What an officer finds on the board, and in which order."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.participation.rules import State
from linli.waves.models import Wave
from linli.waves.on_boards import waves_of_needs
from linli.waves.rules import AskingState
from tests.conftest import Visitor
from tests.factories import (
    make_account,
    make_asking,
    make_member,
    make_need,
    make_organization,
    make_participation,
)


@pytest.fixture
async def committee(session: AsyncSession, visitor: Visitor) -> Organization:
    committee = await make_organization(session)
    await visitor.sign_in(await make_member(session, committee))
    return committee


async def headings(
    visitor: Visitor, committee: Organization, language: str = "zh", show: str = "running"
) -> list[str]:
    """Group headings and titles of needs, from top to bottom."""
    visitor.cookies.set("linli-language", language)
    page = await visitor.get(f"/organizations/{committee.id}/desk?show={show}")
    assert page.status_code == 200
    found = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", page.text, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", each)).strip() for each in found]


async def make_full_board(session: AsyncSession, committee: Organization, now: datetime) -> None:
    in_a_week = now + timedelta(days=7)

    async def need(title: str, **values: Any) -> Any:
        given: dict[str, Any] = {"starts_at": in_a_week, "places": 1} | values
        return await make_need(session, organization=committee, title=title, **given)

    await need("平常的", answer_due_at=now + timedelta(days=6))
    filled = await need("满员的", state=NeedState.filled, answered_at=now)
    await make_participation(session, filled.shifts[0], await make_account(session), State.confirmed)
    deciding = await need("有人报名的")
    await make_participation(session, deciding.shifts[0], await make_account(session), State.applied)
    await need("明天就要人的", starts_at=now + timedelta(hours=20))
    # Overdue and at risk at once: it stands once, where it burns most.
    await need("超期的", starts_at=now + timedelta(hours=30), answer_due_at=now - timedelta(hours=1))
    await need("超期更久的", answer_due_at=now - timedelta(days=2))
    await need("答复过的", answer_due_at=now - timedelta(days=2), answered_at=now)
    await need("草稿的", state=NeedState.draft, answer_due_at=None)
    await need("取消的", state=NeedState.cancelled)


async def test_what_nobody_has_answered_in_time_stands_on_top_and_the_longest_wait_first(
    session: AsyncSession, visitor: Visitor, committee: Organization, now: datetime
) -> None:
    await make_full_board(session, committee, now)
    titles = [each for each in await headings(visitor, committee) if each.endswith("的")]
    assert titles == [
        "超期更久的",
        "超期的",
        "明天就要人的",
        "有人报名的",
        "平常的",
        "答复过的",
        "满员的",
    ]


@pytest.mark.parametrize(
    ("language", "groups"),
    [
        ("zh", ["已超时", "还缺人", "等您确认", "正在招人", "已满员或进行中"]),
        (
            "en",
            [
                "Overdue",
                "Soon, and places",
                "waits for your decision",
                "Looking for people",
                "Filled or under way",
            ],
        ),
    ],
)
async def test_each_group_says_what_it_is(
    session: AsyncSession,
    visitor: Visitor,
    committee: Organization,
    now: datetime,
    language: str,
    groups: list[str],
) -> None:
    await make_full_board(session, committee, now)
    said = " | ".join(await headings(visitor, committee, language))
    assert [group for group in groups if group not in said] == []
    assert sorted(groups, key=said.index) == groups


async def test_drafts_and_ended_needs_have_lists_of_their_own(
    session: AsyncSession, visitor: Visitor, committee: Organization, now: datetime
) -> None:
    await make_full_board(session, committee, now)
    assert "草稿的" in await headings(visitor, committee, show="drafts")
    assert "取消的" in await headings(visitor, committee, show="ended")
    assert "平常的" in await headings(visitor, committee, show="nonsense")


async def test_another_organizations_needs_are_not_on_the_board(
    session: AsyncSession, visitor: Visitor, committee: Organization, now: datetime
) -> None:
    other = await make_organization(session)
    await make_full_board(session, other, now)
    page = await visitor.get(f"/organizations/{committee.id}/desk")
    assert "超期" not in page.text
    assert (await visitor.get(f"/organizations/{other.id}/desk")).status_code == 404


async def test_the_clock_counts_down_and_then_up(
    session: AsyncSession, visitor: Visitor, committee: Organization, now: datetime
) -> None:
    await make_need(session, organization=committee, answer_due_at=now + timedelta(hours=5, minutes=5))
    await make_need(session, organization=committee, answer_due_at=now - timedelta(days=3, minutes=5))
    visitor.cookies.set("linli-language", "en")
    page = (await visitor.get(f"/organizations/{committee.id}/desk")).text
    assert "5 hours to answer" in page
    assert "3 days overdue" in page


async def test_an_unverified_organization_reads_what_is_missing(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session, verified_at=None)
    await visitor.sign_in(await make_member(session, committee))
    page = await visitor.get(f"/organizations/{committee.id}/desk")
    assert "尚未核验" in page.text


async def waves_shown(visitor: Visitor, committee: Organization) -> list[str]:
    visitor.cookies.set("linli-language", "en")
    page = (await visitor.get(f"/organizations/{committee.id}/desk")).text
    found = re.findall(r'class="soft waves-line">(.*?)</p>', page, re.DOTALL)
    return sorted(re.sub(r"<[^>]+>", "", each).strip() for each in found)


async def test_where_people_are_asked_by_itself_the_board_says_where_it_stands(
    session: AsyncSession, visitor: Visitor, committee: Organization, now: datetime
) -> None:
    officer = await make_member(session, committee)
    begun: dict[str, Any] = {"begun_by_id": officer.id}
    wanted: dict[str, dict[str, Any]] = {
        "first": {},
        "second": {"waits_for_answers": True},
        "looks": {},
        "held": {"state": AskingState.held},
        "filled": {"state": AskingState.filled},
        "left": {"begun_by_id": (await make_account(session)).id},
        "ended": {"state": AskingState.ended, "ended_at": now},
    }
    for name, values in wanted.items():
        need = await make_need(session, organization=committee, starts_at=now + timedelta(days=9))
        asking = await make_asking(session, need.shifts[0], **begun | values)
        if name in {"second", "looks"}:
            session.add(Wave(asking_id=asking.id, number=1, sent_at=now, matcher="m", places_free=3))
    several = await make_need(session, organization=committee, starts_at=now + timedelta(days=9), shifts=3)
    for shift in several.shifts:
        await make_asking(session, shift, **begun)
    await session.flush()
    at = "Tue 24 Nov, 10:00"
    assert await waves_shown(visitor, committee) == [
        "Asking by itself is held",
        "Asking by itself rests: please look",
        f"First wave {at}",
        f"First wave {at}; and for 2 more times",
        f"Nobody else can be asked now; we look again {at}",
        f"Wave 1 of at most 4 is out; the next {at}",
    ]


@pytest.mark.parametrize("needs", [1, 5])
async def test_where_waves_stand_is_two_queries_for_all_needs(
    session: AsyncSession, committee: Organization, now: datetime, statements: list[str], needs: int
) -> None:
    made = [await make_need(session, organization=committee, shifts=2) for _ in range(needs)]
    for need in made:
        for shift in need.shifts:
            await make_asking(session, shift)
    statements.clear()
    assert len(await waves_of_needs(session, [need.id for need in made])) == needs
    assert len(statements) == 2
