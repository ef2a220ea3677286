"""A question is judged by how need and person suited each other when it was sent."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database
from linli.needs.models import Need
from linli.participation import actions as participation
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.asking import ask, features_of_questions, forget_answers, forget_old_features
from linli.suggestions.history import history_of
from linli.suggestions.learning.material import Tables, read_material
from linli.suggestions.models import QuestionFeatures
from linli.volunteers.models import VolunteerSkill
from linli.volunteers.rules import SkillLevel
from matching import Feature
from tests.conftest import Visitor
from tests.factories import make_member, make_organization
from tests.linli.suggestions.factories import make_asking_need, make_helper
from tests.linli.waves.factories import begin, make_square, questions

SKILLS = list(Feature).index(Feature.SKILLS)


async def one_need(session: AsyncSession) -> Need:
    return await make_asking_need(session, skills={"chatting": False}, field_id="elderly_care")


async def asked_of(session: AsyncSession, need: Need, person: Account, now: datetime) -> Participation:
    await refresh_need(session, need_id=need.id, now=now)
    asked = await ask(session, shift_id=need.shifts[0].id, account_ids=[person.id], asked_by_id=None, now=now)
    [question] = asked.invited
    return question


async def learnt_from(session: AsyncSession, now: datetime) -> list[float]:
    """How well the skills suited in each question, as learning sees it."""
    await session.execute(update(Participation).values(state=State.declined))
    found = Tables.of(await read_material(session, now=now + timedelta(days=3))).questions()
    return [float(each) for each in found.outcomes.features[:, SKILLS]]


async def test_what_a_person_learns_later_does_not_change_the_question(
    session: AsyncSession, now: datetime
) -> None:
    person, need = await make_helper(session), await one_need(session)
    await asked_of(session, need, person, now)
    [before] = await learnt_from(session, now)
    session.add(VolunteerSkill(account_id=person.id, skill_id="chatting", level=SkillLevel.professional))
    await session.flush()
    assert await learnt_from(session, now) == [before]
    await session.execute(delete(QuestionFeatures))
    [today] = await learnt_from(session, now)
    assert today > before + 0.1


async def test_what_is_kept_is_what_the_question_would_have_been_judged_by(
    session: AsyncSession, now: datetime
) -> None:
    helpers = [
        await make_helper(session, skills={"chatting": SkillLevel.good}, fields=("elderly_care",)),
        await make_helper(session, availability="?" * 21),
    ]
    need = await one_need(session)
    for person in helpers:
        await asked_of(session, need, person, now)
    await session.execute(update(Participation).values(state=State.declined))
    material = await read_material(session, now=now + timedelta(days=3))
    assert len(material.kept) == 2
    kept = Tables.of(material).questions().outcomes.features
    await session.execute(delete(QuestionFeatures))
    made_anew = Tables.of(await read_material(session, now=now + timedelta(days=3))).questions()
    assert kept == pytest.approx(made_anew.outcomes.features, abs=1e-4)


async def test_a_row_of_another_time_with_other_features_is_judged_by_today(
    session: AsyncSession, now: datetime
) -> None:
    person = await make_helper(session, skills={"chatting": SkillLevel.good})
    question = await asked_of(session, await one_need(session), person, now)
    [known] = await learnt_from(session, now)
    odd = update(QuestionFeatures).where(QuestionFeatures.participation_id == question.id)
    await session.execute(odd.values(features={"skills": 0.0, "nearness": 0.0}))
    assert await learnt_from(session, now) == [pytest.approx(known, abs=1e-4)]


async def test_who_was_not_suggested_keeps_nothing(session: AsyncSession, now: datetime) -> None:
    person, need = await make_helper(session), await one_need(session)
    asked = await ask(session, shift_id=need.shifts[0].id, account_ids=[person.id], asked_by_id=None, now=now)
    assert len(asked.invited) == 1
    assert await features_of_questions(session, [asked.invited[0].id]) == {}


async def test_a_wave_keeps_it_for_each_of_its_questions(session: AsyncSession, now: datetime) -> None:
    asking = await begin(session, await make_square(session, now), now)
    asked = [each.id for each in await questions(session, asking)]
    found = await features_of_questions(session, asked)
    assert asked
    assert found.keys() == set(asked)
    assert all(each.keys() == set(Feature) for each in found.values())


async def test_the_officer_who_asks_by_hand_keeps_it_too(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    organization = await make_organization(session)
    need = await make_asking_need(session, organization=organization)
    person = await make_helper(session)
    await refresh_need(session, need_id=need.id, now=now)
    await visitor.sign_in(await make_member(session, organization))
    sent = {"shift": str(need.shifts[0].id), "person": str(person.id)}
    assert (await visitor.submit(f"/needs/{need.id}/ask", sent)).status_code == 303
    kept = (await session.scalars(select(QuestionFeatures))).one()
    question = await session.get_one(Participation, kept.participation_id)
    assert question.account_id == person.id


async def test_keeping_takes_as_much_for_ten_as_for_one(
    session: AsyncSession, now: datetime, statements: list[str]
) -> None:
    need = await one_need(session)
    people = [await make_helper(session) for _ in range(11)]
    await refresh_need(session, need_id=need.id, now=now)
    asked = [
        await ask(
            session,
            shift_id=need.shifts[0].id,
            account_ids=[each.id for each in some],
            asked_by_id=None,
            now=now,
        )
        for some in (people[:1], people[1:])
    ]
    assert [len(each.invited) for each in asked] == [1, 10]
    assert sum("INSERT INTO question_features" in each for each in statements) == 2
    assert sum("JOIN suggestion_runs" in each for each in statements) == 2


async def test_who_lets_answers_not_count_has_it_deleted_and_others_keep_theirs(
    session: AsyncSession, now: datetime
) -> None:
    person, other = await make_helper(session), await make_helper(session)
    need = await one_need(session)
    for each in (person, other):
        await asked_of(session, need, each, now)
    assert (await history_of(session, account_id=person.id, now=now)).kept == 1
    await forget_answers(session, account=person, now=now)
    assert (await history_of(session, account_id=person.id, now=now)).kept == 0
    assert (await history_of(session, account_id=other.id, now=now)).kept == 1


async def test_it_goes_with_the_account(session: AsyncSession, now: datetime) -> None:
    person = await make_helper(session)
    await asked_of(session, await one_need(session), person, now)
    await session.execute(delete(Participation))
    assert await session.scalar(select(QuestionFeatures)) is None


async def test_what_is_too_old_to_learn_from_is_forgotten(own_database: Database, now: datetime) -> None:
    async with own_database.transaction() as session:
        person, other = await make_helper(session), await make_helper(session)
        need = await one_need(session)
        old = await asked_of(session, need, person, now)
        await asked_of(session, need, other, now)
        is_old = update(QuestionFeatures).where(QuestionFeatures.participation_id == old.id)
        await session.execute(is_old.values(kept_at=now - timedelta(days=731)))
    assert await forget_old_features(own_database, now) == 1
    async with own_database.session(writes=False) as session:
        left = (await session.scalars(select(QuestionFeatures.participation_id))).all()
    assert len(left) == 1
    assert old.id not in left


async def test_a_yes_to_a_question_keeps_what_counted(session: AsyncSession, now: datetime) -> None:
    person = await make_helper(session)
    question = await asked_of(session, await one_need(session), person, now)
    await participation.accept(session, participation=question, account_id=person.id, now=now)
    assert question.id in await features_of_questions(session, [question.id])
