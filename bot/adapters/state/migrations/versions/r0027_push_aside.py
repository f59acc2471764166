"""What came of the pipeline and cannot be understood."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "push_aside",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("place", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_push_aside")),
    )


def downgrade() -> None:
    op.drop_table("push_aside")
