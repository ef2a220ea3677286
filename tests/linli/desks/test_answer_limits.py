from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry
from linli.needs.actions import publish_need
from linli.needs.models import AnswerLimit
from linli.needs.rules import NeedState, Priority
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind, Role
from tests.conftest import Visitor
from tests.factories import COMMUNITY, make_member, make_need, make_organization

NOTHING_YET = "normal= soon= urgent="
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
async def bureau(session: AsyncSession, visitor: Visitor) -> Organization:
    """The county's, whose member of staff is signed in."""
    bureau = await make_organization(session, OrganizationKind.bureau, division=COMMUNITY[:6])
    staff = await make_member(session, bureau, role=Role.bureau_staff)
    staff.language = "en"
    await session.commit()
    await visitor.sign_in(staff)
    return bureau


def page_of(bureau: Organization) -> str:
    return f"/organizations/{bureau.id}/answer-limits"


async def test_staff_set_limits_that_count_for_needs_posted_from_then_on(
    session: AsyncSession, visitor: Visitor, bureau: Organization, now: datetime
) -> None:
    assert "Left empty: 168 hours, as usual." in (await visitor.get(page_of(bureau))).text
    form = {"urgent": "6", "soon": "", "normal": "４８", "seen": NOTHING_YET}
    assert (await visitor.submit(page_of(bureau), form)).status_code == 303
    page = (await visitor.get(page_of(bureau))).text
    assert 'value="6"' in page
    assert 'value="48"' in page
    noted = (await session.scalars(select(AuditEntry).where(AuditEntry.object_id == bureau.id))).one()
    assert (noted.action, noted.ids) == ("set_answer_limits", {"urgent_hours": "6", "normal_hours": "48"})
    for priority, hours in ((Priority.urgent, 6), (Priority.soon, 72), (Priority.normal, 48)):
        need = await make_need(session, state=NeedState.draft, priority=priority)
        asker = await session.get_one(Organization, need.organization_id)
        officer = await make_member(session, asker)
        await publish_need(session, need=need, organization=asker, account_id=officer.id, now=now)
        assert need.answer_due_at == now + timedelta(hours=hours)


async def test_an_empty_field_takes_over_what_the_wider_division_says(
    session: AsyncSession, visitor: Visitor, bureau: Organization
) -> None:
    session.add(AnswerLimit(division=COMMUNITY[:2], priority=Priority.soon, hours=60))
    session.add(AnswerLimit(division=bureau.division, priority=Priority.soon, hours=30))
    await session.commit()
    page = (await visitor.get(page_of(bureau))).text
    assert "60 hours, as set by" in page
    form = {"urgent": "", "soon": "", "normal": "", "seen": "normal= soon=30 urgent="}
    assert (await visitor.submit(page_of(bureau), form)).status_code == 303
    kept = await session.scalars(select(AnswerLimit.hours).order_by(AnswerLimit.hours))
    assert kept.all() == [60]


@pytest.mark.parametrize("typed", ["0", "721", "-1", "a day", "9" * 40, "1.5", "6\x00h"])
async def test_hours_that_are_none_are_refused_at_the_field_and_kept(
    session: AsyncSession, visitor: Visitor, bureau: Organization, typed: str
) -> None:
    form = {"urgent": typed, "soon": "12", "normal": "", "seen": NOTHING_YET}
    answer = await visitor.submit(page_of(bureau), form)
    assert answer.status_code == 422
    assert "Please give a whole number from 1 to 720." in answer.text
    assert typed.replace("\x00", "") in answer.text.replace("\x00", "")
    assert 'value="12"' in answer.text
    assert not (await session.scalars(select(AnswerLimit))).all()


async def test_a_stale_edit_shows_both_and_the_second_save_counts(
    session: AsyncSession, visitor: Visitor, bureau: Organization
) -> None:
    form = {"urgent": "6", "soon": "", "normal": "", "seen": NOTHING_YET}
    session.add(AnswerLimit(division=bureau.division, priority=Priority.urgent, hours=8))
    await session.commit()
    answer = await visitor.submit(page_of(bureau), form)
    assert answer.status_code == 409
    assert "Kept at present: 8." in answer.text
    assert 'value="6"' in answer.text
    form["seen"] = "normal= soon= urgent=8"
    assert f'name="seen" value="{form["seen"]}"' in answer.text
    assert (await visitor.submit(page_of(bureau), form)).status_code == 303
    assert (await session.scalars(select(AnswerLimit.hours))).all() == [6]
