"""A page that goes as a line of another."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("page", sa.Column("carried_by", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("page") as page:
        page.alter_column("carried_by", server_default=None)
    op.create_index(op.f("ix_page_carried_by"), "page", ["carried_by"], unique=False)


def downgrade() -> None:
    """What went with a page that nobody may have taken waits again, by itself."""
    op.execute("update page set state = 'pending' where state = 'carried'")
    op.drop_index(op.f("ix_page_carried_by"), table_name="page")
    op.drop_column("page", "carried_by")
