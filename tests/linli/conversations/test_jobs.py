from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations import actions
from linli.conversations.actions import Reported
from linli.conversations.forms import ReportDraft
from linli.conversations.jobs import forget_old
from linli.conversations.models import Block, Conversation, ConversationMessage, Report
from linli.conversations.rules import KEPT_AFTER_END, REPORTS_KEPT, Reason, Side, Subject
from linli.core.db import Database
from tests.linli.conversations.meeting import make_conversation, make_meeting

A_DAY = timedelta(days=1)


async def left(
    session: AsyncSession, table: type[Conversation | ConversationMessage | Report | Block]
) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_words_are_forgotten_a_year_after_the_need_ended(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    meeting = await make_meeting(session)
    await make_conversation(session, meeting, "问", "答")
    await session.commit()
    ends_at = meeting.need.shifts[0].ends_at
    assert await forget_old(database, ends_at + KEPT_AFTER_END - A_DAY) == 0
    assert await left(session, ConversationMessage) == 2
    assert await forget_old(database, ends_at + KEPT_AFTER_END) == 1
    assert await left(session, Conversation) == await left(session, ConversationMessage) == 0


async def test_a_message_under_an_open_report_stays_until_it_is_answered(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    meeting = await make_meeting(session)
    await make_conversation(session, meeting, "问", "难听的话")
    message = await session.scalar(select(ConversationMessage).order_by(ConversationMessage.id.desc()))
    report = await actions.report(
        session,
        reported=Reported(Subject.message, Side.volunteer, meeting.committee, message=message),
        draft=ReportDraft(Reason.insult, "请看"),
        reporter_id=meeting.volunteer.id,
        now=now,
    )
    await session.commit()
    much_later = meeting.need.shifts[0].ends_at + KEPT_AFTER_END + A_DAY
    assert await forget_old(database, much_later) == 0
    await actions.answer_report(
        session, report=report, answer="已提醒", clerk_id=meeting.officer.id, now=much_later
    )
    await session.commit()
    assert await forget_old(database, much_later) == 1
    assert await left(session, Report) == 1
    assert await forget_old(database, much_later + REPORTS_KEPT) == 1
    assert await left(session, Report) == 0


async def test_an_ended_block_is_forgotten_after_a_year_and_a_standing_one_never(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    meeting = await make_meeting(session)
    made = [
        await actions.block(
            session,
            organization=meeting.committee,
            account_id=meeting.volunteer.id,
            side=side,
            actor_id=meeting.volunteer.id,
            now=now,
        )
        for side in Side
    ]
    await actions.end_block(session, block=made[0], actor_id=meeting.volunteer.id, now=now)
    await session.commit()
    await forget_old(database, now + timedelta(days=366))
    assert list(await session.scalars(select(Block.side))) == [made[1].side]
