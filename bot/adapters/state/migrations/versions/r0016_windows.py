"""Windows that people plan, beside silences."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("silence", sa.Column("announced_at", Utc(), nullable=True))


def downgrade() -> None:
    """What is planned for later would hide at once there."""
    op.execute("delete from silence where announced_at is not null")
    op.drop_column("silence", "announced_at")
