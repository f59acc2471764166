"""What is told to a person without an incident: the page has its own text."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Words

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("page") as page:
        page.alter_column("incident", existing_type=sa.String(), nullable=True)
        page.add_column(sa.Column("text", Words(), server_default="", nullable=False))
    with op.batch_alter_table("page") as page:
        page.alter_column("text", server_default=None)


def downgrade() -> None:
    """The release before pages for incidents alone."""
    op.execute("delete from page where incident is null")
    with op.batch_alter_table("page") as page:
        page.drop_column("text")
        page.alter_column("incident", existing_type=sa.String(), nullable=False)
