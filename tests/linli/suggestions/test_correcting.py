"""Chances of the version that serves are put right by what was answered since, and no order changes."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.needs.models import Need, Shift
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.jobs import stale_needs
from linli.suggestions.learning.daily import has_due, put_chances_right
from linli.suggestions.learning.versions import comparison_of, put_into_service, train
from linli.suggestions.matcher import matcher
from linli.suggestions.models import MatcherVersion, Suggestion, SuggestionRun
from linli.suggestions.queries import answer_for_shift
from linli.suggestions.serving import Serving, forget_serving, serving
from linli.suggestions.why import why_shown
from linli.volunteers.rules import SkillLevel
from matching.learnt import FEATURES
from tests.factories import make_account, make_organization
from tests.linli.suggestions.answering import make_answering_town
from tests.linli.suggestions.factories import make_asking_need, make_helper
from tests.linli.suggestions.versions import make_version, ranker_that_weighs

LONG_AGO = timedelta(days=200)
FEATURES_OF_SOME = np.random.default_rng(4).random((len(FEATURES), 1, 50))


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget_serving()


async def a_town_with_a_version(
    database: Database, now: datetime, *, needs: int = 60, state: State | None = None, **values: Any
) -> MatcherVersion:
    """Made long before the answers there are; `state` is what everybody answered."""
    async with database.transaction() as session:
        await make_answering_town(session, now, needs=needs)
        if state:
            await session.execute(update(Participation).values(state=state))
        made = {"asked_until": now - LONG_AGO, "made_at": now - timedelta(days=2)}
        return await make_version(session, now, **made | values)


async def serves_in(database: Database) -> Serving:
    async with database.session(writes=False) as session:
        return await serving(session)


def chances(serves: Serving) -> np.ndarray[Any, np.dtype[np.float64]]:
    assert serves.learnt is not None
    return serves.learnt.chance_of_yes(FEATURES_OF_SOME)[0]


async def kept(database: Database) -> MatcherVersion:
    async with database.session(writes=False) as session:
        return (await session.scalars(select(MatcherVersion))).one()


@pytest.mark.parametrize(("state", "is_higher"), [(State.declined, False), (State.confirmed, True)])
async def test_what_was_answered_since_moves_the_chances_and_never_the_order(
    own_database: Database, now: datetime, state: State, is_higher: bool
) -> None:
    """All answers the same are the hardest case: nobody becomes certain, and none the same as another."""
    made = await a_town_with_a_version(own_database, now, state=state)
    before = chances(await serves_in(own_database))
    assert await put_chances_right(own_database, now) == 1
    assert await put_chances_right(own_database, now) == 0
    row, serves = await kept(own_database), await serves_in(own_database)
    after = chances(serves)
    assert ((after > before) == is_higher).all()
    assert (np.argsort(after) == np.argsort(before)).all()
    assert ((after > 0.001) & (after < 0.999)).all()
    assert (row.corrections, row.corrected_by, row.corrected_at) == (1, 300, now)
    assert serves.version == f"{matcher().version}+{made.name}.1"
    assert serves.name == f"{matcher().version}+{made.name}"
    assert serves.plain is not None
    assert serves.plain.chance_of_yes(FEATURES_OF_SOME)[0] == pytest.approx(before)
    async with own_database.session(writes=False) as session:
        acts = await session.scalars(
            select(AuditEntry.object_id).where(AuditEntry.action == "correct_matcher")
        )
        assert acts.all() == [made.id]


async def test_another_process_and_a_restart_say_the_same(own_database: Database, now: datetime) -> None:
    await a_town_with_a_version(own_database, now, state=State.declined)
    await put_chances_right(own_database, now)
    one = chances(await serves_in(own_database))
    forget_serving()
    assert (chances(await serves_in(own_database)) == one).all()


async def test_a_process_that_has_read_the_version_notices(own_database: Database, now: datetime) -> None:
    await a_town_with_a_version(own_database, now)
    before = chances(await serves_in(own_database))
    async with own_database.transaction() as session:
        await session.execute(update(MatcherVersion).values(shift=-1.0, corrections=7))
    after = await serves_in(own_database)
    assert after.version.endswith(".7")
    assert (chances(after) < before).all()


async def test_a_few_answers_change_little_however_surprising(own_database: Database, now: datetime) -> None:
    """Five noes where nine of ten were to say yes, all about one need."""
    await a_town_with_a_version(own_database, now, needs=1, state=State.declined)
    before = chances(await serves_in(own_database))
    await put_chances_right(own_database, now)
    assert np.abs(chances(await serves_in(own_database)) - before).max() < 0.07


async def test_answers_that_it_has_learnt_from_and_questions_still_open_do_not_count(
    own_database: Database, now: datetime
) -> None:
    """Yeses come sooner than silences: a question counts when its time is over, not when it is answered."""
    await a_town_with_a_version(own_database, now, asked_until=now - timedelta(days=12), state=State.declined)
    async with own_database.transaction() as session:
        lately = now - timedelta(hours=30)
        late = (await session.scalars(select(Participation.id).limit(60))).all()
        times = {"asked_at": lately, "created_at": lately, "changed_at": lately, "expires_at": None}
        await session.execute(update(Participation).where(Participation.id.in_(late)).values(times))
        soon = now + timedelta(days=5)
        await session.execute(update(Shift).values(starts_at=soon, ends_at=soon + timedelta(hours=2)))
    await put_chances_right(own_database, now)
    row = await kept(own_database)
    assert (row.corrections, row.shift, row.stretch, row.corrected_at) == (0, 0.0, 1.0, now)


async def test_it_is_looked_at_once_a_day(own_database: Database, now: datetime) -> None:
    await a_town_with_a_version(own_database, now, made_at=now - timedelta(hours=20))

    async def is_due(at: datetime) -> bool:
        async with own_database.session(writes=False) as session:
            return await has_due(session, at)

    assert not await is_due(now)
    assert await put_chances_right(own_database, now) == 0
    later = now + timedelta(hours=5)
    assert await is_due(later)
    await put_chances_right(own_database, later)
    assert not await is_due(later + timedelta(hours=23))
    assert await is_due(later + timedelta(hours=24))


async def test_without_a_version_nothing_is_put_right(own_database: Database, now: datetime) -> None:
    async with own_database.transaction() as session:
        await make_answering_town(session, now, needs=4)
    assert await put_chances_right(own_database, now) == 0


async def test_a_version_switched_back_takes_its_own_correction_along(
    session: AsyncSession, now: datetime
) -> None:
    one = await make_version(session, now, shift=-0.8, stretch=0.7, corrections=3)
    other = await make_version(session, now, ranker_that_weighs(field=2.0), serves=False)
    before = chances(await serving(session))
    bureau, officer = await make_organization(session), await make_account(session)

    async def switch_to(version: MatcherVersion) -> None:
        await put_into_service(
            session,
            version_id=version.id,
            serves_now=(await serving(session)).name,
            actor_id=officer.id,
            organization_id=bureau.id,
            now=now,
        )

    await switch_to(other)
    plain = await serving(session)
    assert (plain.corrections, chances(plain).tolist()) == (
        0,
        ranker_that_weighs(field=2.0).chance_of_yes(FEATURES_OF_SOME)[0].tolist(),
    )
    await switch_to(one)
    assert chances(await serving(session)).tolist() == before.tolist()


async def stored(session: AsyncSession, need: Need) -> tuple[SuggestionRun, list[Suggestion]]:
    await session.flush()
    run = (await session.scalars(select(SuggestionRun).where(SuggestionRun.need_id == need.id))).one()
    people = select(Suggestion).where(Suggestion.run_id == run.id).order_by(Suggestion.rank)
    return run, list(await session.scalars(people))


async def test_suggestions_are_made_anew_in_the_same_order_with_the_same_people_left_out(
    session: AsyncSession, now: datetime
) -> None:
    version = await make_version(session, now, ranker_that_weighs(skills=3.0, field=2.0))
    need = await make_asking_need(session, skills={"chatting": False}, field_id="elderly_care", places=3)
    for n in range(6):
        fields = ("elderly_care",) if n % 2 else ()
        await make_helper(session, skills={"chatting": SkillLevel.good} if n < 3 else {}, fields=fields)
    await make_helper(session, skills={"chatting": SkillLevel.good}, opted_in=False)
    await refresh_need(session, need_id=need.id, now=now)
    run, people = await stored(session, need)
    before = [(each.account_id, each.likely) for each in people]
    counts = run.pool, run.fitting, run.excluded
    asked = await proposed(session, need, now)
    await session.execute(
        update(MatcherVersion).where(MatcherVersion.id == version.id).values(shift=-1.5, corrections=1)
    )
    assert need.id in await stale_needs(session, now=now)
    session.expunge_all()
    need = (await session.scalars(select(Need).where(Need.id == need.id))).one()
    await refresh_need(session, need_id=need.id, now=now)
    assert need.id not in await stale_needs(session, now=now)
    run, people = await stored(session, need)
    assert [each.account_id for each in people] == [account_id for account_id, _ in before]
    assert (run.pool, run.fitting, run.excluded) == counts
    for each, (_, likely) in zip(people, before, strict=True):
        log_odds = np.log(each.likely / (1 - each.likely))
        assert log_odds == pytest.approx(np.log(likely / (1 - likely)) - 1.5)
        assert sum(each.contributions.values()) == pytest.approx(log_odds)
        assert each.likely == each.score
    # Lower chances: for the same places more people are asked.
    assert len(await proposed(session, need, now)) > len(asked) > 0


async def proposed(session: AsyncSession, need: Need, now: datetime) -> list[object]:
    shift = (await session.scalars(select(Shift).where(Shift.need_id == need.id))).one()
    answer = await answer_for_shift(session, need=need, shift=shift, now=now)
    assert answer is not None
    return [each.account_id for each in answer.proposed]


async def test_why_a_need_was_shown_adds_up_to_the_chance_put_right(
    session: AsyncSession, now: datetime
) -> None:
    await make_version(session, now, ranker_that_weighs(skills=3.0, nearness=1.0), shift=-0.9, stretch=0.5)
    need = await make_asking_need(session, skills={"chatting": False})
    person = await make_helper(session, skills={"chatting": SkillLevel.good})
    await refresh_need(session, need_id=need.id, now=now)
    _, [suggested] = await stored(session, need)
    why = await why_shown(session, account=person, need=need, now=now)
    assert why is not None
    assert sum(share.points for share in why.shares) == why.points
    assert why.points == round(10 * sum(suggested.contributions.values()))
    assert why.chance == round(100 * suggested.likely)


async def test_what_decides_is_put_right_with_answers_from_before_each_question(
    own_database: Database, now: datetime
) -> None:
    """In the last month everybody says no: from the second week on this is known, and it is told apart."""
    async with own_database.transaction() as session:
        town = await make_answering_town(session, now)
        lately = update(Participation).where(Participation.asked_at > now - timedelta(days=36))
        await session.execute(lately.values(state=State.declined))
        some = [need.id for need in town.needs[-2:]]
        await session.execute(
            update(Participation).where(Participation.need_id.in_(some)).values(state=State.confirmed)
        )
    assert (await train(own_database, now=now)).learnt is not None
    comparison = comparison_of(await kept(own_database))
    assert comparison.plain is not None and comparison.put_right_difference is not None  # noqa: PT018
    assert comparison.new.log_loss != comparison.plain.log_loss
    assert comparison.put_right_difference.mean == pytest.approx(
        comparison.new.log_loss - comparison.plain.log_loss
    )
    said = [
        sum(each.questions * each.said for each in figures.bins)
        for figures in (comparison.new, comparison.plain)
    ]
    assert said[0] < said[1]
    # As it was made, a version is put right by nothing yet.
    assert (await kept(own_database)).corrections == 0
