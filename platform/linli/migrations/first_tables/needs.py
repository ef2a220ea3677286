"""Needs, what they ask for and their shifts as they began."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op


def create_answer_limits() -> None:
    op.create_table(
        "answer_limits",
        sa.Column("division", sa.String(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("urgent", "soon", "normal", name="priority", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("division", "priority", name=op.f("pk_answer_limits")),
    )


def create_needs() -> None:
    op.create_table(
        "needs",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("organization_id", GUID(length=16), nullable=True),
        sa.Column("posted_by_id", GUID(length=16), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "filled",
                "under_way",
                "done",
                "cancelled",
                name="needstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("template_id", sa.String(), nullable=True),
        sa.Column("field_id", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("risks", sa.String(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("urgent", "soon", "normal", name="priority", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "joining",
            sa.Enum("at_once", "asked", name="joining", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "setting",
            sa.Enum("home", "indoors", "outdoors", "online", name="setting", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("minimum_age_years", sa.Integer(), nullable=False),
        sa.Column("division", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("directions", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("beneficiary_name", sa.String(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("changed_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("posted_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("answer_due_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("answered_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("answered_by_id", GUID(length=16), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("told_overdue_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("cancelled_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("source", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["accounts.id"], name=op.f("fk_needs_answered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_needs_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["accounts.id"], name=op.f("fk_needs_posted_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint("source_key", name=op.f("uq_needs_source_key")),
    )
    op.create_index(op.f("ix_needs_answer_due_at"), "needs", ["answer_due_at"])
    op.create_index(op.f("ix_needs_changed_at"), "needs", ["changed_at"])
    op.create_index("ix_needs_organization_id_state", "needs", ["organization_id", "state"])
    op.create_index("ix_needs_state_division", "needs", ["state", "division"])
    op.create_index("ix_needs_state_field_id_id", "needs", ["state", "field_id", "id"])
    op.create_index("ix_needs_state_posted_at_id", "needs", ["state", "posted_at", "id"])


def create_need_credentials() -> None:
    op.create_table(
        "need_credentials",
        sa.Column("need_id", GUID(length=16), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_credentials_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "credential_id", name=op.f("pk_need_credentials")),
    )


def create_need_languages() -> None:
    op.create_table(
        "need_languages",
        sa.Column("need_id", GUID(length=16), nullable=False),
        sa.Column("language_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_languages_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "language_id", name=op.f("pk_need_languages")),
    )


def create_need_skills() -> None:
    op.create_table(
        "need_skills",
        sa.Column("need_id", GUID(length=16), nullable=False),
        sa.Column("skill_id", sa.String(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_skills_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "skill_id", name=op.f("pk_need_skills")),
    )


def create_shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("need_id", GUID(length=16), nullable=False),
        sa.Column("starts_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("ends_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shifts_ends_after_start")),
        sa.CheckConstraint("places BETWEEN 1 AND 500", name=op.f("ck_shifts_places")),
        sa.CheckConstraint(
            "places_taken >= 0 AND places_taken <= places", name=op.f("ck_shifts_places_taken")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_shifts_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_need_id_starts_at", "shifts", ["need_id", "starts_at"])
    op.create_index(op.f("ix_shifts_starts_at"), "shifts", ["starts_at"])
