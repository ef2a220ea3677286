"""insurances name teams, and a member makes a new link to the team's calendar"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "insurance_teams",
        sa.Column("entry_id", GUID(length=16), nullable=False),
        sa.Column("team_id", GUID(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["insurance_entries.id"],
            name=op.f("fk_insurance_teams_entry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_insurance_teams_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "team_id", name=op.f("pk_insurance_teams")),
    )
    with op.batch_alter_table("insurance_teams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_insurance_teams_team_id"), ["team_id"], unique=False)
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar_link", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Policies of single teams go too: without the names nobody knows whom they covered."""
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.drop_column("calendar_link")
    op.execute("DELETE FROM insurance_entries WHERE covers = 'named_teams'")
    with op.batch_alter_table("insurance_teams", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_insurance_teams_team_id"))
    op.drop_table("insurance_teams")
