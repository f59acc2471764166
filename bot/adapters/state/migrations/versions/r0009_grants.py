"""What stands behind buttons. Cards made before say the incident's id instead, and go on working."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "action_grant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_action_grant_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_grant")),
        sa.UniqueConstraint("incident", "episode", "act", name=op.f("uq_action_grant_incident")),
    )


def downgrade() -> None:
    op.drop_table("action_grant")
