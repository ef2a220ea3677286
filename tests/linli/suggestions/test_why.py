"""Why a need is shown to somebody adds up, and why another is not names the first thing in the way."""

import math
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.needs.models import Need
from linli.participation.rules import State
from linli.suggestions import why_words
from linli.suggestions.change_words import change_for_person
from linli.suggestions.for_person import needs_for_person
from linli.suggestions.history import History, history_of
from linli.suggestions.why import Why, in_points, why_shown
from linli.volunteers.actions import forget_answers
from linli.volunteers.rules import SkillLevel
from matching import Change, ChangeCode
from matching.gates import Gate
from tests.factories import make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper
from tests.linli.suggestions.versions import make_version, ranker_that_weighs


async def why(session: AsyncSession, person: Account, need: Need, now: datetime) -> Why:
    found = await why_shown(session, account=person, need=need, now=now)
    assert found is not None
    return found


async def test_the_points_add_up_and_are_those_of_the_list(session: AsyncSession, now: datetime) -> None:
    need = await make_asking_need(session, skills={"chatting": False}, languages=("guizhou",))
    person = await make_helper(
        session, skills={"chatting": SkillLevel.good}, fields=("elderly_care",), languages=("guizhou",)
    )
    found = await why(session, person, need, now)
    assert found.best is not None
    assert found.best.id == need.shifts[0].id
    assert found.points == sum(share.points for share in found.shares)
    assert [share.points for share in found.shares] == sorted(
        (share.points for share in found.shares), reverse=True
    )
    said = {share.name.text: share.says for share in found.shares}
    assert said["What you can do"] is not None
    assert said["What you can do"].in_language("zh") == "您会：陪伴聊天"
    [card] = (await needs_for_person(session, account=person, now=now, limit=5)).cards
    assert set(card.reasons) <= set(said.values())


@pytest.mark.parametrize(
    ("contributions", "points"),
    [
        ({"a": 0.333, "b": 0.333, "c": 0.333}, {"a": 34, "b": 33, "c": 33}),
        ({"a": 0.0, "b": 1.0}, {"a": 0, "b": 100}),
        ({"a": 0.004, "b": 0.004}, {"a": 1, "b": 0}),
    ],
)
def test_rounded_parts_add_up_to_the_rounded_whole(
    contributions: dict[str, float], points: dict[str, int]
) -> None:
    assert in_points(contributions) == points


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"minimum_age_years": 60}, {}, "old_enough"),
    ({"credentials": ("first_aid",)}, {}, "credentials"),
    ({"skills": {"driving": True}}, {"skills": {"chatting": SkillLevel.good}}, "skills"),
    ({"division": "520303002001"}, {}, "within_reach"),
    ({}, {"availability": "0" * 21}, "free_then"),
    ({}, {"account": {"birth_on": date(2010, 1, 1)}}, "guardian_consent"),
]


@pytest.mark.parametrize(("asks", "has", "gate"), REFUSED)
async def test_the_first_thing_in_the_way_is_named(
    session: AsyncSession, now: datetime, asks: dict[str, Any], has: dict[str, Any], gate: str
) -> None:
    values = {"minimum_age_years": 14} | asks
    if gate == "within_reach":
        values |= {"longitude": 107.9, "latitude": 27.6}
        has = has | {"longitude": 106.9, "latitude": 27.6}
    need = await make_asking_need(session, **values)
    person = await make_helper(session, **has)
    found = await why(session, person, need, now)
    assert not found.fits
    [time] = found.times
    assert time.refusal == why_words.refusal(gate)
    assert (await needs_for_person(session, account=person, now=now, limit=5)).cards == []


@pytest.mark.parametrize(
    ("state", "gate"),
    [(State.confirmed, "not_taking_part"), (State.declined, "not_asked")],
)
async def test_what_stands_between_a_person_and_a_need_is_named(
    session: AsyncSession, now: datetime, state: State, gate: str
) -> None:
    need, person = await make_need(session), await make_helper(session)
    await make_participation(session, need.shifts[0], person, state)
    [time] = (await why(session, person, need, now)).times
    assert time.refusal == why_words.refusal(gate)


async def test_a_full_time_is_named_and_the_free_one_counts(session: AsyncSession, now: datetime) -> None:
    need, person = await make_need(session, shifts=2), await make_helper(session)
    need.shifts[0].places_taken = need.shifts[0].places
    await session.flush()
    found = await why(session, person, need, now)
    assert [time.refusal for time in found.times] == [why_words.NO_PLACE, None]
    assert found.best is not None
    assert found.best.id == need.shifts[1].id


async def test_without_a_time_to_come_there_is_nothing_to_explain(
    session: AsyncSession, now: datetime
) -> None:
    need, person = await make_need(session), await make_helper(session)
    assert await why_shown(session, account=person, need=need, now=now + timedelta(days=9)) is None


def test_every_gate_that_can_keep_a_person_out_of_their_list_has_words() -> None:
    """Who looks for themselves is neither opted out nor barred: those gates are for others' proposals."""
    for gate in set(Gate) - {Gate.OPTED_IN, Gate.NOT_BARRED}:
        assert why_words.refusal(gate.name.lower()).in_language("zh")


async def test_what_happened_is_counted_and_answers_can_be_forgotten(
    session: AsyncSession, now: datetime
) -> None:
    person = await make_helper(session)
    earlier = now - timedelta(days=2)
    for state in (State.confirmed, State.declined, State.expired, State.invited):
        need = await make_need(session)
        await make_participation(session, need.shifts[0], person, state, asked_at=earlier)
    seen = await history_of(session, account_id=person.id, now=now)
    assert seen == History(asked=3, said_yes=1, promised=1, said_no_to=1, blocked=0, fits=0, kept=0)
    await forget_answers(session, account=person, now=now)
    seen = await history_of(session, account_id=person.id, now=now)
    assert (seen.asked, seen.said_yes, seen.promised, seen.said_no_to) == (0, 0, 1, 1)
    need = await make_need(session)
    later = now + timedelta(hours=1)
    await make_participation(session, need.shifts[0], person, State.declined, asked_at=later)
    assert (await history_of(session, account_id=person.id, now=later)).asked == 1


async def test_what_was_learnt_is_told_in_parts_that_add_up(session: AsyncSession, now: datetime) -> None:
    await make_version(session, now, ranker_that_weighs(skills=3.0, field=-1.0))
    need = await make_asking_need(session, skills={"chatting": False})
    person = await make_helper(session, skills={"chatting": SkillLevel.good})
    found = await why(session, person, need, now)
    names = [share.name.in_language("en") for share in found.shares]
    assert found.points == sum(share.points for share in found.shares)
    assert {"How you answered before", "The same for everybody"} < set(names)
    assert found.chance is not None
    assert found.points == pytest.approx(10 * math.log(found.chance / (100 - found.chance)), abs=1)


CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"credentials": ("first_aid",)}, {}, "如果您有这份证件，请拿来核对"),
    ({"skills": {"driving": True}}, {"skills": {"chatting": SkillLevel.good}}, "如果您会这项技能，请填写"),
    ({}, {"availability": "0" * 21}, "如果您这些时间其实有空，请改一下"),
    ({}, {"account": {"birth_on": date(2010, 1, 1)}}, "请监护人同意。"),
]


@pytest.mark.parametrize(("asks", "has", "said"), CHANGES)
async def test_what_would_change_it_is_said(
    session: AsyncSession, now: datetime, asks: dict[str, Any], has: dict[str, Any], said: str
) -> None:
    need = await make_asking_need(session, **{"minimum_age_years": 14} | asks)
    person = await make_helper(session, **has)
    found = await why(session, person, need, now)
    assert not found.fits
    assert found.change is not None
    assert found.change.in_language("zh").startswith(said)


async def test_who_fits_hears_what_would_bring_most_and_a_full_time_is_nobodys_fault(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_asking_need(session, skills={"chatting": False})
    person = await make_helper(session, skills={})
    found = await why(session, person, need, now)
    assert found.fits
    assert found.change is not None
    assert found.change.in_language("en") == "If you can do this, say so: Friendly chats."
    need.shifts[0].places_taken = need.shifts[0].places
    await session.flush()
    assert (await why(session, person, need, now)).change is None


def test_every_change_a_person_can_make_here_has_words() -> None:
    params: dict[str, Any] = {
        "credential_id": "first_aid",
        "skill_id": "chatting",
        "language_id": "guizhou",
        "field_id": "elderly_care",
        "km": 12,
        "cells": (0,),
        "cap": 2,
    }
    # Who asks why is neither opted out nor a need; their gates have no words here.
    own = list(ChangeCode)[list(ChangeCode).index(ChangeCode.GUARDIAN_CONSENT) :]
    for code in own[: own.index(ChangeCode.AT_ANOTHER_TIME)]:
        found = change_for_person(Change(code, params, score=1.0, gain=0.1, brings_in=False))
        assert found is not None
        assert found.in_language("zh") != found.in_language("en")
    forgotten = Change(ChangeCode.SAY_SKILL, {"skill_id": "gone"}, score=1.0, gain=0.1, brings_in=False)
    assert change_for_person(forgotten) is None
