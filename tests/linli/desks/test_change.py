"""The officer sees what would make one suggested person fit better, and nothing that is their own affair."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.needs.models import Need
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.change_of_person import NOTHING, change_of_person
from linli.suggestions.models import Suggestion
from linli.suggestions.pools import forget_pools
from linli.suggestions.serving import forget_serving
from linli.volunteers.rules import SkillLevel
from tests.conftest import NOW, Visitor
from tests.factories import make_member, make_organization, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper
from tests.linli.suggestions.versions import make_version, ranker_that_weighs

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    forget_pools()
    forget_serving()
    yield
    forget_pools()


@pytest.fixture
async def need(session: AsyncSession, visitor: Visitor) -> Need:
    """Of a committee whose officer is signed in; it would like somebody who can chat."""
    committee = await make_organization(session)
    await visitor.sign_in(await make_member(session, committee))
    visitor.cookies.set("linli-language", "en")
    return await make_asking_need(
        session, organization=committee, skills={"chatting": False}, field_id="elderly_care"
    )


async def suggested(session: AsyncSession, need: Need) -> None:
    await refresh_need(session, need_id=need.id, now=NOW)
    await session.commit()


def address(need: Need, person: Account) -> str:
    return f"/needs/{need.id}/desk/change?shift={need.shifts[0].id}&person={person.id}"


async def test_a_skill_that_was_not_said_is_named_with_what_it_would_bring(
    session: AsyncSession, visitor: Visitor, need: Need
) -> None:
    person = await make_helper(session, account={"name": "赵无名"}, fields=("elderly_care",))
    await suggested(session, need)
    desk = (await visitor.get(f"/needs/{need.id}/desk")).text
    assert address(need, person).replace("&", "&amp;") in desk
    fragment = (await visitor.get(address(need, person), headers=HTMX)).text
    assert "<html" not in fragment
    assert "If they can do this, and say so: Friendly chats." in fragment
    assert "of 100 instead of" in fragment
    assert "赵" not in fragment
    page = (await visitor.get(address(need, person))).text
    assert "<html" in page
    assert "Friendly chats" in page


async def test_what_is_said_promises_no_more_than_what_would_happen(
    session: AsyncSession, need: Need, now: datetime
) -> None:
    without = await make_helper(session, fields=("elderly_care",))
    able = await make_helper(session, fields=("elderly_care",), skills={"chatting": SkillLevel.good})
    await refresh_need(session, need_id=need.id, now=now)
    found = await change_of_person(session, need=need, shift=need.shifts[0], account_id=without.id, now=now)
    query = select(Suggestion.account_id, Suggestion.score)
    scores = {id: round(100 * score) for id, score in await session.execute(query)}
    assert found.before == scores[without.id]
    # What a person writes would name the skill as well, and count a little more.
    assert found.before + 10 < found.after <= scores[able.id]


async def test_a_field_that_was_not_named_is_the_change_of_who_has_the_skill(
    session: AsyncSession, visitor: Visitor, need: Need
) -> None:
    person = await make_helper(session, skills={"chatting": SkillLevel.professional})
    await suggested(session, need)
    fragment = (await visitor.get(address(need, person), headers=HTMX)).text
    assert "If they like to help in this field, and name it: Elderly care." in fragment


async def test_where_a_version_serves_it_speaks_of_yeses(
    session: AsyncSession, visitor: Visitor, need: Need
) -> None:
    await make_version(session, NOW, ranker_that_weighs(skills=3.0))
    person = await make_helper(session)
    await suggested(session, need)
    fragment = (await visitor.get(address(need, person), headers=HTMX)).text
    assert "Of 100 such questions" in fragment
    assert "Friendly chats" in fragment


async def test_of_who_is_not_suggested_for_this_need_nothing_is_told(
    session: AsyncSession, visitor: Visitor, need: Need
) -> None:
    hidden = [
        await make_helper(session, opted_in=False),
        await make_helper(session, availability="0" * 21),
        await make_helper(session, account={"division": "110101001001"}),
    ]
    await suggested(session, need)
    nothing = NOTHING.in_language("en")
    for person in hidden:
        assert nothing in (await visitor.get(address(need, person), headers=HTMX)).text
    for odd in ("", "x", "%00", "9" * 60):
        found = await visitor.get(f"/needs/{need.id}/desk/change?person={odd}", headers=HTMX)
        assert (found.status_code, nothing in found.text) == (200, True)


async def test_of_who_is_suggested_for_somebody_elses_need_nothing_is_told(
    session: AsyncSession, visitor: Visitor, need: Need
) -> None:
    """They would fit this one as well, and have come after its list was made."""
    theirs = await make_asking_need(
        session, organization=await make_organization(session), skills={"chatting": False}
    )
    await suggested(session, need)
    person = await make_helper(session, fields=("elderly_care",))
    await suggested(session, theirs)
    assert (await session.scalars(select(Suggestion.account_id))).all() == [person.id]
    assert NOTHING.in_language("en") in (await visitor.get(address(need, person), headers=HTMX)).text


async def test_who_was_asked_already_has_no_link_and_no_change(
    session: AsyncSession, visitor: Visitor, need: Need
) -> None:
    person = await make_helper(session)
    await suggested(session, need)
    await make_participation(session, need.shifts[0], person, State.invited, asked_at=NOW)
    await session.commit()
    assert "/desk/change" not in (await visitor.get(f"/needs/{need.id}/desk")).text
    assert NOTHING.in_language("en") in (await visitor.get(address(need, person), headers=HTMX)).text


async def test_it_costs_the_same_however_many_are_suggested(
    session: AsyncSession, visitor: Visitor, need: Need, statements: list[str]
) -> None:
    person = await make_helper(session)
    counts = []
    for more in (0, 12):
        for _ in range(more):
            await make_helper(session)
        await suggested(session, need)
        statements.clear()
        await visitor.get(address(need, person), headers=HTMX)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 20


async def test_without_shortage_the_ways_stand_behind_who_is_not_shown(
    session: AsyncSession, visitor: Visitor, need: Need
) -> None:
    """One home: above where people lack, else with those who fall out."""
    ways = f"/needs/{need.id}/desk/ways?shift={need.shifts[0].id}"
    await make_helper(session, availability="0" * 21)
    await suggested(session, need)
    short = (await visitor.get(f"/needs/{need.id}/desk")).text
    assert short.count(f'hx-get="{ways}"') == 1
    assert short.index(ways) < short.index('class="excluded"')
    for _ in range(30):
        await make_helper(session)
    await suggested(session, need)
    enough = (await visitor.get(f"/needs/{need.id}/desk")).text
    assert enough.count(f'hx-get="{ways}"') == 1
    assert enough.index('class="excluded"') < enough.index(ways)
