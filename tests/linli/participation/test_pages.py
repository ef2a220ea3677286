"""From the one button to one's own place and out of it again, through the browser's door."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import clock
from linli.core.audit import AuditEntry
from linli.needs.models import Need, Shift
from linli.needs.rules import Joining, NeedState
from linli.notifications.models import Notice
from linli.organizations.models import Organization
from linli.participation.models import Participation
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

CONTACT = ("幸福路 8 号 2 栋 301", "从东门进", "李主任", "13900000000")


async def make_private_need(session: AsyncSession, **values: Any) -> Need:
    return await make_need(session, **{"directions": "从东门进", "joining": Joining.at_once} | values)


async def sees_contact(visitor: Visitor, participation_id: UUID | str) -> bool:
    """Whether all of the contact stands on the page; a part of it would be a mistake."""
    answer = await visitor.get(f"/participations/{participation_id}")
    assert answer.status_code == 200
    shown = [part in answer.text for part in CONTACT]
    assert all(shown) or not any(shown)
    return all(shown)


async def looks_noted(session: AsyncSession) -> list[AuditEntry]:
    found = await session.scalars(select(AuditEntry).where(AuditEntry.action == "see_contact"))
    return list(found)


async def state_of(session: AsyncSession, participation: Participation) -> State:
    state = await session.scalar(select(Participation.state).where(Participation.id == participation.id))
    assert state is not None
    return state


async def test_who_takes_a_place_lands_on_it_and_sees_where_to_go_and_that_is_noted(
    session: AsyncSession, visitor: Visitor
) -> None:
    need = await make_private_need(session)
    volunteer = await make_account(session)
    await visitor.sign_in(volunteer)
    answer = await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
    own = await session.scalar(select(Participation.id).where(Participation.account_id == volunteer.id))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/participations/{own}")
    assert await looks_noted(session) == []
    assert await sees_contact(visitor, str(own))
    [look] = await looks_noted(session)
    assert (look.actor_id, look.object_id, look.organization_id) == (volunteer.id, own, need.organization_id)
    assert (look.ids["need_id"], look.ids["account_id"]) == (str(need.id), str(volunteer.id))


async def test_the_contact_is_gone_at_once_when_the_place_is_given_up(
    session: AsyncSession, visitor: Visitor
) -> None:
    need = await make_private_need(session)
    volunteer = await make_account(session)
    place = await make_participation(session, need.shifts[0], volunteer, State.confirmed)
    await visitor.sign_in(volunteer)
    assert await sees_contact(visitor, place.id)
    answer = await visitor.submit(f"/participations/{place.id}/withdraw")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/needs/{need.id}")
    assert not await sees_contact(visitor, place.id)
    assert len(await looks_noted(session)) == 1


async def test_the_contact_stays_until_a_day_after_the_end(session: AsyncSession, visitor: Visitor) -> None:
    need = await make_private_need(session, starts_at=clock.now() + timedelta(hours=6))
    volunteer = await make_account(session)
    place = await make_participation(session, need.shifts[0], volunteer, State.confirmed)
    # A session lasts twelve hours, so that one has to sign in again.
    for hours, is_shown in ((7, True), (31, True), (33, False)):
        clock.reset()
        clock.move(need.shifts[0].starts_at - timedelta(hours=6) + timedelta(hours=hours) - clock.now())
        await visitor.sign_in(volunteer)
        assert await sees_contact(visitor, place.id) is is_shown


@pytest.mark.parametrize(
    "state", sorted({*State} - {State.confirmed, State.attended}), ids=lambda state: state.value
)
async def test_without_a_place_there_is_no_contact_and_nothing_to_note(
    session: AsyncSession, visitor: Visitor, now: datetime, state: State
) -> None:
    need = await make_private_need(session)
    volunteer = await make_account(session)
    held = await make_participation(
        session, need.shifts[0], volunteer, state, expires_at=now + timedelta(hours=3)
    )
    await visitor.sign_in(volunteer)
    assert not await sees_contact(visitor, held.id)
    assert await looks_noted(session) == []


async def test_where_the_committee_decides_the_offer_leads_back_to_the_need(
    session: AsyncSession, visitor: Visitor
) -> None:
    need = await make_private_need(session, joining=Joining.asked)
    await visitor.sign_in(await make_account(session))
    answer = await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/needs/{need.id}")
    page = await visitor.get(answer.headers["location"])
    assert "对方已收到您的报名" in page.text
    assert not any(part in page.text for part in CONTACT)


async def test_an_invitation_is_answered_with_one_press_either_way(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    need = await make_private_need(session, shifts=2)
    volunteer = await make_volunteer(session)
    first, second = [
        await make_participation(
            session, shift, volunteer, State.invited, expires_at=now + timedelta(hours=3)
        )
        for shift in need.shifts
    ]
    await visitor.sign_in(volunteer)
    yes = await visitor.submit(f"/participations/{first.id}/accept")
    no = await visitor.submit(f"/participations/{second.id}/decline")
    assert (yes.status_code, yes.headers["location"]) == (303, f"/participations/{first.id}")
    assert (no.status_code, no.headers["location"]) == (303, "/commitments")
    assert [await state_of(session, each) for each in (first, second)] == [State.confirmed, State.declined]
    again = await visitor.submit(f"/participations/{second.id}/accept")
    assert again.status_code == 409
    assert await state_of(session, second) is State.declined


async def test_an_expired_invitation_is_refused_with_a_sentence(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    need = await make_private_need(session)
    volunteer = await make_volunteer(session)
    late = await make_participation(
        session, need.shifts[0], volunteer, State.invited, expires_at=now - timedelta(minutes=1)
    )
    await visitor.sign_in(volunteer)
    in_chinese = await visitor.submit(f"/participations/{late.id}/accept")
    visitor.cookies.set("linli-language", "en")
    in_english = await visitor.submit(f"/participations/{late.id}/accept")
    assert (in_chinese.status_code, in_english.status_code) == (409, 409)
    assert "邀请已过期" in in_chinese.text
    assert "This invitation has expired." in in_english.text


async def test_a_minor_may_look_and_is_told_why_not_to_come(session: AsyncSession, visitor: Visitor) -> None:
    need = await make_private_need(session, minimum_age_years=14)
    await visitor.sign_in(await make_account(session, birth_on=date(2010, 1, 1)))
    assert (await visitor.get(f"/needs/{need.id}")).status_code == 200
    in_chinese = await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
    visitor.cookies.set("linli-language", "en")
    in_english = await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")
    assert (in_chinese.status_code, in_english.status_code) == (409, 409)
    assert "监护人" in in_chinese.text
    assert "written consent of a parent or guardian" in in_english.text
    assert (await session.scalars(select(Participation))).all() == []


async def test_the_calendar_file_carries_time_community_and_a_link_and_nothing_more(
    session: AsyncSession, visitor: Visitor
) -> None:
    need = await make_private_need(session, longitude=106.9271, latitude=27.7251)
    volunteer = await make_account(session)
    place = await make_participation(session, need.shifts[0], volunteer, State.confirmed)
    await visitor.sign_in(volunteer)
    answer = await visitor.get(f"/participations/{place.id}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    event: Any = Calendar.from_ical(answer.text).events[0]
    assert (event["dtstart"].dt, event["dtend"].dt) == (need.shifts[0].starts_at, need.shifts[0].ends_at)
    assert event["url"].endswith(f"/needs/{need.id}")
    assert "红花岗区" in event["location"]
    for private in (*CONTACT, "赵奶奶", "106.9271", "27.7251"):
        assert private not in answer.text.replace("\r\n ", "")
    await visitor.submit(f"/participations/{place.id}/withdraw")
    assert (await visitor.get(f"/participations/{place.id}/calendar.ics")).status_code == 404


@pytest.mark.parametrize("verb", ["", "/calendar.ics", "/accept", "/decline", "/withdraw"])
@pytest.mark.parametrize("state", [State.invited, State.confirmed])
async def test_somebody_elses_place_does_not_exist(
    session: AsyncSession, visitor: Visitor, now: datetime, verb: str, state: State
) -> None:
    need = await make_private_need(session)
    theirs = await make_participation(
        session, need.shifts[0], await make_account(session), state, expires_at=now + timedelta(hours=3)
    )
    path = f"/participations/{theirs.id}{verb}"
    officer = await make_member(session, await organization_of(session, need))
    for stranger in (await make_account(session), officer):
        await visitor.sign_in(stranger)
        ask = visitor.get if verb in {"", "/calendar.ics"} else visitor.submit
        answer = await ask(path)
        assert answer.status_code == 404
        assert not any(part in answer.text for part in CONTACT)
    assert await state_of(session, theirs) is state


@pytest.mark.parametrize("verb", ["confirm", "refuse", "cancel"])
async def test_only_officers_of_the_organization_decide(
    session: AsyncSession, visitor: Visitor, verb: str
) -> None:
    need = await make_private_need(session, joining=Joining.asked)
    volunteer = await make_account(session)
    applied = await make_participation(session, need.shifts[0], volunteer)
    elsewhere = await make_member(session, await make_organization(session))
    for stranger in (volunteer, elsewhere):
        await visitor.sign_in(stranger)
        assert (await visitor.submit(f"/participations/{applied.id}/{verb}")).status_code == 404
    assert await state_of(session, applied) is State.applied
    await visitor.sign_in(await make_member(session, await organization_of(session, need)))
    answer = await visitor.submit(f"/participations/{applied.id}/{verb}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/needs/{need.id}/desk")
    decided = {"confirm": State.confirmed, "refuse": State.refused, "cancel": State.cancelled}
    assert await state_of(session, applied) is decided[verb]


async def test_an_officer_hears_that_somebody_is_busy_and_not_with_what(
    session: AsyncSession, visitor: Visitor
) -> None:
    volunteer = await make_account(session)
    elsewhere = await make_private_need(session, title="别家困难户的事", field_id="low_income")
    await make_participation(session, elsewhere.shifts[0], volunteer, State.confirmed)
    need = await make_private_need(session, joining=Joining.asked)
    applied = await make_participation(session, need.shifts[0], volunteer)
    await visitor.sign_in(await make_member(session, await organization_of(session, need)))
    in_chinese = await visitor.submit(f"/participations/{applied.id}/confirm")
    visitor.cookies.set("linli-language", "en")
    in_english = await visitor.submit(f"/participations/{applied.id}/confirm")
    assert (in_chinese.status_code, in_english.status_code) == (409, 409)
    assert "这个时间已有安排" in in_chinese.text
    assert "Busy at this time" in in_english.text
    assert "困难户" not in in_chinese.text + in_english.text


async def test_a_need_is_called_off_with_a_reason_and_everybody_hears_it(
    session: AsyncSession, visitor: Visitor
) -> None:
    need = await make_private_need(session)
    volunteer = await make_account(session)
    await make_participation(session, need.shifts[0], volunteer, State.confirmed)
    await visitor.sign_in(await make_member(session, await organization_of(session, need)))
    page = await visitor.get(f"/needs/{need.id}/cancel")
    assert "受邀和已答应的 1 人" in page.text
    without = await visitor.submit(f"/needs/{need.id}/cancel", {"reason": "  "})
    too_long = await visitor.submit(f"/needs/{need.id}/cancel", {"reason": "雨" * 301})
    assert (without.status_code, too_long.status_code) == (422, 422)
    assert "雨" * 301 in too_long.text
    assert (await visitor.submit(f"/needs/{need.id}/cancel", {"reason": "下大雨"})).status_code == 303
    assert await session.scalar(select(Need.state).where(Need.id == need.id)) is NeedState.cancelled
    told = await session.scalars(select(Notice.sentence).where(Notice.account_id == volunteer.id))
    assert ["下大雨" in str(each) for each in told] == [True]
    again = await visitor.submit(f"/needs/{need.id}/cancel", {"reason": "下大雨"})
    assert again.status_code == 409


async def test_my_commitments_put_what_waits_for_an_answer_first(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    volunteer = await make_volunteer(session)
    for title, state in (
        ("先答应的", State.confirmed),
        ("等我回答的", State.invited),
        ("我报名的", State.applied),
        ("退出了的", State.withdrawn),
        ("别人的", State.confirmed),
    ):
        need = await make_private_need(session, title=title)
        person: Account = volunteer if title != "别人的" else await make_account(session)
        await make_participation(session, need.shifts[0], person, state, expires_at=now + timedelta(hours=3))
    await visitor.sign_in(volunteer)
    page = (await visitor.get("/commitments")).text
    order = [page.index(title) for title in ("等我回答的", "先答应的", "我报名的", "退出了的")]
    assert order == sorted(order)
    assert "别人的" not in page
    assert not any(part in page for part in CONTACT)


async def test_a_visitor_is_asked_to_sign_in_first(session: AsyncSession, visitor: Visitor) -> None:
    need = await make_private_need(session)
    assert (await visitor.submit(f"/shifts/{need.shifts[0].id}/apply")).status_code == 401
    assert await session.scalar(select(Shift.places_taken)) == 0


async def organization_of(session: AsyncSession, need: Need) -> Organization:
    return await session.get_one(Organization, need.organization_id)
