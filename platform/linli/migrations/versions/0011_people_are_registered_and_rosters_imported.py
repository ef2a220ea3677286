"""people are registered on their behalf, and rosters are imported"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WITH_MANAGED = "email IS NOT NULL OR mobile IS NOT NULL OR is_managed"
WITHOUT = "email IS NOT NULL OR mobile IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_managed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_constraint(op.f("ck_accounts_has_an_address"), type_="check")
        batch_op.create_check_constraint(op.f("ck_accounts_has_an_address"), WITH_MANAGED)
    op.create_table(
        "registered_people",
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column("mobile", sa.String(), nullable=False),
        sa.Column("recorded_by_id", GUID(length=16), nullable=True),
        sa.Column("consent_version", sa.String(), nullable=False),
        sa.Column("consent_at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_registered_people_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_registered_people_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["accounts.id"],
            name=op.f("fk_registered_people_recorded_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_registered_people")),
    )
    with op.batch_alter_table("registered_people", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registered_people_organization_id"), ["organization_id"], unique=False
        )
    op.create_table(
        "roster_imports",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("organization_id", GUID(length=16), nullable=False),
        sa.Column("account_id", GUID(length=16), nullable=True),
        sa.Column(
            "state",
            sa.Enum("previewed", "applied", "undone", name="importstate", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("seen_print", sa.String(), nullable=False),
        sa.Column("made_print", sa.String(), nullable=True),
        sa.Column("differences", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("done", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("applied_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("undone_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_roster_imports_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_roster_imports_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_imports")),
    )
    with op.batch_alter_table("roster_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_imports_created_at"), ["created_at"], unique=False)
        batch_op.create_index(
            "ix_roster_imports_organization_id_created_at", ["organization_id", "created_at"], unique=False
        )


def downgrade() -> None:
    """Whoever has no address cannot be kept: an older version has no place for them."""
    op.drop_table("roster_imports")
    op.drop_table("registered_people")
    op.execute("DELETE FROM accounts WHERE email IS NULL AND mobile IS NULL")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_accounts_has_an_address"), type_="check")
        batch_op.drop_column("is_managed")
        batch_op.create_check_constraint(op.f("ck_accounts_has_an_address"), WITHOUT)
