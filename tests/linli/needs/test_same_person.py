"""Posting a need for the same person at all times: what can be ticked, and what can change later."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from linli.needs.models import Need
from linli.organizations.models import Organization
from linli.participation import actions
from tests.conftest import NOW, Visitor
from tests.factories import make_account
from tests.linli.needs.test_pages import TYPED, make_desk

TWO_TIMES = TYPED | {
    "same_person": "yes",
    "day-1": "2026-12-05",
    "from-1": "09:00",
    "to-1": "11:00",
    "places-1": "8",
}


async def only_need(session: AsyncSession) -> Need:
    query = select(Need).options(selectinload(Need.shifts)).execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def post(visitor: Visitor, organization: Organization, typed: dict[str, str]) -> Any:
    return await visitor.submit(f"/organizations/{organization.id}/needs", typed)


async def edit(visitor: Visitor, need: Need, changed: dict[str, str]) -> Any:
    kept = {f"shift-{n}": str(shift.id) for n, shift in enumerate(need.shifts)}
    typed = TWO_TIMES | kept | {"version": str(need.version)} | changed
    return await visitor.submit(f"/needs/{need.id}/edit", typed)


async def test_it_is_posted_and_said_on_the_page_and_in_the_list(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    assert (await post(visitor, organization, TWO_TIMES)).status_code == 303
    need = await only_need(session)
    assert need.same_person
    form = (await visitor.get(f"/needs/{need.id}/edit")).text
    assert 'name="same_person" type="checkbox" value="yes" checked' in form
    assert "由同一人参加全部时间" in (await visitor.get("/needs")).text
    assert "由同一人参加全部时间" in (await visitor.get(f"/needs/{need.id}/desk")).text
    again = (await visitor.get(f"/needs/{need.id}/again")).text
    assert 'name="same_person" type="checkbox" value="yes" checked' in again


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"day-1": "", "from-1": "", "to-1": ""}, "只有一个时间，这里不用勾选。"),
        ({"day-1": "2026-11-28", "from-1": "10:00"}, "时间重叠，同一人没法都参加。"),
        ({"places-1": "3"}, "每次都是同一批人：请为每个时间填写相同的人数。"),
    ],
)
async def test_what_one_person_cannot_do_is_said_at_the_field(
    session: AsyncSession, visitor: Visitor, changed: dict[str, str], sentence: str
) -> None:
    organization = await make_desk(session, visitor)
    answer = await post(visitor, organization, TWO_TIMES | changed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'name="same_person" type="checkbox" value="yes" checked' in answer.text


async def test_before_a_yes_it_may_change_and_afterwards_no_more(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    await post(visitor, organization, TWO_TIMES)
    need = await only_need(session)
    assert (await edit(visitor, need, {"same_person": ""})).status_code == 303
    need = await only_need(session)
    assert not need.same_person
    assert (await edit(visitor, need, {})).status_code == 303
    need = await only_need(session)
    person = await make_account(session)
    await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=NOW)
    await session.commit()
    refused = await edit(visitor, need, {"same_person": ""})
    assert "已经有人答应，这一项不能再改。" in refused.text
    third = {"day-2": "2026-12-12", "from-2": "09:00", "to-2": "11:00", "places-2": "8"}
    refused = await edit(visitor, need, third)
    assert "新增的时间请另外发布一条需求" in refused.text
    assert (await edit(visitor, need, {"title": "清理河岸"})).status_code == 303
    need = await only_need(session)
    assert (need.title, need.same_person, [shift.places_taken for shift in need.shifts]) == (
        "清理河岸",
        True,
        [1, 1],
    )


async def test_only_if_all_places_are_filled_is_asked_before_the_first_yes_or_taken_back(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    posted = TWO_TIMES | {"same_person": "", "all_or_nothing": "yes"}
    assert (await post(visitor, organization, posted)).status_code == 303
    need = await only_need(session)
    assert need.all_or_nothing
    assert need.decides_at == need.shifts[0].starts_at - timedelta(hours=2)
    person = await make_account(session)
    await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=NOW)
    await session.commit()
    assert (await edit(visitor, need, posted | {"all_or_nothing": ""})).status_code == 303
    need = await only_need(session)
    assert not need.all_or_nothing
    refused = await edit(visitor, need, posted)
    assert refused.status_code == 422
    assert "已经有人答应，当时没有这个条件。" in refused.text


async def test_a_steady_companion_comes_to_all_times_as_the_template_has_it(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    form = (await visitor.get(f"/organizations/{organization.id}/needs/new/child_companion")).text
    assert 'name="same_person" type="checkbox" value="yes" checked' in form
    form = (await visitor.get(f"/organizations/{organization.id}/needs/new/environment")).text
    assert 'name="same_person" type="checkbox" value="yes" checked' not in form
