"""Where something was learnt, it serves: for needs, for people, and in every process at once."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.for_person import needs_for_person
from linli.suggestions.jobs import stale_needs
from linli.suggestions.matcher import matcher
from linli.suggestions.models import MatcherVersion, Suggestion, SuggestionRun
from linli.suggestions.queries import answer_for_shift
from linli.suggestions.serving import forget_serving, serving
from linli.volunteers.rules import SkillLevel
from matching import pack
from tests.factories import make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper
from tests.linli.suggestions.versions import WHO_SAID_YES_BEFORE, make_version, ranker_that_weighs


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget_serving()


async def stored(session: AsyncSession, need: Need) -> list[Suggestion]:
    rows = select(Suggestion).join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
    return list(await session.scalars(rows.where(SuggestionRun.need_id == need.id).order_by(Suggestion.rank)))


async def run_of(session: AsyncSession, need: Need) -> SuggestionRun:
    query = select(SuggestionRun).where(SuggestionRun.need_id == need.id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def test_without_a_version_the_packaged_matcher_serves(session: AsyncSession, now: datetime) -> None:
    await make_version(session, now, serves=False)
    serves = await serving(session)
    assert (serves.version, serves.learnt) == (matcher().version, None)


async def test_who_said_yes_before_comes_first_and_their_chance_is_stored(
    session: AsyncSession, now: datetime
) -> None:
    version = await make_version(session, now, ranker_that_weighs(**WHO_SAID_YES_BEFORE))
    need = await make_asking_need(session, skills={"chatting": False})
    able = await make_helper(session, skills={"chatting": SkillLevel.professional})
    glad = await make_helper(session)
    other = await make_need(session, starts_at=now - timedelta(days=1))
    at = now - timedelta(days=3)
    for person, state in ((glad, State.confirmed), (able, State.declined)):
        times = {"asked_at": at, "created_at": at, "changed_at": at}
        await make_participation(session, other.shifts[0], person, state, **times)
    await refresh_need(session, need_id=need.id, now=now)
    people = await stored(session, need)
    assert [each.account_id for each in people] == [glad.id, able.id]
    assert (await run_of(session, need)).matcher == f"{matcher().version}+{version.name}"
    for each in people:
        assert each.likely == each.score
        assert set(each.contributions) == {
            *("skills", "nearness", "time", "field", "text", "language", "earlier_answers", "usual")
        }
        log_odds = np.log(each.score / (1 - each.score))
        assert sum(each.contributions.values()) == pytest.approx(log_odds, abs=1e-9)
    assert people[0].reasons[0] == {"code": "earlier_answers"}


async def test_the_officer_sees_parts_that_add_up(session: AsyncSession, now: datetime) -> None:
    await make_version(session, now, ranker_that_weighs(skills=3.0, nearness=1.0))
    need = await make_asking_need(session, skills={"chatting": False})
    await make_helper(session, skills={"chatting": SkillLevel.good})
    await refresh_need(session, need_id=need.id, now=now)
    answer = await answer_for_shift(session, need=need, shift=need.shifts[0], now=now)
    assert answer is not None
    [person] = [*answer.proposed, *answer.others]
    assert person.is_learnt
    assert person.together == pytest.approx(np.log(person.score / (1 - person.score)), abs=1e-9)
    assert person.contributions[-1][0].in_language("zh") == "人人相同"


async def test_another_version_makes_stored_suggestions_old(session: AsyncSession, now: datetime) -> None:
    need = await make_asking_need(session)
    await make_helper(session)
    await refresh_need(session, need_id=need.id, now=now)
    assert need.id not in await stale_needs(session, now=now)
    version = await make_version(session, now)
    assert need.id in await stale_needs(session, now=now)
    await refresh_need(session, need_id=need.id, now=now)
    assert need.id not in await stale_needs(session, now=now)
    await session.execute(update(MatcherVersion).where(MatcherVersion.id == version.id).values(serves=False))
    assert need.id in await stale_needs(session, now=now)


async def test_a_persons_own_list_follows_what_was_learnt(session: AsyncSession, now: datetime) -> None:
    can = await make_asking_need(session, skills={"chatting": False}, field_id="community_services")
    likes = await make_asking_need(session, skills={"driving": False}, field_id="elderly_care")
    person = await make_helper(session, skills={"chatting": SkillLevel.good}, fields=("elderly_care",))

    async def first() -> object:
        cards = (await needs_for_person(session, account=person, now=now, limit=5)).cards
        return cards[0].id

    assert await first() == can.id
    await make_version(session, now, ranker_that_weighs(field=6.0))
    assert await first() == likes.id


async def test_a_version_is_read_once_and_its_change_is_seen_at_once(
    session: AsyncSession, now: datetime, statements: list[str]
) -> None:
    one = await make_version(session, now)
    other = await make_version(session, now, ranker_that_weighs(field=2.0), serves=False)
    assert (await serving(session)).id == one.id
    statements.clear()
    assert (await serving(session)).id == one.id
    assert len(statements) == 1
    await session.execute(update(MatcherVersion).where(MatcherVersion.id == one.id).values(serves=False))
    await session.execute(update(MatcherVersion).where(MatcherVersion.id == other.id).values(serves=True))
    assert (await serving(session)).id == other.id


async def test_what_cannot_be_read_does_not_serve(session: AsyncSession, now: datetime) -> None:
    await make_version(session, now, ranker=ranker_that_weighs(), name="learnt-9-x")
    broken = update(MatcherVersion).values(ranker=pack(ranker_that_weighs())[:-40])
    await session.execute(broken)
    assert (await serving(session)).version == matcher().version


async def test_only_one_version_serves(session: AsyncSession, now: datetime) -> None:
    await make_version(session, now)
    with pytest.raises(IntegrityError):
        await make_version(session, now, ranker_that_weighs(field=1.0))


async def test_a_countys_answers_are_read_again_when_somebody_answers(
    session: AsyncSession, now: datetime
) -> None:
    await make_version(session, now, ranker_that_weighs(**WHO_SAID_YES_BEFORE))
    need, person = await make_asking_need(session), await make_helper(session)
    other = await make_need(session, starts_at=now - timedelta(days=1))

    async def likely() -> float:
        await refresh_need(session, need_id=need.id, now=now)
        [found] = await stored(session, need)
        return found.likely

    before = await likely()
    assert await likely() == before
    at = now - timedelta(days=3)
    times = {"asked_at": at, "created_at": at, "changed_at": now}
    await make_participation(session, other.shifts[0], person, State.confirmed, **times)
    assert await likely() > before


async def test_with_a_version_a_refresh_asks_one_question_more(
    session: AsyncSession, now: datetime, statements: list[str]
) -> None:
    need = await make_asking_need(session)
    await make_helper(session)
    counts = []
    for _ in range(2):
        await refresh_need(session, need_id=need.id, now=now)
    await make_version(session, now)
    for _ in range(2):
        await refresh_need(session, need_id=need.id, now=now)
        statements.clear()
        await refresh_need(session, need_id=need.id, now=now)
        counts.append(len(statements))
        await session.execute(update(MatcherVersion).values(serves=False))
    assert counts[0] == counts[1] + 1
