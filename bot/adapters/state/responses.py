"""What people do about incidents, as rows; and their timelines."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, insert, select, update

from bot.adapters.state import tables
from bot.adapters.state.grants import make_grants
from bot.adapters.state.writing import insert_new
from bot.domain.audit import Record
from bot.domain.findings.severity import Severity
from bot.domain.grants import begins
from bot.domain.incidents.escalation_policy import Ladder
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.set_severity import SetSeverity
from bot.domain.incidents.timeline import Entry, EntryKind, record_of

RESPONSE, TIMELINE, INCIDENT = tables.response, tables.timeline, tables.incident
_LADDER = TypeAdapter(Ladder)
_WORD = TypeAdapter(SetSeverity | None)


class SqlResponses:
    """Implements `bot.ports.state.ResponseRecord`; what is noted is audited, too."""

    def __init__(self, connection: Connection, audit: Callable[[Record], None]) -> None:
        self._connection, self._audit = connection, audit

    def of(self, incidents: Iterable[str]) -> dict[str, Response]:
        query = select(RESPONSE).where(RESPONSE.c.incident.in_(list(incidents))).order_by(RESPONSE.c.incident)
        rows = self._connection.execute(query.with_for_update()).mappings()
        return {row["incident"]: _response(row) for row in rows}

    def put(self, after: Response) -> bool:
        row = _row(replace(after, version=after.version + 1))
        if not self._stored(after, row):
            return False
        if begins(after):
            make_grants(self._connection, after)
        return True

    def _stored(self, after: Response, row: dict[str, Any]) -> bool:
        if after.version == 0:
            return insert_new(self._connection, RESPONSE, [row]) == 1
        same = (RESPONSE.c.incident == after.incident) & (RESPONSE.c.version == after.version)
        changed = {name: value for name, value in row.items() if name != "shown"}
        return self._connection.execute(update(RESPONSE).where(same).values(**changed)).rowcount == 1

    def showed(self, read: Response) -> None:
        same = (RESPONSE.c.incident == read.incident) & (RESPONSE.c.shown >= read.shown)
        self._connection.execute(update(RESPONSE).where(same).values(shown=read.version))

    def show_again(self) -> None:
        """`shown` becomes less than whoever is showing it now has read."""
        coming = select(RESPONSE.c.incident).where(RESPONSE.c.next_at.is_not(None))
        self._connection.execute(coming.order_by(RESPONSE.c.incident).with_for_update())
        changed = update(RESPONSE).where(RESPONSE.c.next_at.is_not(None))
        self._connection.execute(changed.values(shown=RESPONSE.c.shown - RESPONSE.c.version))

    def note(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._connection.execute(insert(TIMELINE).values(**{**asdict(entry), "kind": entry.kind.name}))
            self._audit(record_of(entry))


def response_of(connection: Connection, incident: str) -> Response | None:
    row = connection.execute(select(RESPONSE).where(RESPONSE.c.incident == incident)).mappings().one_or_none()
    return None if row is None else _response(row)


def unresolved(connection: Connection) -> list[Response]:
    rows = connection.execute(select(RESPONSE).where(RESPONSE.c.state != ResponseState.RESOLVED.value)).mappings()
    return sorted(map(_response, rows), key=lambda each: (each.severity, each.opened_at, each.incident))


def due_by(connection: Connection, now: datetime) -> list[Response]:
    rows = connection.execute(select(RESPONSE).where(RESPONSE.c.next_at <= now)).mappings()
    return sorted(map(_response, rows), key=lambda each: (each.severity, each.next_at or now, each.incident))


def to_show(connection: Connection) -> list[Response]:
    has_message = RESPONSE.c.incident == INCIDENT.c.id
    query = (
        select(RESPONSE)
        .join(INCIDENT, has_message)
        .where(RESPONSE.c.shown < RESPONSE.c.version, INCIDENT.c.ts.is_not(None))
    )
    return sorted(map(_response, connection.execute(query).mappings()), key=lambda each: (each.severity, each.incident))


def timeline_of(connection: Connection, incident: str) -> list[Entry]:
    query = select(TIMELINE).where(TIMELINE.c.incident == incident).order_by(TIMELINE.c.seq)
    return [
        Entry(row["incident"], row["at"], EntryKind[row["kind"]], row["text"], row["actor"])
        for row in connection.execute(query).mappings()
    ]


def _row(response: Response) -> dict[str, Any]:
    words = {"severity": response.severity.value, "state": response.state.value}
    parts = {
        "ladder": _LADDER.dump_python(response.ladder, mode="json"),
        "set_severity": _WORD.dump_python(response.set_severity, mode="json"),
    }
    plain = {name: value for name, value in vars(response).items() if name not in (*parts, *words)}
    return {**plain, **words, **parts}


def _response(row: RowMapping) -> Response:
    words = {"severity": Severity(row["severity"]), "state": ResponseState(row["state"])}
    columns = {column.name: row[column.name] for column in RESPONSE.columns}
    parts = {
        "ladder": _LADDER.validate_python(row["ladder"]),
        "set_severity": _WORD.validate_python(row["set_severity"]),
    }
    return Response(**{**columns, **words, **parts})
