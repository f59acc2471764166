"""The audit chain: who changed what, from now on. Its rows are added and read, never changed or deleted."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words
from bot.domain.audit import NOTHING

revision = "0007"
down_revision = "0006"
KEPT = "a record of the audit chain is never changed or deleted"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": NOTHING.seq, "hash": NOTHING.hash}])
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function audit_is_kept()")


def _refuse_on_postgresql() -> None:
    op.execute(
        f"create function audit_is_kept() returns trigger language plpgsql as $$ begin raise exception '{KEPT}'; end $$"
    )
    op.execute(
        "create trigger audit_is_kept before update or delete or truncate on audit "
        "for each statement execute function audit_is_kept()"
    )


def _refuse_on_sqlite() -> None:
    for act in ("update", "delete"):
        op.execute(
            f"create trigger audit_is_kept_from_{act} before {act} on audit begin select raise(abort, '{KEPT}'); end"
        )
