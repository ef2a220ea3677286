"""people say how often and when they are asked; a question says when it reaches them"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0017"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who was asked before was reached at once."""
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quiet_from_hour", sa.Integer(), server_default="21", nullable=False))
        batch_op.add_column(sa.Column("quiet_until_hour", sa.Integer(), server_default="8", nullable=False))
        batch_op.create_check_constraint(
            "quiet_hours", "quiet_from_hour BETWEEN 0 AND 23 AND quiet_until_hour BETWEEN 0 AND 23"
        )
    with op.batch_alter_table("volunteer_profiles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("questions_per_week", sa.Integer(), server_default="3", nullable=False))
        batch_op.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("silent_since", DateTimeUTC(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("heard_at", DateTimeUTC(timezone=True), nullable=True))
        batch_op.create_check_constraint("questions_per_week", "questions_per_week BETWEEN 1 AND 3")
        batch_op.create_index(batch_op.f("ix_volunteer_profiles_silent_since"), ["silent_since"])
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reaches_at", DateTimeUTC(timezone=True), nullable=True))
        batch_op.create_index("ix_participations_account_id_reaches_at", ["account_id", "reaches_at"])
    op.execute("UPDATE participations SET reaches_at = asked_at")
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quiet_from_hour", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quiet_until_hour", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.drop_column("quiet_until_hour")
        batch_op.drop_column("quiet_from_hour")
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_index("ix_participations_account_id_reaches_at")
        batch_op.drop_column("reaches_at")
    with op.batch_alter_table("volunteer_profiles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_profiles_silent_since"))
        batch_op.drop_constraint("questions_per_week", type_="check")
        for column in ("heard_at", "silent_since", "paused_until", "questions_per_week"):
            batch_op.drop_column(column)
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_constraint("quiet_hours", type_="check")
        batch_op.drop_column("quiet_until_hour")
        batch_op.drop_column("quiet_from_hour")
