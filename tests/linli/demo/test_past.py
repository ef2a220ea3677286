"""What the county's sample people answered before: believable, possible, and enough to learn from."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from linli.commands.demo import learn
from linli.core.config import DEVELOPMENT_SECRET
from linli.core.db import Database
from linli.demo.build import SIGNED_UP_DAYS_AGO, Builder
from linli.demo.minds import Answer
from linli.demo.past import ENDED_DAYS_AGO, RESTS
from linli.demo.plan import TownPlan, plan_town
from linli.demo.sizes import COUNTY, TOWN
from linli.demo.stories import SIGNED_IN, Act, fits
from linli.needs.models import Need, Shift
from linli.needs.rules import NeedState
from linli.participation.models import Participation
from linli.participation.rules import LAST_ANSWER_BEFORE_SHIFT, State
from linli.suggestions.learning.queries import versions
from linli.suggestions.serving import forget_serving
from linli.volunteers.models import VolunteerProfile
from tests.conftest import NOW

ZONE = ZoneInfo("Asia/Shanghai")
SMALL = replace(TOWN, volunteers=120, past=56)


@pytest.fixture(scope="module")
def county() -> TownPlan:
    return plan_town(start=NOW.date(), zone=ZONE, size=COUNTY)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget_serving()


@pytest.mark.parametrize("days", [0, 100])
def test_everything_that_was_answered_was_possible(days: int) -> None:
    plan = plan_town(start=NOW.date() + timedelta(days=days), zone=ZONE, size=COUNTY)
    begins = plan.diary.at(-SIGNED_UP_DAYS_AGO, 23)
    for past in plan.past:
        [shift] = past.need.draft.shifts
        times = shift.times
        assert begins < past.need.posted_at < times.starts_at
        assert times.ends_at < plan.diary.at(-ENDED_DAYS_AGO + 8, 0)
        yeses = [each for each in past.questions if each.answer is Answer.yes]
        assert len(yeses) <= times.places
        people = [each.person for each in past.questions]
        assert len(people) == len(set(people))
        for each in past.questions:
            assert fits(plan.volunteers[each.person], past.need, times)
            assert past.need.posted_at < (each.asked_at or each.answered_at) <= each.answered_at
            assert each.answered_at <= times.starts_at - LAST_ANSWER_BEFORE_SHIFT


def test_nobody_is_asked_too_often_or_silent_twice_and_who_signs_in_not_at_all(county: TownPlan) -> None:
    asked: dict[int, list[tuple[datetime, Answer]]] = defaultdict(list)
    for past in county.past:
        for each in past.questions:
            if each.asked_at:
                asked[each.person].append((each.asked_at, each.answer))
    assert not SIGNED_IN & set(asked)
    for questions in asked.values():
        for (one, first), (two, second) in pairwise(questions):
            assert two - one >= RESTS
            assert (first, second) != (Answer.silence, Answer.silence)


def test_there_is_enough_to_learn_from_and_people_differ(county: TownPlan) -> None:
    answers = Counter(each.answer for past in county.past for each in past.questions)
    assert len(county.past) == COUNTY.past >= 60
    assert sum(answers.values()) > 300
    assert min(answers.values()) > 30
    months = {past.need.draft.shifts[0].times.starts_at.month for past in county.past}
    assert len(months) >= 4
    share = defaultdict[int, list[bool]](list)
    for past in county.past:
        for each in past.questions:
            share[each.person].append(each.answer is Answer.yes)
    often = [sum(yes) / len(yes) for yes in share.values() if len(yes) >= 4]
    assert min(often) < 0.3 < 0.7 < max(often)


def test_the_small_town_has_no_past_so_that_it_is_built_fast() -> None:
    assert plan_town(start=NOW.date(), zone=ZONE, size=TOWN).past == ()


async def test_the_demo_lets_the_matcher_learn_from_it(own_database: Database) -> None:
    plan = replace(plan_town(start=NOW.date(), zone=ZONE, size=SMALL), needs=(), steps=(), teams=())
    async with own_database.transaction() as session:
        await Builder(session, plan, DEVELOPMENT_SECRET).build()
    async with own_database.session(writes=False) as session:
        assert {*await session.scalars(select(Need.state))} == {NeedState.done}
        assert all(await session.scalars(select(Need.is_sample)))
        states = await session.scalars(select(Participation.state))
        assert set(states) == {State.confirmed, State.declined, State.expired}
        confirmed = select(func.count()).where(
            Participation.shift_id == Shift.id, Participation.state == State.confirmed
        )
        counted = select(Shift.places_taken, confirmed.correlate(Shift).scalar_subquery())
        assert all(taken == found for taken, found in await session.execute(counted))
        unnumbered = (
            select(Participation.id)
            .join(VolunteerProfile, VolunteerProfile.account_id == Participation.account_id)
            .where(Participation.state == State.confirmed, VolunteerProfile.number.is_(None))
        )
        assert (await session.scalars(unnumbered)).all() == []
        assert (await session.scalars(select(VolunteerProfile.silent_since))).unique().all() == [None]
    said = await learn(own_database, now=NOW)
    assert "of their answers, as linli train does." in said
    async with own_database.session(writes=False) as session:
        [version, packaged] = (await versions(session)).rows
    assert version.answers > 100
    assert version.figures is not None
    assert version.figures.log_loss.difference is not None
    assert version.figures.said
    assert packaged.id is None


@pytest.mark.parametrize("days", [0, 50, 100])
def test_people_answer_in_the_present_weeks_as_they_did_before(days: int) -> None:
    """What is learnt from the past holds today: nobody is only shown when they say yes."""
    plan = plan_town(start=NOW.date() + timedelta(days=days), zone=ZONE, size=COUNTY)
    before = Counter(each.answer for past in plan.past for each in past.questions if each.asked_at)
    invited = {(step.need, step.person) for step in plan.steps if step.act is Act.invite}
    now = Counter(
        step.act
        for step in plan.steps
        if (step.need, step.person) in invited and step.person not in SIGNED_IN
    )
    said_yes = before[Answer.yes] / (before[Answer.yes] + before[Answer.no])
    says_yes = now[Act.accept] / (now[Act.accept] + now[Act.decline])
    assert now[Act.decline] > 50
    assert abs(said_yes - says_yes) < 0.12
