"""What a volunteer says about themselves; every part may still be empty."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import Base, WithId
from linli.volunteers.asking.rules import MOST_A_WEEK
from linli.volunteers.rules import Means, SkillLevel


class VolunteerProfile(Base):
    """One per account that offers to help. `division` repeats the account's, for the pool of a county."""

    __tablename__ = "volunteer_profiles"
    __table_args__ = (
        CheckConstraint("weekly_cap BETWEEN 1 AND 21", name="weekly_cap"),
        CheckConstraint(f"questions_per_week BETWEEN 1 AND {MOST_A_WEEK}", name="questions_per_week"),
        CheckConstraint("length(availability) = 21", name="availability"),
        CheckConstraint("reach_km > 0 AND reach_km <= 500", name="reach_km"),
        CheckConstraint("longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90", name="point"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="whole_point"),
        Index("ix_volunteer_profiles_division_changed_at", "division", "changed_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    opted_in: Mapped[bool] = mapped_column(default=True)
    # How often one may be asked, and until which day nobody may ask at all.
    questions_per_week: Mapped[int] = mapped_column(default=MOST_A_WEEK, server_default=str(MOST_A_WEEK))
    paused_until: Mapped[date | None]
    # Since when nobody is asked by itself because two questions ran out; and when the person last said how
    # they want to be asked.
    silent_since: Mapped[datetime | None] = mapped_column(index=True)
    heard_at: Mapped[datetime | None]
    division: Mapped[str | None]
    about: Mapped[str] = mapped_column(default="")
    availability: Mapped[str] = mapped_column(default="?" * 21)
    weekly_cap: Mapped[int | None]
    reach_km: Mapped[float | None]
    means: Mapped[Means | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    # How the person answered before this does not count for how likely they are to say yes.
    answers_forgotten_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @classmethod
    def may_be_asked_on(cls, day: date) -> ColumnElement[bool]:
        """For queries, what `wants_no_questions` decides."""
        return and_(cls.opted_in, or_(cls.paused_until.is_(None), cls.paused_until <= day))


class VolunteerSkill(Base):
    __tablename__ = "volunteer_skills"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_profiles.account_id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[SkillLevel]


class VolunteerField(Base):
    __tablename__ = "volunteer_fields"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_profiles.account_id", ondelete="CASCADE"), primary_key=True
    )
    field_id: Mapped[str] = mapped_column(primary_key=True)


class VolunteerLanguage(Base):
    __tablename__ = "volunteer_languages"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_profiles.account_id", ondelete="CASCADE"), primary_key=True
    )
    language_id: Mapped[str] = mapped_column(primary_key=True)


class VolunteerCredential(WithId):
    """A paper a volunteer says they hold; it counts once an officer or the bureau has checked it.

    What the volunteer says (`stated_*`) and what was seen (`checked_*`, `expires_on`) stand side by side,
    so that a renewed paper can wait for its check while the old one still counts.
    """

    __tablename__ = "volunteer_credentials"
    __table_args__ = (Index("uq_volunteer_credentials_held", "account_id", "credential_id", unique=True),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_profiles.account_id", ondelete="CASCADE"))
    credential_id: Mapped[str]
    stated_at: Mapped[datetime]
    stated_expires_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    checked_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="SET NULL"))

    @classmethod
    def counts_on(cls, day: date) -> ColumnElement[bool]:
        """For queries, what `credential_counts` decides."""
        return and_(cls.checked_at.is_not(None), or_(cls.expires_on.is_(None), cls.expires_on >= day))
