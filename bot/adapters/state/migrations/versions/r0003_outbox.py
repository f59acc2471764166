"""The outbox: what has to be said is a row of its own, written with the decision that is its reason."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.state.columns import Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("at", Utc(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", Utc(), nullable=True),
        sa.Column("said", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["at", "fingerprint"], ["decision.at", "decision.fingerprint"], name=op.f("fk_outbox_at")
        ),
        sa.PrimaryKeyConstraint("at", "fingerprint", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_said"), "outbox", ["said"], unique=False)
    # The release before derived pending messages from the decisions: one without a message is still to be posted.
    op.execute(
        "insert into outbox (at, fingerprint, attempts, said) "
        "select decision.at, decision.fingerprint, 1, false from decision "
        "join incident on incident.id = decision.incident "
        "where incident.ts is null and incident.state = 'open' "
        "and decision.outcome in ('announce', 'update') and decision.severity <> 'P3'"
    )


def downgrade() -> None:
    """The release before derives what is pending from the decisions."""
    op.drop_table("outbox")
