"""organizations register in the browser"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organization_areas",
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_areas_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "division", name=op.f("pk_organization_areas")),
    )
    with op.batch_alter_table("organization_areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_areas_division"), ["division"], unique=False)

    op.create_table(
        "organization_contacts",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_contacts_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_contacts")),
    )
    with op.batch_alter_table("organization_contacts", schema=None) as batch_op:
        batch_op.create_index(
            "uq_organization_contacts_position", ["organization_id", "position"], unique=True
        )

    op.create_table(
        "organization_documents",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "certificate",
                "approval",
                "licence",
                "letter",
                "other",
                name="documentkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("told_expiring_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("uploaded_by_id", GUID(length=16), nullable=True),
        sa.Column("uploaded_at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_documents_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["accounts.id"],
            name=op.f("fk_organization_documents_uploaded_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_documents")),
    )
    with op.batch_alter_table("organization_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organization_documents_expires_on"), ["expires_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_organization_documents_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "organization_fields",
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column("field_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_fields_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "field_id", name=op.f("pk_organization_fields")),
    )
    op.create_table(
        "organization_skills",
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column("skill_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_skills_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "skill_id", name=op.f("pk_organization_skills")),
    )
    op.create_table(
        "registration_steps",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "submit",
                "hand_back",
                "verify",
                "change",
                "suspend",
                "appeal",
                "uphold",
                "lift",
                "withdraw",
                "take_up",
                name="step",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("bureau_id", GUID(length=16), nullable=True),
        sa.Column("by_id", GUID(length=16), nullable=True),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id"],
            ["organizations.id"],
            name=op.f("fk_registration_steps_bureau_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["accounts.id"], name=op.f("fk_registration_steps_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_registration_steps_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_steps")),
    )
    with op.batch_alter_table("registration_steps", schema=None) as batch_op:
        batch_op.create_index(
            "ix_registration_steps_organization_id_at", ["organization_id", "at"], unique=False
        )

    op.create_table(
        "membership_invitations",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column(
            "address_kind",
            sa.Enum("mobile", "email", name="addresskind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "officer",
                "coordinator",
                "social_worker",
                "bureau_staff",
                "auditor",
                name="role",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("hands_over_id", GUID(length=16), nullable=True),
        sa.Column("invited_by_id", GUID(length=16), nullable=True),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("expires_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("answered_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("account_id", GUID(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_membership_invitations_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hands_over_id"],
            ["memberships.id"],
            name=op.f("fk_membership_invitations_hands_over_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["accounts.id"],
            name=op.f("fk_membership_invitations_invited_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_membership_invitations_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_invitations")),
    )
    with op.batch_alter_table("membership_invitations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_invitations_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index("ix_membership_invitations_address", ["address"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_membership_invitations_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            "uq_membership_invitations_open",
            ["organization_id", "address"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sub_kind",
                sa.Enum(
                    "association",
                    "service_organization",
                    "foundation",
                    "home",
                    "day_care",
                    "child_welfare",
                    name="subkind",
                    native_enum=False,
                    length=30,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("readiness", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "draft",
                    "submitted",
                    "returned",
                    "verified",
                    "suspended",
                    "appealed",
                    "withdrawn",
                    name="registrationstate",
                    native_enum=False,
                    length=30,
                ),
                nullable=False,
                server_default="submitted",
            )
        )
        batch_op.add_column(sa.Column("submitted_at", DateTimeUTC(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("claimed_at", DateTimeUTC(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("claimed_by_id", GUID(length=16), nullable=True))
        batch_op.add_column(sa.Column("changed_at", DateTimeUTC(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_organizations_credit_code"), type_="unique")
        batch_op.create_foreign_key(
            batch_op.f("fk_organizations_claimed_by_id"),
            "accounts",
            ["claimed_by_id"],
            ["id"],
            ondelete="SET NULL",
        )

    # What stood in the register so far was verified, or waited for it.
    op.execute("UPDATE organizations SET state = 'verified' WHERE verified_at IS NOT NULL")
    op.execute("UPDATE organizations SET submitted_at = created_at")
    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.alter_column("state", server_default=None)
        batch_op.alter_column("readiness", server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_organizations_only_verified_may_act"), "verified_at IS NULL OR state = 'verified'"
        )
        batch_op.create_index(
            "uq_organizations_credit_code",
            ["credit_code"],
            unique=True,
            sqlite_where=sa.text("state IN ('submitted', 'verified', 'suspended', 'appealed')"),
            postgresql_where=sa.text("state IN ('submitted', 'verified', 'suspended', 'appealed')"),
        )
        batch_op.create_index("ix_organizations_state_submitted_at", ["state", "submitted_at"], unique=False)


def downgrade() -> None:
    # Two may have written the same code while neither had handed in.
    op.execute(
        "UPDATE organizations SET credit_code = NULL WHERE state IN ('draft', 'returned', 'withdrawn')"
    )
    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_organizations_only_verified_may_act"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_organizations_claimed_by_id"), type_="foreignkey")
        batch_op.drop_index("ix_organizations_state_submitted_at")
        batch_op.drop_index(
            "uq_organizations_credit_code",
            sqlite_where=sa.text("state IN ('submitted', 'verified', 'suspended', 'appealed')"),
            postgresql_where=sa.text("state IN ('submitted', 'verified', 'suspended', 'appealed')"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_organizations_credit_code"), ["credit_code"])
        batch_op.drop_column("changed_at")
        batch_op.drop_column("claimed_by_id")
        batch_op.drop_column("claimed_at")
        batch_op.drop_column("submitted_at")
        batch_op.drop_column("state")
        batch_op.drop_column("readiness")
        batch_op.drop_column("sub_kind")

    with op.batch_alter_table("membership_invitations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_invitations_open",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_invitations_expires_at"))
        batch_op.drop_index("ix_membership_invitations_address")
        batch_op.drop_index(batch_op.f("ix_membership_invitations_account_id"))

    op.drop_table("membership_invitations")
    with op.batch_alter_table("registration_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_steps_organization_id_at")

    op.drop_table("registration_steps")
    op.drop_table("organization_skills")
    op.drop_table("organization_fields")
    with op.batch_alter_table("organization_documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_documents_organization_id"))
        batch_op.drop_index(batch_op.f("ix_organization_documents_expires_on"))

    op.drop_table("organization_documents")
    with op.batch_alter_table("organization_contacts", schema=None) as batch_op:
        batch_op.drop_index("uq_organization_contacts_position")

    op.drop_table("organization_contacts")
    with op.batch_alter_table("organization_areas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_areas_division"))

    op.drop_table("organization_areas")
