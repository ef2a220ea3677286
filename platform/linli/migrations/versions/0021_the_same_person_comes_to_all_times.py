"""a need may ask that the same person comes to all of its times"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("same_person", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Each time then stands for itself; who has a place in all of them keeps all of them."""
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_column("same_person")
