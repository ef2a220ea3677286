"""People whom an organization registered on their behalf, and the files by which rosters were changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import Base, WithId
from linli.rosters.rules import ImportState


class RegisteredPerson(Base):
    """An account without an address (志愿服务条例): who noted the person's consent, when, to which text.

    `mobile` is for the organization to call. Nobody signs in with it: it may be a daughter's.
    """

    __tablename__ = "registered_people"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    mobile: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    consent_version: Mapped[str]
    consent_at: Mapped[datetime]


class RosterImport(WithId):
    """A file that somebody sent: what it would do, then what it did, to undo it by."""

    __tablename__ = "roster_imports"
    __table_args__ = (Index("ix_roster_imports_organization_id_created_at", "organization_id", "created_at"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    state: Mapped[ImportState] = mapped_column(default=ImportState.previewed)
    # The roster that the differences were seen against, and the one that applying them made.
    seen_print: Mapped[str]
    made_print: Mapped[str | None]
    differences: Mapped[list[Any]]
    done: Mapped[list[Any] | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
