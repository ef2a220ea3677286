"""Accident insurances, as the organizations that ask for help have entered them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import Base, WithId
from linli.insurance.rules import Cover, Insured


class InsuranceEntry(WithId):
    """A policy for one need or all of an organization; it counts once a named member has seen the paper."""

    __tablename__ = "insurance_entries"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_after_start"),)

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    need_id: Mapped[UUID | None] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    insurer: Mapped[str]
    policy_number: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    covers: Mapped[Cover]
    risk_kinds: Mapped[list[Any]]
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    entered_at: Mapped[datetime]
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    checked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str] = mapped_column(default="")

    @hybrid_property
    def counts(self) -> bool:
        """Somebody has seen the paper, and nobody has taken it back since."""
        return self.checked_at is not None and self.revoked_at is None

    @counts.inplace.expression
    @classmethod
    def _counts(cls) -> Any:
        return cls.checked_at.is_not(None) & cls.revoked_at.is_(None)

    def insured(self, teams: Iterable[UUID] = ()) -> Insured:
        """As rules see it, with the teams that it names."""
        return Insured(
            self.starts_on, self.ends_on, self.covers, frozenset(self.risk_kinds), frozenset(teams)
        )


class InsuranceTeam(Base):
    """A team whose members an insurance covers; of any organization."""

    __tablename__ = "insurance_teams"
    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("insurance_entries.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[UUID] = mapped_column(
        ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True
    )
