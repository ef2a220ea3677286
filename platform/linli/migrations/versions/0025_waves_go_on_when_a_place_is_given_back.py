"""waves go on when a place is given back"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("askings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("going_since", DateTimeUTC(timezone=True), nullable=True))
    op.execute("UPDATE askings SET going_since = begun_at")
    with op.batch_alter_table("askings", schema=None) as batch_op:
        batch_op.alter_column("going_since", existing_type=DateTimeUTC(timezone=True), nullable=False)


def downgrade() -> None:
    """What stands still because all places are taken ends there, as it did before."""
    op.execute(
        "UPDATE askings SET state = 'ended', ended_because = 'filled', ended_at = next_at "
        "WHERE state = 'filled'"
    )
    with op.batch_alter_table("askings", schema=None) as batch_op:
        batch_op.drop_column("going_since")
