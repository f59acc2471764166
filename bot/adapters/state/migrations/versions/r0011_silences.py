"""A silence that was previewed and is not set yet: every one that is stored already holds."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("silence", sa.Column("proposed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """What nobody has confirmed would hold there."""
    op.execute("delete from silence where proposed")
    op.drop_column("silence", "proposed")
