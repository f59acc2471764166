"""One transaction over the state, and what may be changed in it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from bot.adapters.state import tables
from bot.adapters.state.audit import SqlAudit
from bot.adapters.state.clock_marks import SqlClocks
from bot.adapters.state.covers import SqlCovers
from bot.adapters.state.deploys import SqlDeployRecord
from bot.adapters.state.leases import SqlLeases
from bot.adapters.state.noise_ledger import add_entries
from bot.adapters.state.pages import SqlPages
from bot.adapters.state.repairs import SqlRepairRecord
from bot.adapters.state.reports import SqlReportRecord
from bot.adapters.state.responses import SqlResponses
from bot.adapters.state.rows import alert_row, decision_row, feedback_row, incident_row
from bot.adapters.state.runbooks import SqlRunbooks
from bot.adapters.state.shadow import SqlShadowRecord
from bot.adapters.state.silences import SqlSilences
from bot.adapters.state.writing import insert_new, upsert
from bot.domain.audit import Record, Seal
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback, feedback_record
from bot.domain.incidents.incident import Incident, MessageRef, numbered
from bot.domain.incidents.outbox import Unsaid
from bot.ports.state import Committed

HEAD, INCIDENT, OUTBOX = tables.gate_head, tables.incident, tables.outbox
NOT_THE_GATES = frozenset({"channel", "ts"})
"""Delivery says where its message is."""


class _Overtaken(Exception):
    """Ends a part of a transaction without effect."""


class SqlTransaction:
    """Implements `bot.ports.state.Transaction`."""

    def __init__(self, connection: Connection, seal: Seal) -> None:
        self.audit = SqlAudit(connection, seal)
        self.gate = SqlGate(connection)
        self.incidents = SqlIncidents(connection, self.audit.add)
        self.outbox = SqlOutbox(connection)
        self.covers = SqlCovers(connection, self.audit.add)
        self.responses = SqlResponses(connection, self.audit.add)
        self.pages = SqlPages(connection)
        self.leases = SqlLeases(connection)
        self.clocks = SqlClocks(connection)
        self.deploys = SqlDeployRecord(connection)
        self.repairs = SqlRepairRecord(connection)
        self.reports = SqlReportRecord(connection)
        self.runbooks = SqlRunbooks(connection)
        self.shadow = SqlShadowRecord(connection)
        self.silences = SqlSilences(connection, self.audit.add)


class SqlGate:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def commit(self, tick: datetime, result: GateResult, version: int) -> Committed:
        """Refused without a trace, so that the rest of the transaction may go on."""
        connection = self._connection
        if self._applied(tick):
            return Committed.ALREADY
        try:
            with connection.begin_nested():
                raised = update(HEAD).where(HEAD.c.version == version).values(version=version + 1)
                if connection.execute(raised).rowcount != 1:
                    raise _Overtaken
                connection.execute(insert(tables.tick).values(at=tick))
                self._store(result)
        except _Overtaken:
            return Committed.ALREADY if self._applied(tick) else Committed.OVERTAKEN
        return Committed.APPLIED

    def declare(self, result: GateResult) -> bool:
        """A tick that is under way is overtaken by it: whoever decides next has read it."""
        connection = self._connection
        try:
            with connection.begin_nested():
                connection.execute(update(HEAD).values(version=HEAD.c.version + 1))
                self._store(result)
        except _Overtaken:
            return False
        return True

    def _store(self, result: GateResult) -> None:
        self._keep(result.incidents)
        upsert(self._connection, tables.finding, ("fingerprint",), [alert_row(each) for each in result.alerts])
        if result.decisions:
            self._connection.execute(insert(tables.decision), [decision_row(each) for each in result.decisions])
        add_entries(self._connection, result.ledger)

    def _applied(self, tick: datetime) -> bool:
        found = self._connection.scalar(select(tables.tick.c.at).where(tables.tick.c.at == tick))
        return found is not None

    def _keep(self, incidents: Sequence[Incident]) -> None:
        connection = self._connection
        known = numbered(incidents, connection.scalar(select(func.max(INCIDENT.c.number))) or 0)
        new = [each for each in known if each.version == 0]
        if new and insert_new(connection, INCIDENT, [incident_row(each) for each in new]) != len(new):
            raise _Overtaken
        for each in known:
            if each.version > 0:
                change = update(INCIDENT).where(INCIDENT.c.id == each.id, INCIDENT.c.version == each.version)
                facts = {name: value for name, value in incident_row(each).items() if name not in NOT_THE_GATES}
                if connection.execute(change.values(**facts)).rowcount != 1:
                    raise _Overtaken


class SqlIncidents:
    def __init__(self, connection: Connection, audit: Callable[[Record], None]) -> None:
        self._connection, self._audit = connection, audit

    def set_message(self, incident_id: str, message: MessageRef) -> bool:
        change = update(INCIDENT).where(INCIDENT.c.id == incident_id)
        return self._connection.execute(change.values(channel=message.channel, ts=message.ts)).rowcount == 1

    def say(self, incident_id: str, said: Feedback) -> bool:
        if self._connection.scalar(select(INCIDENT.c.id).where(INCIDENT.c.id == incident_id)) is None:
            return False
        row = {"incident": incident_id, **feedback_row(said)}
        upsert(self._connection, tables.feedback, ("incident", "person"), [row])
        self._audit(feedback_record(incident_id, said))
        return True


class SqlOutbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, decisions: Iterable[Decision]) -> None:
        rows = [{"at": each.at, "fingerprint": each.fingerprint, "attempts": 0, "said": False} for each in decisions]
        if rows:
            self._connection.execute(insert(OUTBOX), rows)

    def claim(self, unsaid: Sequence[Unsaid], at: datetime) -> bool:
        try:
            with self._connection.begin_nested():
                for each in unsaid:
                    seen = and_(_is(each), OUTBOX.c.attempts == each.attempts, OUTBOX.c.said.is_(False))
                    change = update(OUTBOX).where(seen).values(attempts=each.attempts + 1, attempted_at=at)
                    if self._connection.execute(change).rowcount != 1:
                        raise _Overtaken
        except _Overtaken:
            return False
        return True

    def said(self, unsaid: Sequence[Unsaid]) -> None:
        if unsaid:
            self._connection.execute(update(OUTBOX).where(or_(*map(_is, unsaid))).values(said=True))


def _is(unsaid: Unsaid) -> ColumnElement[bool]:
    at, fingerprint = unsaid.key
    return and_(OUTBOX.c.at == at, OUTBOX.c.fingerprint == fingerprint)
