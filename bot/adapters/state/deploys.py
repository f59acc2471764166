"""Deployments and operations as rows: a card never waits for Google, and every process knows the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Integer,
    Select,
    String,
    Table,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.adapters.state import tables
from bot.adapters.state.columns import Utc
from bot.adapters.state.database import reading
from bot.adapters.state.writing import insert_new, upsert
from bot.domain.deploys.seen import Seen
from bot.domain.operations.operation import AT_WORK, Operation, Stage

deployment = Table(
    "deployment",
    tables.metadata,
    Column("service", String, primary_key=True),
    Column("body", JSON, nullable=False),
)
"""What was last read of a service."""

operation = Table(
    "operation",
    tables.metadata,
    Column("id", String, primary_key=True),
    Column("service", String, nullable=False, index=True),
    Column("asked_at", Utc, nullable=False),
    Column("stage", String, nullable=False, index=True),
    Column("at_work", String, unique=True),
    Column("body", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
"""What was asked for, as shown. `at_work`: the service, while something is done to it: one thing at a time."""
_SEEN, _OPERATION = TypeAdapter(Seen), TypeAdapter(Operation)
_AT_WORK = select(operation).where(operation.c.at_work.is_not(None)).order_by(operation.c.asked_at, operation.c.id)


class SqlDeployRecord:
    """Implements `bot.ports.deploys.DeployRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, seen: Seen) -> None:
        row = {"service": seen.service, "body": _SEEN.dump_python(seen, mode="json")}
        upsert(self._connection, deployment, ("service",), [row])

    def add(self, wanted: Operation) -> bool:
        return insert_new(self._connection, operation, [_row(wanted)]) == 1

    def change(self, after: Operation) -> Operation | None:
        same = (operation.c.id == after.id) & (operation.c.version == after.version)
        try:
            with self._connection.begin_nested():
                changed = self._connection.execute(update(operation).where(same).values(**_row(after))).rowcount
        except IntegrityError:  # something else is done to that service
            return None
        return replace(after, version=after.version + 1) if changed == 1 else None

    def at_work(self) -> Sequence[Operation]:
        return _found(self._connection, _AT_WORK)


class SqlDeploys:
    """Implements `bot.ports.deploys.Deploys`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def seen(self) -> dict[str, Seen]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(deployment.c.body)).scalars().all()
        return {each.service: each for each in map(_SEEN.validate_python, rows)}

    def operation(self, operation_id: str) -> Operation | None:
        return next(iter(self._found(select(operation).where(operation.c.id == operation_id))), None)

    def at_work(self) -> Sequence[Operation]:
        return self._found(_AT_WORK)

    def operations(self, service: str, most: int) -> Sequence[Operation]:
        of_it = (operation.c.service == service) & (operation.c.stage != Stage.SHOWN.value)
        newest = select(operation).where(of_it).order_by(operation.c.asked_at.desc(), operation.c.id.desc())
        return self._found(newest.limit(most))

    def done_for(self, incident: str, since: datetime) -> Sequence[Operation]:
        done = (operation.c.stage == Stage.DONE.value) & (operation.c.asked_at >= since)
        known = self._found(select(operation).where(done).order_by(operation.c.asked_at, operation.c.id))
        return [each for each in known if each.incident == incident]

    def _found(self, query: Select[Any]) -> list[Operation]:
        with reading(self._engine) as connection:
            return _found(connection, query)


def _found(connection: Connection, query: Select[Any]) -> list[Operation]:
    rows = connection.execute(query).mappings()
    return [replace(_OPERATION.validate_python(row["body"]), version=row["version"]) for row in rows]


def _row(wanted: Operation) -> dict[str, Any]:
    return {
        "id": wanted.id,
        "service": wanted.wanted.service,
        "asked_at": wanted.asked_at,
        "stage": wanted.stage.value,
        "at_work": wanted.wanted.service if wanted.stage in AT_WORK else None,
        "body": _OPERATION.dump_python(wanted, mode="json"),
        "version": wanted.version + 1,
    }
