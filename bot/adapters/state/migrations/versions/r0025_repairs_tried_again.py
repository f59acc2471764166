"""When a step was begun before people had it tried again: each is a repair of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
TABLE = "repair_step"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("earlier", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_column("earlier")
