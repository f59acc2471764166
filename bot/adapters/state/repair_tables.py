"""The tables of repairs. A change here needs a migration with it."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, false

from bot.adapters.state.columns import Utc, Words
from bot.adapters.state.tables import metadata

repair = Table(
    "repair",
    metadata,
    Column("id", String, primary_key=True),
    Column("number", Integer, index=True, unique=True),
    Column("state", String, nullable=False, index=True),
    Column("plan", JSON, nullable=False),
    Column("asked_by", JSON, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("approval_asked_at", Utc),
    Column("approved_by", JSON(none_as_null=True)),
    Column("approved_at", Utc),
    Column("started_at", Utc, index=True),
    Column("ended_at", Utc),
    Column("incident", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("channel", String),
    Column("ts", String),
    Column("version", Integer, nullable=False),
)
"""`number` is what people call it by, R-12, NULL for what is only planned; `plan` is what was shown and approved."""

repair_step = Table(
    "repair_step",
    metadata,
    Column("repair", String, ForeignKey("repair.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("processor", String, nullable=False),
    Column("data_date", Date, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("after", JSON, nullable=False),
    Column("service", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("request_id", String, nullable=False),
    Column("execution", Words, nullable=False),
    Column("run_id", Words, nullable=False),
    Column("verdict_before", String, nullable=False),
    Column("verdict_after", String, nullable=False),
    Column("rows_before", Integer),
    Column("rows_after", Integer),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("asked_at", Utc),
    Column("not_before", Utc),
    Column("unclear", Boolean, nullable=False, server_default=false()),
    Column("earlier", JSON(none_as_null=True)),
    Column("cause", String, nullable=False, server_default=""),
    Column("reason", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_repair_step_processor", "processor", "data_date"),
)

circuit = Table(
    "circuit",
    metadata,
    Column("processor", String, primary_key=True),
    Column("opened_at", Utc, nullable=False),
    Column("opened_by", Words, nullable=False),
    Column("because", Words, nullable=False),
)
"""Processors that are not repaired until somebody closes it."""
