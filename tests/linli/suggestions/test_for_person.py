from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import Message
from linli.needs.queries import NeedCard
from linli.needs.rules import NeedState
from linli.participation.rules import State
from linli.suggestions.for_person import needs_for_person
from linli.volunteers.rules import SkillLevel
from tests.conftest import NOW
from tests.factories import make_account, make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper

NEXT_COUNTY = "520303002001"
HERE: dict[str, Any] = {"longitude": 106.9, "latitude": 27.6}


async def listed(session: AsyncSession, person: Account, now: datetime) -> list[NeedCard]:
    return (await needs_for_person(session, account=person, now=now, limit=20)).cards


def ids(cards: Sequence[NeedCard]) -> list[Any]:
    return [card.id for card in cards]


def worded(sentences: Sequence[Message], language: str) -> list[str]:
    return [sentence.in_language(language) for sentence in sentences]


async def test_what_fits_best_comes_first_with_its_reasons(session: AsyncSession, now: datetime) -> None:
    plain = await make_need(session, field_id="community_services", title="打扫卫生", description="扫楼道")
    fitting = await make_asking_need(session, skills={"chatting": False}, languages=("guizhou",))
    person = await make_helper(
        session, skills={"chatting": SkillLevel.good}, fields=("elderly_care",), languages=("guizhou",)
    )
    first, second = await listed(session, person, now)
    assert ids([first, second]) == [fitting.id, plain.id]
    assert worded(first.reasons, "zh") == ["您会：陪伴聊天", "就在您的社区", "您写到了陪伴聊天"]
    assert worded(first.reasons, "en")[0] == "You can: Friendly chats"
    assert first.nearness == Message("Same community")


async def test_only_what_one_may_take_is_listed(session: AsyncSession, now: datetime) -> None:
    person = await make_helper(session)
    await make_asking_need(session, credentials=("first_aid",))
    await make_asking_need(session, skills={"driving": True})
    await make_need(session, field_id="low_income")
    await make_need(session, state=NeedState.draft)
    await make_need(session, starts_at=now - timedelta(hours=1))
    await make_need(session, division=NEXT_COUNTY)
    declined, taken, promised = await make_need(session), await make_need(session), await make_need(session)
    await make_participation(session, declined.shifts[0], person, State.declined)
    await make_participation(session, taken.shifts[0], person, State.confirmed)
    assert not await listed(session, person, now)
    fits = await make_need(session, starts_at=promised.shifts[0].ends_at)
    assert ids(await listed(session, person, now)) == [fits.id]


async def test_a_need_is_listed_once_by_the_shift_that_fits(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, shifts=5)
    person = await make_helper(session)
    await make_participation(session, need.shifts[0], person, State.confirmed)
    assert ids(await listed(session, person, now)) == [need.id]
    last = need.shifts[-1].starts_at
    assert ids(await listed(session, person, last - timedelta(minutes=1))) == [need.id]
    assert ids(await listed(session, person, last)) == []


async def test_a_full_need_leaves_the_list_and_a_freed_one_comes_back(
    session: AsyncSession, now: datetime
) -> None:
    later = now + timedelta(minutes=1)
    need = await make_need(session, places=1, changed_at=now - timedelta(days=1))
    person = await make_helper(session)
    assert ids(await listed(session, person, later)) == [need.id]
    shift = need.shifts[0]
    shift.places_taken = 1
    await session.flush()
    assert ids(await listed(session, person, later)) == []
    shift.places_taken = 0
    await session.flush()
    assert ids(await listed(session, person, later)) == [need.id]


async def test_what_is_within_reach_in_the_next_county_is_listed(
    session: AsyncSession, now: datetime
) -> None:
    near = await make_need(session, division=NEXT_COUNTY, longitude=106.93, latitude=27.6)
    await make_need(session, division=NEXT_COUNTY, longitude=107.4, latitude=27.6)
    person = await make_helper(session, reach_km=6.0, **HERE)
    [card] = await listed(session, person, now)
    assert card.id == near.id
    assert card.nearness == Message("About {km} km away", km=3)


async def test_an_exact_place_cannot_be_found_by_moving_ones_own_point(
    session: AsyncSession, now: datetime
) -> None:
    """Wherever the need is within its cell of a kilometre, the volunteer is told the same."""
    person = await make_helper(session, longitude=106.9, latitude=27.648, reach_km=20.0)
    told = set()
    for n, latitude in enumerate((27.5951, 27.6, 27.6049)):
        need = await make_need(session, longitude=106.9, latitude=latitude)
        [card] = await listed(session, person, now + timedelta(seconds=n))
        told.add(str(card.nearness))
        need.state = NeedState.cancelled
        await session.flush()
    assert len(told) == 1


async def test_without_a_profile_the_place_alone_speaks(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    [card] = await listed(session, await make_account(session), now)
    assert card.id == need.id
    assert worded(card.reasons, "en") == ["In your community"]


@pytest.mark.parametrize("values", [{"division": None}, {"stopped_at": NOW}])
async def test_without_a_place_or_consent_the_list_is_everybodys(
    session: AsyncSession, now: datetime, values: dict[str, Any]
) -> None:
    older = await make_need(session, posted_at=now - timedelta(days=2))
    newer = await make_need(session, posted_at=now - timedelta(days=1))
    cards = await listed(session, await make_account(session, **values), now)
    assert ids(cards) == [newer.id, older.id]
    assert not any(card.reasons for card in cards)


async def test_who_does_not_want_to_be_proposed_still_sees_what_fits(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session)
    assert ids(await listed(session, await make_helper(session, opted_in=False), now)) == [need.id]


async def test_a_reason_names_what_both_write_about_in_the_readers_language(
    session: AsyncSession, now: datetime
) -> None:
    await make_need(
        session, title="陪诊", description="陪一位老人去医院看病。", field_id="community_services"
    )
    person = await make_helper(
        session, about="I have been a medical escort for years.", availability="?" * 21
    )
    [card] = await listed(session, person, now)
    assert "您写到了陪同就医" in worded(card.reasons, "zh")
    assert "You write about Company to hospital" in worded(card.reasons, "en")


async def test_the_list_goes_on_where_it_stopped(session: AsyncSession, now: datetime) -> None:
    person = await make_helper(session)
    for _ in range(5):
        await make_need(session)
    whole = ids(await listed(session, person, now))
    parts = [
        (await needs_for_person(session, account=person, now=now, limit=2, skip=skip)).cards
        for skip in (0, 2, 4)
    ]
    assert [id for part in parts for id in ids(part)] == whole
    assert len(whole) == 5


@pytest.mark.parametrize("needs", [2, 30])
async def test_the_number_of_queries_does_not_grow_with_the_needs(
    session: AsyncSession, now: datetime, statements: list[str], needs: int
) -> None:
    later = now + timedelta(minutes=1)
    person = await make_helper(session, **HERE)
    for _ in range(needs):
        await make_asking_need(session, skills={"chatting": False}, changed_at=now - timedelta(days=1))
    counts = []
    for _ in range(2):
        statements.clear()
        assert len(await listed(session, person, later)) == min(needs, 20)
        counts.append(len(statements))
    # Person (2), counties, what changed (2), needs (2) the first time, promises, answers, blocks, cards.
    assert counts == [11, 9]
