"""State in memory: for tests, and for replays, which leave nothing behind."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from threading import RLock
from typing import Any, TypeVar

from bot.domain.audit import Anchor, Link
from bot.domain.delivery import Queued
from bot.domain.errors import BadInput
from bot.domain.gate.memory import GateMemory, GateResult, is_remembered
from bot.domain.gate.noise_ledger import LedgerEntry
from bot.domain.gate.silences import Silence, confirmed, ended, set_by
from bot.domain.grants import Grant
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback, feedback_record
from bot.domain.incidents.incident import AlertState, Incident, MessageRef, numbered
from bot.domain.incidents.outbox import Unsaid
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.timeline import Entry
from bot.domain.oncall.covers import Cover
from bot.domain.reports.said import Fired, Said
from bot.domain.reports.watch import Watch
from bot.domain.runbooks.run import Run
from bot.ports.clock import ClockMark
from bot.ports.fakes.deploys import FakeDeploys
from bot.ports.fakes.moments import FakeClocks, FakeLeases
from bot.ports.fakes.records import FakeAudit, FakeCovers
from bot.ports.fakes.repairs import FakeRepairs
from bot.ports.fakes.reports import FakeReports
from bot.ports.fakes.responses import FakePages, FakeResponses, carried, due_by, unsent
from bot.ports.fakes.runbooks import FakeRunbooks
from bot.ports.fakes.shadow import FakeShadow
from bot.ports.inbox import DELIVERY, AlreadyHandled
from bot.ports.leases import Lease
from bot.ports.state import Committed


def utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise BadInput(f"{moment.isoformat()} has no time zone. Give an aware time.")
    return moment.astimezone(UTC)


Write = TypeVar("Write", bound=Callable[..., Any])


def _alone(write: Write) -> Write:
    """One writer at a time, as in a database: what another thread rolls back takes no other's write with it."""

    @wraps(write)
    def locked(state: "FakeState", *args: Any) -> Any:
        with state.one_writer:
            return write(state, *args)

    return locked  # type: ignore[return-value]


class FakeState:
    """Implements `bot.ports.state.State`. What is read is copied first: another thread may add to it."""

    def __init__(self) -> None:
        self.one_writer = RLock()
        self._version = 0
        self._ticks: dict[datetime, None] = {}
        self._alerts: dict[str, AlertState] = {}
        self._incidents: dict[str, Incident] = {}
        self._decisions: list[Decision] = []
        self._ledger: dict[tuple[str, datetime, str], LedgerEntry] = {}
        self._silences: dict[str, Silence] = {}
        self._feedback: dict[tuple[str, str], Feedback] = {}
        self._outbox: dict[tuple[datetime, str], Unsaid] = {}
        self.cover_by_id: dict[str, Cover] = {}
        self.response_by_id: dict[str, Response] = {}
        self.page_by_id: dict[str, Queued] = {}
        self.entries: list[Entry] = []
        self.links: list[Link] = []
        self.lease_of: dict[str, Lease] = {}
        self.mark_of: dict[str, ClockMark] = {}
        self.changed: set[tuple[str, str]] = set()
        self.grant_by_id: dict[str, Grant] = {}
        self.deploys = FakeDeploys()
        self.repairs = FakeRepairs()
        self.fires: dict[tuple[str, str], Fired] = {}
        self.said_by_key: dict[str, Said] = {}
        self.runbook_runs: dict[str, Run] = {}
        self.shadow_alerts: dict[str, AlertState] = {}
        self.shadow_incidents: dict[str, Incident] = {}
        self.watch_by_id: dict[str, Watch] = {}

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        horizon = utc(now) - repeat_window
        alerts = {
            name: each for name, each in list(self._alerts.items()) if is_remembered(each, self._incidents, horizon)
        }
        announced_ids = {each.announced_in for each in alerts.values()}
        incidents = {
            name: each
            for name, each in list(self._incidents.items())
            if each.resolved_at is None or each.resolved_at >= horizon or name in announced_ids
        }
        return GateMemory(alerts, incidents, self._silences_since(now, horizon), version=self._version)

    @contextmanager
    def transaction(self) -> Iterator["FakeTransaction"]:
        with self.one_writer:
            before = {name: copy(value) for name, value in vars(self).items() if name != "one_writer"}
            try:
                yield FakeTransaction(self)
                self._take(len(before["links"]))
            except BaseException:
                vars(self).update(before)
                raise

    @property
    def reports(self) -> FakeReports:
        return FakeReports(self.fires, self.said_by_key, self.page_by_id, self.watch_by_id)

    @property
    def runbooks(self) -> FakeRunbooks:
        return FakeRunbooks(self.runbook_runs)

    @property
    def shadow(self) -> FakeShadow:
        return FakeShadow(self.shadow_alerts, self.shadow_incidents)

    def _take(self, known: int) -> None:
        """Once for each delivery, what was audited after the records that were `known`."""
        delivery, records = DELIVERY.get(), [link.record for link in self.links[known:]]
        made = {(delivery, f"{each.act} {each.subject}") for each in records if delivery}
        if made & self.changed:
            raise AlreadyHandled(f"The delivery {delivery} was handled before.")
        self.changed = self.changed | made

    def handled(self, delivery: str) -> bool:
        return any(each == delivery for each, _ in self.changed)

    def unsaid(self) -> list[Unsaid]:
        return sorted(self._outbox.values(), key=lambda each: each.key)

    @_alone
    def commit(self, tick: datetime, result: GateResult, version: int) -> Committed:
        if utc(tick) in self._ticks:
            return Committed.ALREADY
        if version != self._version or any(self._changed_meanwhile(each) for each in result.incidents):
            return Committed.OVERTAKEN
        self._ticks[utc(tick)] = None
        self._keep(result)
        return Committed.APPLIED

    @_alone
    def declare(self, result: GateResult) -> bool:
        if any(self._changed_meanwhile(each) for each in result.incidents):
            return False
        self._keep(result)
        return True

    def _keep(self, result: GateResult) -> None:
        self._version += 1
        self._alerts.update({each.fingerprint: each for each in result.alerts})
        for each in numbered(
            result.incidents, max((each.number for each in list(self._incidents.values())), default=0)
        ):
            stored = self._incidents.get(each.id)
            message = each.message if stored is None else stored.message
            self._incidents[each.id] = replace(each, version=each.version + 1, message=message)
        self._decisions.extend(result.decisions)
        for entry in result.ledger:
            self._ledger.setdefault((entry.fingerprint, entry.found_at, entry.reason.name), entry)

    def _changed_meanwhile(self, incident: Incident) -> bool:
        stored = self._incidents.get(incident.id)
        return incident.version != (0 if stored is None else stored.version)

    def first_tick(self) -> datetime | None:
        return min(self._ticks, default=None)

    def last_tick(self) -> datetime | None:
        return max(self._ticks, default=None)

    def decisions(self, since: datetime, until: datetime) -> list[Decision]:
        found = (each for each in self._decisions if utc(since) <= each.at < utc(until))
        return sorted(found, key=lambda each: (each.at, each.fingerprint))

    def ledger_entries(self, since: datetime, until: datetime) -> list[LedgerEntry]:
        known = list(self._ledger.values())
        return [each for each in known if utc(since) <= each.found_at < utc(until) and each.at < utc(until)]

    def incident(self, incident_id: str) -> Incident | None:
        return self._incidents.get(incident_id)

    def open_incidents(self) -> list[Incident]:
        found = (each for each in list(self._incidents.values()) if each.is_open)
        return sorted(found, key=lambda each: (each.announced_at, each.id))

    def members(self, *incident_ids: str) -> list[AlertState]:
        found = (each for each in list(self._alerts.values()) if each.incident in incident_ids)
        return sorted(found, key=lambda each: each.fingerprint)

    def history(self, *incident_ids: str) -> list[Decision]:
        found = (each for each in self._decisions if each.incident in incident_ids)
        return sorted(found, key=lambda each: (each.at, each.fingerprint))

    @_alone
    def say(self, incident_id: str, said: Feedback) -> bool:
        if incident_id not in self._incidents:
            return False
        self._feedback[incident_id, said.person] = replace(said, at=utc(said.at))
        FakeAudit(self.links).add(feedback_record(incident_id, said))
        return True

    def feedback(self, incident_id: str) -> list[Feedback]:
        found = (said for (incident, _), said in list(self._feedback.items()) if incident == incident_id)
        return sorted(found, key=lambda said: said.person)

    @_alone
    def set_message(self, incident_id: str, message: MessageRef) -> bool:
        stored = self._incidents.get(incident_id)
        if stored is None:
            return False
        self._incidents[incident_id] = replace(stored, message=message)
        return True

    @_alone
    def add(self, decisions: Iterable[Decision]) -> None:
        self._outbox.update({(each.at, each.fingerprint): Unsaid(each) for each in decisions})

    @_alone
    def claim(self, unsaid: Sequence[Unsaid], at: datetime) -> bool:
        if any(self._outbox.get(each.key) != each for each in unsaid):
            return False
        self._outbox.update({each.key: replace(each, attempts=each.attempts + 1, attempted_at=at) for each in unsaid})
        return True

    @_alone
    def said(self, unsaid: Sequence[Unsaid]) -> None:
        for each in unsaid:
            self._outbox.pop(each.key, None)

    def incident_numbered(self, number: int) -> Incident | None:
        return next((each for each in list(self._incidents.values()) if each.number == number), None)

    def announced(self, since: datetime, until: datetime) -> list[Incident]:
        found = (each for each in list(self._incidents.values()) if each.number and since <= each.announced_at < until)
        return sorted(found, key=lambda each: (each.announced_at, each.id))

    def incident_at(self, message: MessageRef) -> Incident | None:
        found = (each for each in list(self._incidents.values()) if each.message == message)
        return max(found, key=lambda each: (each.announced_at, each.id), default=None)

    def response(self, incident_id: str) -> Response | None:
        return self.response_by_id.get(incident_id)

    def responses_open(self) -> list[Response]:
        found = (each for each in list(self.response_by_id.values()) if each.state is not ResponseState.RESOLVED)
        return sorted(found, key=lambda each: (each.severity, each.opened_at, each.incident))

    def responses_due(self, now: datetime) -> list[Response]:
        found = [
            each for each in list(self.response_by_id.values()) if each.next_at is not None and each.next_at <= utc(now)
        ]
        return sorted(found, key=lambda each: (each.severity, each.next_at or now, each.incident))

    def responses_to_show(self) -> list[Response]:
        found = [each for each in list(self.response_by_id.values()) if each.shown < each.version]
        posted = [each for each in found if self._incidents[each.incident].message is not None]
        return sorted(posted, key=lambda each: (each.severity, each.incident))

    def timeline(self, incident_id: str) -> list[Entry]:
        return [each for each in self.entries if each.incident == incident_id]

    def pages_due(self, now: datetime) -> list[Queued]:
        return due_by(self.page_by_id, utc(now))

    def page(self, page_id: str) -> Queued | None:
        return self.page_by_id.get(page_id)

    def page_by_ref(self, channel: str, ref: str) -> Queued | None:
        found = (each for each in list(self.page_by_id.values()) if (each.page.channel, each.ref) == (channel, ref))
        return min(found, key=lambda each: each.page.created_at, default=None)

    def pages_unsent(self) -> list[Queued]:
        return unsent(self.page_by_id)

    def pages_carried(self, by: str) -> list[Queued]:
        return carried(self.page_by_id, by)

    def pages_of(self, dedup_key: str) -> list[Queued]:
        found = [each for each in list(self.page_by_id.values()) if each.page.dedup_key == dedup_key]
        return sorted(found, key=lambda each: (each.page.created_at, each.page.id))

    def pages_within(self, since: datetime, until: datetime) -> list[Queued]:
        found = [each for each in list(self.page_by_id.values()) if utc(since) <= each.page.created_at < utc(until)]
        return sorted(found, key=lambda each: (each.page.created_at, each.page.id))

    def covers(self, since: datetime) -> list[Cover]:
        found = (each for each in list(self.cover_by_id.values()) if each.until > utc(since))
        return sorted(found, key=lambda each: (each.since, each.id))

    def cover(self, cover_id: str) -> Cover | None:
        return self.cover_by_id.get(cover_id)

    @_alone
    def add_silence(self, silence: Silence) -> bool:
        if silence.id in self._silences:
            return False
        self._silences[silence.id] = replace(silence, since=utc(silence.since), until=utc(silence.until))
        if not silence.proposed:
            FakeAudit(self.links).add(set_by(silence))
        return True

    @_alone
    def confirm_silence(self, silence_id: str, at: datetime) -> bool:
        stored = self._silences.get(silence_id)
        if stored is None or not stored.proposed:
            return False
        self._silences[silence_id] = held = confirmed(stored, utc(at))
        FakeAudit(self.links).add(set_by(held))
        return True

    def silence(self, silence_id: str) -> Silence | None:
        return self._silences.get(silence_id)

    @_alone
    def end_silence(self, silence_id: str, at: datetime, by: str) -> bool:
        stored = self._silences.get(silence_id)
        if stored is None or stored.proposed or stored.until <= utc(at):
            return False
        self._silences[silence_id] = replace(stored, until=utc(at))
        FakeAudit(self.links).add(ended(stored, by, at))
        return True

    def silences(self, now: datetime) -> list[Silence]:
        return list(self._silences_since(now, utc(now)))

    def _silences_since(self, now: datetime, horizon: datetime) -> tuple[Silence, ...]:
        """Those that are not over at `now`, and windows that ended since `horizon`."""
        held = (each for each in list(self._silences.values()) if not each.proposed)
        found = (each for each in held if each.until > utc(now) or (each.announced_at and each.until > horizon))
        return tuple(sorted(found, key=lambda each: (each.until, each.id)))

    def lease(self, work: str) -> Lease | None:
        return self.lease_of.get(work)

    def clock_mark(self, work: str) -> ClockMark | None:
        return self.mark_of.get(work)

    def grants(self, incident: str, episode: int) -> dict[str, str]:
        own = (each for each in list(self.grant_by_id.values()) if (each.incident, each.episode) == (incident, episode))
        return {each.act: each.id for each in own}

    def grant(self, grant_id: str) -> Grant | None:
        return self.grant_by_id.get(grant_id)

    def audit_end(self) -> Anchor:
        return FakeAudit(self.links).end

    def audit_after(self, seq: int) -> Iterator[Link]:
        return iter(self.links[seq:])

    def audit_of(self, subject: str) -> list[Link]:
        return [link for link in self.links if link.record.subject == subject]

    def close(self) -> None:
        """Nothing is held open."""


class FakeTransaction:
    """The gate, incidents and outbox are the state itself."""

    def __init__(self, state: FakeState) -> None:
        self.gate = self.incidents = self.outbox = state
        self.audit = FakeAudit(state.links)
        self.covers = FakeCovers(state.cover_by_id, self.audit.add)
        self.responses = FakeResponses(state.response_by_id, state.entries, state.grant_by_id, self.audit.add)
        self.pages = FakePages(state.page_by_id)
        self.leases = FakeLeases(state.lease_of)
        self.clocks = FakeClocks(state.mark_of)
        self.deploys = state.deploys
        self.repairs = state.repairs
        self.reports = state.reports
        self.runbooks = state.runbooks
        self.shadow = state.shadow
