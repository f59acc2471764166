"""The noise ledger: how each finding ended, and why. What is known of the findings before is taken over."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    made = op.create_table(
        "noise_ledger",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("found_at", Utc(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("data_date", sa.Date(), nullable=True),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("hidden_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "found_at", "reason", name=op.f("pk_noise_ledger")),
    )
    op.create_index(op.f("ix_noise_ledger_found_at"), "noise_ledger", ["found_at"])
    known = sa.table(
        "finding",
        *map(sa.column, ("fingerprint", "first_held_at", "reason", "root", "kind", "severity", "data_date")),
        *map(sa.column, ("incident", "hidden_by")),
    )
    columns = known.c
    taken = sa.select(
        columns.fingerprint,
        columns.first_held_at,
        columns.reason,
        columns.first_held_at,
        columns.root,
        columns.kind,
        columns.severity,
        columns.data_date,
        sa.func.coalesce(columns.incident, ""),
        columns.hidden_by,
    ).where(columns.kind != "declared")
    op.execute(made.insert().from_select([column.name for column in made.columns], taken))


def downgrade() -> None:
    op.drop_table("noise_ledger")
