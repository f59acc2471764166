"""The tables of Fireline's own state. A change here needs a migration with it."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
)

from bot.adapters.state.columns import Utc, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

gate_head = Table(
    "gate_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
"""One row: the version of the gate's state, which every applied tick raises."""

tick = Table(
    "tick",
    metadata,
    Column("at", Utc, primary_key=True),
)
"""The ticks that were applied."""

incident = Table(
    "incident",
    metadata,
    Column("id", String, primary_key=True),
    Column("number", Integer, index=True, unique=True),
    Column("fingerprint", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("family", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("processors", JSON, nullable=False),
    Column("data_dates", JSON, nullable=False),
    Column("impact", JSON, nullable=False),
    Column("members", JSON, nullable=False),
    Column("first_seen", Utc, nullable=False),
    Column("announced_at", Utc, nullable=False),
    Column("last_update_at", Utc, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("resolved_at", Utc, index=True),
    Column("merged_into", String, ForeignKey("incident.id", deferrable=True, initially="DEFERRED")),
    Column("gathered", String),
    Column("error_class", Words, nullable=False),
    Column("unsaid", String),
    Column("flapping", Boolean, nullable=False),
    Column("flips", JSON, nullable=False),
    Column("channel", String),
    Column("ts", String),
    Column("version", Integer, nullable=False),
    Column("headline", JSON, nullable=False, server_default="{}"),
    Column("severity_reason", Words, nullable=False, server_default=""),
    Column("parts", JSON, nullable=False, server_default="[]"),
    Column("news", JSON, nullable=False, server_default="[]"),
)
"""`number` is what people call it by, INC-42, NULL for a note of the digest; `headline` is the gravest finding."""

finding = Table(
    "finding",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("root", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("data_date", Date),
    Column("body", JSON, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("first_held_at", Utc, nullable=False),
    Column("last_held_at", Utc, nullable=False, index=True),
    Column("holding", Boolean, nullable=False),
    Column("incident", String, ForeignKey("incident.id"), index=True),
    Column("is_root", Boolean, nullable=False),
    Column("announced_in", String, ForeignKey("incident.id")),
    Column("hidden_by", String, nullable=False),
)
"""Each finding's state at the gate; `body` is the finding as last seen."""

decision = Table(
    "decision",
    metadata,
    Column("at", Utc, primary_key=True),
    Column("fingerprint", String, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("root", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("incident", String, ForeignKey("incident.id"), index=True),
    Column("escalated", Boolean, nullable=False),
    Column("hidden_by", String, nullable=False),
    Column("members", Integer, nullable=False),
    Column("detail", Words, nullable=False),
)

noise_ledger = Table(
    "noise_ledger",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("found_at", Utc, primary_key=True, index=True),
    Column("reason", String, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("root", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("data_date", Date),
    Column("incident", String, nullable=False),
    Column("hidden_by", String, nullable=False),
)
"""Each finding, by its fingerprint and when it first held, with every reason that it was ever decided on for."""

outbox = Table(
    "outbox",
    metadata,
    Column("at", Utc, primary_key=True),
    Column("fingerprint", String, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("attempted_at", Utc),
    Column("said", Boolean, nullable=False, index=True),
    ForeignKeyConstraint(["at", "fingerprint"], ["decision.at", "decision.fingerprint"]),
)
"""Decisions that a channel is to show."""

feedback = Table(
    "feedback",
    metadata,
    Column("incident", String, ForeignKey("incident.id"), primary_key=True),
    Column("person", String, primary_key=True),
    Column("word", String, nullable=False),
    Column("at", Utc, nullable=False),
)
"""What a person last said of an incident's message: useful, or noise."""

silence = Table(
    "silence",
    metadata,
    Column("id", String, primary_key=True),
    Column("processor", String),
    Column("phase", Integer),
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=False, index=True),
    Column("reason", Words, nullable=False),
    Column("set_by", String, nullable=False),
    Column("proposed", Boolean, nullable=False, server_default=false()),
    Column("announced_at", Utc),
)
"""`proposed`: somebody looked at what it would hide, and has not set it; `announced_at`: a window, planned then."""

response = Table(
    "response",
    metadata,
    Column("incident", String, ForeignKey("incident.id"), primary_key=True),
    Column("severity", String, nullable=False),
    Column("ladder", JSON, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("cycle", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("next_at", Utc, index=True),
    Column("owner", Words, nullable=False),
    Column("owned_until", Utc),
    Column("asked", Boolean, nullable=False),
    Column("acknowledged_at", Utc),
    Column("mitigated_at", Utc),
    Column("resolved_at", Utc),
    Column("resolved_by", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("set_severity", JSON(none_as_null=True)),
)
"""What people do about an incident, and how far its pages have come."""

page = Table(
    "page",
    metadata,
    Column("id", String, primary_key=True),
    Column("incident", String, ForeignKey("incident.id")),
    Column("dedup_key", String, nullable=False, index=True),
    Column("label", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("act", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("person", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("not_before", Utc, nullable=False),
    Column("lease_until", Utc),
    Column("attempts", Integer, nullable=False),
    Column("first_attempt_at", Utc),
    Column("reason", Words, nullable=False),
    Column("ref", Words, nullable=False),
    Column("carried_by", String, nullable=False, index=True),
    Column("text", Words, nullable=False),
)
"""The outbox of pages: one row for each person, channel, step and cycle of an episode; and for each note that is about
no incident, which has its text with it.
"""

timeline = Table(
    "timeline",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("incident", String, ForeignKey("incident.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", Words, nullable=False),
    Column("text", Words, nullable=False),
)

cover = Table(
    "cover",
    metadata,
    Column("id", String, primary_key=True),
    Column("rota", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("person", String, nullable=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=False, index=True),
    Column("asked_at", Utc, nullable=False),
    Column("reason", Words, nullable=False),
    Column("state", String, nullable=False),
    Column("accepted_at", Utc),
    Column("ended_at", Utc),
    Column("at_once", Boolean, nullable=False, server_default=false()),
)
"""Requests to take somebody's turn on call."""

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor", Words, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", Words, nullable=False, index=True),
    Column("body", Words, nullable=False),
    Column("previous", String, nullable=False),
    Column("key", String, nullable=False),
    Column("hash", String, nullable=False),
)
"""The audit chain. Triggers refuse to change or to delete a row."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String, nullable=False),
)
"""One row: the last record of the chain. Whoever adds to it holds this row."""

lease = Table(
    "lease",
    metadata,
    Column("work", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("beat", Integer, nullable=False),
    Column("note", Words, nullable=False),
)
"""Work that one of several processes does."""

clock_mark = Table(
    "clock_mark",
    metadata,
    Column("work", String, primary_key=True),
    Column("boot", String, nullable=False),
    Column("offset_s", Float, nullable=False),
)
"""By which clock the moments of a work were stored last."""

action_grant = Table(
    "action_grant",
    metadata,
    Column("id", String, primary_key=True),
    Column("incident", String, ForeignKey("incident.id"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("act", String, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    UniqueConstraint("incident", "episode", "act"),
)
"""What stands behind buttons: one row for each act of an episode."""

inbox = Table(
    "inbox",
    metadata,
    Column("delivery", Words, primary_key=True),
    Column("changed", Words, primary_key=True),
    Column("at", Utc, nullable=False, index=True),
)
"""Deliveries of Slack that have changed something, and what: each once."""

push_head = Table(
    "push_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
)
"""One row: the last number of an event. Whoever adds some holds this row, so they are seen in the order of numbers."""

push_aside = Table(
    "push_aside",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("received_at", Utc, nullable=False),
    Column("place", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("body", Words, nullable=False),
)
"""What came of the pipeline and cannot be understood, numbered as events are."""

push_event = Table(
    "push_event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("processor", Words, nullable=False),
    Column("run_id", Words, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False, index=True),
    Column("data_date", Date),
    Column("clock_off", Float, nullable=False),
    Column("body", Words, nullable=False),
    UniqueConstraint("processor", "run_id", "attempt", "kind", "digest"),
)
"""What the pipeline tells of its runs by itself; `digest` tells what was sent again."""
