"""A note that is in the digest only has no number: numbers are for what people are told of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


INCIDENT = sa.table("incident", sa.column("id"), *(sa.column(name, sa.Integer()) for name in ("number", "given")))


def upgrade() -> None:
    """Numbers that were given stay: people have used them. SQLite cannot change a column: another takes its place."""
    op.add_column("incident", sa.Column("given", sa.Integer(), nullable=True))
    op.execute(sa.update(INCIDENT).values(given=INCIDENT.c.number))
    op.drop_index(op.f("ix_incident_number"), "incident")
    op.drop_column("incident", "number")
    op.alter_column("incident", "given", new_column_name="number")
    op.create_index(op.f("ix_incident_number"), "incident", ["number"], unique=True)


def downgrade() -> None:
    """Every incident had a number: notes get the next ones."""
    op.add_column("incident", sa.Column("given", sa.Integer(), server_default="0", nullable=False))
    connection = op.get_bind()
    op.execute(sa.update(INCIDENT).where(INCIDENT.c.number.is_not(None)).values(given=INCIDENT.c.number))
    first = (connection.scalar(sa.select(sa.func.max(INCIDENT.c.number))) or 0) + 1
    notes = connection.scalars(
        sa.select(INCIDENT.c.id).where(INCIDENT.c.number.is_(None)).order_by(INCIDENT.c.id)
    ).all()
    for number, note in enumerate(notes, first):
        connection.execute(sa.update(INCIDENT).where(INCIDENT.c.id == note).values(given=number))
    op.drop_index(op.f("ix_incident_number"), "incident")
    op.drop_column("incident", "number")
    op.alter_column("incident", "given", new_column_name="number")
    op.create_index(op.f("ix_incident_number"), "incident", ["number"], unique=True)
