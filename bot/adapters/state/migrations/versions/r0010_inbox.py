"""Deliveries of Slack that have changed something."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("delivery", Words(), nullable=False),
        sa.Column("changed", Words(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "changed", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_at"), "inbox", ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("inbox")
