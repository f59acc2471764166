"""Requests to take somebody's turn on call."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "cover",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rota", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("accepted_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index(op.f("ix_cover_until"), "cover", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("cover")
