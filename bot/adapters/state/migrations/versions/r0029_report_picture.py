"""The picture of a report, until it is sent."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Words

revision = "0029"
down_revision = "0028"
TABLE = "report"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("picture", Words(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_column("picture")
