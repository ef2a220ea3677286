"""A need as whoever might come sees it: each state has its one button, or says what is missing."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import seed
from linli.needs.models import NeedCredential
from linli.needs.rules import Joining, NeedState
from linli.participation.rules import State
from tests.conftest import Visitor
from tests.factories import (
    make_account,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_volunteer,
)


async def opened(visitor: Visitor, need_id: object, language: str = "zh") -> str:
    visitor.cookies.set("linli-language", language)
    page = await visitor.get(f"/needs/{need_id}")
    assert page.status_code == 200
    return page.text


def has_button(page: str, shift_id: object) -> bool:
    return f'action="/shifts/{shift_id}/apply"' in page


async def test_a_visitor_is_led_to_sign_up_and_back(session: AsyncSession, visitor: Visitor) -> None:
    need = await make_need(session, joining=Joining.at_once)
    page = await opened(visitor, need.id)
    assert f"/sign-up?next=%2Fneeds%2F{need.id}" in page or f"/sign-up?next=/needs/{need.id}" in page
    assert not has_button(page, need.shifts[0].id)
    for part in ("陪独居老人聊聊天", "楼道灯光较暗", "18"):
        assert part in page


@pytest.mark.parametrize("joining", list(Joining))
async def test_who_may_come_has_one_button(session: AsyncSession, visitor: Visitor, joining: Joining) -> None:
    need = await make_need(session, joining=joining)
    await visitor.sign_in(await make_account(session))
    in_chinese, in_english = await opened(visitor, need.id), await opened(visitor, need.id, "en")
    assert has_button(in_chinese, need.shifts[0].id)
    assert ("Take this place" in in_english) is (joining is Joining.at_once)
    assert ("I would like to come" in in_english) is (joining is Joining.asked)


async def test_a_missing_credential_comes_with_how_to_get_it(session: AsyncSession, visitor: Visitor) -> None:
    need = await make_need(session, credentials=[NeedCredential(credential_id="background_check")])
    await visitor.sign_in(await make_account(session))
    wanted = seed.credentials()["background_check"]
    for language in ("zh", "en"):
        page = await opened(visitor, need.id, language)
        assert getattr(wanted, language) in page
        assert getattr(wanted.how, language)[:12] in page
        assert not has_button(page, need.shifts[0].id)


@pytest.mark.parametrize(
    ("born_on", "language", "sentence"),
    [
        (date(2010, 1, 1), "zh", "监护人"),
        (date(2010, 1, 1), "en", "written consent of a parent or guardian"),
    ],
)
async def test_a_minor_reads_why_not(
    session: AsyncSession, visitor: Visitor, born_on: date, language: str, sentence: str
) -> None:
    need = await make_need(session, minimum_age_years=14)
    await visitor.sign_in(await make_account(session, birth_on=born_on))
    page = await opened(visitor, need.id, language)
    assert sentence in page
    assert not has_button(page, need.shifts[0].id)


async def test_a_promise_at_the_same_time_is_named(session: AsyncSession, visitor: Visitor) -> None:
    volunteer = await make_account(session)
    promised = await make_need(session, title="早就答应的事")
    await make_participation(session, promised.shifts[0], volunteer, State.confirmed)
    need = await make_need(session, starts_at=promised.shifts[0].starts_at + timedelta(minutes=30))
    await visitor.sign_in(volunteer)
    page = await opened(visitor, need.id)
    assert "早就答应的事" in page
    assert not has_button(page, need.shifts[0].id)


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (State.invited, {"accept", "decline"}),
        (State.applied, {"withdraw"}),
        (State.confirmed, {"withdraw"}),
        (State.withdrawn, set()),
        (State.declined, set()),
    ],
)
async def test_who_already_takes_part_sees_their_own_state(
    session: AsyncSession, visitor: Visitor, now: datetime, state: State, verbs: set[str]
) -> None:
    need = await make_need(session)
    volunteer: Account = await make_volunteer(session)
    own = await make_participation(
        session, need.shifts[0], volunteer, state, expires_at=now + timedelta(hours=3)
    )
    await visitor.sign_in(volunteer)
    page = await opened(visitor, need.id)
    offered = {
        verb for verb in ("accept", "decline", "withdraw") if f"/participations/{own.id}/{verb}" in page
    }
    assert offered == verbs
    # Who has said no may still think better of it, by themselves.
    assert has_button(page, need.shifts[0].id) is (not verbs)
    assert (f'href="/participations/{own.id}"' in page) is (state is State.confirmed)


async def test_a_full_time_has_no_button(session: AsyncSession, visitor: Visitor) -> None:
    need = await make_need(session, places=1, shifts=2)
    full, free = need.shifts
    await make_participation(session, full, await make_account(session), State.confirmed)
    await visitor.sign_in(await make_account(session))
    page = await opened(visitor, need.id)
    assert (has_button(page, full.id), has_button(page, free.id)) == (False, True)


@pytest.mark.parametrize("state", [NeedState.done, NeedState.cancelled])
async def test_an_ended_need_has_no_button(session: AsyncSession, visitor: Visitor, state: NeedState) -> None:
    need = await make_need(session, state=state)
    volunteer = await make_account(session)
    await make_participation(session, need.shifts[0], volunteer, State.cancelled)
    await visitor.sign_in(volunteer)
    page = await opened(visitor, need.id)
    assert not has_button(page, need.shifts[0].id)
    assert "这条需求已不再招人" in page


async def test_the_asking_desk_is_led_to_its_own_page(session: AsyncSession, visitor: Visitor) -> None:
    committee = await make_organization(session)
    need = await make_need(session, organization=committee)
    await visitor.sign_in(await make_member(session, committee))
    assert f"/needs/{need.id}/desk" in await opened(visitor, need.id)
    await visitor.sign_in(await make_member(session, await make_organization(session)))
    assert f"/needs/{need.id}/desk" not in await opened(visitor, need.id)


async def test_what_a_person_wrote_keeps_its_language_and_is_no_markup(
    session: AsyncSession, visitor: Visitor
) -> None:
    need = await make_need(
        session,
        language="en",
        title="<b>Tea</b> & talk",
        description="<script>alert(1)</script>\nSecond line",
    )
    page = await opened(visitor, need.id)
    assert "<script>alert" not in page
    assert "&lt;b&gt;Tea&lt;/b&gt; &amp; talk" in page
    assert 'lang="en"' in page
