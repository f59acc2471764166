"""Runbooks that were started, and what stands behind their buttons."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "runbook_run",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("runbook", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("incident", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("holds", Words(), nullable=True),
        sa.Column("started_by", Words(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("escalate_at", Utc(), nullable=True),
        sa.Column("escalated_at", Utc(), nullable=True),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("message_channel", sa.String(), nullable=True),
        sa.Column("message_ts", sa.String(), nullable=True),
        sa.Column("tried_at", Utc(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_runbook_run_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runbook_run")),
        sa.UniqueConstraint("holds", name=op.f("uq_runbook_run_holds")),
        sa.UniqueConstraint("number", name=op.f("uq_runbook_run_number")),
    )
    for column in ("incident", "state", "due_at"):
        op.create_index(op.f(f"ix_runbook_run_{column}"), "runbook_run", [column], unique=False)
    op.create_table(
        "runbook_grant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runbook_run.id"], name=op.f("fk_runbook_grant_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runbook_grant")),
        sa.UniqueConstraint("run", "step", name=op.f("uq_runbook_grant_run")),
    )


def downgrade() -> None:
    """Older releases do not know what was noted of runbooks, nor the grant to start one."""
    op.drop_table("runbook_grant")
    op.drop_table("runbook_run")
    op.execute("delete from action_grant where act = 'RUNBOOK'")
    op.execute("update timeline set kind = 'NOTE' where kind = 'RUNBOOK'")
