"""Tell a person something, in the transaction that caused it: a notice here, a message to their address."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.i18n import Message
from linli.notifications.models import Notice, OutboxMessage
from linli.notifications.rules import GIVE_UP_AFTER, Channel, QuietHours, reaches_at


class Recipient(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def email(self) -> str | None: ...
    @property
    def mobile(self) -> str | None: ...
    @property
    def language(self) -> str: ...
    @property
    def quiet_hours(self) -> QuietHours: ...


def tell(
    session: AsyncSession,
    *,
    person: Recipient,
    event: str,
    subject: Message,
    sentence: Message,
    path: str,
    now: datetime,
    is_question: bool = False,
    only_here: bool = False,
) -> None:
    """A notice in the inbox, and a mail, or a text message to who has no mail.

    The sentence carries time, community and a link, never a contact or an exact place. What asks something of
    a person leaves when their quiet hours are over; what is `only_here` stands in the inbox alone.
    """
    session.add(
        Notice(account_id=person.id, event=event, sentence=sentence.to_json(), path=path, created_at=now)
    )
    channel, address = (Channel.mail, person.email) if person.email else (Channel.sms, person.mobile)
    if address and not only_here:
        send(
            session,
            channel=channel,
            address=address,
            recipient_id=person.id,
            language=person.language,
            event=event,
            subject=subject,
            sentence=sentence,
            path=path,
            now=now,
            quiet=person.quiet_hours if is_question else None,
        )


def send(
    session: AsyncSession,
    *,
    channel: Channel,
    address: str,
    recipient_id: UUID | None,
    language: str,
    event: str,
    subject: Message,
    sentence: Message,
    path: str | None,
    now: datetime,
    useful_for: timedelta = GIVE_UP_AFTER,
    quiet: QuietHours | None = None,
) -> None:
    """One message to one address; the worker delivers it after the transaction has committed.

    What would arrive later than `useful_for` is not sent any more: a code that has run out only confuses.
    """
    leaves_at = reaches_at(now, quiet, i18n.zone()) if quiet else now
    session.add(
        OutboxMessage(
            channel=channel,
            recipient_id=recipient_id,
            address=address,
            language=language,
            event=event,
            subject=subject.to_json(),
            sentence=sentence.to_json(),
            path=path,
            created_at=now,
            give_up_at=leaves_at + useful_for,
            not_before=leaves_at,
            quiet_from_hour=quiet.from_hour if quiet else None,
            quiet_until_hour=quiet.until_hour if quiet else None,
        )
    )


async def take_back(
    session: AsyncSession, *, recipient_id: UUID, event: str, path: str, written_at: datetime
) -> bool:
    """A message that has not left yet is never sent; whether there was one."""
    await session.flush()
    waiting = (OutboxMessage.sent_at.is_(None), OutboxMessage.attempts == 0)
    this = (
        OutboxMessage.recipient_id == recipient_id,
        OutboxMessage.event == event,
        OutboxMessage.path == path,
        OutboxMessage.created_at == written_at,
    )
    taken: Any = await session.execute(delete(OutboxMessage).where(*this, *waiting))
    return bool(taken.rowcount)


async def mark_read(
    session: AsyncSession, *, account_id: UUID, notice_ids: Collection[UUID], now: datetime
) -> None:
    """Those that were shown, and only one's own."""
    await session.execute(
        update(Notice)
        .where(Notice.account_id == account_id, Notice.id.in_(notice_ids), Notice.read_at.is_(None))
        .values(read_at=now)
    )
