"""${message}"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "raise AssertionError('an empty migration')"}


def downgrade() -> None:
    ${downgrades if downgrades else "raise AssertionError('an empty migration')"}
