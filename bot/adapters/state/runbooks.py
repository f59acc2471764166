"""Runbooks that were started, as rows."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    UniqueConstraint,
    func,
    or_,
    select,
    update,
)

from bot.adapters.state import tables
from bot.adapters.state.columns import Utc, Words
from bot.adapters.state.database import reading
from bot.adapters.state.writing import insert_new
from bot.domain.incidents.incident import MessageRef
from bot.domain.runbooks.run import Grant, Run, RunState, StepRun, Subject
from bot.domain.runbooks.runbook import Runbook

RUN = Table(
    "runbook_run",
    tables.metadata,
    Column("id", String, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("runbook", JSON, nullable=False),
    Column("name", String, nullable=False),
    Column("subject", JSON, nullable=False),
    Column("incident", String, ForeignKey("incident.id"), index=True),
    Column("state", String, nullable=False, index=True),
    Column("holds", Words, unique=True),
    Column("started_by", Words, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("steps", JSON, nullable=False),
    Column("escalate_at", Utc),
    Column("escalated_at", Utc),
    Column("due_at", Utc, index=True),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("message_channel", String),
    Column("message_ts", String),
    Column("tried_at", Utc),
    Column("version", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
)
"""`runbook` is as the file said when it was started, `name` its id; `steps` is how far each has come.
`holds`: what no other may be started for while it is running; NULL when it is over.
"""

GRANT = Table(
    "runbook_grant",
    tables.metadata,
    Column("id", String, primary_key=True),
    Column("run", String, ForeignKey("runbook_run.id"), nullable=False),
    Column("step", Integer, nullable=False),
    UniqueConstraint("run", "step"),
)
"""What stands behind the buttons of a run: one row for each step, and one, step 0, for the run."""

_RUNBOOK, _SUBJECT, _STEPS = TypeAdapter(Runbook), TypeAdapter(Subject), TypeAdapter(tuple[StepRun, ...])
ID_BYTES = 16
MOST_TRIES = 20
MESSAGE = frozenset({"message_channel", "message_ts", "tried_at", "shown"})
"""Whoever delivers says where its message is, and what it says."""


class SqlRunbooks:
    """Implements `bot.ports.runbook_runs.RunbookRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, run: Run) -> Run | None:
        for _ in range(MOST_TRIES):
            number = (self._connection.scalar(select(func.max(RUN.c.number))) or 0) + 1
            made = replace(run, number=number, version=1)
            if insert_new(self._connection, RUN, [_row(made)]) == 1:
                self._grant(run)
                return made
            if self._is_there(run):
                return None
        return None

    def _is_there(self, run: Run) -> bool:
        """Or was it only the number that another one has got meanwhile?"""
        same = or_(RUN.c.id == run.id, RUN.c.holds == _holds(run))
        return self._connection.scalar(select(RUN.c.id).where(same)) is not None

    def _grant(self, run: Run) -> None:
        steps = [0, *(each.number for each in run.steps)]
        grants = [{"id": secrets.token_urlsafe(ID_BYTES), "run": run.id, "step": each} for each in steps]
        insert_new(self._connection, GRANT, grants)

    def put(self, after: Run) -> bool:
        row = {
            name: value
            for name, value in _row(replace(after, version=after.version + 1)).items()
            if name not in MESSAGE
        }
        same = (RUN.c.id == after.id) & (RUN.c.version == after.version)
        return self._connection.execute(update(RUN).where(same).values(**row)).rowcount == 1

    def trying(self, run: Run, at: datetime) -> bool:
        before = RUN.c.tried_at.is_(None) if run.tried_at is None else RUN.c.tried_at == run.tried_at
        change = update(RUN).where(RUN.c.id == run.id, RUN.c.message_ts.is_(None), before).values(tried_at=at)
        return self._connection.execute(change).rowcount == 1

    def showed(self, run_id: str, message: MessageRef | None, version: int) -> None:
        values: dict[str, Any] = {"shown": version}
        if message is not None:
            values |= {"message_channel": message.channel, "message_ts": message.ts}
        self._connection.execute(update(RUN).where(RUN.c.id == run_id).values(**values))


class SqlRunbookRuns:
    """Implements `bot.ports.runbook_runs.RunbookRuns`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, run_id: str) -> Run | None:
        return next(iter(self._found(select(RUN).where(RUN.c.id == run_id))), None)

    def numbered(self, number: int) -> Run | None:
        return next(iter(self._found(select(RUN).where(RUN.c.number == number))), None)

    def running(self) -> list[Run]:
        return self._found(select(RUN).where(RUN.c.state == RunState.RUNNING.value))

    def of_incident(self, incident: str) -> list[Run]:
        return self._found(select(RUN).where(RUN.c.incident == incident))

    def last_started(self) -> dict[str, datetime]:
        query = select(RUN.c.name, func.max(RUN.c.started_at).label("at")).group_by(RUN.c.name)
        with reading(self._engine) as connection:
            return {row.name: row.at for row in connection.execute(query)}

    def due(self, now: datetime) -> list[Run]:
        found = self._found(select(RUN).where(RUN.c.due_at <= now))
        return sorted(found, key=lambda each: (each.due_at or now, each.number))

    def to_show(self) -> list[Run]:
        return self._found(select(RUN).where(RUN.c.shown < RUN.c.version, RUN.c.channel != ""))

    def grants(self, run_id: str) -> list[Grant]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(GRANT).where(GRANT.c.run == run_id).order_by(GRANT.c.step)).mappings()
            return [Grant(**row) for row in rows]

    def grant(self, grant_id: str) -> Grant | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(GRANT).where(GRANT.c.id == grant_id)).mappings().one_or_none()
        return None if row is None else Grant(**row)

    def _found(self, query: Select[Any]) -> list[Run]:
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(RUN.c.number)).mappings().all()
        return [_run(row) for row in rows]


def _holds(run: Run) -> str | None:
    """The runbook, and the incident that it is for; without one what it is about."""
    return f"{run.runbook.id}:{run.incident or run.subject}" if run.state is RunState.RUNNING else None


def _row(run: Run) -> dict[str, Any]:
    message = run.message
    plain = ("id", "number", "started_by", "started_at", "ended_at", "escalate_at", "escalated_at", "due_at", "channel")
    return {
        **{name: getattr(run, name) for name in (*plain, "thread", "tried_at", "version", "shown")},
        "runbook": _RUNBOOK.dump_python(run.runbook, mode="json"),
        "name": run.runbook.id,
        "subject": _SUBJECT.dump_python(run.subject, mode="json"),
        "incident": run.incident or None,
        "state": run.state.value,
        "holds": _holds(run),
        "steps": _STEPS.dump_python(run.steps, mode="json"),
        "message_channel": None if message is None else message.channel,
        "message_ts": None if message is None else message.ts,
    }


def _run(row: RowMapping) -> Run:
    return Run(
        id=row["id"],
        number=row["number"],
        runbook=_RUNBOOK.validate_python(row["runbook"]),
        subject=_SUBJECT.validate_python(row["subject"]),
        incident=row["incident"] or "",
        state=RunState(row["state"]),
        started_by=row["started_by"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        steps=_STEPS.validate_python(row["steps"]),
        escalate_at=row["escalate_at"],
        escalated_at=row["escalated_at"],
        channel=row["channel"],
        thread=row["thread"],
        message=None if row["message_ts"] is None else MessageRef(row["message_channel"], row["message_ts"]),
        tried_at=row["tried_at"],
        version=row["version"],
        shown=row["shown"],
    )
