"""Watches of fixes: before and after, day by day."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "watch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("processor", Words(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )


def downgrade() -> None:
    op.drop_table("watch")
