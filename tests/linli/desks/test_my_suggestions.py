"""A person sees what suggestions know about them, takes it back, and switches personal suggestions off."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.participation.rules import State
from linli.suggestions.models import QuestionFeatures
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.queries import profile_of
from linli.volunteers.rules import SkillLevel
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper


@pytest.fixture
async def person(session: AsyncSession, visitor: Visitor) -> Account:
    person = await make_helper(
        session,
        skills={"chatting": SkillLevel.good},
        fields=("elderly_care",),
        about="喜欢陪老人",
        weekly_cap=2,
        credentials={"first_aid": None},
    )
    await visitor.sign_in(person)
    visitor.cookies.set("linli-language", "en")
    return person


async def test_everything_that_is_compared_is_named_with_a_way_to_delete_it(
    session: AsyncSession, visitor: Visitor, person: Account
) -> None:
    need = await make_need(session)
    await make_participation(session, need.shifts[0], person, State.declined, asked_at=NOW)
    page = (await visitor.get("/me/suggestions")).text
    for said in (
        "Friendly chats",
        "喜欢陪老人",
        "At most 2 times a week",
        "First-aid certificate",
        "1 time asked",
    ):
        assert said in page
    assert page.count('action="/me/suggestions/forget"') == 5
    assert 'action="/me/suggestions/forget-answers"' in page
    assert "it is kept how well the need suited you" not in page


async def test_what_is_kept_with_questions_is_told_taken_along_and_deleted(
    session: AsyncSession, visitor: Visitor, person: Account
) -> None:
    need = await make_need(session)
    asked = await make_participation(session, need.shifts[0], person, State.invited, asked_at=NOW)
    session.add(QuestionFeatures(participation_id=asked.id, features={"skills": 0.75}, kept_at=NOW))
    await session.flush()
    assert "With 1 question it is kept" in (await visitor.get("/me/suggestions")).text
    assert "How well needs suited you when you were asked" in (await visitor.get("/me/data")).text
    [kept] = (await visitor.get("/me/data.json")).json()["what_counted_in_questions"]
    assert kept["features"] == {"skills": 0.75}
    assert (await visitor.submit("/me/suggestions/forget-answers")).status_code == 303
    assert (await visitor.get("/me/data.json")).json()["what_counted_in_questions"] == []
    assert "it is kept how well the need suited you" not in (await visitor.get("/me/suggestions")).text


async def test_one_thing_is_deleted_and_the_rest_stays(
    session: AsyncSession, visitor: Visitor, person: Account
) -> None:
    asked = {"part": "skills", "key": "chatting", "version": "1"}
    assert (await visitor.submit("/me/suggestions/forget", asked)).status_code == 303
    draft = (await profile_of(session, person.id)).draft
    assert (dict(draft.skills), draft.fields, draft.about) == ({}, ("elderly_care",), "喜欢陪老人")
    assert "Friendly chats" not in (await visitor.get("/me/suggestions")).text
    actions = await session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == person.id))
    assert "save_profile" in actions.all()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"part": "skills", "key": "chatting", "version": "7"}, 409),
        ({"part": "nothing", "key": "chatting", "version": "1"}, 422),
        ({"part": "skills", "key": "\x00", "version": "1"}, 422),
        ({}, 422),
    ],
)
async def test_what_is_stale_or_nothing_deletes_nothing(
    session: AsyncSession, visitor: Visitor, person: Account, asked: dict[str, str], status: int
) -> None:
    assert (await visitor.submit("/me/suggestions/forget", asked)).status_code == status
    assert (await profile_of(session, person.id)).draft.skills == {"chatting": SkillLevel.good}


async def test_switched_off_the_list_is_everybodys_and_nothing_explains_it_by_the_person(
    session: AsyncSession, visitor: Visitor, person: Account
) -> None:
    fitting = await make_asking_need(
        session, skills={"chatting": False}, posted_at=NOW - timedelta(days=2), title="适合的"
    )
    await make_need(session, field_id="community_services", title="新的", posted_at=NOW)
    home = (await visitor.get("/home")).text
    assert home.index("适合的") < home.index("新的")
    assert f'href="/needs/{fitting.id}/why"' in home
    answer = await visitor.submit("/me/suggestions", {"personal": ""})
    assert answer.headers["location"] == "/me/suggestions"
    await session.refresh(person)
    assert not person.personalised
    home = (await visitor.get("/home")).text
    assert home.index("新的") < home.index("适合的")
    assert "/why" not in home
    assert "nothing about you was used" in (await visitor.get(f"/needs/{fitting.id}/why")).text
    await visitor.submit("/me/suggestions", {"personal": "yes"})
    await session.refresh(person)
    assert person.personalised


async def test_the_switch_has_nothing_to_do_with_being_asked(
    session: AsyncSession, visitor: Visitor, person: Account
) -> None:
    await visitor.submit("/me/suggestions", {"personal": ""})
    profile = await session.get_one(VolunteerProfile, person.id)
    assert profile.opted_in
    assert "At most 3 questions a week" in (await visitor.get("/me/suggestions")).text
    await visitor.submit("/me/volunteer/asking", {"asked": "no"})
    page = (await visitor.get("/me/suggestions")).text
    assert "At the moment nobody may ask you." in page
    await session.refresh(person)
    assert not person.personalised


async def test_why_shows_the_whole_sum_and_why_not_the_first_thing_in_the_way(
    session: AsyncSession, visitor: Visitor, person: Account
) -> None:
    fits = await make_asking_need(session, skills={"chatting": False})
    page = (await visitor.get(f"/needs/{fits.id}/why")).text
    assert "You can: Friendly chats" in page
    assert "Together" in page
    other = await make_asking_need(session, credentials=("nurse",))
    page = (await visitor.get(f"/needs/{other.id}/why")).text
    assert "It asks for a paper that you have not shown" in page


async def test_somebody_without_a_profile_reads_that_nothing_is_known(
    session: AsyncSession, visitor: Visitor
) -> None:
    await visitor.sign_in(await make_account(session))
    page = await visitor.get("/me/suggestions")
    assert page.status_code == 200
    assert "/me/suggestions/forget" not in page.text


async def test_the_page_asks_little(
    session: AsyncSession, visitor: Visitor, person: Account, statements: list[str]
) -> None:
    counts = []
    for _ in range(2):
        statements.clear()
        await visitor.get("/me/suggestions")
        counts.append(len(statements))
        for _ in range(5):
            need = await make_need(session)
            await make_participation(session, need.shifts[0], person, State.declined, asked_at=NOW)
    assert counts[0] == counts[1] <= 10
