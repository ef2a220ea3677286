"""What becomes of open needs while no bureau vouches for who asks (docs/adr/0022)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.config import Settings
from linli.core.errors import Conflict
from linli.needs.models import Need
from linli.needs.queries import newest_needs, open_field_counts, open_needs
from linli.needs.rules import Joining
from linli.organizations.models import Organization
from linli.participation import actions
from linli.participation.rules import NOT_VERIFIED_NOW, State
from linli.suggestions.jobs import stale_needs
from linli.suggestions.open_needs import open_needs_in
from tests.conftest import Visitor
from tests.factories import make_account, make_member, make_need, make_organization, make_participation
from tests.linli.participation.test_actions import events_of


async def lose_mark(session: AsyncSession, need: Need) -> Organization:
    organization = await session.get_one(Organization, need.organization_id)
    organization.verified_at = None
    await session.flush()
    return organization


async def get_mark_back(session: AsyncSession, organization: Organization, now: datetime) -> None:
    organization.verified_at = now
    await session.flush()


async def where_it_stands(session: AsyncSession, need: Need, settings: Settings, now: datetime) -> set[str]:
    """In which lists the need stands that lead somebody new to it."""
    assert need.division is not None
    listed = {
        "list": [each.id for each in (await open_needs(session, now=now, zone=settings.zone)).rows],
        "newest": [each.id for each in await newest_needs(session, now=now, division=None)],
        "to be suggested": await stale_needs(session, now=now),
        "for a person": [
            row.id for row, _ in (await open_needs_in(session, [need.division[:6]], now=now))[0].of_row
        ],
    }
    counted = await open_field_counts(session, now=now, division=None)
    return {name for name, ids in listed.items() if need.id in ids} | ({"counts"} if counted else set())


async def test_an_open_need_leaves_every_list_and_comes_back(
    session: AsyncSession, settings: Settings, now: datetime
) -> None:
    need = await make_need(session)
    everywhere = {"list", "newest", "to be suggested", "for a person", "counts"}
    assert await where_it_stands(session, need, settings, now) == everywhere
    organization = await lose_mark(session, need)
    assert await where_it_stands(session, need, settings, now) == set()
    await get_mark_back(session, organization, now)
    assert await where_it_stands(session, need, settings, now) == everywhere


async def test_nobody_new_is_asked_or_confirmed_until_it_is_verified_again(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, joining=Joining.at_once)
    officer, asked, applied, another = [await make_account(session) for _ in range(4)]
    shift = need.shifts[0]
    invitation = await make_participation(session, shift, asked, State.invited)
    application = await make_participation(session, shift, applied, State.applied)
    attempts: dict[str, Callable[[], Awaitable[object]]] = {
        "invite": lambda: actions.invite(
            session, shift_id=shift.id, account_ids=[another.id], asked_by_id=officer.id, now=now
        ),
        "apply": lambda: actions.apply(session, shift_id=shift.id, account_id=another.id, now=now),
        "accept": lambda: actions.accept(session, participation=invitation, account_id=asked.id, now=now),
        "confirm": lambda: actions.confirm_application(
            session, participation=application, officer_id=officer.id, now=now
        ),
    }
    organization = await lose_mark(session, need)
    for attempt in attempts.values():
        with pytest.raises(Conflict) as refusal:
            await attempt()
        assert refusal.value.sentence == NOT_VERIFIED_NOW
    assert shift.places_taken == 0
    await get_mark_back(session, organization, now)
    await attempts["accept"]()
    await attempts["confirm"]()
    assert shift.places_taken == 2


async def test_people_with_a_place_keep_it_and_are_told_once_and_once_more_when_it_is_over(
    session: AsyncSession, now: datetime
) -> None:
    need, other = await make_need(session), await make_need(session)
    holder, invited, elsewhere = [await make_account(session) for _ in range(3)]
    place = await make_participation(session, need.shifts[0], holder, State.confirmed)
    await make_participation(session, need.shifts[0], invited, State.invited)
    await make_participation(session, other.shifts[0], elsewhere, State.confirmed)
    assert await actions.tell_of_marks(session, now=now) == 0
    organization = await lose_mark(session, need)
    assert await actions.tell_of_marks(session, now=now) == 1
    assert await actions.tell_of_marks(session, now=now) == 0
    assert await events_of(session, holder.id) == ["mark_lost"]
    assert place.state is State.confirmed
    await get_mark_back(session, organization, now)
    assert await actions.tell_of_marks(session, now=now) == 1
    assert await actions.tell_of_marks(session, now=now) == 0
    assert await events_of(session, holder.id) == ["mark_lost", "mark_back"]
    assert not await events_of(session, invited.id) + await events_of(session, elsewhere.id)


async def test_the_page_is_there_for_who_takes_part_and_for_the_committee_only(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    organization = await make_organization(session)
    officer = await make_member(session, organization)
    need = await make_need(session, organization=organization, shifts=2)
    holder, stranger = await make_account(session), await make_account(session)
    await make_participation(session, need.shifts[0], holder, State.confirmed)
    await session.commit()
    await another_visitor.sign_in(stranger)
    assert (await another_visitor.get(f"/needs/{need.id}")).status_code == 200
    await lose_mark(session, need)
    await session.commit()
    assert (await another_visitor.get(f"/needs/{need.id}")).status_code == 404
    await visitor.sign_in(holder)
    page = (await visitor.get(f"/needs/{need.id}")).text
    assert "发起单位目前未通过核验" in page
    assert "/apply" not in page
    assert "/withdraw" in page
    await visitor.sign_in(officer)
    assert "不能邀请或确认新的人" in (await visitor.get(f"/needs/{need.id}/desk")).text
    assert "已发布的需求不对外显示" in (await visitor.get(f"/organizations/{organization.id}/desk")).text
    answer = await visitor.submit(f"/needs/{need.id}/ask", {"shift": str(need.shifts[1].id)})
    assert answer.status_code == 422
