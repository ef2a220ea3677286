"""The register: organizations, who holds which role in them, and what was said about their registration."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from linli.accounts.rules import Address, AddressKind
from linli.core.db import Base, WithId
from linli.organizations.documents import DocumentKind
from linli.organizations.registration import (
    HOLD_THEIR_CODE,
    PUBLIC_STATES,
    SUSPENDED_STATES,
    RegistrationState,
    Step,
)
from linli.organizations.rules import OrganizationKind, Role, SubKind

_HOLDS_ITS_CODE = text(f"state IN ({', '.join(repr(state.value) for state in HOLD_THEIR_CODE)})")
_CURRENT = text("ended_at IS NULL")
_OPEN = text("answered_at IS NULL")


class Organization(WithId):
    __tablename__ = "organizations"
    __table_args__ = (
        # `verified_at` answers whether it may act: never before it is verified, nor while suspended.
        CheckConstraint("verified_at IS NULL OR state = 'verified'", name="only_verified_may_act"),
        Index(
            "uq_organizations_credit_code",
            "credit_code",
            unique=True,
            sqlite_where=_HOLDS_ITS_CODE,
            postgresql_where=_HOLDS_ITS_CODE,
        ),
        Index("ix_organizations_state_submitted_at", "state", "submitted_at"),
    )

    kind: Mapped[OrganizationKind]
    sub_kind: Mapped[SubKind | None]
    name: Mapped[str]
    credit_code: Mapped[str | None]
    division: Mapped[str] = mapped_column(index=True)
    about: Mapped[str] = mapped_column(default="")
    readiness: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[RegistrationState] = mapped_column(default=RegistrationState.draft)
    submitted_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    # Who at the bureau has it open to decide on it; runs out by itself.
    claimed_at: Mapped[datetime | None]
    claimed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    # Moved by every change that a bureau must see, also of fields, contacts and documents: moves the version.
    changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @hybrid_property
    def is_verified(self) -> bool:
        """Verified and not suspended, so that it may act and publish.

        The one place that says so, for objects and, below, for SQL.
        """
        return self.verified_at is not None

    @is_verified.inplace.expression
    @classmethod
    def _is_verified(cls) -> ColumnElement[bool]:
        return cls.verified_at.is_not(None)

    @property
    def is_suspended(self) -> bool:
        """Verified once; its bureau has stopped it, and it may have appealed."""
        return self.state in SUSPENDED_STATES

    @property
    def is_public(self) -> bool:
        """Whether strangers may see its page: a bureau has looked at it at least once, or it is one."""
        return self.verified_by_id is not None or self.state in PUBLIC_STATES


class OrganizationField(Base):
    __tablename__ = "organization_fields"
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    field_id: Mapped[str] = mapped_column(primary_key=True)


class OrganizationSkill(Base):
    """What an organization stands ready for, in the words that people's skills have."""

    __tablename__ = "organization_skills"
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[str] = mapped_column(primary_key=True)


class OrganizationArea(Base):
    """A division that an organization serves; codes are unpadded, a wider one begins a narrower one."""

    __tablename__ = "organization_areas"
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    division: Mapped[str] = mapped_column(primary_key=True, index=True)


class OrganizationContact(WithId):
    """Whom the bureau and other members may call; shown to nobody else."""

    __tablename__ = "organization_contacts"
    __table_args__ = (Index("uq_organization_contacts_position", "organization_id", "position", unique=True),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str] = mapped_column(default="")


class OrganizationDocument(WithId):
    """An uploaded paper, as it was checked and made anew; in the database, so that a backup has it."""

    __tablename__ = "organization_documents"

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[DocumentKind]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
    expires_on: Mapped[date | None] = mapped_column(index=True)
    told_expiring_at: Mapped[datetime | None]
    uploaded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    uploaded_at: Mapped[datetime]


class RegistrationStep(WithId):
    """One step of a registration and its reason; rows are only ever added."""

    __tablename__ = "registration_steps"
    __table_args__ = (Index("ix_registration_steps_organization_id_at", "organization_id", "at"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    step: Mapped[Step]
    reason: Mapped[str] = mapped_column(default="")
    bureau_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="SET NULL"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class Membership(WithId):
    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_current",
            "account_id",
            "organization_id",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MembershipInvitation(WithId):
    """Somebody is asked, at an address, to become a member; whoever proves that address may answer."""

    __tablename__ = "membership_invitations"
    __table_args__ = (
        Index(
            "uq_membership_invitations_open",
            "organization_id",
            "address",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_membership_invitations_address", "address"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    address_kind: Mapped[AddressKind]
    address: Mapped[str]
    role: Mapped[Role]
    # A hand-over: this membership ends when the invitation is accepted.
    hands_over_id: Mapped[UUID | None] = mapped_column(ForeignKey("memberships.id", ondelete="SET NULL"))
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)

    @property
    def masked(self) -> str:
        """Enough for those who invited them; an address on a page is one that can be copied."""
        return Address(self.address_kind, self.address).masked
