"""A committee, its officer, a need, and a volunteer who may ask about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations import actions
from linli.conversations.models import Conversation, ConversationMessage
from linli.conversations.rules import Side
from linli.needs.models import Need
from linli.notifications.models import Notice, OutboxMessage
from linli.organizations.models import Organization
from tests.conftest import NOW
from tests.factories import make_account, make_member, make_need, make_organization


@dataclass(frozen=True)
class Meeting:
    committee: Organization
    officer: Account
    need: Need
    volunteer: Account


async def make_meeting(session: AsyncSession, **need: Any) -> Meeting:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    made = await make_need(session, organization=committee, **need)
    return Meeting(committee, officer, made, await make_account(session, name="欧阳晓梅"))


async def make_conversation(
    session: AsyncSession, meeting: Meeting, *texts: str, now: datetime = NOW
) -> Conversation:
    """With these messages, by turns of the volunteer and the officer."""
    conversation = await actions.open_conversation(
        session, need_id=meeting.need.id, account_id=meeting.volunteer.id, now=now
    )
    for n, text in enumerate(texts):
        side = Side.organization if n % 2 else Side.volunteer
        author = meeting.officer if n % 2 else meeting.volunteer
        await actions.write(
            session,
            conversation=conversation,
            side=side,
            author_id=author.id,
            text=text,
            language="zh",
            now=now,
        )
    return conversation


async def texts_in(session: AsyncSession, conversation: Conversation) -> list[str]:
    found = await session.scalars(
        select(ConversationMessage.text)
        .where(ConversationMessage.conversation_id == conversation.id)
        .order_by(ConversationMessage.id)
    )
    return list(found)


async def told(session: AsyncSession, account: Account) -> list[tuple[str, str]]:
    """Event and path of what somebody was told."""
    await session.flush()
    rows = await session.execute(
        select(Notice.event, Notice.path).where(Notice.account_id == account.id).order_by(Notice.id)
    )
    return [(event, path) for event, path in rows]


async def everything_that_leaves(session: AsyncSession) -> str:
    """What stands in the outbox and in the inboxes, in one text."""
    await session.flush()
    mails = await session.scalars(select(OutboxMessage))
    notices = await session.scalars(select(Notice))
    return "".join(f"{each.subject}{each.sentence}" for each in mails) + "".join(
        str(each.sentence) for each in notices
    )
