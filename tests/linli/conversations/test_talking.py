"""Questions and answers through the browser's door: who reads what, what is kept, what leaves."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations import actions
from linli.conversations.models import Conversation, ConversationMessage, PublishedAnswer
from linli.conversations.rules import MESSAGES_A_DAY, Side
from linli.core import clock
from linli.core.audit import AuditEntry
from linli.core.errors import TooMany
from tests.conftest import Visitor
from tests.factories import make_account, make_member, make_organization
from tests.linli.conversations.meeting import (
    everything_that_leaves,
    make_conversation,
    make_meeting,
    texts_in,
    told,
)

SECRET = "我住在幸福路 8 号，电话 13911112222"


async def test_a_question_reaches_the_officer_and_the_answer_the_volunteer(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    answer = await visitor.submit(f"/needs/{meeting.need.id}/question", {"text": SECRET})
    assert answer.status_code == 303
    path = answer.headers["location"]
    assert await told(session, meeting.officer) == [("conversation", path)]
    await another_visitor.sign_in(meeting.officer)
    assert SECRET in (await another_visitor.get(path)).text
    assert (await another_visitor.submit(path, {"text": "不用带，谢谢。"})).status_code == 303
    assert await told(session, meeting.volunteer) == [("conversation", path)]
    assert "不用带，谢谢。" in (await visitor.get(path)).text


async def test_nothing_that_was_written_leaves_in_a_mail_or_notice_or_audit_entry(
    session: AsyncSession,
) -> None:
    meeting = await make_meeting(session)
    await make_conversation(session, meeting, SECRET, "答复里的地址")
    left = await everything_that_leaves(session)
    assert meeting.need.title in left
    assert SECRET not in left
    assert "答复里的地址" not in left
    entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "write_message"))).all()
    assert len(entries) == 2
    assert all(set(each.ids) == {"need_id", "conversation_id"} for each in entries)


async def test_the_other_side_is_told_once_until_it_has_looked(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting, "一")
    for text in ("二", "三"):
        await actions.write(
            session,
            conversation=conversation,
            side=Side.volunteer,
            author_id=meeting.volunteer.id,
            text=text,
            language="zh",
            now=now + timedelta(seconds=1),
        )
    assert len(await told(session, meeting.officer)) == 1
    await visitor.sign_in(meeting.officer)
    clock.move(timedelta(minutes=1))
    assert (await visitor.get(f"/conversations/{conversation.id}")).status_code == 200
    await session.refresh(conversation)
    assert not conversation.is_unread_by(Side.organization)
    await actions.write(
        session,
        conversation=conversation,
        side=Side.volunteer,
        author_id=meeting.volunteer.id,
        text="四",
        language="zh",
        now=now + timedelta(minutes=2),
    )
    assert len(await told(session, meeting.officer)) == 2


async def test_a_conversation_does_not_exist_for_anybody_else(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting, "问", "答")
    other_officer = await make_member(session, await make_organization(session))
    for stranger in (await make_account(session), other_officer):
        await visitor.sign_in(stranger)
        assert (await visitor.get(f"/conversations/{conversation.id}")).status_code == 404
        refused = await visitor.submit(f"/conversations/{conversation.id}", {"text": "插话"})
        assert refused.status_code == 404
    assert await texts_in(session, conversation) == ["问", "答"]


async def test_officers_see_a_surname_only(session: AsyncSession, visitor: Visitor) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting, "问")
    await visitor.sign_in(meeting.officer)
    for path in (f"/conversations/{conversation.id}", f"/needs/{meeting.need.id}/conversations"):
        page = await visitor.get(path)
        assert "欧阳" in page.text
        assert "晓梅" not in page.text
        assert str(meeting.volunteer.mobile) not in page.text


async def test_a_double_click_writes_one_message(session: AsyncSession, visitor: Visitor) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    for _ in range(2):
        answer = await visitor.submit(
            f"/needs/{meeting.need.id}/question", {"text": "几点集合？", "key": "one form"}
        )
        assert answer.status_code == 303
    assert await session.scalar(select(func.count()).select_from(ConversationMessage)) == 1
    assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
    other = await visitor.submit(answer.headers["location"], {"text": "别的", "key": "one form"})
    assert other.status_code == 409
    assert "别的" in other.text


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b", "长" * 2001])
async def test_what_cannot_be_sent_is_said_at_the_field_and_kept(
    session: AsyncSession, visitor: Visitor, text: str
) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    answer = await visitor.submit(f"/needs/{meeting.need.id}/question", {"text": text})
    assert answer.status_code == 422
    assert 'id="field-text-error"' in answer.text
    assert text.strip("\x00\u200b ") in answer.text
    assert await session.scalar(select(func.count()).select_from(Conversation)) == 0


async def test_hostile_words_stay_words(session: AsyncSession, visitor: Visitor) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.volunteer)
    hostile = "<script>alert(1)</script>\u202e'; DROP TABLE needs; --{{ 7*7 }}"
    answer = await visitor.submit(f"/needs/{meeting.need.id}/question", {"text": hostile})
    page = await visitor.get(answer.headers["location"])
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "\u202e" not in page.text


async def test_after_twenty_messages_a_day_one_waits_and_the_words_are_kept(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting)
    for n in range(MESSAGES_A_DAY[Side.volunteer]):
        session.add(
            ConversationMessage(
                conversation_id=conversation.id,
                author_id=meeting.volunteer.id,
                side=Side.volunteer,
                text=str(n),
                language="zh",
                written_at=now - timedelta(hours=20),
            )
        )
    await session.flush()
    await visitor.sign_in(meeting.volunteer)
    answer = await visitor.submit(f"/conversations/{conversation.id}", {"text": "还有一句"})
    assert answer.status_code == 429
    assert 4 * 3600 - 60 < int(answer.headers["retry-after"]) <= 4 * 3600 + 1
    assert "还有一句" in answer.text
    clock.move(timedelta(hours=5))
    await visitor.sign_in(meeting.volunteer)
    assert (
        await visitor.submit(f"/conversations/{conversation.id}", {"text": "还有一句"})
    ).status_code == 303


async def test_the_limit_is_a_persons_own(session: AsyncSession, now: datetime) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting, *["问", "答"] * 20)
    with pytest.raises(TooMany):
        await actions.write(
            session,
            conversation=conversation,
            side=Side.volunteer,
            author_id=meeting.volunteer.id,
            text="问",
            language="zh",
            now=now,
        )
    await actions.write(
        session,
        conversation=conversation,
        side=Side.organization,
        author_id=meeting.officer.id,
        text="答",
        language="zh",
        now=now,
    )


async def test_a_long_conversation_shows_the_latest_and_pages_back(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting, *[f"第{n}句" for n in range(30)])
    await visitor.sign_in(meeting.volunteer)
    page = await visitor.get(f"/conversations/{conversation.id}")
    assert "第29句" in page.text
    assert "第10句" in page.text
    assert "第9句" not in page.text
    earlier = page.text.partition('<a class="button quiet" href="')[2].partition('"')[0]
    assert "第9句" in (await visitor.get(earlier)).text


async def test_thirty_days_after_the_end_one_can_read_but_not_write(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    meeting = await make_meeting(session, starts_at=now - timedelta(days=31))
    conversation = await make_conversation(session, meeting, "问", now=now - timedelta(days=31))
    await visitor.sign_in(meeting.volunteer)
    page = await visitor.get(f"/conversations/{conversation.id}")
    assert "问" in page.text
    assert '<textarea id="field-text"' not in page.text
    assert (await visitor.submit(f"/conversations/{conversation.id}", {"text": "晚了"})).status_code == 409


async def test_who_asked_before_is_led_to_their_conversation_and_an_officer_to_the_list(
    session: AsyncSession, visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    conversation = await make_conversation(session, meeting, "问")
    ask = f"/needs/{meeting.need.id}/question"
    await visitor.sign_in(meeting.volunteer)
    assert (await visitor.get(ask)).headers["location"] == f"/conversations/{conversation.id}"
    await visitor.sign_in(meeting.officer)
    assert (await visitor.get(ask)).headers["location"] == f"/needs/{meeting.need.id}/conversations"
    assert (await visitor.submit(ask, {"text": "自问"})).status_code == 409


async def test_an_answer_is_published_without_who_asked_and_can_be_taken_back(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    meeting = await make_meeting(session)
    await make_conversation(session, meeting, "我腿脚不好，能来吗？")
    await visitor.sign_in(meeting.officer)
    desk = f"/needs/{meeting.need.id}/conversations"
    words = {"question": "坐着也能做吗？", "answer": "可以。"}
    assert (await visitor.submit(f"/needs/{meeting.need.id}/answers", words)).status_code == 303
    page = await another_visitor.get(f"/needs/{meeting.need.id}")
    assert "坐着也能做吗？" in page.text
    assert "我腿脚不好" not in page.text
    assert "欧阳" not in page.text
    [published] = await session.scalars(select(PublishedAnswer))
    assert published.question in (await visitor.get(desk)).text
    removed = await visitor.submit(f"/needs/{meeting.need.id}/answers/{published.id}/remove")
    assert removed.status_code == 303
    assert "坐着也能做吗？" not in (await another_visitor.get(f"/needs/{meeting.need.id}")).text


async def test_half_an_answer_is_not_published_and_is_kept(session: AsyncSession, visitor: Visitor) -> None:
    meeting = await make_meeting(session)
    await visitor.sign_in(meeting.officer)
    refused = await visitor.submit(f"/needs/{meeting.need.id}/answers", {"question": "几点？", "answer": ""})
    assert refused.status_code == 422
    assert "几点？" in refused.text
    assert await session.scalar(select(func.count()).select_from(PublishedAnswer)) == 0
