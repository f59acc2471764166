"""The state on SQLite or PostgreSQL. Whoever comes second at a tick changes nothing, and is told so."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.adapters.state import tables
from bot.adapters.state.database import reading, writing
from bot.adapters.state.rows import (
    alert_of,
    alert_row,
    decision_of,
    decision_row,
    feedback_of,
    feedback_row,
    incident_of,
    incident_row,
    silence_of,
    silence_row,
    window_of,
    window_row,
)
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback
from bot.domain.incidents.incident import AlertState, Incident, IncidentState, MessageRef, numbered
from bot.ports.state import Committed

HEAD, INCIDENT, FINDING = tables.gate_head, tables.incident, tables.finding


class _Overtaken(Exception):
    """Ends a transaction without effect."""


class SqlState:
    """Implements `bot.ports.state.State`. The tables have to be those of this release."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        horizon = now - repeat_window
        recent = FINDING.c.last_held_at >= horizon
        announced_ids = select(FINDING.c.announced_in).where(recent, FINDING.c.announced_in.is_not(None))
        known = or_(
            INCIDENT.c.resolved_at.is_(None), INCIDENT.c.resolved_at >= horizon, INCIDENT.c.id.in_(announced_ids)
        )
        with reading(self._engine) as connection:
            version = connection.scalar(select(HEAD.c.version)) or 0
            alerts = [alert_of(row) for row in connection.execute(select(FINDING).where(recent)).mappings()]
            incidents = [incident_of(row) for row in connection.execute(select(INCIDENT).where(known)).mappings()]
            silences = _silences(connection, now)
            windows = _windows(connection, horizon)
        return GateMemory(
            {alert.fingerprint: alert for alert in alerts},
            {incident.id: incident for incident in incidents},
            silences,
            windows,
            version,
        )

    def commit(self, tick: datetime, result: GateResult, version: int) -> Committed:
        try:
            with writing(self._engine) as connection:
                applied = connection.scalar(select(tables.tick.c.at).where(tables.tick.c.at == tick))
                if applied is not None:
                    return Committed.ALREADY
                raised = update(HEAD).where(HEAD.c.version == version).values(version=version + 1)
                if connection.execute(raised).rowcount != 1:
                    return self._lost(connection, tick)
                connection.execute(insert(tables.tick).values(at=tick))
                _keep_incidents(connection, result.incidents)
                _upsert(connection, FINDING, ("fingerprint",), [alert_row(each) for each in result.alerts])
                if result.decisions:
                    connection.execute(insert(tables.decision), [decision_row(each) for each in result.decisions])
        except _Overtaken:
            return Committed.OVERTAKEN
        return Committed.APPLIED

    def _lost(self, connection: Connection, tick: datetime) -> Committed:
        """Another process was first; was it with this very tick?"""
        applied = connection.scalar(select(tables.tick.c.at).where(tables.tick.c.at == tick))
        return Committed.OVERTAKEN if applied is None else Committed.ALREADY

    def last_tick(self) -> datetime | None:
        with reading(self._engine) as connection:
            last: datetime | None = connection.scalar(select(func.max(tables.tick.c.at)))
        return last

    def decisions(self, since: datetime, until: datetime) -> list[Decision]:
        table = tables.decision
        query = select(table).where(table.c.at >= since, table.c.at < until)
        with reading(self._engine) as connection:
            found = [decision_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: (each.at, each.fingerprint))

    def incident(self, incident_id: str) -> Incident | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(INCIDENT).where(INCIDENT.c.id == incident_id)).mappings().one_or_none()
        return None if row is None else incident_of(row)

    def open_incidents(self) -> list[Incident]:
        query = select(INCIDENT).where(INCIDENT.c.state == IncidentState.OPEN.value)
        with reading(self._engine) as connection:
            found = [incident_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: (each.announced_at, each.id))

    def members(self, incident_id: str) -> list[AlertState]:
        query = select(FINDING).where(FINDING.c.incident == incident_id)
        with reading(self._engine) as connection:
            found = [alert_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: each.fingerprint)

    def history(self, incident_id: str) -> list[Decision]:
        table = tables.decision
        query = select(table).where(table.c.incident == incident_id)
        with reading(self._engine) as connection:
            found = [decision_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: (each.at, each.fingerprint))

    def say(self, incident_id: str, said: Feedback) -> bool:
        row = {"incident": incident_id, **feedback_row(said)}
        with writing(self._engine) as connection:
            if connection.scalar(select(INCIDENT.c.id).where(INCIDENT.c.id == incident_id)) is None:
                return False
            _upsert(connection, tables.feedback, ("incident", "person"), [row])
            return True

    def feedback(self, incident_id: str) -> list[Feedback]:
        query = select(tables.feedback).where(tables.feedback.c.incident == incident_id)
        with reading(self._engine) as connection:
            found = [feedback_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda said: said.person)

    def set_message(self, incident_id: str, message: MessageRef, version: int) -> bool:
        change = update(INCIDENT).where(INCIDENT.c.id == incident_id, INCIDENT.c.version == version)
        values = {"channel": message.channel, "ts": message.ts, "version": version + 1}
        with writing(self._engine) as connection:
            return connection.execute(change.values(**values)).rowcount == 1

    def add_silence(self, silence: Silence) -> bool:
        with writing(self._engine) as connection:
            return _insert_new(connection, tables.silence, [silence_row(silence)]) == 1

    def end_silence(self, silence_id: str, at: datetime) -> bool:
        table = tables.silence
        change = update(table).where(table.c.id == silence_id, table.c.until > at).values(until=at)
        with writing(self._engine) as connection:
            return connection.execute(change).rowcount == 1

    def silences(self, now: datetime) -> list[Silence]:
        with reading(self._engine) as connection:
            return list(_silences(connection, now))

    def add_windows(self, windows: Iterable[PlannedWindow]) -> int:
        rows = [window_row(window) for window in windows]
        with writing(self._engine) as connection:
            return _insert_new(connection, tables.planned_window, rows)

    def close(self) -> None:
        self._engine.dispose()


def _keep_incidents(connection: Connection, incidents: Sequence[Incident]) -> None:
    new = numbered(incidents, connection.scalar(select(func.max(INCIDENT.c.number))) or 0)
    if new and _insert_new(connection, INCIDENT, [incident_row(each) for each in new]) != len(new):
        raise _Overtaken
    for each in incidents:
        if each.version > 0:
            change = update(INCIDENT).where(INCIDENT.c.id == each.id, INCIDENT.c.version == each.version)
            if connection.execute(change.values(**incident_row(each))).rowcount != 1:
                raise _Overtaken


def _insert(connection: Connection, table: Table) -> Any:
    """An insert that knows ON CONFLICT: the same words on both, in two dialects of SQLAlchemy."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Rows whose key is there already stay as they are; returns how many were new."""
    statement = _insert(connection, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sum(connection.execute(statement.values(**row)).rowcount for row in rows)


def _upsert(connection: Connection, table: Table, key: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = _insert(connection, table)
    changes = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changes), list(rows))


def _silences(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    table = tables.silence
    rows = connection.execute(select(table).where(table.c.until > now)).mappings()
    return tuple(sorted((silence_of(row) for row in rows), key=lambda each: (each.until, each.id)))


def _windows(connection: Connection, since: datetime) -> tuple[PlannedWindow, ...]:
    table = tables.planned_window
    query = select(table).where(table.c.ends_at >= since).order_by(table.c.starts_at, table.c.id)
    return tuple(window_of(row) for row in connection.execute(query).mappings())
