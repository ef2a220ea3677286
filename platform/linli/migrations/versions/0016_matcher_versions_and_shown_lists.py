"""what the matcher has learnt is kept in versions, and lists that were shown are remembered"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0016"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matcher_versions",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ranker", sa.LargeBinary(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("asked_from", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("asked_until", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("compared_with", sa.String(), nullable=False),
        sa.Column("comparison", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("made_by_id", GUID(length=16), nullable=True),
        sa.Column("serves", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["accounts.id"], name=op.f("fk_matcher_versions_made_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matcher_versions")),
        sa.UniqueConstraint("name", name=op.f("uq_matcher_versions_name")),
    )
    with op.batch_alter_table("matcher_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matcher_versions_made_at"), ["made_at"], unique=False)
        batch_op.create_index(
            "uq_matcher_versions_serves",
            ["serves"],
            unique=True,
            sqlite_where=sa.text("serves"),
            postgresql_where=sa.text("serves"),
        )

    op.create_table(
        "shown_lists",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("shift_id", GUID(length=16), nullable=True),
        sa.Column("account_id", GUID(length=16), nullable=True),
        sa.Column("matcher", sa.String(), nullable=False),
        sa.Column("made_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("entries", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(shift_id IS NULL) <> (account_id IS NULL)",
            name=op.f("ck_shown_lists_of_a_shift_or_for_a_person"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_shown_lists_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_shown_lists_shift_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_lists")),
    )
    with op.batch_alter_table("shown_lists", schema=None) as batch_op:
        batch_op.create_index("ix_shown_lists_account_id_made_at", ["account_id", "made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shown_lists_made_at"), ["made_at"], unique=False)
        batch_op.create_index("ix_shown_lists_shift_id_made_at", ["shift_id", "made_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("shown_lists", schema=None) as batch_op:
        batch_op.drop_index("ix_shown_lists_shift_id_made_at")
        batch_op.drop_index(batch_op.f("ix_shown_lists_made_at"))
        batch_op.drop_index("ix_shown_lists_account_id_made_at")

    op.drop_table("shown_lists")
    with op.batch_alter_table("matcher_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matcher_versions_serves", sqlite_where=sa.text("serves"), postgresql_where=sa.text("serves")
        )
        batch_op.drop_index(batch_op.f("ix_matcher_versions_made_at"))

    op.drop_table("matcher_versions")
