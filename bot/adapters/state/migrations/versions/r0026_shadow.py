"""Findings in shadow, and the incidents that they would be, apart from what people are told."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "shadow_finding",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("last_held_at", Utc(), nullable=False),
        sa.Column("holding", sa.Boolean(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_shadow_finding")),
    )
    op.create_index(op.f("ix_shadow_finding_last_held_at"), "shadow_finding", ["last_held_at"])
    op.create_table(
        "shadow_incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("announced_at", Utc(), nullable=False),
        sa.Column("resolved_at", Utc(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_incident")),
    )
    for name in ("number", "announced_at", "resolved_at"):
        op.create_index(op.f(f"ix_shadow_incident_{name}"), "shadow_incident", [name])


def downgrade() -> None:
    op.drop_table("shadow_incident")
    op.drop_table("shadow_finding")
