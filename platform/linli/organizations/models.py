"""The register: organizations, and who holds which role in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import WithId
from linli.organizations.rules import OrganizationKind, Role


class Organization(WithId):
    __tablename__ = "organizations"

    kind: Mapped[OrganizationKind]
    name: Mapped[str]
    credit_code: Mapped[str | None] = mapped_column(unique=True)
    division: Mapped[str] = mapped_column(index=True)
    about: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @hybrid_property
    def is_verified(self) -> bool:
        """Whether it may act and publish: the one place that says so, for objects and, below, for SQL."""
        return self.verified_at is not None

    @is_verified.inplace.expression
    @classmethod
    def _is_verified(cls) -> ColumnElement[bool]:
        return cls.verified_at.is_not(None)


class Membership(WithId):
    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_current",
            "account_id",
            "organization_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
