"""Who would fit, as the matcher saw it; what the matcher has learnt; and which lists it gave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
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
    # How need and person suited each other, by feature: {"skills": 0.5, ...}.
    features: Mapped[dict[str, Any] | None]

    @property
    def is_learnt(self) -> bool:
        """Whether the score is the chance of a yes that was learnt, and the contributions its log-odds."""
        return "usual" in self.contributions


class QuestionFeatures(Base):
    """How need and person suited each other when the question was sent, as in `Suggestion.features`.

    What the person answered before is not among them: it is read from the answers themselves.
    """

    __tablename__ = "question_features"

    participation_id: Mapped[UUID] = mapped_column(
        ForeignKey("participations.id", ondelete="CASCADE"), primary_key=True
    )
    features: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime] = mapped_column(index=True)


class MatcherVersion(WithId):
    """What was learnt from the answers up to a time, and how it did against the version before it.

    Where none serves, the packaged matcher does, which has learnt from nobody.
    """

    __tablename__ = "matcher_versions"
    __table_args__ = (
        Index(
            "uq_matcher_versions_serves",
            "serves",
            unique=True,
            sqlite_where=text("serves"),
            postgresql_where=text("serves"),
        ),
    )

    name: Mapped[str] = mapped_column(unique=True)
    ranker: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
    stage: Mapped[str]
    answers: Mapped[int]
    yes: Mapped[int]
    needs: Mapped[int]
    # Between the first and the last question that it learnt from.
    asked_from: Mapped[datetime]
    asked_until: Mapped[datetime]
    # A `matching.Comparison` on held-back time, with the version that served then.
    compared_with: Mapped[str]
    comparison: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(index=True)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    serves: Mapped[bool]
    # What it says is put right by a `matching.Recalibration`, learnt from so many answers to questions that
    # were asked after it was made. `corrections` counts the lines it has had.
    shift: Mapped[float] = mapped_column(default=0.0, server_default="0")
    stretch: Mapped[float] = mapped_column(default=1.0, server_default="1")
    corrections: Mapped[int] = mapped_column(default=0, server_default="0")
    corrected_by: Mapped[int] = mapped_column(default=0, server_default="0")
    corrected_at: Mapped[datetime | None]


class ShownList(WithId):
    """A ranking as somebody saw it, so that it can be judged by what came of it: ids and numbers only.

    Either people for a shift, or needs for a person. `entries` are [id, score, chance of a yes], best first.
    """

    __tablename__ = "shown_lists"
    __table_args__ = (
        CheckConstraint("(shift_id IS NULL) <> (account_id IS NULL)", name="of_a_shift_or_for_a_person"),
        Index("ix_shown_lists_shift_id_made_at", "shift_id", "made_at"),
        Index("ix_shown_lists_account_id_made_at", "account_id", "made_at"),
    )

    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    matcher: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(index=True)
    entries: Mapped[list[Any]]
    # Of matcher and order: the same list again is not another one.
    digest: Mapped[str]
