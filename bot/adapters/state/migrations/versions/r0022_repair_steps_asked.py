"""When a step was asked for, whether that is known to have been taken, and why it is as it is."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc

revision = "0022"
down_revision = "0021"
TABLE = "repair_step"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("asked_at", Utc(), nullable=True))
        table.add_column(sa.Column("not_before", Utc(), nullable=True))
        table.add_column(sa.Column("unclear", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("cause", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        for name in ("cause", "unclear", "not_before", "asked_at"):
            table.drop_column(name)
