"""a need may take place only if all its places are filled"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("all_or_nothing", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("decided_at", DateTimeUTC(timezone=True), nullable=True))


def downgrade() -> None:
    """What is still open then takes place with whoever comes."""
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_column("decided_at")
        batch_op.drop_column("all_or_nothing")
