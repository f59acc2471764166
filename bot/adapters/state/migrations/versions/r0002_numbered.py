"""Incidents get numbers, their gravest finding and what people say of them; two columns of findings get clear names."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc, Words

revision = "0002"
down_revision = "0001"

INCIDENT = sa.table(
    "incident",
    *(sa.column(name, sa.JSON()) for name in ("processors", "data_dates", "impact", "headline", "parts")),
    *(sa.column(name, sa.String()) for name in ("id", "kind", "severity", "severity_reason", "error_class")),
    sa.column("number", sa.Integer()),
    *(sa.column(name, Utc()) for name in ("first_seen", "announced_at")),
)
DECISION = sa.table(
    "decision",
    sa.column("incident", sa.String()),
    sa.column("at", Utc()),
    sa.column("outcome", sa.String()),
    sa.column("body", sa.JSON()),
)
CAUSE_UNKNOWN = "processing_error"


def upgrade() -> None:
    op.add_column("incident", sa.Column("number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("incident", sa.Column("headline", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("incident", sa.Column("severity_reason", Words(), server_default="", nullable=False))
    op.add_column("incident", sa.Column("parts", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("incident", sa.Column("news", sa.JSON(), server_default="[]", nullable=False))
    _number()
    op.create_index(op.f("ix_incident_number"), "incident", ["number"], unique=True)
    _rename()
    op.create_table(
        "feedback",
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_feedback_incident")),
        sa.PrimaryKeyConstraint("incident", "person", name=op.f("pk_feedback")),
    )


def _number() -> None:
    """In the order in which they were announced."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(INCIDENT).order_by(INCIDENT.c.announced_at, INCIDENT.c.id)).mappings().all()
    for number, row in enumerate(rows, start=1):
        headline = _headline(connection, row)
        reason = str(headline["severity_reason"])
        parts = [{"kind": row["kind"], "data_date": day} for day in row["data_dates"] or [None]]
        change = sa.update(INCIDENT).where(INCIDENT.c.id == row["id"])
        connection.execute(change.values(number=number, headline=headline, severity_reason=reason, parts=parts))


def _headline(connection: sa.Connection, row: sa.RowMapping) -> dict[str, Any]:
    """The first of the worst findings that its messages were about; without any, what the row itself says."""
    said = sa.select(DECISION.c.body).where(
        DECISION.c.incident == row["id"], DECISION.c.outcome.in_(["announce", "update", "resolve"])
    )
    bodies = [dict(body) for body in connection.scalars(said.order_by(DECISION.c.at))]
    if bodies:
        return min(bodies, key=lambda body: str(body["severity"]))
    seen = row["first_seen"].isoformat()
    days = row["data_dates"]
    return {
        "kind": row["kind"],
        "processors": row["processors"],
        "root_cause": CAUSE_UNKNOWN,
        "severity": row["severity"],
        "severity_reason": "",
        "since": seen,
        "evident_at": seen,
        "explanation": "",
        "data_date": days[0] if len(days) == 1 else None,
        "impact": row["impact"],
        "error_class": row["error_class"],
    }


def _rename() -> None:
    op.alter_column("finding", "rooted", new_column_name="is_root")
    op.alter_column("finding", "home", new_column_name="announced_in")
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps the name of a constraint, and never shows it
        op.execute("alter table finding rename constraint fk_finding_home to fk_finding_announced_in")


def downgrade() -> None:
    op.drop_table("feedback")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table finding rename constraint fk_finding_announced_in to fk_finding_home")
    op.alter_column("finding", "announced_in", new_column_name="home")
    op.alter_column("finding", "is_root", new_column_name="rooted")
    op.drop_index(op.f("ix_incident_number"), "incident")
    for column in ("news", "parts", "severity_reason", "headline", "number"):
        op.drop_column("incident", column)
