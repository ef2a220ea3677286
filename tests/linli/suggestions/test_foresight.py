"""What an officer is told while writing: true numbers, no small ones that point at somebody, no names."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import new_id
from linli.core.forms import Form
from linli.core.i18n import zone
from linli.participation.rules import State
from linli.suggestions.foresight import (
    ENOUGH,
    LOOKED_TOO_OFTEN,
    NO_COMMUNITY,
    UNVERIFIED,
    WAYS,
    ForesightShown,
    foresight_for,
)
from linli.suggestions.looks import MOST_LOOKS, WINDOW, forget_looks, may_look
from linli.suggestions.pools import forget_pools
from linli.suggestions.written import read_written, taken_over
from tests.factories import COMMUNITY, make_need, make_participation
from tests.linli.suggestions.factories import make_helper

TUESDAY, SATURDAY = "2026-11-24", "2026-11-28"
# Tuesday is the fourth to sixth of the 21 parts, Saturday the sixteenth to eighteenth.
ONLY_SATURDAY = "0" * 15 + "111" + "0" * 3
THE_FORM: dict[str, Any] = {
    "field_id": "elderly_care",
    "setting": "indoors",
    "minimum_age_years": "18",
    "division": COMMUNITY,
    "day-0": TUESDAY,
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


def filled(**changes: Any) -> Form:
    typed = {name: value for name, value in (THE_FORM | changes).items() if value is not None}
    return Form([(n, each) for n, v in typed.items() for each in (v if isinstance(v, list) else [v])])


def row(n: int, day: str, starts: str, ends: str, places: int = 1) -> dict[str, Any]:
    """One time of the form."""
    return {f"day-{n}": day, f"from-{n}": starts, f"to-{n}": ends, f"places-{n}": str(places)}


async def seen(
    session: AsyncSession,
    now: datetime,
    *,
    organization_id: UUID | None = None,
    is_verified: bool = True,
    within: str = COMMUNITY,
    **changes: Any,
) -> ForesightShown:
    return await foresight_for(
        session,
        filled(**changes),
        organization_id=organization_id or new_id(),
        within_division=within,
        is_verified=is_verified,
        now=now,
    )


def said(shown: ForesightShown, language: str = "en") -> list[str]:
    sentences = (*shown.counts, *(way.sentence for way in shown.ways))
    return [sentence.in_language(language) for sentence in sentences]


async def test_who_fits_then_and_what_would_bring_more(session: AsyncSession, now: datetime) -> None:
    licence = {"driving_licence": None}
    for _ in range(2):
        await make_helper(session, credentials=licence)
    for _ in range(7):
        await make_helper(session, credentials=licence, availability=ONLY_SATURDAY)
    for _ in range(6):
        await make_helper(session)
    shown = await seen(session, now, credentials=["driving_licence"])
    assert said(shown) == [
        "2 people fit on Tue 24 Nov, 14:00.",
        "9 people fit on Sat 28 Nov, 14:00.",
        "6 more if this is not required: Driving licence.",
    ]
    assert said(shown, "zh")[1] == "11月28日 周六 14:00 有 9 人合适。"
    assert [way.take for way in shown.ways] == [
        f"time:0/{SATURDAY}/14:00/16:00",
        "credentials:driving_licence",
    ]
    assert not shown.assumed


async def test_where_enough_fit_nothing_more_is_proposed(session: AsyncSession, now: datetime) -> None:
    for _ in range(5):
        await make_helper(session)
    for _ in range(3):
        await make_helper(session, availability=ONLY_SATURDAY)
    enough = await seen(session, now, **row(0, TUESDAY, "14:00", "16:00", 1))
    assert (enough.verdict, enough.ways) == (ENOUGH, ())
    short = await seen(session, now, **row(0, TUESDAY, "14:00", "16:00", 2))
    assert short.verdict == WAYS
    assert said(short)[1] == "8 people fit on Sat 28 Nov, 14:00."


async def test_a_time_that_stands_in_the_form_is_not_proposed(session: AsyncSession, now: datetime) -> None:
    await make_helper(session, availability=ONLY_SATURDAY)
    shown = await seen(session, now, **row(1, SATURDAY, "14:00", "16:00"))
    assert [way.take for way in shown.ways] == [f"time:0/{SATURDAY}/09:00/11:00"]
    assert shown.verdict is not None
    assert shown.verdict.in_language("en") == "What would bring more on Tue 24 Nov, 14:00:"


@pytest.mark.parametrize(("lacking", "told"), [(4, "A few more"), (5, "5 more")])
async def test_how_many_lack_one_thing_is_told_from_five_on(
    session: AsyncSession, now: datetime, lacking: int, told: str
) -> None:
    for _ in range(lacking):
        await make_helper(session)
    shown = await seen(session, now, skills_required=["driving"])
    assert said(shown) == [
        "Nobody fits on Tue 24 Nov, 14:00 yet.",
        f"{told} if this is not required: Driving a car.",
    ]


async def test_a_way_taken_over_brings_what_was_said(session: AsyncSession, now: datetime) -> None:
    for _ in range(3):
        await make_helper(session, availability=ONLY_SATURDAY)
    shown = await seen(session, now)
    form = taken_over(filled(), shown.ways[0].take)
    again = await foresight_for(
        session, form, organization_id=new_id(), within_division=COMMUNITY, is_verified=True, now=now
    )
    assert said(again) == ["3 people fit on Sat 28 Nov, 14:00."]


async def test_each_time_is_counted_and_the_weakest_is_helped(session: AsyncSession, now: datetime) -> None:
    for _ in range(2):
        await make_helper(session, availability=ONLY_SATURDAY)
    shown = await seen(session, now, **row(1, SATURDAY, "09:00", "11:00"))
    assert said(shown)[:2] == ["Nobody fits on Tue 24 Nov, 14:00 yet.", "2 people fit on Sat 28 Nov, 09:00."]
    assert shown.ways[0].take.startswith("time:0/")


async def test_who_has_promised_something_else_is_not_counted(session: AsyncSession, now: datetime) -> None:
    person = await make_helper(session)
    other = await make_need(session)
    await make_participation(session, other.shifts[0], person, State.confirmed)
    assert said(await seen(session, now))[0] == "Nobody fits on Tue 24 Nov, 14:00 yet."


async def test_what_the_field_demands_is_counted_and_never_proposed_to_be_dropped(
    session: AsyncSession, now: datetime
) -> None:
    for _ in range(6):
        await make_helper(session)
    shown = await seen(session, now, setting="home")
    assert said(shown) == ["Nobody fits on Tue 24 Nov, 14:00 yet."]
    assert [each.in_language("en") for each in shown.assumed] == [
        "This field of service demands: Background check."
    ]


async def test_the_age_is_never_proposed_below_what_the_field_allows(
    session: AsyncSession, now: datetime
) -> None:
    young = {"birth_on": now.date() - timedelta(days=19 * 366)}
    for _ in range(5):
        await make_helper(session, account=young)
    assert said(await seen(session, now, minimum_age_years="30"))[1] == "5 more from the age of 16."
    assert len(said(await seen(session, now, minimum_age_years="16"))) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day-0": ""}, "No time yet: counted at any time."),
        ({"day-0": "soon"}, "No time yet: counted at any time."),
        ({"day-0": "2020-01-01"}, "No time yet: counted at any time."),
        ({"field_id": ""}, "No field of service yet: what it demands is not counted."),
        ({"minimum_age_years": "old"}, "Counted from the age of 16."),
        ({"minimum_age_years": "9"}, "Counted from the age of 16."),
        ({"minimum_age_years": "14"}, "Counted from the age of 16."),
    ],
)
async def test_what_is_missing_is_assumed_and_said(
    session: AsyncSession, now: datetime, changes: dict[str, Any], sentence: str
) -> None:
    await make_helper(session)
    shown = await seen(session, now, **changes)
    assert sentence in [each.in_language("en") for each in shown.assumed]
    assert len(shown.counts) == 1


async def test_an_empty_form_is_answered_too(session: AsyncSession, now: datetime) -> None:
    await make_helper(session)
    shown = await foresight_for(
        session, Form(), organization_id=new_id(), within_division=COMMUNITY, is_verified=True, now=now
    )
    assert said(shown) == ["One person could come."]


async def test_a_place_outside_ones_own_division_is_not_counted(session: AsyncSession, now: datetime) -> None:
    await make_helper(session, account={"division": "522725001002"})
    shown = await seen(session, now, division="522725001002")
    assert said(shown)[0] == "Nobody fits on Tue 24 Nov, 14:00 yet."


async def test_moving_the_point_a_little_tells_nothing(session: AsyncSession, now: datetime) -> None:
    """Wherever the point is within its cell of a kilometre, the numbers are the same."""
    await make_helper(session, longitude=106.9, latitude=27.648, reach_km=5.5)
    told = [
        said(await seen(session, now, longitude="106.9", latitude=latitude))
        for latitude in ("27.5951", "27.5983", "27.6", "27.6049")
    ]
    assert told == told[:1] * 4


async def test_who_is_not_verified_is_told_no_numbers(session: AsyncSession, now: datetime) -> None:
    await make_helper(session)
    assert (await seen(session, now, is_verified=False)).counts == (UNVERIFIED,)


async def test_without_a_county_nobody_is_counted(session: AsyncSession, now: datetime) -> None:
    await make_helper(session)
    shown = await seen(session, now, within="5203", division="5203")
    assert shown.counts == (NO_COMMUNITY,)


async def test_who_looks_too_often_waits(session: AsyncSession, now: datetime) -> None:
    own, other = new_id(), new_id()
    assert all(may_look(own, now) for _ in range(MOST_LOOKS))
    assert (await seen(session, now, organization_id=own)).counts == (LOOKED_TOO_OFTEN,)
    assert (await seen(session, now, organization_id=other)).counts != (LOOKED_TOO_OFTEN,)
    assert may_look(own, now + WINDOW)


@pytest.mark.parametrize(
    "way",
    ["", "time:", "time:0/1", "time:x/2026-11-28/09:00/11:00", "time:²/a/b/c", "age:", "hurry:1", ":::"],
)
def test_a_way_that_nobody_proposed_changes_nothing_that_counts(way: str, now: datetime) -> None:
    def read(form: Form) -> Any:
        return read_written(form, within_division=COMMUNITY, zone=zone(), now=now)

    taken, before = read(taken_over(filled(), way)), read(filled())
    assert (taken.times, taken.credentials, taken.skills) == (before.times, before.credentials, before.skills)


def test_ways_are_taken_over_field_by_field() -> None:
    form = filled(skills_required=["driving", "chatting"], credentials=["first_aid"])
    assert taken_over(form, "skills_required:driving").typed_many("skills_required") == ["chatting"]
    assert taken_over(form, "credentials:first_aid").typed_many("credentials") == []
    assert taken_over(form, "age:16").typed["minimum_age_years"] == "16"
    moved = taken_over(form, f"time:0/{SATURDAY}/09:00/11:00").typed
    assert [moved[name] for name in ("day-0", "from-0", "to-0")] == [SATURDAY, "09:00", "11:00"]
    assert form.typed["day-0"] == TUESDAY
