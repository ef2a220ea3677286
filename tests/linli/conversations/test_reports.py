"""Complaints: they reach the bureau, are answered once, and both sides are told."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.models import Report
from linli.conversations.rules import REPORTS_A_DAY, Subject
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind, Role
from tests.conftest import Visitor
from tests.factories import COMMUNITY, make_member, make_organization
from tests.linli.conversations.meeting import Meeting, make_conversation, make_meeting, told
from tests.linli.world import ELSEWHERE

WORDS = {"reason": "insult", "text": "说话很难听，让我别来。"}


async def make_bureau(session: AsyncSession, division: str = COMMUNITY[:6]) -> tuple[Organization, Account]:
    bureau = await make_organization(session, OrganizationKind.bureau, division=division)
    return bureau, await make_member(session, bureau, role=Role.bureau_staff)


async def message_path(session: AsyncSession, meeting: Meeting, visitor: Visitor) -> str:
    conversation = await make_conversation(session, meeting, "我的问题", "难听的答复")
    page = await visitor.get(f"/conversations/{conversation.id}")
    return "/messages/" + page.text.partition('href="/messages/')[2].partition('"')[0]


async def test_a_reported_message_goes_to_the_bureau_alone_and_its_answer_to_both(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    bureau, clerk = await make_bureau(session)
    await visitor.sign_in(meeting.volunteer)
    path = await message_path(session, meeting, visitor)
    assert "难听的答复" in (await visitor.get(path)).text
    assert (await visitor.submit(path, WORDS)).status_code == 303
    desk = f"/organizations/{bureau.id}/reports"
    assert await told(session, clerk) == [("report", desk)]
    own_desk = f"/organizations/{meeting.committee.id}/reports"
    await another_visitor.sign_in(meeting.officer)
    assert WORDS["text"] not in (await another_visitor.get(own_desk)).text
    await another_visitor.sign_in(clerk)
    page = await another_visitor.get(desk)
    for shown in (WORDS["text"], "难听的答复", "欧阳", meeting.committee.name):
        assert shown in page.text
    for hidden in ("我的问题", "晓梅"):
        assert hidden not in page.text
    [report] = await session.scalars(select(Report))
    answered = await another_visitor.submit(f"{desk}/{report.id}/answer", {"answer": "已请居委会道歉。"})
    assert answered.status_code == 303
    assert ("report", "/me/reports") in await told(session, meeting.volunteer)
    assert ("report", own_desk) in await told(session, meeting.officer)
    assert "已请居委会道歉。" in (await visitor.get("/me/reports")).text
    await another_visitor.sign_in(meeting.officer)
    page = await another_visitor.get(own_desk)
    assert "已请居委会道歉。" in page.text
    for hidden in (WORDS["text"], "欧阳", "难听的答复"):
        assert hidden not in page.text


async def test_a_report_about_a_need_is_read_by_its_organization_without_the_name(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    assert (await visitor.submit(f"/needs/{meeting.need.id}/report", WORDS)).status_code == 303
    own_desk = f"/organizations/{meeting.committee.id}/reports"
    assert await told(session, meeting.officer) == [("report", own_desk)]
    await visitor.sign_in(meeting.officer)
    page = await visitor.get(own_desk)
    assert WORDS["text"] in page.text
    assert "欧阳" not in page.text


async def test_an_officer_reports_a_person_who_learns_the_answer_only(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    bureau, clerk = await make_bureau(session)
    conversation = await make_conversation(session, meeting, "骂人的话")
    await visitor.sign_in(meeting.officer)
    assert (await visitor.submit(f"/conversations/{conversation.id}/report", WORDS)).status_code == 303
    [report] = await session.scalars(select(Report))
    assert (report.subject, report.about_id) == (Subject.person, meeting.volunteer.id)
    await another_visitor.sign_in(meeting.volunteer)
    assert WORDS["text"] not in (await another_visitor.get("/me/reports")).text
    await visitor.sign_in(clerk)
    await visitor.submit(f"/organizations/{bureau.id}/reports/{report.id}/answer", {"answer": "已劝导。"})
    page = await another_visitor.get("/me/reports")
    assert "已劝导。" in page.text
    assert WORDS["text"] not in page.text
    assert meeting.officer.name not in page.text


async def test_a_report_is_answered_once_and_an_empty_answer_is_none(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    bureau, clerk = await make_bureau(session)
    await visitor.sign_in(meeting.volunteer)
    await visitor.submit(f"/organizations/{meeting.committee.id}/report", WORDS)
    [report] = await session.scalars(select(Report))
    await visitor.sign_in(clerk)
    path = f"/organizations/{bureau.id}/reports/{report.id}/answer"
    assert (await visitor.submit(path, {"answer": " "})).status_code == 422
    assert (await visitor.submit(path, {"answer": "一"})).status_code == 303
    assert (await visitor.submit(path, {"answer": "二"})).status_code == 409
    await session.refresh(report)
    assert report.answer == "一"


async def test_another_countys_bureau_neither_sees_nor_answers(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    other, clerk = await make_bureau(session, ELSEWHERE[:6])
    await visitor.sign_in(meeting.volunteer)
    await visitor.submit(f"/organizations/{meeting.committee.id}/report", WORDS)
    [report] = await session.scalars(select(Report))
    await visitor.sign_in(clerk)
    assert WORDS["text"] not in (await visitor.get(f"/organizations/{other.id}/reports")).text
    path = f"/organizations/{other.id}/reports/{report.id}/answer"
    assert (await visitor.submit(path, {"answer": "不该由我"})).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{}, {"reason": "insult"}, {"text": "没有原因"}, {"reason": "nonsense", "text": "文字"}]
)
async def test_a_report_needs_a_reason_of_the_list_and_words(
    session: AsyncSession, visitor: Visitor, wrong: dict[str, Any]
) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    refused = await visitor.submit(f"/needs/{meeting.need.id}/report", wrong)
    assert refused.status_code == 422
    assert wrong.get("text", "") in refused.text
    assert await session.scalar(select(func.count()).select_from(Report)) == 0


async def test_after_ten_reports_a_day_one_waits(session: AsyncSession, visitor: Visitor) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    path = f"/needs/{meeting.need.id}/report"
    for _ in range(REPORTS_A_DAY):
        assert (await visitor.submit(path, WORDS)).status_code == 303
    assert (await visitor.submit(path, WORDS)).status_code == 429
