"""What people do about an incident, the pages it sends, and its timeline. An incident that is open gets no response:
nobody was paged for it, and nobody shall be for what is hours old.
"""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _responses()
    _pages()
    op.create_table(
        "timeline",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_timeline_incident")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_timeline")),
    )
    op.create_index(op.f("ix_timeline_incident"), "timeline", ["incident"], unique=False)


def _responses() -> None:
    op.create_table(
        "response",
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", Utc(), nullable=True),
        sa.Column("owner", Words(), nullable=False),
        sa.Column("owned_until", Utc(), nullable=True),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", Utc(), nullable=True),
        sa.Column("mitigated_at", Utc(), nullable=True),
        sa.Column("resolved_at", Utc(), nullable=True),
        sa.Column("resolved_by", Words(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_response_incident")),
        sa.PrimaryKeyConstraint("incident", name=op.f("pk_response")),
    )
    op.create_index(op.f("ix_response_state"), "response", ["state"], unique=False)
    op.create_index(op.f("ix_response_next_at"), "response", ["next_at"], unique=False)


def _pages() -> None:
    op.create_table(
        "page",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("dedup_key", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("target", Words(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("not_before", Utc(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", Utc(), nullable=True),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("ref", Words(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_page_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
    )
    op.create_index(op.f("ix_page_dedup_key"), "page", ["dedup_key"], unique=False)
    op.create_index(op.f("ix_page_state"), "page", ["state"], unique=False)


def downgrade() -> None:
    for table in ("timeline", "page", "response"):
        op.drop_table(table)
