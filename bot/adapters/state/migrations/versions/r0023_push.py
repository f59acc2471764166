"""What the pipeline tells of its runs by itself."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "push_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_head")),
    )
    op.execute("insert into push_head (id, seq) values (1, 0)")
    op.create_table(
        "push_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("processor", Words(), nullable=False),
        sa.Column("run_id", Words(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("data_date", sa.Date(), nullable=True),
        sa.Column("clock_off", sa.Float(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_push_event")),
        sa.UniqueConstraint("processor", "run_id", "attempt", "kind", "digest", name=op.f("uq_push_event_processor")),
    )
    op.create_index(op.f("ix_push_event_received_at"), "push_event", ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_table("push_event")
    op.drop_table("push_head")
