"""Questions and answers on a need, reports, and blocks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from linli.conversations.rules import Reason, Side, Subject
from linli.core.db import WithId

_NOT_ENDED = text("ended_at IS NULL")


class Conversation(WithId):
    """One volunteer with the organization of one need; nobody else reads it."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("uq_conversations_need_id_account_id", "need_id", "account_id", unique=True),
        Index("ix_conversations_account_id_written_at", "account_id", "written_at", "id"),
        Index("ix_conversations_need_id_written_at", "need_id", "written_at", "id"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    # The last words of either side, then of each; what is newer than a side's look is unread.
    written_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    volunteer_read_at: Mapped[datetime | None]
    organization_read_at: Mapped[datetime | None]

    def is_unread_by(self, side: Side) -> bool:
        written, read = (
            (self.answered_at, self.volunteer_read_at)
            if side is Side.volunteer
            else (self.asked_at, self.organization_read_at)
        )
        return written is not None and (read is None or read < written)


class ConversationMessage(WithId):
    """One message of a conversation, as it was written: never changed, kept until the need is long over."""

    __tablename__ = "conversation_messages"
    __table_args__ = (
        Index("ix_conversation_messages_conversation_id_id", "conversation_id", "id"),
        Index("ix_conversation_messages_author_id_written_at", "author_id", "written_at"),
    )

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    side: Mapped[Side]
    text: Mapped[str]
    language: Mapped[str]
    written_at: Mapped[datetime]


class PublishedAnswer(WithId):
    """A question in the organization's words, without who asked, and its answer, for everybody to read."""

    __tablename__ = "published_answers"

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    question: Mapped[str]
    answer: Mapped[str]
    language: Mapped[str]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    published_at: Mapped[datetime]


class Report(WithId):
    """A complaint to the bureau over `division`; both sides are told its answer."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_division_answered_at", "division", "answered_at"),
        Index("ix_reports_organization_id", "organization_id"),
        Index("ix_reports_reporter_id_created_at", "reporter_id", "created_at"),
        Index("ix_reports_about_id", "about_id"),
    )

    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    side: Mapped[Side]
    subject: Mapped[Subject]
    # The organization concerned: the one reported, or the one that the need belongs to.
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    need_id: Mapped[UUID | None] = mapped_column(ForeignKey("needs.id", ondelete="SET NULL"))
    message_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("conversation_messages.id", ondelete="SET NULL")
    )
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    division: Mapped[str]
    reason: Mapped[Reason]
    text: Mapped[str]
    is_shared: Mapped[bool]
    created_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))


class Block(WithId):
    """`side` wants nothing to do with the other: no message, no invitation, no place."""

    __tablename__ = "blocks"
    __table_args__ = (
        Index(
            "uq_blocks_current",
            "organization_id",
            "account_id",
            "side",
            unique=True,
            sqlite_where=_NOT_ENDED,
            postgresql_where=_NOT_ENDED,
        ),
        Index("ix_blocks_account_id", "account_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    side: Mapped[Side]
    reason: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
