"""Asking, answering, and publishing an answer for everybody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.idempotency import Answer, answer_once
from linli.accounts.models import Account
from linli.conversations import blocks, queries, rules
from linli.conversations.forms import PublicWords
from linli.conversations.models import Conversation, ConversationMessage, PublishedAnswer
from linli.conversations.rules import Side
from linli.core.audit import record
from linli.core.db import take_turns
from linli.core.errors import Conflict, TooMany
from linli.core.i18n import Message
from linli.needs.models import Need
from linli.notifications.actions import tell

NEW_QUESTION = Message("Somebody has written to you about a need.")
NEW_ANSWER = Message("You have an answer.")


async def open_conversation(
    session: AsyncSession, *, need_id: UUID, account_id: UUID, now: datetime
) -> Conversation:
    """The person's one conversation about a need; two clicks open one."""
    await take_turns(session, f"conversation:{need_id}:{account_id}")
    found = await queries.conversation_about(session, need_id=need_id, account_id=account_id)
    if found is None:
        found = Conversation(need_id=need_id, account_id=account_id, created_at=now, written_at=now)
        session.add(found)
        await session.flush()
    return found


async def write_once(
    session: AsyncSession,
    *,
    key: str,
    conversation: Conversation,
    side: Side,
    author_id: UUID,
    text: str,
    language: str,
    now: datetime,
) -> None:
    """As `write`, once for each key: a double click writes one message."""

    async def do() -> Answer:
        written = await write(
            session,
            conversation=conversation,
            side=side,
            author_id=author_id,
            text=text,
            language=language,
            now=now,
        )
        return {"message": str(written.id)}

    if not key:
        await do()
        return
    fingerprint = f"write {conversation.id} {text}"
    await answer_once(session, account_id=author_id, key=key, fingerprint=fingerprint, now=now, do=do)


async def write(
    session: AsyncSession,
    *,
    conversation: Conversation,
    side: Side,
    author_id: UUID,
    text: str,
    language: str,
    now: datetime,
) -> ConversationMessage:
    """One message; the other side is told once until it has looked, without a word of the text."""
    need = await session.get_one(Need, conversation.need_id)
    if sentence := await why_not_write(
        session, need=need, account_id=conversation.account_id, side=side, now=now
    ):
        raise Conflict(sentence)
    await _refuse_too_many(session, author_id=author_id, side=side, now=now)
    other = Side.organization if side is Side.volunteer else Side.volunteer
    had_something_new = conversation.is_unread_by(other)
    message = ConversationMessage(
        conversation_id=conversation.id,
        author_id=author_id,
        side=side,
        text=text,
        language=language,
        written_at=now,
    )
    session.add(message)
    _note_written(conversation, side, now)
    await session.flush()
    if not had_something_new:
        await _tell(session, conversation, need, other, now)
    record(
        session,
        action="write_message",
        object_id=message.id,
        now=now,
        actor_id=author_id,
        organization_id=need.organization_id,
        need_id=need.id,
        conversation_id=conversation.id,
    )
    return message


async def why_not_write(
    session: AsyncSession, *, need: Need, account_id: UUID, side: Side, now: datetime
) -> Message | None:
    """Asked by the page, and again before anything is written."""
    blocker = await blocks.blocked_by(
        session, organization_id=need.organization_id, account_id=account_id, first=side
    )
    is_over = rules.is_closed(await queries.need_ended_at(session, need.id), now)
    return rules.refuse_writing(side, blocked_by=blocker, is_over=is_over)


def mark_read(conversation: Conversation, side: Side, now: datetime) -> None:
    if side is Side.volunteer:
        conversation.volunteer_read_at = now
    else:
        conversation.organization_read_at = now


async def publish_answer(
    session: AsyncSession, *, need: Need, words: PublicWords, account_id: UUID, now: datetime
) -> PublishedAnswer:
    """For everybody who sees the need, in the organization's words."""
    if len(await queries.published_answers(session, need.id)) >= queries.MOST_PUBLISHED:
        raise Conflict(
            Message("There are {n} answers already. Please take one back first.", n=queries.MOST_PUBLISHED)
        )
    published = PublishedAnswer(
        need_id=need.id,
        question=words.question,
        answer=words.answer,
        language=need.language,
        published_by_id=account_id,
        published_at=now,
    )
    session.add(published)
    await session.flush()
    _note_published(session, "publish_answer", published, need, account_id, now)
    return published


async def remove_answer(
    session: AsyncSession, *, published: PublishedAnswer, account_id: UUID, now: datetime
) -> None:
    need = await session.get_one(Need, published.need_id)
    _note_published(session, "remove_answer", published, need, account_id, now)
    await session.delete(published)
    await session.flush()


def _note_written(conversation: Conversation, side: Side, now: datetime) -> None:
    """Who writes has read what stood there."""
    conversation.written_at = now
    if side is Side.volunteer:
        conversation.asked_at = now
    else:
        conversation.answered_at = now
    mark_read(conversation, side, now)


async def _refuse_too_many(session: AsyncSession, *, author_id: UUID, side: Side, now: datetime) -> None:
    await take_turns(session, f"write:{author_id}")
    count, first_at = await queries.written_since(
        session, account_id=author_id, side=side, since=now - rules.A_DAY
    )
    if count >= rules.MESSAGES_A_DAY[side]:
        raise TooMany(
            Message("You have written {n} messages in a day. Please go on tomorrow.", n=count),
            retry_after_seconds=queries.seconds_until_free(first_at, window=rules.A_DAY, now=now),
        )


async def _tell(
    session: AsyncSession, conversation: Conversation, need: Need, other: Side, now: datetime
) -> None:
    """A link and the need's title: what was written may be private (security 4)."""
    is_answer = other is Side.volunteer
    what = NEW_ANSWER if is_answer else NEW_QUESTION
    people = (
        [await session.get_one(Account, conversation.account_id)]
        if is_answer
        else await queries.who_answers(session, need.organization_id)
    )
    for person in people:
        tell(
            session,
            person=person,
            event="conversation",
            subject=what,
            sentence=Message("“{title}”: {what}", title=need.title, what=what),
            path=f"/conversations/{conversation.id}",
            now=now,
        )


def _note_published(
    session: AsyncSession,
    action: str,
    published: PublishedAnswer,
    need: Need,
    account_id: UUID,
    now: datetime,
) -> None:
    record(
        session,
        action=action,
        object_id=published.id,
        now=now,
        actor_id=account_id,
        organization_id=need.organization_id,
        need_id=need.id,
    )
