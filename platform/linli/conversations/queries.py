"""Reads of conversations: one's own, a need's, and what stands in one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.models import Conversation, ConversationMessage, PublishedAnswer
from linli.conversations.rules import Side
from linli.core.errors import NotFound
from linli.core.i18n import Message
from linli.core.paging import Page, read_page
from linli.core.web.security import Caller
from linli.needs.models import Need, Shift
from linli.needs.policies import POSTING_ROLES
from linli.needs.queries import organization_of
from linli.organizations.models import Membership, Organization
from linli.volunteers.names import shown_name

MOST_PUBLISHED = 30


async def find_conversation(session: AsyncSession, conversation_id: UUID) -> Conversation:
    found = await session.get(Conversation, conversation_id)
    if found is None:
        raise NotFound
    return found


async def conversation_about(
    session: AsyncSession, *, need_id: UUID, account_id: UUID
) -> Conversation | None:
    found: Conversation | None = await session.scalar(
        select(Conversation).where(Conversation.need_id == need_id, Conversation.account_id == account_id)
    )
    return found


async def find_message(session: AsyncSession, message_id: UUID) -> ConversationMessage:
    found = await session.get(ConversationMessage, message_id)
    if found is None:
        raise NotFound
    return found


async def side_in(session: AsyncSession, *, conversation_id: UUID, caller: Caller) -> Side:
    """On which side the caller stands; to all others the conversation does not exist."""
    conversation = await find_conversation(session, conversation_id)
    if conversation.account_id == caller.account_id:
        return Side.volunteer
    organization_id = await organization_of(session, conversation.need_id)
    seat = caller.seat_in(organization_id) if organization_id else None
    if seat is None or seat.role not in POSTING_ROLES:
        raise NotFound
    return Side.organization


@dataclass(frozen=True)
class ConversationRow:
    """A conversation in a list: about which need, with whom, and whether something is new to this side."""

    id: UUID
    title: str
    language: str
    who: str | Message
    written_at: datetime
    is_unread: bool
    waits_for_answer: bool


async def own_conversations(
    session: AsyncSession, *, account_id: UUID, after: str | None
) -> Page[ConversationRow]:
    """A volunteer's, the one with the latest words first."""
    query = (
        select(Conversation, Need.title, Need.language, Organization.name)
        .join(Need, Need.id == Conversation.need_id)
        .join(Organization, Organization.id == Need.organization_id)
        .where(Conversation.account_id == account_id)
    )
    return await _rows(session, query, after, side=Side.volunteer, called=str)


async def conversations_of_need(
    session: AsyncSession, *, need_id: UUID, after: str | None
) -> Page[ConversationRow]:
    """All of a need, as its organization sees them: with surnames (security 4)."""
    query = (
        select(Conversation, Need.title, Need.language, Account.name)
        .join(Need, Need.id == Conversation.need_id)
        .join(Account, Account.id == Conversation.account_id)
        .where(Conversation.need_id == need_id)
    )
    return await _rows(session, query, after, side=Side.organization, called=shown_name)


async def _rows(
    session: AsyncSession,
    query: Select[Any],
    after: str | None,
    *,
    side: Side,
    called: Callable[[str], str | Message],
) -> Page[ConversationRow]:
    """As one side sees them, the other by the name that it may see."""
    page = await read_page(
        session,
        query,
        keys=[Conversation.written_at, Conversation.id],
        key_of=lambda row: (row[0].written_at, row[0].id),
        after=after,
        descending=True,
    )
    rows = [_row(each, title, language, called(name), side) for each, title, language, name in page.rows]
    return Page(rows, page.next_cursor)


def _row(
    conversation: Conversation, title: str, language: str, who: str | Message, side: Side
) -> ConversationRow:
    asked, answered = conversation.asked_at, conversation.answered_at
    return ConversationRow(
        id=conversation.id,
        title=title,
        language=language,
        who=who,
        written_at=conversation.written_at,
        is_unread=conversation.is_unread_by(side),
        waits_for_answer=asked is not None and (answered is None or answered < asked),
    )


@dataclass(frozen=True)
class QuestionCount:
    """How many conversations a need has, and in how many something is new to its organization."""

    all: int
    unread: int


async def questions_of_need(session: AsyncSession, need_id: UUID) -> QuestionCount:
    is_unread = and_(
        Conversation.asked_at.is_not(None),
        or_(
            Conversation.organization_read_at.is_(None),
            Conversation.organization_read_at < Conversation.asked_at,
        ),
    )
    row = (
        await session.execute(
            select(func.count(), func.count().filter(is_unread)).where(Conversation.need_id == need_id)
        )
    ).one()
    return QuestionCount(*row)


async def messages_in(
    session: AsyncSession, *, conversation_id: UUID, after: str | None
) -> Page[ConversationMessage]:
    """The latest first, so that a long conversation begins where it goes on."""
    page = await read_page(
        session,
        select(ConversationMessage).where(ConversationMessage.conversation_id == conversation_id),
        keys=[ConversationMessage.id],
        key_of=lambda row: (row[0].id,),
        after=after,
        descending=True,
    )
    return Page([row[0] for row in page.rows], page.next_cursor)


_PUBLISHED: Final = (
    select(PublishedAnswer)
    .where(PublishedAnswer.need_id == bindparam("need_id"))
    .order_by(PublishedAnswer.id)
    .limit(MOST_PUBLISHED)
)


async def published_answers(session: AsyncSession, need_id: UUID) -> Sequence[PublishedAnswer]:
    return (await session.scalars(_PUBLISHED, {"need_id": need_id})).all()


async def need_ended_at(session: AsyncSession, need_id: UUID) -> datetime | None:
    """The end of the last shift."""
    ended_at: datetime | None = await session.scalar(
        select(Shift.ends_at).where(Shift.need_id == need_id).order_by(Shift.ends_at.desc()).limit(1)
    )
    return ended_at


async def written_since(
    session: AsyncSession, *, account_id: UUID, side: Side, since: datetime
) -> tuple[int, datetime | None]:
    """How many messages somebody wrote on this side since then, and when the first of them."""
    row = (
        await session.execute(
            select(func.count(), func.min(ConversationMessage.written_at)).where(
                ConversationMessage.author_id == account_id,
                ConversationMessage.side == side,
                ConversationMessage.written_at > since,
            )
        )
    ).one()
    return row[0], row[1]


async def who_answers(session: AsyncSession, organization_id: UUID | None) -> Sequence[Account]:
    """Those who act for an organization, to be told."""
    found = await session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.ended_at.is_(None),
            Membership.role.in_(POSTING_ROLES),
        )
        .order_by(Membership.since)
        .limit(50)
    )
    return found.all()


def seconds_until_free(first_at: datetime | None, *, window: timedelta, now: datetime) -> int:
    """When the first of too many acts falls out of the window again."""
    if first_at is None:
        return 1
    return max(int((first_at + window - now).total_seconds()) + 1, 1)
