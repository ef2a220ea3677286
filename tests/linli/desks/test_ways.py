"""A need that finds too few: what would bring more, and the form with it filled in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.needs.models import Need
from linli.needs.rules import NeedState, Setting
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.looks import forget_looks
from linli.suggestions.pools import forget_pools
from tests.conftest import NOW, Visitor
from tests.factories import make_member, make_organization, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper

ONLY_SATURDAY = "0" * 15 + "111" + "0" * 3
# Tuesday at two, in China.
TUESDAY = NOW.replace(hour=6, minute=0) + timedelta(days=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    forget_looks()
    forget_pools()
    yield
    forget_pools()


async def a_need_nobody_fits(
    session: AsyncSession, visitor: Visitor, *, credentials: tuple[str, ...] = ()
) -> tuple[Need, list[Account]]:
    """On Tuesday; six neighbours are free on Saturday only. Its officer is signed in."""
    committee = await make_organization(session)
    need = await make_asking_need(session, organization=committee, starts_at=TUESDAY, credentials=credentials)
    people = [
        await make_helper(session, account={"name": "赵无名"}, availability=ONLY_SATURDAY) for _ in range(6)
    ]
    await refresh_need(session, need_id=need.id, now=NOW)
    await session.commit()
    await visitor.sign_in(await make_member(session, committee))
    return need, people


async def test_the_page_of_a_need_that_finds_nobody_asks_for_the_ways(
    visitor: Visitor, session: AsyncSession
) -> None:
    need, _ = await a_need_nobody_fits(session, visitor)
    ways = f"/needs/{need.id}/desk/ways?shift={need.shifts[0].id}"
    assert f'hx-get="{ways}"' in (await visitor.get(f"/needs/{need.id}/desk")).text
    fragment = (await visitor.get(ways, headers=HTMX)).text
    assert "<html" not in fragment
    assert "11月28日 周六 14:00 有 6 人合适" in fragment
    assert "赵" not in fragment
    for partners in ("teams", "organizations"):
        assert f"/needs/{need.id}/desk/{partners}?shift={need.shifts[0].id}" in fragment
    page = (await visitor.get(ways)).text
    assert "<html" in page
    assert "6 人" in page


async def test_a_way_opens_the_form_with_it_filled_in_and_changes_nothing(
    visitor: Visitor, session: AsyncSession
) -> None:
    need, _ = await a_need_nobody_fits(session, visitor)
    fragment = (await visitor.get(f"/needs/{need.id}/desk/ways", headers=HTMX)).text
    link = fragment.split('href="')[1].split('"')[0]
    form = (await visitor.get(link)).text
    assert 'value="2026-11-28"' in form
    assert f'action="/needs/{need.id}/edit"' in form
    assert need.title in form
    await session.refresh(need.shifts[0])
    assert need.shifts[0].starts_at == TUESDAY


async def test_one_paper_less_is_a_way_too(visitor: Visitor, session: AsyncSession) -> None:
    need, _ = await a_need_nobody_fits(session, visitor, credentials=("first_aid",))
    for _ in range(2):
        await make_helper(session)
    await session.commit()
    fragment = (await visitor.get(f"/needs/{need.id}/desk/ways", headers=HTMX)).text
    assert "credentials%3Afirst_aid" in fragment or "credentials:first_aid" in fragment
    # Two could be pointed at.
    assert "2 人" not in fragment
    form = (await visitor.get(f"/needs/{need.id}/edit/with?way=credentials:first_aid")).text
    assert 'value="first_aid" checked' not in form
    assert 'value="first_aid" checked' in (await visitor.get(f"/needs/{need.id}/edit")).text


async def test_who_has_said_no_is_not_counted(visitor: Visitor, session: AsyncSession) -> None:
    need, people = await a_need_nobody_fits(session, visitor)
    for person in people[:2]:
        await make_participation(session, need.shifts[0], person, State.declined)
    await session.commit()
    fragment = (await visitor.get(f"/needs/{need.id}/desk/ways", headers=HTMX)).text
    assert "有 4 人合适" in fragment


@pytest.mark.parametrize("way", ["", "nonsense", "time:99/x/y/z", "credentials:dragons", "age:" + "9" * 400])
async def test_what_is_no_way_opens_the_form(visitor: Visitor, session: AsyncSession, way: str) -> None:
    need, _ = await a_need_nobody_fits(session, visitor)
    answer = await visitor.get(f"/needs/{need.id}/edit/with?way={way}")
    assert answer.status_code == 200


async def test_where_nobody_is_looked_for_any_more_the_page_says_so(
    visitor: Visitor, session: AsyncSession
) -> None:
    need, _ = await a_need_nobody_fits(session, visitor)
    need.state = NeedState.cancelled
    await session.commit()
    page = (await visitor.get(f"/needs/{need.id}/desk/ways")).text
    assert "目前不能再邀请新的人" in page


async def test_where_nothing_helps_the_page_says_so(visitor: Visitor, session: AsyncSession) -> None:
    committee = await make_organization(session)
    need = await make_asking_need(session, organization=committee, starts_at=TUESDAY)
    await visitor.sign_in(await make_member(session, committee))
    fragment = (await visitor.get(f"/needs/{need.id}/desk/ways", headers=HTMX)).text
    assert "换个时间或者少提要求，也找不到更多的人" in fragment


async def test_two_hours_later_is_told_by_how_many_more(visitor: Visitor, session: AsyncSession) -> None:
    """Some have promised something else until half past two."""
    committee = await make_organization(session)
    need = await make_asking_need(session, organization=committee, starts_at=TUESDAY)
    elsewhere = await make_asking_need(session, starts_at=TUESDAY - timedelta(hours=1), places=9)
    await make_helper(session)
    for _ in range(6):
        busy = await make_helper(session)
        await make_participation(session, elsewhere.shifts[0], busy, State.confirmed)
    await refresh_need(session, need_id=need.id, now=NOW)
    await session.commit()
    await visitor.sign_in(await make_member(session, committee))
    visitor.cookies.set("linli-language", "en")
    fragment = (await visitor.get(f"/needs/{need.id}/desk/ways", headers=HTMX)).text
    assert "Two hours later, 6 more people would fit." in fragment
    link = fragment.split('href="')[1].split('"')[0]
    assert 'value="16:00"' in (await visitor.get(link)).text


@pytest.mark.parametrize(
    ("paper", "values"),
    [
        ("background_check", {"field_id": "elderly_care", "setting": Setting.home}),
        ("child_safeguarding", {"field_id": "emergency_assistance", "skills": {"child_minding": False}}),
        ("nurse", {"field_id": "community_services"}),
    ],
    ids=["the field", "a skill that is asked for", "the law"],
)
async def test_a_paper_that_a_rule_demands_is_never_proposed_to_be_dropped(
    visitor: Visitor, session: AsyncSession, paper: str, values: dict[str, Any]
) -> None:
    """First aid, which the officer merely wants, may be."""
    committee = await make_organization(session)
    need = await make_asking_need(
        session, organization=committee, starts_at=TUESDAY, credentials=(paper, "first_aid"), **values
    )
    for held in (paper, "first_aid"):
        for _ in range(6):
            await make_helper(session, credentials={held: None})
    await refresh_need(session, need_id=need.id, now=NOW)
    await session.commit()
    await visitor.sign_in(await make_member(session, committee))
    fragment = (await visitor.get(f"/needs/{need.id}/desk/ways", headers=HTMX)).text
    assert "first_aid" in fragment
    assert paper not in fragment
