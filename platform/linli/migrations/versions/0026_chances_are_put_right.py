"""what a version of the matcher says is put right by the answers since"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NAMES = ("shift", "stretch", "corrections", "corrected_by", "corrected_at")


def upgrade() -> None:
    """Until a day of answers has been looked at, every version says what it said."""
    with op.batch_alter_table("matcher_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shift", sa.Float(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("stretch", sa.Float(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("corrections", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("corrected_by", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("corrected_at", DateTimeUTC(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("matcher_versions", schema=None) as batch_op:
        for name in NAMES:
            batch_op.drop_column(name)
