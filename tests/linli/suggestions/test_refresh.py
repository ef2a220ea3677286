from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.needs.models import Need, NeedSkill
from linli.needs.rules import NeedState
from linli.participation.rules import State
from linli.suggestions.actions import read_for, refresh_need
from linli.suggestions.matcher import matcher
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.ranking import RankedShift
from linli.volunteers.models import VolunteerProfile, VolunteerSkill
from linli.volunteers.rules import Means, SkillLevel
from tests.factories import COMMUNITY, make_account, make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper

NEXT_COMMUNITY, NEXT_TOWNSHIP, NEXT_COUNTY = "520302002002", "520302003001", "520303002001"


async def refreshed(session: AsyncSession, need: Need, now: datetime) -> RankedShift:
    [ranked] = await refresh_need(session, need_id=need.id, now=now)
    return ranked


async def stored(session: AsyncSession, need: Need) -> list[Suggestion]:
    rows = await session.scalars(
        select(Suggestion)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(SuggestionRun.need_id == need.id)
        .order_by(Suggestion.rank)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def test_who_can_do_it_comes_before_who_is_only_near(session: AsyncSession, now: datetime) -> None:
    need = await make_asking_need(session, skills={"chatting": False})
    near = await make_helper(session)
    able = await make_helper(session, skills={"chatting": SkillLevel.good}, fields=("elderly_care",))
    ranked = await refreshed(session, need, now)
    assert [each.account_id for each in ranked.people] == [able.id, near.id]
    assert [reason["code"] for reason in ranked.people[0].reasons] == ["skill", "same_community", "text"]


async def test_an_answer_is_stored_with_version_and_time_and_its_parts_add_up(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_asking_need(session, skills={"chatting": False, "reading_aloud": False})
    for level in SkillLevel:
        await make_helper(session, skills={"chatting": level}, about="喜欢陪老人聊天")
    await refreshed(session, need, now)
    run = await session.scalar(select(SuggestionRun).where(SuggestionRun.need_id == need.id))
    assert run is not None
    assert (run.matcher, run.made_at, run.need_version) == (matcher().version, now, need.version)
    assert (run.pool, run.fitting, run.excluded, run.not_applied) == (3, 3, {}, [])
    people = await stored(session, need)
    assert [each.rank for each in people] == [1, 2, 3]
    for each in people:
        assert sum(each.contributions.values()) == pytest.approx(each.score, abs=1e-12)
    assert [each.score for each in people] == sorted((each.score for each in people), reverse=True)


async def test_a_newer_answer_replaces_the_older(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session)
    first = await make_helper(session)
    await refreshed(session, need, now)
    second = await make_helper(session)
    later = now + timedelta(minutes=10)
    await refreshed(session, need, later)
    runs = (await session.scalars(select(SuggestionRun).where(SuggestionRun.need_id == need.id))).all()
    assert [run.made_at for run in runs] == [later]
    assert {each.account_id for each in await stored(session, need)} == {first.id, second.id}


async def test_the_same_people_come_in_the_same_order_whoever_was_there_first(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session)
    people = [await make_helper(session) for _ in range(5)]
    once = [each.account_id for each in (await refreshed(session, need, now)).people]
    again = [each.account_id for each in (await refreshed(session, need, now)).people]
    assert once == again == sorted((each.id for each in people), key=str)


@pytest.mark.parametrize(
    ("person", "gate"),
    [
        ({"account": {"birth_on": date(2011, 5, 1)}}, "old_enough"),
        ({"account": {"birth_on": date(2010, 1, 1)}}, "guardian_consent"),
        ({"credentials": {}}, "credentials"),
        ({"credentials": {"first_aid": date(2026, 11, 23)}}, "credentials"),
        ({"skills": {"chatting": SkillLevel.professional}}, "skills"),
        ({"skills": {}}, "skills"),
        ({"longitude": 107.9, "latitude": 27.6}, "within_reach"),
        ({"availability": "0" * 21}, "free_then"),
    ],
)
async def test_nobody_comes_back_whom_a_gate_kept_out(
    session: AsyncSession, now: datetime, person: dict[str, Any], gate: str
) -> None:
    fitting: dict[str, Any] = {
        "credentials": {"first_aid": None},
        "skills": {"driving": SkillLevel.some},
        "longitude": 106.9,
        "latitude": 27.6,
    }
    need = await make_asking_need(
        session,
        skills={"driving": True},
        credentials=("first_aid",),
        minimum_age_years=16,
        longitude=106.9,
        latitude=27.6,
    )
    fits = await make_helper(session, **fitting)
    await make_helper(session, **fitting | person)
    ranked = await refreshed(session, need, now)
    assert [each.account_id for each in ranked.people] == [fits.id]
    assert (ranked.pool, ranked.fitting, ranked.excluded) == (2, 1, {gate: 1})


@pytest.mark.parametrize("state", [State.applied, State.confirmed, State.invited, State.refused])
async def test_who_was_asked_or_takes_part_is_not_proposed_for_this_shift_again(
    session: AsyncSession, now: datetime, state: State
) -> None:
    need = await make_need(session, shifts=2)
    person = await make_helper(session)
    await make_participation(session, need.shifts[0], person, state)
    first, second = await refresh_need(session, need_id=need.id, now=now)
    assert [each.account_id for each in first.people] == []
    assert [each.account_id for each in second.people] == [person.id]


@pytest.mark.parametrize("state", [State.declined, State.withdrawn])
async def test_a_no_counts_for_the_whole_need(session: AsyncSession, now: datetime, state: State) -> None:
    need = await make_need(session, shifts=2)
    await make_participation(session, need.shifts[0], await make_helper(session), state)
    for ranked in await refresh_need(session, need_id=need.id, now=now):
        assert ranked.excluded == {"not_asked": 1}


async def test_a_promise_elsewhere_and_a_full_week_keep_people_out(
    session: AsyncSession, now: datetime
) -> None:
    starts = now + timedelta(days=1, hours=4)
    other = await make_need(session, starts_at=starts + timedelta(hours=1), places=9)
    busy, full = await make_helper(session), await make_helper(session, weekly_cap=1)
    another_day = await make_need(session, starts_at=starts + timedelta(days=2))
    await make_participation(session, other.shifts[0], busy, State.confirmed)
    await make_participation(session, another_day.shifts[0], full, State.confirmed)
    ranked = await refreshed(session, await make_need(session, starts_at=starts), now)
    assert ranked.excluded == {"not_booked": 1, "under_weekly_cap": 1}


async def test_what_nobody_knows_passes_below_a_yes_and_is_asked(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, longitude=106.9, latitude=27.6)
    known: dict[str, Any] = {"longitude": 106.9, "latitude": 27.6}
    unsure = await make_helper(session, availability="?" * 21, **known)
    free = await make_helper(session, **known)
    somewhere = await make_helper(session, account={"division": COMMUNITY[:6]})
    ranked = await refreshed(session, need, now)
    assert [each.account_id for each in ranked.people] == [free.id, unsure.id, somewhere.id]
    assert [each.unknown for each in ranked.people] == [(), ("free_then",), ("within_reach",)]


async def test_unchecked_papers_and_ids_that_seed_has_forgotten_open_nothing(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_asking_need(session, credentials=("a_paper_of_last_year",))
    await make_helper(session, credentials={"a_paper_of_last_year": None, "first_aid": None})
    await make_helper(session, skills={"a_skill_of_last_year": SkillLevel.good})
    assert (await refreshed(session, need, now)).excluded == {"credentials": 2}


async def test_nearer_comes_first_and_is_told_in_whole_kilometres(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, longitude=106.9, latitude=27.6)
    people = [
        await make_helper(session, longitude=106.9, latitude=latitude, means=Means.car)
        for latitude in (27.64, 27.601, 27.62)
    ]
    ranked = await refreshed(session, need, now)
    assert [each.account_id for each in ranked.people] == [people[n].id for n in (1, 2, 0)]
    assert [each.nearness for each in ranked.people] == [{"km": 0}, {"km": 2}, {"km": 4}]


async def test_without_points_shared_divisions_say_what_is_near(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, division=COMMUNITY)
    for division in (NEXT_TOWNSHIP, NEXT_COMMUNITY, COMMUNITY):
        await make_helper(session, account={"division": division})
    ranked = await refreshed(session, need, now)
    assert [each.nearness for each in ranked.people] == [
        {"tier": "community"},
        {"tier": "township"},
        {"tier": "county"},
    ]


async def test_the_pool_is_the_county_and_whoever_reaches_the_place(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, longitude=106.9, latitude=27.6)
    here = await make_helper(session, longitude=106.9, latitude=27.6)
    elsewhere = {"division": NEXT_COUNTY}
    reaches = await make_helper(session, account=elsewhere, longitude=106.95, latitude=27.6, reach_km=8.0)
    await make_helper(session, account=elsewhere, longitude=106.95, latitude=27.6, reach_km=4.0)
    await make_helper(session, account=elsewhere)
    ranked = await refreshed(session, need, now)
    assert {each.account_id for each in ranked.people} == {here.id, reaches.id}
    assert (ranked.pool, ranked.fitting) == (2, 2)


async def test_who_opted_out_or_withdrew_their_consent_is_nobodys_business(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session)
    await make_helper(session, opted_in=False)
    await make_helper(session, account={"stopped_at": now})
    await make_account(session)
    assert (await refreshed(session, need, now)).pool == 0


async def test_every_coming_shift_with_a_free_place_has_its_own_answer(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, shifts=4, places=1)
    weekday = i18n.local(need.shifts[1].starts_at).weekday()
    only_then = "".join("1" if slot // 3 == weekday else "0" for slot in range(21))
    person = await make_helper(session, availability=only_then)
    await make_participation(session, need.shifts[3], await make_account(session), State.confirmed)
    await session.refresh(need, ["shifts"])
    ranked = await refresh_need(session, need_id=need.id, now=need.shifts[0].starts_at)
    assert [each.shift.id for each in ranked if each.shift] == [need.shifts[1].id, need.shifts[2].id]
    assert [[one.account_id for one in each.people] for each in ranked] == [[person.id], []]


async def test_a_foreign_need_meets_all_opted_in_sample_people_and_says_what_was_not_asked(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, shifts=0, division=None, state=NeedState.draft, organization_id=None)
    sample = await make_helper(session, account={"is_sample": True, "division": NEXT_COUNTY})
    await make_helper(session, account={"is_sample": True}, opted_in=False)
    await make_helper(session)
    ranked = await refreshed(session, need, now)
    assert [each.account_id for each in ranked.people] == [sample.id]
    assert ranked.not_applied == ("within_reach", "free_then", "not_booked", "under_weekly_cap")
    assert ranked.shift is None


async def test_a_foreign_point_measures_who_is_near(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, shifts=0, division=None, longitude=-73.98, latitude=40.73)
    person: dict[str, Any] = {"account": {"is_sample": True, "division": None}, "reach_km": 5.0}
    near = await make_helper(session, longitude=-73.97, latitude=40.73, **person)
    await make_helper(session, longitude=-73.7, latitude=40.73, **person)
    ranked = await refreshed(session, need, now)
    assert [(each.account_id, each.nearness) for each in ranked.people] == [(near.id, {"km": 1})]


async def test_a_chinese_introduction_meets_an_english_need(session: AsyncSession, now: datetime) -> None:
    need = await make_need(
        session, title="Somebody to go to hospital with", description="Medical escort wanted.", language="en"
    )
    other = await make_helper(session, about="周末可以来打篮球")
    escort = await make_helper(session, about="愿意陪诊，以前陪看病很多次")
    ranked = await refreshed(session, need, now)
    assert [each.account_id for each in ranked.people] == [escort.id, other.id]
    assert "text" in [reason["code"] for reason in ranked.people[0].reasons]


async def test_stored_reasons_hold_no_word_that_a_person_wrote(session: AsyncSession, now: datetime) -> None:
    need = await make_need(session, description="陪老人聊天，读报纸")
    await make_helper(session, about="我叫王小明，住幸福路，喜欢陪老人聊天，读报纸")
    await refreshed(session, need, now)
    [person] = await stored(session, need)
    assert "text" in [reason["code"] for reason in person.reasons]
    assert not any("聊天" in str(reason) or "terms" in reason for reason in person.reasons)


async def test_a_changed_profile_is_seen_although_the_pool_is_kept(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_asking_need(session, skills={"driving": True})
    person = await make_helper(session, changed_at=now - timedelta(days=1))
    assert not (await refreshed(session, need, now)).people
    assert not (await refreshed(session, need, now + timedelta(minutes=1))).people
    session.add(VolunteerSkill(account_id=person.id, skill_id="driving", level=SkillLevel.good))
    profile = await session.get_one(VolunteerProfile, person.id)
    profile.changed_at = now + timedelta(minutes=1)
    await session.flush()
    assert (await refreshed(session, need, now + timedelta(minutes=2))).people


@pytest.mark.parametrize("people", [3, 60])
async def test_the_number_of_queries_does_not_grow_with_the_pool(
    session: AsyncSession, now: datetime, statements: list[str], people: int
) -> None:
    need = await make_asking_need(
        session, skills={"driving": False}, credentials=("first_aid",), longitude=106.9, latitude=27.6
    )
    for _ in range(people):
        person = await make_helper(
            session, skills={"driving": SkillLevel.good}, credentials={"first_aid": None}
        )
    await make_participation(session, need.shifts[0], person, State.declined)
    statements.clear()
    await refreshed(session, need, now)
    assert len(statements) == QUERIES_OF_ONE_REFRESH


# The need and its shifts, the pool's state (3) and rows, which matcher serves, promises, who takes part and
# who is blocked; then what is stored, and noted if it is another list than the last.
QUERIES_OF_ONE_REFRESH = 2 + 4 + 1 + 3 + 7 + 2


async def test_needs_read_together_are_ranked_as_one_by_one(session: AsyncSession, now: datetime) -> None:
    needs = [await make_asking_need(session, skills={skill: False}) for skill in ("driving", "chatting")]
    for skill in ("driving", "chatting", "reading_aloud"):
        await make_helper(session, skills={skill: SkillLevel.good})
    session.add(NeedSkill(need_id=needs[0].id, skill_id="reading_aloud", is_required=False))
    await session.flush()
    read = await read_for(session, Need.id.in_([need.id for need in needs]), now=now)
    assert read is not None
    together = {each.need.id: each.people for each in read.rank()}
    for need in needs:
        assert together[need.id] == (await refreshed(session, need, now)).people


async def test_a_text_without_a_field_is_matched_by_the_one_it_speaks_of(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(
        session, field_id=None, title="路灯坏了", description="小区的物业和社区服务没人管，居民意见很大。"
    )
    other = await make_helper(session, fields=("children",))
    fits = await make_helper(session, fields=("community_services",))
    ranked = await refreshed(session, need, now)
    assert [each.account_id for each in ranked.people] == [fits.id, other.id]
    assert {"code": "field", "field_id": "community_services"} in ranked.people[0].reasons
    assert ranked.need.field_id is None
