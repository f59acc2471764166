"""What was last read of each service, and what was asked to be done to it."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "deployment",
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_deployment")),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("at_work", sa.String(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sa.UniqueConstraint("at_work", name=op.f("uq_operation_at_work")),
    )
    op.create_index(op.f("ix_operation_service"), "operation", ["service"], unique=False)
    op.create_index(op.f("ix_operation_stage"), "operation", ["stage"], unique=False)


def downgrade() -> None:
    op.drop_table("operation")
    op.drop_table("deployment")
