"""What takes place only if all places are filled is looked at once, in time, and everybody hears of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.needs.models import Need
from linli.needs.rules import Joining, NeedState
from linli.notifications.models import Notice
from linli.participation import actions
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.reports.figures import figures_of
from linli.reports.rules import Share
from linli.suggestions.outcomes import Area
from tests.conftest import Visitor
from tests.factories import make_account, make_member, make_need, make_organization, make_volunteer


async def race(session: AsyncSession, now: datetime, **values: Any) -> Need:
    """Two places; its time to answer runs out in a day, and it begins in three."""
    known: dict[str, Any] = {
        "all_or_nothing": True,
        "places": 2,
        "joining": Joining.at_once,
        "answer_due_at": now + timedelta(days=1),
        "starts_at": now + timedelta(days=3),
    }
    return await make_need(session, **known | values)


async def rowers(session: AsyncSession, need: Need, now: datetime, count: int) -> list[Account]:
    people = [await make_account(session) for _ in range(count)]
    for person in people:
        await actions.apply(session, shift_id=need.shifts[0].id, account_id=person.id, now=now)
    return people


async def told(session: AsyncSession, person: Account) -> list[str]:
    await session.flush()
    found = await session.scalars(
        select(Notice.event).where(Notice.account_id == person.id).order_by(Notice.id)
    )
    return list(found)


async def test_with_a_place_free_it_is_called_off_and_all_are_told_and_freed(
    session: AsyncSession, now: datetime
) -> None:
    organization = await make_organization(session)
    officer = await make_member(session, organization)
    need = await race(session, now, organization=organization)
    [rower] = await rowers(session, need, now, 1)
    invited = await make_volunteer(session)
    await actions.invite(
        session, shift_id=need.shifts[0].id, account_ids=[invited.id], asked_by_id=officer.id, now=now
    )
    due = now + timedelta(days=1)
    assert await actions.decide_due(session, now=due - timedelta(seconds=1)) == 0
    assert await actions.decide_due(session, now=due) == 1
    assert need.state is NeedState.cancelled
    assert need.cancel_reason == "到期名额没有满，所以不举行。"
    assert need.decided_at == due
    states = await session.scalars(select(Participation.state).where(Participation.need_id == need.id))
    assert set(states) == {State.cancelled}
    assert need.shifts[0].places_taken == 0
    assert (await told(session, rower))[-1] == "need_cancelled"
    assert "need_decided" in await told(session, officer)
    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "cancel_need"))).one()
    assert entry.actor_id is None
    assert await actions.decide_due(session, now=due + timedelta(days=1)) == 0


async def test_with_all_places_filled_it_takes_place_also_when_somebody_leaves_later(
    session: AsyncSession, now: datetime
) -> None:
    need = await race(session, now)
    people = await rowers(session, need, now, 2)
    due = now + timedelta(days=1)
    assert await actions.decide_due(session, now=due) == 1
    assert (need.state, need.decided_at) == (NeedState.filled, due)
    place = (
        await session.scalars(select(Participation).where(Participation.account_id == people[0].id))
    ).one()
    await actions.withdraw(session, participation=place, account_id=people[0].id, now=due)
    assert need.state is NeedState.open
    assert await actions.decide_due(session, now=due + timedelta(hours=1)) == 0
    assert need.shifts[0].places_taken == 1


async def test_what_begins_before_its_limit_is_decided_two_hours_before(
    session: AsyncSession, now: datetime
) -> None:
    need = await race(session, now, answer_due_at=now + timedelta(days=9))
    begins = need.shifts[0].starts_at
    assert need.decides_at == begins - timedelta(hours=2)
    assert await actions.decide_due(session, now=begins - timedelta(hours=2, seconds=1)) == 0
    assert await actions.decide_due(session, now=begins - timedelta(hours=2)) == 1
    assert need.state is NeedState.cancelled


@pytest.mark.parametrize(
    "values", [{"all_or_nothing": False}, {"state": NeedState.draft}, {"state": NeedState.cancelled}]
)
async def test_nothing_else_is_decided(session: AsyncSession, now: datetime, values: dict[str, Any]) -> None:
    need = await race(session, now, **values)
    assert await actions.decide_due(session, now=now + timedelta(days=2)) == 0
    assert need.decided_at is None


async def test_the_figures_count_what_did_not_take_place_for_want_of_people(
    session: AsyncSession, now: datetime
) -> None:
    need = await race(session, now)
    await rowers(session, need, now, 1)
    later = now + timedelta(days=1)
    await actions.decide_due(session, now=later)
    found = await figures_of(session, area=Area("520302", 9), weeks=4, now=later, is_public=False)
    assert (found.places, found.nobody) == (Share(0, 2), Share(1, 1))


async def test_the_page_and_the_desk_say_until_when(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    organization = await make_organization(session)
    need = await race(session, now, organization=organization)
    await rowers(session, need, now, 1)
    await session.commit()
    await visitor.sign_in(await make_member(session, organization))
    visitor.cookies.set("linli-language", "en")
    page = (await visitor.get(f"/needs/{need.id}")).text
    assert "only if all places are filled by Tue 24 Nov, 10:00" in page
    assert "1 place is still free." in page
    assert "only if all places are filled by" in (await visitor.get(f"/needs/{need.id}/desk")).text
    assert "It takes place only if all places are filled." in (await visitor.get("/needs")).text
    await actions.decide_due(session, now=now + timedelta(days=1))
    await session.commit()
    assert "only if all places are filled by" not in (await visitor.get(f"/needs/{need.id}")).text
