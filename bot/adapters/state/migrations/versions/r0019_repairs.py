"""Repairs, their steps, and the circuits that are open."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "repair",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.JSON(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("approval_asked_at", Utc(), nullable=True),
        sa.Column("approved_by", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("approved_at", Utc(), nullable=True),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair")),
    )
    op.create_index(op.f("ix_repair_number"), "repair", ["number"], unique=True)
    op.create_index(op.f("ix_repair_state"), "repair", ["state"], unique=False)
    op.create_index(op.f("ix_repair_started_at"), "repair", ["started_at"], unique=False)
    _steps()
    op.create_table(
        "circuit",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("opened_by", Words(), nullable=False),
        sa.Column("because", Words(), nullable=False),
        sa.PrimaryKeyConstraint("processor", name=op.f("pk_circuit")),
    )


def _steps() -> None:
    op.create_table(
        "repair_step",
        sa.Column("repair", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("data_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("execution", Words(), nullable=False),
        sa.Column("run_id", Words(), nullable=False),
        sa.Column("verdict_before", sa.String(), nullable=False),
        sa.Column("verdict_after", sa.String(), nullable=False),
        sa.Column("rows_before", sa.Integer(), nullable=True),
        sa.Column("rows_after", sa.Integer(), nullable=True),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["repair"], ["repair.id"], name=op.f("fk_repair_step_repair")),
        sa.PrimaryKeyConstraint("repair", "seq", name=op.f("pk_repair_step")),
    )
    op.create_index(op.f("ix_repair_step_state"), "repair_step", ["state"], unique=False)
    op.create_index("ix_repair_step_processor", "repair_step", ["processor", "data_date"], unique=False)


def downgrade() -> None:
    op.drop_table("circuit")
    op.drop_table("repair_step")
    op.drop_table("repair")
