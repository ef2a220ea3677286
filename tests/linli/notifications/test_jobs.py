from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.db import Database
from linli.core.i18n import Message
from linli.notifications.actions import send
from linli.notifications.jobs import forget_old
from linli.notifications.models import OutboxMessage
from linli.notifications.rules import Channel


def write(session: AsyncSession, event: str, now: datetime) -> None:
    send(
        session,
        channel=Channel.sms,
        address="15400000001",
        recipient_id=None,
        language="zh",
        event=event,
        subject=Message("Your code for Linli"),
        sentence=Message("Go on"),
        path=None,
        now=now,
    )


async def test_a_message_with_a_code_goes_as_soon_as_the_code_is_of_no_use(
    database: Database, session: AsyncSession, now: datetime
) -> None:
    write(session, "accounts.code", now - timedelta(minutes=61))
    write(session, "accounts.code", now - timedelta(minutes=59))
    write(session, "invited", now - timedelta(minutes=61))
    await session.commit()
    assert await forget_old(database, now) == 1
    left = await session.scalars(select(OutboxMessage.event).order_by(OutboxMessage.event))
    assert list(left) == ["accounts.code", "invited"]
