"""what counted when somebody was asked is kept with the question"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of older questions nothing is known: they are judged by what people say today."""
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("features", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "question_features",
        sa.Column("participation_id", GUID(length=16), nullable=False),
        sa.Column("features", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kept_at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participations.id"],
            name=op.f("fk_question_features_participation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participation_id", name=op.f("pk_question_features")),
    )
    with op.batch_alter_table("question_features", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_features_kept_at"), ["kept_at"], unique=False)


def downgrade() -> None:
    op.drop_table("question_features")
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_column("features")
