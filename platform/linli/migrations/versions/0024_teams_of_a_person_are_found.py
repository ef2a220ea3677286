"""whose teams somebody leads or belongs to is found by the person"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_team_members_account_id_state", "team_members", ["account_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_team_members_account_id_state", "team_members")
