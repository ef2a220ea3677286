"""Who would fit, as the matcher saw it: stored with its version and time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import Base, WithId


class SuggestionRun(WithId):
    """One answer of the matcher for one shift (or for a need that has none).

    Changes up to `knows_until` are certainly in it; a change may become visible a little after its own time.
    """

    __tablename__ = "suggestion_runs"
    __table_args__ = (Index("uq_suggestion_runs_latest", "need_id", "shift_id", unique=True),)

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"), index=True)
    matcher: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(index=True)
    knows_until: Mapped[datetime] = mapped_column(index=True)
    need_version: Mapped[int]
    pool: Mapped[int]
    fitting: Mapped[int]
    # Counts by the first failing gate, in the gates' order: {"credentials": 4, ...}.
    excluded: Mapped[dict[str, Any]]
    not_applied: Mapped[list[Any]]


class Suggestion(Base):
    """This one would fit, because: contributions add up to the score."""

    __tablename__ = "suggestions"

    run_id: Mapped[UUID] = mapped_column(
        ForeignKey("suggestion_runs.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    rank: Mapped[int]
    score: Mapped[float]
    likely: Mapped[float]
    contributions: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    unknown: Mapped[list[Any]]
    # {"km": 3} or {"tier": "township"}, as coarse as it may be told.
    nearness: Mapped[dict[str, Any]]
