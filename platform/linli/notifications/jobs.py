"""Delivers the outbox and forgets what has long been delivered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from jinja2 import Environment
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.config import Settings
from linli.core.db import Database
from linli.core.jobs import Job
from linli.core.templates import create_templates
from linli.notifications.channels import (
    Carrier,
    DevelopmentMailbox,
    Letter,
    NotHandedOver,
    TryLater,
    Undeliverable,
    Unreachable,
)
from linli.notifications.letters import write_letter
from linli.notifications.mail import SmtpCarrier
from linli.notifications.models import Notice, OutboxMessage
from linli.notifications.rules import (
    CODE_EVENTS,
    CODES_KEPT,
    DELIVERED_KEPT,
    GIVEN_UP_KEPT,
    NOTICES_KEPT,
    Channel,
    next_try_at,
)
from linli.notifications.sms import WebhookCarrier

log = structlog.get_logger("linli.notifications")
BATCH: Final = 20
# While one worker hands a message over, no other sees it; longer than a batch of slow answers takes.
CLAIM: Final = timedelta(minutes=5)
FORGOTTEN_AT_ONCE: Final = 500


def jobs(settings: Settings) -> Sequence[Job]:
    """One per channel, so that a provider that is down holds up only its own."""
    templates = create_templates()
    delivering = [
        Job(
            f"notifications.deliver_{channel}",
            timedelta(seconds=2),
            partial(
                deliver, carrier=carrier, channel=channel, templates=templates, base_url=settings.base_url
            ),
            partial(has_due, channel=channel),
        )
        for channel, carrier in carriers(settings).items()
    ]
    return (*delivering, Job("notifications.forget_old", timedelta(hours=1), forget_old))


def carriers(settings: Settings) -> dict[Channel, Carrier]:
    """A channel without settings leads to the development mailbox, and in production nowhere."""
    found: dict[Channel, Carrier] = {}
    if settings.has_dev_mailbox:
        found = dict.fromkeys(Channel, DevelopmentMailbox())
    if settings.smtp_url:
        found[Channel.mail] = SmtpCarrier(settings)
    if settings.sms_webhook_url:
        found[Channel.sms] = WebhookCarrier(settings)
    return found


async def deliver(
    database: Database,
    now: datetime,
    *,
    carrier: Carrier,
    channel: Channel,
    templates: Environment,
    base_url: str,
) -> int:
    """Hand over what is due on one channel; stops at once when the channel is down."""
    delivered = 0
    for _ in range(BATCH):
        message = await _claim(database, channel=channel, now=now)
        if message is None:
            break
        try:
            if message.give_up_at < now:
                raise Undeliverable("TooLate")
            if (later := message.may_leave_at(now)) > now:
                await _change(database, message, not_before=later, attempts=message.attempts - 1)
                continue
            await carrier.hand_over(_write(templates, message, base_url))
        except NotHandedOver as failure:
            await _note_failure(database, message, failure, now=now)
            if isinstance(failure, Unreachable):
                break
        else:
            await _change(database, message, sent_at=now, last_error=None)
        delivered += 1
    return delivered


async def has_due(session: AsyncSession, now: datetime, *, channel: Channel) -> bool:
    return await session.scalar(select(OutboxMessage.id).where(*_is_due(channel, now)).limit(1)) is not None


async def forget_old(database: Database, now: datetime) -> int:
    """Addresses and texts are kept no longer than somebody may ask about them; so many at a time."""
    async with database.transaction() as session:
        return sum(
            [
                await _delete(
                    session,
                    OutboxMessage,
                    or_(
                        OutboxMessage.sent_at < now - DELIVERED_KEPT,
                        OutboxMessage.gave_up_at < now - GIVEN_UP_KEPT,
                        and_(
                            OutboxMessage.event.endswith(CODE_EVENTS),
                            OutboxMessage.created_at < now - CODES_KEPT,
                        ),
                    ),
                ),
                await _delete(session, Notice, Notice.created_at < now - NOTICES_KEPT),
            ]
        )


def _is_due(channel: Channel, now: datetime) -> tuple[ColumnElement[bool], ...]:
    waiting = (OutboxMessage.sent_at.is_(None), OutboxMessage.gave_up_at.is_(None))
    return (*waiting, OutboxMessage.not_before <= now, OutboxMessage.channel == channel)


async def _claim(database: Database, *, channel: Channel, now: datetime) -> OutboxMessage | None:
    """The next one due, pushed on, so that it comes back by itself should this worker die with it."""
    async with database.transaction() as session:
        message = await session.scalar(
            select(OutboxMessage)
            .where(*_is_due(channel, now))
            .order_by(OutboxMessage.not_before, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if message is not None:
            message.attempts += 1
            message.not_before = now + CLAIM
        return message


def _write(templates: Environment, message: OutboxMessage, base_url: str) -> Letter:
    """A message that cannot be put into words is our mistake: it is tried again, and holds up no other."""
    try:
        return write_letter(templates, message, base_url=base_url)
    except Exception as failure:
        log.exception("letter not written", message=str(message.id), kind=message.event)
        raise TryLater(type(failure).__name__) from failure


async def _note_failure(
    database: Database, message: OutboxMessage, failure: NotHandedOver, *, now: datetime
) -> None:
    at = None
    if not isinstance(failure, Undeliverable):
        at = next_try_at(attempts=message.attempts, now=now, give_up_at=message.give_up_at)
    await _change(
        database,
        message,
        last_error=f"{type(failure).__name__}: {failure}",
        not_before=at or now,
        gave_up_at=None if at else now,
    )
    log.warning(
        "not delivered",
        message=str(message.id),
        kind=message.event,
        channel=message.channel,
        attempts=message.attempts,
        gave_up=at is None,
        why=f"{type(failure).__name__}: {failure}",
    )


async def _change(database: Database, message: OutboxMessage, **values: Any) -> None:
    async with database.transaction() as session:
        await session.execute(update(OutboxMessage).where(OutboxMessage.id == message.id).values(**values))


async def _delete(
    session: AsyncSession, table: type[OutboxMessage | Notice], is_old: ColumnElement[bool]
) -> int:
    old = select(table.id).where(is_old).limit(FORGOTTEN_AT_ONCE)
    deleted: Any = await session.execute(delete(table).where(table.id.in_(old)))
    return int(deleted.rowcount)
