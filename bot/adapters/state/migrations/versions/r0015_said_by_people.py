"""How bad a person says that an incident is, and what people have declared."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
KINDS = {"declared": "tracking_bug", "unknown": "tracking_bug"}
"""What older releases read in place of a kind, or a root cause, that they do not know."""
WORDS, NEW = ("kind", "root_cause"), ("declared", "by")


def upgrade() -> None:
    op.add_column("response", sa.Column("set_severity", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Of what a person has lowered the facts count again; what was declared is resolved there: nothing finds it."""
    op.drop_column("response", "set_severity")
    for table, column in (("incident", "headline"), ("incident", "parts"), ("finding", "body"), ("decision", "body")):
        _reword(table, column)
    over = "state = 'resolved', resolved_at = coalesce(resolved_at, last_update_at)"
    op.execute(f"update incident set kind = 'tracking_bug', family = 'note', {over} where kind = 'declared'")  # noqa: S608
    op.execute("update finding set kind = 'tracking_bug', holding = false where kind = 'declared'")
    op.execute("update response set state = 'resolved', next_at = null where incident like 'declared:%'")
    for table in ("finding", "decision"):
        op.execute(f"update {table} set reason = 'NEW' where reason = 'DECLARED'")  # noqa: S608 (two names of ours)
        op.execute(f"update {table} set reason = 'RESOLVED' where reason = 'CLOSED'")  # noqa: S608
    op.execute("update timeline set kind = 'NOTE' where kind = 'GRADED'")
    op.execute("delete from action_grant where act = 'SEVERITY'")


def _reword(name: str, column: str) -> None:
    """What older releases read of what was declared."""
    table = sa.table(name, sa.column("fingerprint", sa.String()), sa.column(column, sa.JSON()))
    fingerprint, value, connection = table.c.fingerprint, table.c[column], op.get_bind()
    rows = connection.execute(sa.select(fingerprint, value).where(fingerprint.like("declared:%"))).all()
    for row in rows:
        connection.execute(sa.update(table).where(fingerprint == row[0]).values({column: _older(row[1])}))


def _older(value: Any) -> Any:
    if isinstance(value, list):
        return [_older(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: KINDS.get(each, each) if name in WORDS else each for name, each in value.items() if name not in NEW}
