"""One volunteer in one shift."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import WithId
from linli.participation.rules import OPEN, State

_IS_OPEN = text(f"state IN ({', '.join(repr(state.value) for state in sorted(OPEN))})")


class Participation(WithId):
    """`need_id` repeats the shift's, because a no counts for the whole need."""

    __tablename__ = "participations"
    __table_args__ = (
        Index(
            "uq_participations_open",
            "shift_id",
            "account_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_participations_shift_id_state", "shift_id", "state"),
        Index("ix_participations_account_id_state", "account_id", "state"),
        Index("ix_participations_need_id_state", "need_id", "state"),
        Index("ix_participations_state_expires_at", "state", "expires_at"),
    )

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"))
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    state: Mapped[State]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    # Since when this person knows that the organization they go to has lost its mark.
    told_unverified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
