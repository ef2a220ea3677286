"""Reads of the inbox and the outbox."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.config import Settings
from linli.core.paging import Page, read_page
from linli.notifications.models import Notice, OutboxMessage
from linli.notifications.rules import Channel


async def notices_of(session: AsyncSession, *, account_id: UUID, after: str | None) -> Page[Notice]:
    """One's own notices, the newest first."""
    page = await read_page(
        session,
        select(Notice).where(Notice.account_id == account_id),
        keys=[Notice.created_at, Notice.id],
        key_of=lambda row: (row[0].created_at, row[0].id),
        after=after,
        descending=True,
    )
    return Page([row[0] for row in page.rows], page.next_cursor)


async def development_mail(
    session: AsyncSession, *, settings: Settings, after: str | None
) -> Page[OutboxMessage]:
    """What would have left, the newest first: only of the channels that lead nowhere."""
    closed = {Channel.mail: not settings.smtp_url, Channel.sms: not settings.sms_webhook_url}
    page = await read_page(
        session,
        select(OutboxMessage).where(OutboxMessage.channel.in_([each for each in Channel if closed[each]])),
        keys=[OutboxMessage.id],
        key_of=lambda row: (row[0].id,),
        after=after,
        descending=True,
    )
    return Page([row[0] for row in page.rows], page.next_cursor)
