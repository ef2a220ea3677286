"""a person has it forgotten how they answered until now"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("volunteer_profiles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers_forgotten_at", DateTimeUTC(timezone=True), nullable=True))


def downgrade() -> None:
    """Without the column nobody knows from when on answers count: all of them count again."""
    with op.batch_alter_table("volunteer_profiles", schema=None) as batch_op:
        batch_op.drop_column("answers_forgotten_at")
