"""What every part leans on, as it began: the audit and the jobs' leases."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op


def create_audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("actor_id", GUID(length=16), nullable=True),
        sa.Column("organization_id", GUID(length=16), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_id", GUID(length=16), nullable=False),
        sa.Column("ids", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_object", "audit_entries", ["object_id"])
    op.create_index(op.f("ix_audit_entries_organization_id"), "audit_entries", ["organization_id"])


def create_job_leases() -> None:
    op.create_table(
        "job_leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", GUID(length=16), nullable=False),
        sa.Column("held_until", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("last_done_at", DateTimeUTC(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_leases")),
    )
