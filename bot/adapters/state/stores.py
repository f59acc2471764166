"""The state on SQLite or PostgreSQL. Whoever comes second at a tick changes nothing, and gets that as its answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select

from bot.adapters.state import audit, inbox, pages, responses, silences, tables
from bot.adapters.state.clock_marks import mark_of
from bot.adapters.state.covers import cover_of, covers_until
from bot.adapters.state.database import reading, writing
from bot.adapters.state.deploys import SqlDeploys
from bot.adapters.state.grants import grant_of, grants_of
from bot.adapters.state.leases import lease_of
from bot.adapters.state.noise_ledger import entries_within
from bot.adapters.state.repairs import SqlRepairs
from bot.adapters.state.reports import SqlReports
from bot.adapters.state.rows import (
    alert_of,
    decision_of,
    feedback_of,
    incident_of,
)
from bot.adapters.state.runbooks import SqlRunbookRuns
from bot.adapters.state.shadow import SqlShadow
from bot.adapters.state.transaction import SqlTransaction
from bot.domain.audit import Anchor, Link, Seal
from bot.domain.delivery import Queued
from bot.domain.gate.memory import GateMemory
from bot.domain.gate.noise_ledger import LedgerEntry
from bot.domain.gate.silences import Silence
from bot.domain.grants import Grant
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback
from bot.domain.incidents.incident import AlertState, Incident, IncidentState, MessageRef
from bot.domain.incidents.outbox import Unsaid
from bot.domain.incidents.response import Response
from bot.domain.incidents.timeline import Entry
from bot.domain.oncall.covers import Cover
from bot.ports.clock import ClockMark
from bot.ports.leases import Lease

HEAD, INCIDENT, FINDING = tables.gate_head, tables.incident, tables.finding


class SqlState:
    """Implements `bot.ports.state.State`. The tables have to be those of this release. `seal` seals the audit chain."""

    def __init__(self, engine: Engine, seal: Seal | None = None) -> None:
        self._engine, self._seal = engine, seal or Seal()
        self.deploys = SqlDeploys(engine)
        self.repairs = SqlRepairs(engine)
        self.reports = SqlReports(engine)
        self.runbooks = SqlRunbookRuns(engine)
        self.shadow = SqlShadow(engine)

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        horizon = now - repeat_window
        opened = select(INCIDENT.c.id).where(INCIDENT.c.resolved_at.is_(None))
        kept = or_(FINDING.c.last_held_at >= horizon, FINDING.c.holding, FINDING.c.incident.in_(opened))
        announced_ids = select(FINDING.c.announced_in).where(kept, FINDING.c.announced_in.is_not(None))
        known = or_(
            INCIDENT.c.resolved_at.is_(None), INCIDENT.c.resolved_at >= horizon, INCIDENT.c.id.in_(announced_ids)
        )
        with reading(self._engine) as connection:
            version = connection.scalar(select(HEAD.c.version)) or 0
            alerts = [alert_of(row) for row in connection.execute(select(FINDING).where(kept)).mappings()]
            incidents = [incident_of(row) for row in connection.execute(select(INCIDENT).where(known)).mappings()]
            silenced = silences.silences_at(connection, now, horizon)
        return GateMemory(
            {alert.fingerprint: alert for alert in alerts},
            {incident.id: incident for incident in incidents},
            silenced,
            version=version,
        )

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        with writing(self._engine) as connection:
            made = SqlTransaction(connection, self._seal)
            yield made
            made.audit.write()

    def unsaid(self) -> list[Unsaid]:
        table, outbox = tables.decision, tables.outbox
        both = and_(table.c.at == outbox.c.at, table.c.fingerprint == outbox.c.fingerprint)
        query = (
            select(table, outbox.c.attempts, outbox.c.attempted_at).join(outbox, both).where(outbox.c.said.is_(False))
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        found = [Unsaid(decision_of(row), row["attempts"], row["attempted_at"]) for row in rows]
        return sorted(found, key=lambda each: each.key)

    def first_tick(self) -> datetime | None:
        return self._tick(func.min(tables.tick.c.at))

    def last_tick(self) -> datetime | None:
        return self._tick(func.max(tables.tick.c.at))

    def _tick(self, which: ColumnElement[datetime]) -> datetime | None:
        with reading(self._engine) as connection:
            return connection.scalar(select(which))

    def decisions(self, since: datetime, until: datetime) -> list[Decision]:
        table = tables.decision
        query = select(table).where(table.c.at >= since, table.c.at < until)
        with reading(self._engine) as connection:
            found = [decision_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: (each.at, each.fingerprint))

    def ledger_entries(self, since: datetime, until: datetime) -> list[LedgerEntry]:
        with reading(self._engine) as connection:
            return entries_within(connection, since, until)

    def incident(self, incident_id: str) -> Incident | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(INCIDENT).where(INCIDENT.c.id == incident_id)).mappings().one_or_none()
        return None if row is None else incident_of(row)

    def open_incidents(self) -> list[Incident]:
        query = select(INCIDENT).where(INCIDENT.c.state == IncidentState.OPEN.value)
        with reading(self._engine) as connection:
            found = [incident_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: (each.announced_at, each.id))

    def members(self, *incident_ids: str) -> list[AlertState]:
        query = select(FINDING).where(FINDING.c.incident.in_(incident_ids))
        with reading(self._engine) as connection:
            found = [alert_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: each.fingerprint)

    def history(self, *incident_ids: str) -> list[Decision]:
        table = tables.decision
        query = select(table).where(table.c.incident.in_(incident_ids))
        with reading(self._engine) as connection:
            found = [decision_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda each: (each.at, each.fingerprint))

    def feedback(self, incident_id: str) -> list[Feedback]:
        query = select(tables.feedback).where(tables.feedback.c.incident == incident_id)
        with reading(self._engine) as connection:
            found = [feedback_of(row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda said: said.person)

    def add_silence(self, silence: Silence) -> bool:
        with self.transaction() as tx:
            return tx.silences.add(silence)

    def confirm_silence(self, silence_id: str, at: datetime) -> bool:
        with self.transaction() as tx:
            return tx.silences.confirm(silence_id, at)

    def end_silence(self, silence_id: str, at: datetime, by: str) -> bool:
        with self.transaction() as tx:
            return tx.silences.end(silence_id, at, by)

    def silence(self, silence_id: str) -> Silence | None:
        with reading(self._engine) as connection:
            return silences.silence_by_id(connection, silence_id)

    def silences(self, now: datetime) -> list[Silence]:
        with reading(self._engine) as connection:
            return list(silences.silences_at(connection, now))

    def incident_numbered(self, number: int) -> Incident | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(INCIDENT).where(INCIDENT.c.number == number)).mappings().one_or_none()
        return None if row is None else incident_of(row)

    def announced(self, since: datetime, until: datetime) -> list[Incident]:
        there = and_(INCIDENT.c.number.is_not(None), INCIDENT.c.announced_at >= since, INCIDENT.c.announced_at < until)
        with reading(self._engine) as connection:
            found = [incident_of(row) for row in connection.execute(select(INCIDENT).where(there)).mappings()]
        return sorted(found, key=lambda each: (each.announced_at, each.id))

    def incident_at(self, message: MessageRef) -> Incident | None:
        there = and_(INCIDENT.c.channel == message.channel, INCIDENT.c.ts == message.ts)
        query = select(INCIDENT).where(there).order_by(INCIDENT.c.announced_at.desc(), INCIDENT.c.id.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else incident_of(row)

    def response(self, incident_id: str) -> Response | None:
        with reading(self._engine) as connection:
            return responses.response_of(connection, incident_id)

    def responses_open(self) -> list[Response]:
        with reading(self._engine) as connection:
            return responses.unresolved(connection)

    def responses_due(self, now: datetime) -> list[Response]:
        with reading(self._engine) as connection:
            return responses.due_by(connection, now)

    def responses_to_show(self) -> list[Response]:
        with reading(self._engine) as connection:
            return responses.to_show(connection)

    def timeline(self, incident_id: str) -> list[Entry]:
        with reading(self._engine) as connection:
            return responses.timeline_of(connection, incident_id)

    def pages_due(self, now: datetime) -> list[Queued]:
        with reading(self._engine) as connection:
            return pages.due_by(connection, now)

    def page(self, page_id: str) -> Queued | None:
        with reading(self._engine) as connection:
            return pages.page_of(connection, page_id)

    def page_by_ref(self, channel: str, ref: str) -> Queued | None:
        with reading(self._engine) as connection:
            return pages.page_by_ref(connection, channel, ref)

    def pages_unsent(self) -> list[Queued]:
        with reading(self._engine) as connection:
            return pages.unsent(connection)

    def pages_carried(self, by: str) -> list[Queued]:
        with reading(self._engine) as connection:
            return pages.carried(connection, by)

    def pages_of(self, dedup_key: str) -> list[Queued]:
        with reading(self._engine) as connection:
            return pages.pages_of(connection, dedup_key)

    def pages_within(self, since: datetime, until: datetime) -> list[Queued]:
        with reading(self._engine) as connection:
            return pages.pages_within(connection, since, until)

    def covers(self, since: datetime) -> list[Cover]:
        with reading(self._engine) as connection:
            return covers_until(connection, since)

    def cover(self, cover_id: str) -> Cover | None:
        with reading(self._engine) as connection:
            return cover_of(connection, cover_id)

    def lease(self, work: str) -> Lease | None:
        with reading(self._engine) as connection:
            return lease_of(connection, work)

    def clock_mark(self, work: str) -> ClockMark | None:
        with reading(self._engine) as connection:
            return mark_of(connection, work)

    def grants(self, incident: str, episode: int) -> dict[str, str]:
        with reading(self._engine) as connection:
            return grants_of(connection, incident, episode)

    def grant(self, grant_id: str) -> Grant | None:
        with reading(self._engine) as connection:
            return grant_of(connection, grant_id)

    def handled(self, delivery: str) -> bool:
        with reading(self._engine) as connection:
            return inbox.handled(connection, delivery)

    def audit_end(self) -> Anchor:
        with reading(self._engine) as connection:
            return audit.end_of(connection)

    def audit_after(self, seq: int) -> Iterator[Link]:
        with reading(self._engine) as connection:
            yield from audit.links_after(connection, seq)

    def audit_of(self, subject: str) -> list[Link]:
        with reading(self._engine) as connection:
            return audit.links_of(connection, subject)

    def close(self) -> None:
        self._engine.dispose()
