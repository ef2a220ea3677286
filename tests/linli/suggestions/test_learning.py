"""`train`: what is learnt from answers, when it may serve, and when it may not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.learning.answers import answer_rows
from linli.suggestions.learning.material import Tables, read_material
from linli.suggestions.learning.past import past_of
from linli.suggestions.learning.versions import Trained, comparison_of, train
from linli.suggestions.matcher import matcher
from linli.suggestions.models import MatcherVersion
from linli.suggestions.serving import forget_serving, serving
from linli.volunteers.models import VolunteerProfile
from matching import Deed, Feature, HistoryFeature
from matching.learnt import FEATURES
from tests.factories import make_participation
from tests.linli.suggestions.answering import answered, make_answering_town, make_open_need, make_people


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget_serving()


async def trained(database: Database, now: datetime, *, keeps: bool = True) -> Trained:
    return await train(database, now=now, keeps=keeps)


async def filled(database: Database, now: datetime, **options: object) -> None:
    async with database.transaction() as session:
        await make_answering_town(session, now, **options)  # type: ignore[arg-type]


def said(found: Trained, language: str = "en") -> str:
    assert found.why_not is not None
    return found.why_not.in_language(language)


async def test_what_is_better_serves_with_its_figures(own_database: Database, now: datetime) -> None:
    await filled(own_database, now)
    found = await trained(own_database, now)
    assert found.serves
    assert found.served == matcher().version
    async with own_database.session(writes=False) as session:
        version = (await session.scalars(select(MatcherVersion))).one()
        serves = await serving(session)
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "train_matcher"))).one()
    assert serves.version == f"{matcher().version}+{version.name}"
    assert (version.answers, version.needs, version.stage) == (300, 60, "boosting")
    assert version.asked_from == now - timedelta(days=130)
    assert version.asked_until == now - timedelta(days=12)
    assert entry.object_id == version.id
    comparison = comparison_of(version)
    assert comparison == found.learnt.comparison  # type: ignore[union-attr]
    assert (comparison.needs, comparison.questions) == (12, 60)
    assert comparison.log_loss_difference.high < 0


async def test_the_same_answers_teach_the_same(own_database: Database, now: datetime) -> None:
    await filled(own_database, now)
    one, two = [await trained(own_database, now, keeps=False) for _ in range(2)]
    assert one.learnt is not None
    assert two.learnt is not None
    assert (one.learnt.name, one.learnt.content) == (two.learnt.name, two.learnt.content)
    assert one.learnt.comparison == two.learnt.comparison
    async with own_database.session(writes=False) as session:
        assert await session.scalar(select(MatcherVersion)) is None


async def test_what_is_worse_than_what_serves_is_kept_and_does_not_serve(
    own_database: Database, now: datetime
) -> None:
    """People changed their minds lately: what the earlier answers taught is worse than similarity."""
    async with own_database.transaction() as session:
        people = await make_people(session)
        await make_answering_town(session, now, people=people, needs=50, first_day=150, backwards=True)
        await make_answering_town(session, now, people=people, needs=12, first_day=40)
    found = await trained(own_database, now)
    assert found.learnt is not None
    assert found.learnt.comparison.is_worse
    assert not found.serves
    async with own_database.session(writes=False) as session:
        assert (await serving(session)).version == matcher().version
        assert [each.serves for each in await session.scalars(select(MatcherVersion))] == [False]


async def test_answers_that_the_serving_version_has_learnt_from_do_not_judge_the_next(
    own_database: Database, now: datetime
) -> None:
    await filled(own_database, now)
    assert (await trained(own_database, now)).serves
    assert said(await trained(own_database, now)) == (
        "What was learnt cannot be judged yet: 0 needs with 0 answers are new, and 10 with 30 are needed."
    )
    later = now + timedelta(days=60)
    await filled(own_database, later, needs=24, first_day=60)
    found = await trained(own_database, later)
    assert found.learnt is not None
    assert found.served.endswith(await only_name(own_database, before=later))
    assert 10 <= found.learnt.comparison.needs <= 24


async def only_name(database: Database, *, before: datetime) -> str:
    async with database.session(writes=False) as session:
        query = select(MatcherVersion.name).where(MatcherVersion.made_at < before)
        return str((await session.scalars(query)).one())


async def test_without_answers_similarity_goes_on_and_says_so(own_database: Database, now: datetime) -> None:
    found = await trained(own_database, now)
    assert said(found) == "There are only 0 answers to questions so far, and learning needs 25."
    assert found.served == matcher().version


@pytest.mark.parametrize(
    ("needs", "sentence"),
    [
        (2, "There are only 10 answers to questions so far, and learning needs 25."),
        (20, "What was learnt cannot be judged yet: 4 needs with 20 answers are new, and 10 with 30"),
    ],
)
async def test_too_few_answers_change_nothing(
    own_database: Database, now: datetime, needs: int, sentence: str
) -> None:
    await filled(own_database, now, needs=needs)
    found = await trained(own_database, now)
    assert said(found).startswith(sentence)
    assert not said(found, "zh").isascii()


async def test_answers_that_are_all_the_same_change_nothing(own_database: Database, now: datetime) -> None:
    await filled(own_database, now)
    async with own_database.transaction() as session:
        await session.execute(update(Participation).values(state=State.confirmed))
    assert said(await trained(own_database, now)).startswith("All 300 answers so far are the same")


async def test_answers_from_before_a_year_of_silence_do_not_count(
    own_database: Database, now: datetime
) -> None:
    await filled(own_database, now, needs=40, first_day=640)
    assert said(await trained(own_database, now)).startswith("Nobody has been asked for a year")
    await filled(own_database, now, needs=4, first_day=30)
    assert said(await trained(own_database, now)) == (
        "There are only 20 answers since a whole year without any, and learning needs 25."
    )


async def test_who_is_not_proposed_teaches_nothing(own_database: Database, now: datetime) -> None:
    await filled(own_database, now)
    async with own_database.transaction() as session:
        await session.execute(update(VolunteerProfile).values(opted_in=False))
    assert said(await trained(own_database, now)).startswith("There are only 0 answers")


async def test_only_the_newest_versions_and_the_one_that_serves_are_kept(
    own_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.suggestions.learning.versions.MOST_VERSIONS", 1)
    await filled(own_database, now)
    assert (await trained(own_database, now)).serves
    later = now + timedelta(days=60)
    await filled(own_database, later, needs=24, first_day=60)
    found = await trained(own_database, later)
    async with own_database.session(writes=False) as session:
        kept = list(await session.scalars(select(MatcherVersion).order_by(MatcherVersion.made_at)))
    assert {each.made_at for each in kept} == ({later} if found.serves else {now, later})


async def asked(
    session: AsyncSession, person: Account, state: State, at: datetime, **values: object
) -> Participation:
    need = await make_open_need(session)
    times = {"asked_at": at, "created_at": at, "changed_at": at + timedelta(hours=1)}
    return await make_participation(session, need.shifts[0], person, state, **(times | values))


async def test_what_somebody_did_is_told_as_it_was(session: AsyncSession, now: datetime) -> None:
    [person], _ = await make_people(session, 1)
    days = [now - timedelta(days=each) for each in range(9, 0, -1)]
    lapsed = {"expires_at": days[4] + timedelta(hours=30)}
    for state, values in (
        (State.confirmed, {}),
        (State.declined, {}),
        (State.withdrawn, {}),
        (State.expired, {"expires_at": days[3] + timedelta(hours=30)}),
        (State.invited, lapsed),
        (State.cancelled, {}),
        (State.applied, {"asked_at": None}),
        (State.withdrawn, {"asked_at": None}),
        (State.invited, {"expires_at": now + timedelta(hours=1)}),
    ):
        await asked(session, person, state, days.pop(0), **values)
    rows = await answer_rows(session, Participation.account_id == person.id, now=now, most=20)
    assert [row.deed(now) for row in rows] == [
        *(Deed.YES, Deed.NO, Deed.NO, Deed.SILENCE, Deed.SILENCE, None, Deed.VOLUNTEERED, None),
    ]
    past = past_of(rows, [person.id], until=now)
    assert past.likely(0) == pytest.approx((1.4 + 1) / (4 + 5))
    assert past.history.silent_streak.tolist() == [0]  # coming forward ends a silence
    assert past.history.usual_yes == pytest.approx(0.35)


async def test_a_question_is_judged_by_what_was_known_when_it_was_asked(
    session: AsyncSession, now: datetime
) -> None:
    """The answer to a question, and everything later, is no part of its features."""
    [person], _ = await make_people(session, 1)
    first, second = now - timedelta(days=20), now - timedelta(days=2)
    await asked(session, person, State.confirmed, first)
    await asked(session, person, State.declined, second)
    questions = Tables.of(await read_material(session, now=now)).questions()
    rate = FEATURES.index(HistoryFeature.YES_RATE)
    assert questions.outcomes.yes.tolist() == [True, False]
    assert questions.outcomes.features[0, rate] == pytest.approx(0.35)
    assert questions.outcomes.features[1, rate] > 0.35
    assert questions.likely.tolist() == pytest.approx([0.35, (1.4 + 1) / (4 + 1)])
    weights = matcher().ranker.normalized_weights()
    assert questions.order.tolist() == pytest.approx(
        (questions.outcomes.features[:, : len(Feature)] @ weights).tolist()
    )


async def test_an_answer_is_no_secret_of_the_future(session: AsyncSession, now: datetime) -> None:
    """What was answered after a moment is not known at that moment."""
    able, _ = await make_people(session, 1)
    need = await make_open_need(session)
    session.add(answered(need, able[0], says_yes=True, silent=False, asked_at=now - timedelta(hours=30)))
    await session.flush()
    rows = await answer_rows(session, Participation.account_id == able[0].id, now=now, most=20)
    before, after = (past_of(rows, [able[0].id], until=now - timedelta(hours=each)) for each in (12, 8))
    assert before.likely(0) == pytest.approx(0.35)
    assert after.likely(0) > 0.35


def test_what_must_never_count_is_no_feature() -> None:
    assert {str(name) for name in FEATURES} == {
        *("skills", "nearness", "time", "field", "text", "language"),
        *("yes_rate", "field_rate", "time_rate", "rested", "answers", "familiar", "company"),
    }


async def test_what_somebody_had_forgotten_teaches_nothing(session: AsyncSession, now: datetime) -> None:
    able, _ = await make_people(session, 1)
    await asked(session, able[0], State.declined, now - timedelta(days=5))
    await asked(session, able[0], State.confirmed, now - timedelta(days=1))
    forgotten = update(VolunteerProfile).values(answers_forgotten_at=now - timedelta(days=3))
    await session.execute(forgotten)
    rows = await answer_rows(session, Participation.account_id == able[0].id, now=now, most=20)
    assert [row.deed(now) for row in rows] == [Deed.YES]


async def test_who_was_asked_by_lot_counts_for_those_who_were_not(
    session: AsyncSession, now: datetime
) -> None:
    able, _ = await make_people(session, 2)
    by_lot = await asked(session, able[0], State.confirmed, now - timedelta(days=5))
    await asked(session, able[1], State.declined, now - timedelta(days=4))

    async def chances(_session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, float]:
        return {id: 0.2 for id in ids if id == by_lot.id}

    material = await read_material(session, now=now, chances_of=chances)
    assert Tables.of(material).questions().outcomes.propensities.tolist() == [0.2, 1.0]
