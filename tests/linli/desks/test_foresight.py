"""The part of a need's form that says how many could come: with and without htmx, nothing stored."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.suggestions.looks import forget_looks
from linli.suggestions.pools import forget_pools
from tests.conftest import Visitor
from tests.factories import COMMUNITY, make_account, make_member, make_need, make_organization
from tests.linli.suggestions.factories import make_helper

ONLY_SATURDAY = "0" * 15 + "111" + "0" * 3
HTMX = {"HX-Request": "true"}
TYPED = {
    "title": "陪奶奶散步",
    "contact_phone": "0851-123",
    "field_id": "elderly_care",
    "setting": "indoors",
    "minimum_age_years": "18",
    "division": COMMUNITY,
    "day-0": "2026-11-24",
    "from-0": "14:00",
    "to-0": "16:00",
    "places-0": "3",
}


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    forget_looks()
    forget_pools()
    yield
    forget_pools()


async def a_committee(session: AsyncSession, **values: Any) -> tuple[Organization, Account]:
    committee = await make_organization(session, **values)
    officer = await make_member(session, committee)
    for _ in range(3):
        await make_helper(session, account={"name": "赵无名"}, availability=ONLY_SATURDAY)
    await session.commit()
    return committee, officer


async def test_the_form_asks_for_the_numbers_and_shows_a_button_besides(
    visitor: Visitor, session: AsyncSession
) -> None:
    committee, officer = await a_committee(session)
    await visitor.sign_in(officer)
    page = (await visitor.get(f"/organizations/{committee.id}/needs/new/elder_company")).text
    address = f"/organizations/{committee.id}/needs/foresight"
    assert f'hx-post="{address}"' in page
    assert f'formaction="{address}"' in page


async def test_the_fragment_holds_numbers_and_nobodys_name(visitor: Visitor, session: AsyncSession) -> None:
    committee, officer = await a_committee(session)
    await visitor.sign_in(officer)
    answer = await visitor.submit(f"/organizations/{committee.id}/needs/foresight", TYPED, headers=HTMX)
    assert answer.status_code < 300
    assert "11月28日 周六 14:00 有 3 人合适。" in answer.text
    assert "<html" not in answer.text
    assert "赵" not in answer.text


async def test_without_htmx_the_form_comes_back_with_the_numbers_and_all_that_was_typed(
    visitor: Visitor, session: AsyncSession
) -> None:
    committee, officer = await a_committee(session)
    await visitor.sign_in(officer)
    page = (await visitor.submit(f"/organizations/{committee.id}/needs/foresight", TYPED)).text
    assert "<html" in page
    assert "有 3 人合适。" in page
    assert "陪奶奶散步" in page
    assert "0851-123" in page
    assert "error-summary" not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_one_press_takes_a_time_over_into_the_form(
    visitor: Visitor, session: AsyncSession, headers: dict[str, str]
) -> None:
    committee, officer = await a_committee(session)
    await visitor.sign_in(officer)
    taken = {"take": "time:0/2026-11-28/14:00/16:00"}
    address = f"/organizations/{committee.id}/needs/foresight"
    page = (await visitor.submit(address, TYPED | taken, headers=headers)).text
    assert 'id="need-form"' in page
    assert 'value="2026-11-28"' in page
    assert "11月28日 周六 14:00 有 3 人合适。" in page
    assert "改用这个时间" not in page


async def test_looking_stores_nothing(visitor: Visitor, session: AsyncSession) -> None:
    committee, officer = await a_committee(session)
    await visitor.sign_in(officer)
    await visitor.submit(f"/organizations/{committee.id}/needs/foresight", TYPED)
    assert await session.scalar(select(func.count()).select_from(Need)) == 0


async def test_a_draft_has_its_numbers_too(visitor: Visitor, session: AsyncSession) -> None:
    committee, officer = await a_committee(session)
    draft = await make_need(session, organization=committee, state=NeedState.draft)
    await session.commit()
    await visitor.sign_in(officer)
    address = f"/needs/{draft.id}/foresight"
    assert address in (await visitor.get(f"/needs/{draft.id}/edit")).text
    page = (await visitor.submit(address, TYPED | {"version": "1"})).text
    assert "有 3 人合适。" in page
    assert f'action="/needs/{draft.id}/edit"' in page


@pytest.mark.parametrize(
    "typed", [{}, {"day-0": "昨天", "minimum_age_years": "很多", "longitude": "NaN", "division": "9" * 12}]
)
async def test_an_unfinished_form_is_answered_never_refused(
    visitor: Visitor, session: AsyncSession, typed: dict[str, str]
) -> None:
    committee, officer = await a_committee(session)
    await visitor.sign_in(officer)
    answer = await visitor.submit(f"/organizations/{committee.id}/needs/foresight", typed, headers=HTMX)
    assert answer.status_code < 300
    assert "有 3 人能来。" in answer.text


async def test_who_is_not_verified_is_told_so_in_place_of_numbers(
    visitor: Visitor, session: AsyncSession
) -> None:
    committee, officer = await a_committee(session, verified_at=None)
    await visitor.sign_in(officer)
    answer = await visitor.submit(f"/organizations/{committee.id}/needs/foresight", TYPED, headers=HTMX)
    assert "通过核验后" in answer.text
    assert "3 人" not in answer.text


async def test_nobody_else_may_look(visitor: Visitor, session: AsyncSession) -> None:
    committee, _ = await a_committee(session)
    stranger = await make_member(session, await make_organization(session))
    await session.commit()
    for person in (await make_account(session), stranger):
        await session.commit()
        await visitor.sign_in(person)
        answer = await visitor.submit(f"/organizations/{committee.id}/needs/foresight", TYPED)
        assert answer.status_code == 404
