"""people are asked in waves"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0019"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "askings",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("need_id", GUID(length=16), nullable=False),
        sa.Column("shift_id", GUID(length=16), nullable=False),
        sa.Column("begun_by_id", GUID(length=16), nullable=True),
        sa.Column("begun_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("most_messages", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("next_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("waits_for_answers", sa.Boolean(), nullable=False),
        sa.Column("ended_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=30), nullable=True),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_askings_ended_has_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["accounts.id"], name=op.f("fk_askings_begun_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_askings_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_askings_shift_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_askings")),
    )
    going = sa.text("state <> 'ended'")
    with op.batch_alter_table("askings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_askings_need_id"), ["need_id"], unique=False)
        batch_op.create_index("ix_askings_state_next_at", ["state", "next_at"], unique=False)
        batch_op.create_index(
            "uq_askings_going", ["shift_id"], unique=True, sqlite_where=going, postgresql_where=going
        )
    op.create_table(
        "askings_without",
        sa.Column("asking_id", GUID(length=16), nullable=False),
        sa.Column("account_id", GUID(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_askings_without_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asking_id"], ["askings.id"], name=op.f("fk_askings_without_asking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asking_id", "account_id", name=op.f("pk_askings_without")),
    )
    with op.batch_alter_table("askings_without", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_askings_without_account_id"), ["account_id"], unique=False)
    op.create_table(
        "waves",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("asking_id", GUID(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("matcher", sa.String(), nullable=False),
        sa.Column("places_free", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asking_id"], ["askings.id"], name=op.f("fk_waves_asking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waves")),
    )
    with op.batch_alter_table("waves", schema=None) as batch_op:
        batch_op.create_index("uq_waves_number", ["asking_id", "number"], unique=True)
    op.create_table(
        "wave_questions",
        sa.Column("participation_id", GUID(length=16), nullable=False),
        sa.Column("wave_id", GUID(length=16), nullable=False),
        sa.Column("likely", sa.Float(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("is_exploring", sa.Boolean(), nullable=False),
        sa.CheckConstraint("propensity > 0 AND propensity <= 1", name=op.f("ck_wave_questions_propensity")),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participations.id"],
            name=op.f("fk_wave_questions_participation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_wave_questions_wave_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participation_id", name=op.f("pk_wave_questions")),
    )
    with op.batch_alter_table("wave_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wave_questions_wave_id"), ["wave_id"], unique=False)


def downgrade() -> None:
    for table in ("wave_questions", "waves", "askings_without", "askings"):
        op.drop_table(table)
