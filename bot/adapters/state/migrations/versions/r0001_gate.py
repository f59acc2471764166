"""The gate: ticks, findings, decisions, incidents, silences, planned windows."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0001"
down_revision = None


def upgrade() -> None:
    _ticks()
    _incidents()
    _findings()
    _decisions()
    _quiet()


def _ticks() -> None:
    op.create_table(
        "gate_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_head")),
    )
    op.create_table("tick", sa.Column("at", Utc(), nullable=False), sa.PrimaryKeyConstraint("at", name=op.f("pk_tick")))
    op.execute("insert into gate_head (id, version) values (1, 0)")


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("processors", sa.JSON(), nullable=False),
        sa.Column("data_dates", sa.JSON(), nullable=False),
        sa.Column("impact", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("first_seen", Utc(), nullable=False),
        sa.Column("announced_at", Utc(), nullable=False),
        sa.Column("last_update_at", Utc(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("resolved_at", Utc(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("gathered", sa.String(), nullable=True),
        sa.Column("error_class", Words(), nullable=False),
        sa.Column("unsaid", sa.String(), nullable=True),
        sa.Column("flapping", sa.Boolean(), nullable=False),
        sa.Column("flips", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["incident.id"],
            name=op.f("fk_incident_merged_into"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_fingerprint"), "incident", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_incident_resolved_at"), "incident", ["resolved_at"], unique=False)
    op.create_index(op.f("ix_incident_state"), "incident", ["state"], unique=False)


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("data_date", sa.Date(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("first_held_at", Utc(), nullable=False),
        sa.Column("last_held_at", Utc(), nullable=False),
        sa.Column("holding", sa.Boolean(), nullable=False),
        sa.Column("incident", sa.String(), nullable=True),
        sa.Column("rooted", sa.Boolean(), nullable=False),
        sa.Column("home", sa.String(), nullable=True),
        sa.Column("hidden_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["home"], ["incident.id"], name=op.f("fk_finding_home")),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_finding_incident")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_incident"), "finding", ["incident"], unique=False)
    op.create_index(op.f("ix_finding_last_held_at"), "finding", ["last_held_at"], unique=False)
    op.create_index(op.f("ix_finding_root"), "finding", ["root"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("at", Utc(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("incident", sa.String(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("hidden_by", sa.String(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("detail", Words(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_decision_incident")),
        sa.PrimaryKeyConstraint("at", "fingerprint", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_incident"), "decision", ["incident"], unique=False)


def _quiet() -> None:
    op.create_table(
        "planned_window",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("processors", sa.JSON(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("announced_at", Utc(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_window")),
    )
    op.create_index(op.f("ix_planned_window_ends_at"), "planned_window", ["ends_at"], unique=False)
    op.create_table(
        "silence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("processor", sa.String(), nullable=True),
        sa.Column("phase", sa.Integer(), nullable=True),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_index(op.f("ix_silence_until"), "silence", ["until"], unique=False)


def downgrade() -> None:
    for table in ("silence", "planned_window", "decision", "finding", "incident", "tick", "gate_head"):
        op.drop_table(table)
