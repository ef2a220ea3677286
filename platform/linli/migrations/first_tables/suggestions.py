"""Stored suggestions as they began."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op


def create_suggestion_runs() -> None:
    op.create_table(
        "suggestion_runs",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("need_id", GUID(length=16), nullable=False),
        sa.Column("shift_id", GUID(length=16), nullable=True),
        sa.Column("matcher", sa.String(), nullable=False),
        sa.Column("made_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("knows_until", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=False),
        sa.Column("fitting", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("not_applied", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_suggestion_runs_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_suggestion_runs_shift_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_runs")),
    )
    op.create_index(op.f("ix_suggestion_runs_knows_until"), "suggestion_runs", ["knows_until"])
    op.create_index(op.f("ix_suggestion_runs_made_at"), "suggestion_runs", ["made_at"])
    op.create_index(op.f("ix_suggestion_runs_shift_id"), "suggestion_runs", ["shift_id"])
    op.create_index("uq_suggestion_runs_latest", "suggestion_runs", ["need_id", "shift_id"], unique=True)


def create_suggestions() -> None:
    op.create_table(
        "suggestions",
        sa.Column("run_id", GUID(length=16), nullable=False),
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("likely", sa.Float(), nullable=False),
        sa.Column("contributions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("unknown", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("nearness", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_suggestions_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["suggestion_runs.id"], name=op.f("fk_suggestions_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "account_id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_account_id"), "suggestions", ["account_id"])
