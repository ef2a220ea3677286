"""How often and when a person is asked is theirs to say."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.notifications.models import Notice
from linli.volunteers.asking.actions import leave_alone
from linli.volunteers.asking.queries import asking_of
from linli.volunteers.asking.rules import Reply, Wishes
from linli.volunteers.models import VolunteerProfile
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_volunteer

PAGE = "/me/volunteer/asking"
WISHES = {"per_week": "2", "quiet_from": "20", "quiet_until": "9", "paused_until": ""}
TODAY = NOW.date()


async def fresh(session: AsyncSession, account: Account) -> Any:
    found = await session.get(VolunteerProfile, account.id, populate_existing=True)
    await session.refresh(account)
    return found


async def test_one_says_how_often_and_when_and_finds_it_again(
    session: AsyncSession, visitor: Visitor
) -> None:
    person = await make_volunteer(session)
    await session.commit()
    await visitor.sign_in(person)
    page = await visitor.get(PAGE)
    assert 'value="3" checked' in page.text
    assert '<option value="21" selected>' in page.text
    answer = await visitor.submit(f"{PAGE}/wishes", WISHES | {"paused_until": "2026-12-20"})
    assert answer.headers["location"] == PAGE
    await fresh(session, person)
    asking = await asking_of(session, person)
    assert asking.wishes == Wishes(2, 20, 9, date(2026, 12, 20))
    page = await visitor.get(PAGE)
    assert 'value="2" checked' in page.text
    assert 'value="2026-12-20"' in page.text
    assert "20:00" in (await visitor.get("/me/volunteer")).text


async def test_who_has_no_profile_yet_can_say_it_too(session: AsyncSession, visitor: Visitor) -> None:
    person = await make_account(session)
    await session.commit()
    await visitor.sign_in(person)
    assert (await visitor.get(PAGE)).status_code == 200
    assert (await visitor.submit(f"{PAGE}/wishes", WISHES)).status_code == 303
    assert (await fresh(session, person)).questions_per_week == 2


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("per_week", "4"),
        ("per_week", "0"),
        ("per_week", ""),
        ("quiet_from", "24"),
        ("quiet_until", "noon"),
        ("paused_until", "2026-11-23"),
        ("paused_until", "2027-11-30"),
        ("paused_until", "soon"),
    ],
)
async def test_what_cannot_be_kept_gets_a_sentence_and_stays_typed(
    session: AsyncSession, visitor: Visitor, field: str, typed: str
) -> None:
    person = await make_volunteer(session)
    await session.commit()
    await visitor.sign_in(person)
    answer = await visitor.submit(f"{PAGE}/wishes", WISHES | {"quiet_from": "19", field: typed})
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    if field != "quiet_from":
        assert '<option value="19" selected>' in answer.text
    assert (await fresh(session, person)).questions_per_week == 3
    assert person.quiet_from_hour == 21


async def test_who_goes_silent_is_asked_once_whether_to_go_on(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    person = await make_volunteer(session)
    for _ in range(2):
        await leave_alone(session, account=person, now=now)
    await session.flush()
    notices = (await session.scalars(select(Notice).where(Notice.account_id == person.id))).all()
    assert [(each.event, each.path) for each in notices] == [("go_on", PAGE)]
    await session.commit()
    await visitor.sign_in(person)
    page = await visitor.get(PAGE)
    assert f'action="{PAGE}/reply"' in page.text
    for where in ("/me/notices", "/home"):
        assert f'href="{PAGE}"' in (await visitor.get(where)).text


@pytest.mark.parametrize(
    ("reply", "per_week", "paused_until", "opted_in"),
    [
        (Reply.go_on, 3, None, True),
        (Reply.less_often, 1, None, True),
        (Reply.pause, 3, TODAY + timedelta(days=30), True),
        (Reply.stop, 3, None, False),
    ],
)
async def test_each_answer_ends_the_pause(
    session: AsyncSession,
    visitor: Visitor,
    now: datetime,
    reply: Reply,
    per_week: int,
    paused_until: date | None,
    opted_in: bool,
) -> None:
    person = await make_volunteer(session)
    await leave_alone(session, account=person, now=now)
    await session.commit()
    await visitor.sign_in(person)
    sent = {"reply": reply.value, "until": paused_until.isoformat() if paused_until else ""}
    assert (await visitor.submit(f"{PAGE}/reply", sent)).status_code == 303
    profile = await fresh(session, person)
    assert (profile.silent_since, profile.heard_at is not None) == (None, True)
    assert (profile.questions_per_week, profile.paused_until) == (per_week, paused_until)
    assert profile.opted_in is opted_in
    assert f'action="{PAGE}/reply"' not in (await visitor.get(PAGE)).text
    noted = await session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == person.id))
    assert {"pause_asking", "set_asking"} <= set(noted)


@pytest.mark.parametrize(
    "sent", [{}, {"reply": "perhaps"}, {"reply": "pause"}, {"reply": "pause", "until": "x"}]
)
async def test_an_answer_that_cannot_be_read_is_asked_for_again(
    session: AsyncSession, visitor: Visitor, now: datetime, sent: dict[str, str]
) -> None:
    person = await make_volunteer(session)
    await leave_alone(session, account=person, now=now)
    await session.commit()
    await visitor.sign_in(person)
    answer = await visitor.submit(f"{PAGE}/reply", sent)
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert (await fresh(session, person)).silent_since == now
