"""Volunteers' profiles, and what they can do, as they began."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op


def create_volunteer_profiles() -> None:
    op.create_table(
        "volunteer_profiles",
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("opted_in", sa.Boolean(), nullable=False),
        sa.Column("division", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("availability", sa.String(), nullable=False),
        sa.Column("weekly_cap", sa.Integer(), nullable=True),
        sa.Column("reach_km", sa.Float(), nullable=True),
        sa.Column(
            "means",
            sa.Enum("on_foot", "bicycle", "transit", "car", name="means", native_enum=False, length=30),
            nullable=True,
        ),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("changed_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_volunteer_profiles_whole_point")
        ),
        sa.CheckConstraint("length(availability) = 21", name=op.f("ck_volunteer_profiles_availability")),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90",
            name=op.f("ck_volunteer_profiles_point"),
        ),
        sa.CheckConstraint("reach_km > 0 AND reach_km <= 500", name=op.f("ck_volunteer_profiles_reach_km")),
        sa.CheckConstraint("weekly_cap BETWEEN 1 AND 21", name=op.f("ck_volunteer_profiles_weekly_cap")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_volunteer_profiles_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_volunteer_profiles")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_profiles_number")),
    )
    op.create_index(op.f("ix_volunteer_profiles_changed_at"), "volunteer_profiles", ["changed_at"])
    op.create_index(
        "ix_volunteer_profiles_division_changed_at", "volunteer_profiles", ["division", "changed_at"]
    )


def create_volunteer_credentials() -> None:
    op.create_table(
        "volunteer_credentials",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("stated_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("stated_expires_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("checked_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("checked_by_id", GUID(length=16), nullable=True),
        sa.Column("checked_for_id", GUID(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["volunteer_profiles.account_id"],
            name=op.f("fk_volunteer_credentials_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["accounts.id"],
            name=op.f("fk_volunteer_credentials_checked_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["checked_for_id"],
            ["organizations.id"],
            name=op.f("fk_volunteer_credentials_checked_for_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_credentials")),
    )
    op.create_index(
        "uq_volunteer_credentials_held", "volunteer_credentials", ["account_id", "credential_id"], unique=True
    )


def create_volunteer_fields() -> None:
    op.create_table(
        "volunteer_fields",
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column("field_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["volunteer_profiles.account_id"],
            name=op.f("fk_volunteer_fields_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "field_id", name=op.f("pk_volunteer_fields")),
    )


def create_volunteer_languages() -> None:
    op.create_table(
        "volunteer_languages",
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column("language_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["volunteer_profiles.account_id"],
            name=op.f("fk_volunteer_languages_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "language_id", name=op.f("pk_volunteer_languages")),
    )


def create_volunteer_skills() -> None:
    op.create_table(
        "volunteer_skills",
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column("skill_id", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("some", "good", "professional", name="skilllevel", native_enum=False, length=30),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["volunteer_profiles.account_id"],
            name=op.f("fk_volunteer_skills_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "skill_id", name=op.f("pk_volunteer_skills")),
    )
