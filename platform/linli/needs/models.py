"""What a committee asks for, and when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from linli.core.db import Base, WithId
from linli.needs.rules import ENDED_STATES, RUNNING_STATES, Joining, NeedState, Priority, Setting, decides_at


class Need(WithId):
    """Title, description, community and shifts are public; exact place and contact are not (security 4)."""

    __tablename__ = "needs"
    __table_args__ = (
        Index("ix_needs_state_division", "state", "division"),
        # The counts beside the filters, and the newest: both read along these.
        Index("ix_needs_state_field_id_id", "state", "field_id", "id"),
        Index("ix_needs_state_posted_at_id", "state", "posted_at", "id"),
        Index("ix_needs_state_lacking_id", "state", "lacking", "id"),
        Index("ix_needs_organization_id_state", "organization_id", "state"),
    )

    # An imported need has no organization and no division: it can be matched, not published.
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    posted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    state: Mapped[NeedState] = mapped_column(default=NeedState.draft)
    template_id: Mapped[str | None]
    field_id: Mapped[str | None]
    title: Mapped[str]
    description: Mapped[str]
    language: Mapped[str]
    risks: Mapped[str] = mapped_column(default="")
    priority: Mapped[Priority] = mapped_column(default=Priority.normal)
    joining: Mapped[Joining] = mapped_column(default=Joining.asked)
    setting: Mapped[Setting] = mapped_column(default=Setting.indoors)
    # Whoever comes, comes to all of its times.
    same_person: Mapped[bool] = mapped_column(default=False, server_default=false())
    # It takes place only if every place is filled in time; `decided_at` says when that was looked at.
    all_or_nothing: Mapped[bool] = mapped_column(default=False, server_default=false())
    decided_at: Mapped[datetime | None]
    minimum_age_years: Mapped[int] = mapped_column(default=18)
    # Ids of seed/risk_kinds.toml: nobody is confirmed before an insurance covers them.
    risk_kinds: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")

    division: Mapped[str | None]
    place: Mapped[str] = mapped_column(default="")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    address: Mapped[str] = mapped_column(default="")
    directions: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    beneficiary_name: Mapped[str] = mapped_column(default="")

    created_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    posted_at: Mapped[datetime | None]
    answer_due_at: Mapped[datetime | None] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(default="")
    told_overdue_at: Mapped[datetime | None]
    # What one more yes would bring, in thousandths, as last reckoned; a new need lacks somebody.
    lacking: Mapped[int] = mapped_column(default=1000, server_default="1000")
    weighed_at: Mapped[datetime | None] = mapped_column(index=True)
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    # Where an imported need comes from: {"mapping": ..., "row": ..., "places": ..., "lacks": [...]}.
    source: Mapped[dict[str, Any] | None]
    source_key: Mapped[str | None] = mapped_column(unique=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    # Counts edits only: somebody's yes must not make an officer's open form stale.
    version: Mapped[int] = mapped_column(default=1)

    shifts: Mapped[list["Shift"]] = relationship(
        lazy="raise",
        order_by="Shift.starts_at, Shift.id",
        cascade="all, delete-orphan",
        back_populates="need",
    )
    skills: Mapped[list["NeedSkill"]] = relationship(
        lazy="raise", order_by="NeedSkill.skill_id", cascade="all, delete-orphan"
    )
    credentials: Mapped[list["NeedCredential"]] = relationship(
        lazy="raise", order_by="NeedCredential.credential_id", cascade="all, delete-orphan"
    )
    languages: Mapped[list["NeedLanguage"]] = relationship(
        lazy="raise", order_by="NeedLanguage.language_id", cascade="all, delete-orphan"
    )

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING_STATES

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED_STATES

    @property
    def decides_at(self) -> datetime | None:
        """Until when all places must be filled, where it takes place only then and is not decided yet."""
        if not self.all_or_nothing or self.decided_at or not self.shifts:
            return None
        return decides_at(self.answer_due_at, min(each.starts_at for each in self.shifts))

    def times_with(self, shift: "Shift", now: datetime) -> list["Shift"]:
        """What a yes to one time is a yes to: that time, or all that are to come for the same person."""
        if not self.same_person:
            return [shift]
        return [each for each in self.shifts if each.starts_at > now] or [shift]


class Shift(WithId):
    """A dated block of time with places; `places_taken` counts confirmed and held ones, never more."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("places BETWEEN 1 AND 500", name="places"),
        CheckConstraint("places_taken >= 0 AND places_taken <= places", name="places_taken"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_shifts_need_id_starts_at", "need_id", "starts_at"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    places: Mapped[int]
    places_taken: Mapped[int] = mapped_column(default=0)

    need: Mapped[Need] = relationship(lazy="raise", back_populates="shifts")

    @property
    def places_free(self) -> int:
        return self.places - self.places_taken

    def overlaps(self, other: "Shift") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class NeedSkill(Base):
    __tablename__ = "need_skills"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[str] = mapped_column(primary_key=True)
    is_required: Mapped[bool]


class NeedCredential(Base):
    __tablename__ = "need_credentials"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(primary_key=True)


class NeedLanguage(Base):
    __tablename__ = "need_languages"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    language_id: Mapped[str] = mapped_column(primary_key=True)


class AnswerLimit(Base):
    """How many hours a division's needs may wait for an answer; the longest matching division code counts."""

    __tablename__ = "answer_limits"
    division: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[Priority] = mapped_column(primary_key=True)
    hours: Mapped[int]
