"""Windows of the platform's data are read with the data at each tick: the table that was to keep them had no row."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.drop_index(op.f("ix_planned_window_ends_at"), table_name="planned_window")
    op.drop_table("planned_window")


def downgrade() -> None:
    op.create_table(
        "planned_window",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("processors", sa.JSON(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("announced_at", Utc(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_window")),
    )
    op.create_index(op.f("ix_planned_window_ends_at"), "planned_window", ["ends_at"], unique=False)
