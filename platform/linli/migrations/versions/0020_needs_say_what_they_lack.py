"""needs say how much they lack somebody"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lacking", sa.Integer(), server_default="1000", nullable=False))
        batch_op.add_column(sa.Column("weighed_at", DateTimeUTC(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_needs_weighed_at"), ["weighed_at"], unique=False)
        batch_op.create_index("ix_needs_state_lacking_id", ["state", "lacking", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_index("ix_needs_state_lacking_id")
        batch_op.drop_index(batch_op.f("ix_needs_weighed_at"))
        batch_op.drop_column("weighed_at")
        batch_op.drop_column("lacking")
