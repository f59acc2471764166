"""Overrides beside covers: who was put on call without being asked. An older release takes one for a cover of turns
that whoever set it does not have: it changes nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
TABLE = "cover"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("at_once", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_column("at_once")
