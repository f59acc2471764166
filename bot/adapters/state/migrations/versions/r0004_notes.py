"""A note that is in the digest only has no number: numbers are for what people are told of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


INCIDENT = sa.table("incident", sa.column("number", sa.Integer()), sa.column("given", sa.Integer()))


def upgrade() -> None:
    """Numbers that were given stay: people have used them. SQLite cannot change a column: another takes its place."""
    op.add_column("incident", sa.Column("given", sa.Integer(), nullable=True))
    op.execute(sa.update(INCIDENT).values(given=INCIDENT.c.number))
    op.drop_index(op.f("ix_incident_number"), "incident")
    op.drop_column("incident", "number")
    op.alter_column("incident", "given", new_column_name="number")
    op.create_index(op.f("ix_incident_number"), "incident", ["number"], unique=True)
