"""The outbox (what leaves the house) and the inbox (what a person finds here)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from linli.core import i18n
from linli.core.db import WithId
from linli.notifications.rules import Channel, QuietHours, reaches_at


class OutboxMessage(WithId):
    """One message to one address, written in the transaction that caused it; its id makes the Message-ID."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index(
            "ix_outbox_messages_due",
            "not_before",
            sqlite_where=text("sent_at IS NULL AND gave_up_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND gave_up_at IS NULL"),
        ),
    )

    channel: Mapped[Channel]
    recipient_id: Mapped[UUID | None] = mapped_column(index=True)
    address: Mapped[str]
    language: Mapped[str]
    event: Mapped[str]
    # Sentences are kept untranslated and put into words when they leave.
    subject: Mapped[dict[str, Any]]
    sentence: Mapped[dict[str, Any]]
    path: Mapped[str | None]
    created_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    # When it is due; pushed on by the worker that takes it, so that no other does.
    not_before: Mapped[datetime]
    # Of a question: it leaves outside these hours, also when it is tried again.
    quiet_from_hour: Mapped[int | None]
    quiet_until_hour: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]

    def may_leave_at(self, now: datetime) -> datetime:
        """Now, or when the quiet hours of the person who is asked end."""
        if self.quiet_from_hour is None or self.quiet_until_hour is None:
            return now
        return reaches_at(now, QuietHours(self.quiet_from_hour, self.quiet_until_hour), i18n.zone())


class Notice(WithId):
    """What a person is told on the site: a sentence kept untranslated, shown in the reader's language."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_account_id_created_at", "account_id", "created_at"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    event: Mapped[str]
    sentence: Mapped[dict[str, Any]]
    path: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
