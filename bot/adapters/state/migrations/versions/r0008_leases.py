"""Work that one of several processes does."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Words

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.PrimaryKeyConstraint("work", name=op.f("pk_lease")),
    )


def downgrade() -> None:
    op.drop_table("lease")
