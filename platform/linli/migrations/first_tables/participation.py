"""Participations as they began."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op


def create_participations() -> None:
    op.create_table(
        "participations",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("shift_id", GUID(length=16), nullable=False),
        sa.Column("need_id", GUID(length=16), nullable=False),
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "applied",
                "waiting",
                "offered",
                "confirmed",
                "declined",
                "expired",
                "refused",
                "withdrawn",
                "cancelled",
                "attended",
                "absent",
                name="state",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", GUID(length=16), nullable=True),
        sa.Column("asked_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("expires_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("changed_at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_participations_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_participations_asked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_participations_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_participations_shift_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
    )
    op.create_index("ix_participations_account_id_state", "participations", ["account_id", "state"])
    op.create_index("ix_participations_need_id_state", "participations", ["need_id", "state"])
    op.create_index("ix_participations_shift_id_state", "participations", ["shift_id", "state"])
    op.create_index("ix_participations_state_expires_at", "participations", ["state", "expires_at"])
    op.create_index(
        "uq_participations_open",
        "participations",
        ["shift_id", "account_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('applied', 'confirmed', 'invited', 'offered', 'waiting')"),
        postgresql_where=sa.text("state IN ('applied', 'confirmed', 'invited', 'offered', 'waiting')"),
    )
