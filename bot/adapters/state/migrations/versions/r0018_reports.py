"""Reports: that one was due is claimed once, and what it said is kept."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "cron_fire",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("fire_key", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", "fire_key", name=op.f("pk_cron_fire")),
    )
    op.create_table(
        "report",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("facts", Words(), nullable=False),
        sa.Column("card", Words(), nullable=False),
        sa.Column("rest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_report")),
    )


def downgrade() -> None:
    op.drop_table("report")
    op.drop_table("cron_fire")
