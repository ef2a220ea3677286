"""The figures count what their definitions say, in both databases, and tell the public nothing small."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.i18n import Message, in_words
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.participation.rules import State
from linli.reports.figures import Figures, figures_of, public_figures
from linli.reports.months import course_of
from linli.reports.rules import Share, hidden, is_small
from linli.suggestions.outcomes import Area
from tests.factories import make_account, make_need, make_organization, make_participation, make_volunteer

COUNTY = Area("520302", 9)
EAST, WEST = "520302002001", "520302001001"


@pytest.fixture
async def asker(session: AsyncSession) -> Organization:
    return await make_organization(session)


async def ended(session: AsyncSession, asker: Organization, now: datetime, **values: Any) -> Need:
    """Posted ten days ago; its time to answer ran out three days ago, and it begins in a day."""
    known: dict[str, Any] = {
        "organization": asker,
        "places": 2,
        "posted_at": now - timedelta(days=10),
        "answer_due_at": now - timedelta(days=3),
    }
    return await make_need(session, **known | values)


async def said_yes(session: AsyncSession, need: Need, at: datetime, state: State = State.confirmed) -> None:
    person = await make_account(session)
    await make_participation(session, need.shifts[0], person, state, changed_at=at)


async def counted(
    session: AsyncSession, now: datetime, *, is_public: bool = False, weeks: int = 4
) -> Figures:
    return await figures_of(session, area=COUNTY, weeks=weeks, now=now, is_public=is_public)


async def test_a_place_counts_when_it_was_confirmed_before_it_was_due(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    in_time, late, lost = [await ended(session, asker, now) for _ in range(3)]
    await said_yes(session, in_time, now - timedelta(days=3))
    await said_yes(session, late, now - timedelta(days=2, hours=23))
    await said_yes(session, lost, now - timedelta(days=4), State.withdrawn)
    found = await counted(session, now)
    assert found.places == Share(1, 6)
    assert found.nobody == Share(1, 3)


async def test_a_time_that_began_before_the_limit_is_due_at_its_beginning(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    begun = await ended(
        session, asker, now, answer_due_at=now + timedelta(days=1), starts_at=now - timedelta(hours=1)
    )
    await said_yes(session, begun, now - timedelta(hours=2))
    await said_yes(session, begun, now - timedelta(minutes=30))
    found = await counted(session, now)
    assert (found.places, found.nobody.whole) == (Share(1, 2), 0)


@pytest.mark.parametrize(
    "values",
    [
        {"state": NeedState.draft},
        {"state": NeedState.cancelled},
        {"division": "522725001002"},
        {"division": None},
    ],
)
async def test_what_asks_nobody_or_lies_elsewhere_is_not_counted(
    session: AsyncSession, asker: Organization, now: datetime, values: dict[str, Any]
) -> None:
    await ended(session, asker, now, **values)
    found = await counted(session, now)
    assert (found.places.whole, found.nobody.whole, sum(count or 0 for _, count in found.waits)) == (0, 0, 0)


async def test_the_span_begins_after_its_first_moment(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    await ended(session, asker, now, answer_due_at=now - timedelta(weeks=4))
    await ended(session, asker, now, answer_due_at=now - timedelta(weeks=4) + timedelta(seconds=1))
    assert (await counted(session, now)).places == Share(0, 2)
    assert (await counted(session, now, weeks=12)).places == Share(0, 4)


async def test_the_wait_for_the_first_yes_is_counted_in_whole_hours(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    posted = now - timedelta(days=20)
    waits = (timedelta(hours=23, minutes=59), timedelta(hours=24), timedelta(days=6), timedelta(days=9))
    for wait in waits:
        need = await ended(session, asker, now, posted_at=posted)
        await said_yes(session, need, posted + wait)
        await said_yes(session, need, posted + wait + timedelta(hours=1))
    await ended(session, asker, now, posted_at=posted)
    found = await counted(session, now)
    assert [count for _, count in found.waits] == [1, 1, 1, 1, 1]
    assert found.median_hours == 24


async def test_who_may_be_asked_and_was_not_is_counted_by_township(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session)
    for division, profile, asked_at in (
        (EAST, {}, now - timedelta(days=1)),
        (EAST, {}, now - timedelta(weeks=5)),
        (EAST, {"opted_in": False}, None),
        (WEST, {}, None),
    ):
        person = await make_account(session, division=division)
        await make_volunteer(session, account=person, **profile)
        if asked_at:
            await make_participation(session, need.shifts[0], person, State.declined, asked_at=asked_at)
    found = await counted(session, now)
    assert found.never_asked == Share(2, 3)
    assert {row.code: row.never_asked for row in found.units} == {
        EAST[:9]: Share(1, 2),
        WEST[:9]: Share(1, 1),
    }


async def test_places_and_fields_that_stand_behind_are_named(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    for division, field_id, is_answered in (
        (EAST, "elderly_care", True),
        (WEST, "community_services", False),
    ):
        for _ in range(6):
            need = await ended(session, asker, now, division=division, field_id=field_id, places=1)
            if is_answered:
                await said_yes(session, need, now - timedelta(days=5))
    found = await counted(session, now)
    assert [row.code for row in found.units] == [WEST[:9], EAST[:9]]
    [(_, points)] = found.behind_units
    [(name, same)] = found.behind_fields
    assert points == same > 10
    assert in_words(name, "en") == "Community services"


async def test_the_public_reads_no_small_number(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    for division, field_id, needs in (
        (EAST, "elderly_care", 12),
        (WEST, "community_services", 2),
        ("520302003001", "low_income", 9),
    ):
        for n in range(needs):
            need = await ended(session, asker, now, division=division, field_id=field_id)
            if n < 3:
                await said_yes(session, need, now - timedelta(days=5))
    found = await counted(session, now, is_public=True)
    assert [row.code for row in found.units] == [EAST[:9], ""]
    shown = [(row.name, row.needs) for row in found.fields]
    assert [needs for _, needs in shown] == [12, 11]
    assert shown[1][0] == Message("All other fields together")
    for row in (*found.units, *found.fields):
        assert not is_small(row.needs)
    # Three confirmed in the east: neither that nor the rest, from which it could be worked out, is told.
    assert all("places" in row.hides for row in found.units)


@pytest.mark.parametrize(
    ("numbers", "untold"),
    [([], set()), ([4], {0}), ([0, 0], set()), ([3, 9, 7], {0, 2}), ([3, 0, 9], {0, 2})],
)
def test_one_small_number_takes_another_with_it(numbers: list[int], untold: set[int]) -> None:
    assert hidden(numbers) == untold


async def test_what_the_public_reads_is_kept_for_ten_minutes(
    session: AsyncSession, asker: Organization, now: datetime, statements: list[str]
) -> None:
    first = await public_figures(session, area=COUNTY, weeks=4, now=now)
    await ended(session, asker, now)
    statements.clear()
    assert await public_figures(session, area=COUNTY, weeks=4, now=now + timedelta(minutes=9)) is first
    assert not statements
    later = await public_figures(session, area=COUNTY, weeks=4, now=now + timedelta(minutes=10))
    assert later.nobody.whole == 1


async def test_each_month_counts_what_was_due_in_it(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    begin = i18n.local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    moments = (begin - timedelta(seconds=1), begin + timedelta(seconds=1), begin - timedelta(days=370))
    for due in moments:
        need = await ended(session, asker, now, posted_at=due - timedelta(days=7), answer_due_at=due)
        await said_yes(session, need, due - timedelta(hours=1))
    found = (await counted(session, now)).months
    assert len(found) == 12
    assert found[-1].begins_on == begin.date()
    assert [month.places for month in found[-2:]] == [Share(1, 2)] * 2
    assert {month.places.whole for month in found[:-2]} == {0}
    assert all(month.is_told for month in found)


async def test_the_public_reads_no_small_month_and_none_from_which_it_could_be_worked_out(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    for months_ago, needs, yes in ((0, 1, 0), (1, 8, 6), (2, 8, 7), (3, 8, 8)):
        for n in range(needs):
            due = now - timedelta(days=30.4 * months_ago, hours=1)
            need = await ended(session, asker, now, posted_at=due - timedelta(days=7), answer_due_at=due)
            if n < yes:
                await said_yes(session, need, due - timedelta(hours=1))
    told = (await counted(session, now, is_public=True)).months
    assert [month.is_told for month in told[-4:]] == [True, True, False, False]
    course = course_of(told)
    assert course is not None
    drawn = [column.month.percent for column in course.columns if column.height]
    assert drawn == [50, 44]
    assert all(month.is_told for month in (await counted(session, now)).months)


async def test_one_month_alone_is_no_course(
    session: AsyncSession, asker: Organization, now: datetime
) -> None:
    for _ in range(5):
        await ended(session, asker, now, answer_due_at=now - timedelta(seconds=1))
    assert course_of((await counted(session, now)).months) is None


@pytest.mark.parametrize("needs", [1, 12])
async def test_five_queries_whatever_the_size(
    session: AsyncSession, asker: Organization, now: datetime, statements: list[str], needs: int
) -> None:
    for _ in range(needs):
        await said_yes(session, await ended(session, asker, now), now - timedelta(days=5))
    statements.clear()
    await counted(session, now)
    assert len(statements) == 5
