"""What Fireline keeps of its own: how findings stand, what was decided, incidents, silences and planned windows."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.audit import Anchor, Link, Record
from bot.domain.delivery import Outcome, PageState, Queued
from bot.domain.errors import BadInput, FirelineError
from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.gate.noise_ledger import LedgerEntry
from bot.domain.gate.silences import Silence
from bot.domain.grants import Grant
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback
from bot.domain.incidents.incident import AlertState, Incident, MessageRef
from bot.domain.incidents.outbox import Unsaid
from bot.domain.incidents.response import Response
from bot.domain.incidents.timeline import Entry
from bot.domain.oncall.covers import Cover
from bot.ports.clock import ClockMark
from bot.ports.deploys import DeployRecord, Deploys
from bot.ports.leases import Lease, LeaseRecord
from bot.ports.repairs import RepairRecord, Repairs
from bot.ports.reports import ReportRecord, Reports
from bot.ports.runbook_runs import RunbookRecord, RunbookRuns
from bot.ports.shadow import Shadow, ShadowRecord


class StateRefuses(FirelineError):
    """The database does not take a value that it was given."""


class StateUnfit(BadInput):
    """The database is not one that this release can work with: older, newer, or something else."""


class Committed(StrEnum):
    """What became of a commit; only the first has changed anything."""

    APPLIED = "applied"
    ALREADY = "not applied, because this tick had been applied before"
    OVERTAKEN = "not applied, because the state was changed by another process meanwhile"


class GateRecord(Protocol):
    """The gate's part of a transaction."""

    def commit(self, tick: datetime, result: GateResult, version: int) -> Committed:
        """Keep what the gate decided at a tick, all of it or nothing. `version` is that of the memory it went by."""
        ...

    def declare(self, result: GateResult) -> bool:
        """Keep an incident that a person has declared: the next tick knows of it. False if there is one of that id."""
        ...


class IncidentRecord(Protocol):
    """What people and delivery change of an incident; the gate's facts are not touched by it."""

    def set_message(self, incident_id: str, message: MessageRef) -> bool:
        """Note where an incident's message is; False if there is no such incident."""
        ...

    def say(self, incident_id: str, said: Feedback) -> bool:
        """Keep a person's word on an incident in place of an earlier one; False if there is no such incident."""
        ...


class Outbox(Protocol):
    def add(self, decisions: Iterable[Decision]) -> None:
        """Decisions of this transaction that a channel is to show."""
        ...

    def claim(self, unsaid: Sequence[Unsaid], at: datetime) -> bool:
        """Note an attempt to say them; False, and no change, if another process has made one meanwhile."""
        ...

    def said(self, unsaid: Sequence[Unsaid]) -> None:
        """They need not be said again."""
        ...


class ResponseRecord(Protocol):
    """What people and escalation change of an incident."""

    def of(self, incidents: Iterable[str]) -> dict[str, Response]:
        """Those that there are, as they are now; nobody else changes them before this transaction ends."""
        ...

    def put(self, after: Response) -> bool:
        """Store it, one version on. False, and no change, if another version than its own is stored."""
        ...

    def showed(self, read: Response) -> None:
        """Its message says what was read now, maybe over something newer; none where it is to be shown again since."""
        ...

    def show_again(self) -> None:
        """Whom the next pages reach may have changed: messages of incidents in which something is to come say it."""
        ...

    def note(self, entries: Iterable[Entry]) -> None:
        """Add to the timelines, and to the audit chain."""
        ...


class PageRecord(Protocol):
    """The outbox of pages."""

    def add(self, pages: Iterable[Queued]) -> int:
        """Returns how many are new: one that is there already stays as it is."""
        ...

    def claim(self, queued: Queued, now: datetime, until: datetime) -> bool:
        """Note a try, and hold it until then. False, and no change, if it is not as `queued` any more."""
        ...

    def settle(self, queued: Queued, state: PageState, outcome: Outcome, not_before: datetime) -> bool:
        """Note what that try has shown. False, and no change: it is over, or another's by now and was not taken."""
        ...

    def clock_set(self, now: datetime, settled: datetime, until: datetime) -> None:
        """The clock was set: what waits is due `now`, tries of which nobody knows `settled`, leases end at `until`."""
        ...

    def due_within(self, until: datetime, lease: datetime) -> None:
        """Nothing waits beyond `until`, and no lease goes beyond `lease`: a clock may have been set without a trace."""
        ...

    def cancel(self, dedup_key: str) -> int:
        """What is not under way of an episode is not sent; returns how many. What these carried goes by itself."""
        ...

    def to_person(self, person: str, channel: str, since: datetime) -> list[Queued]:
        """Pages that wait to go to a person by a channel, are on their way, or were sent since then; nobody else reads
        these before this transaction ends.
        """
        ...

    def hold(self, queued: Queued, until: datetime) -> None:
        """It waits until then, if it is as `queued`."""
        ...

    def carry(self, pages: Iterable[Queued], by: Queued) -> None:
        """Those that are as given go with `by`, which is on its way: where it is settled as sent they are sent, too;
        where it was not taken they wait again, by themselves.
        """
        ...


class AuditRecord(Protocol):
    def add(self, record: Record) -> None:
        """Becomes the next of the chain at the end of the transaction."""
        ...


class ClockRecord(Protocol):
    def put(self, mark: ClockMark) -> None:
        """In place of that work's last one."""
        ...


class CoverRecord(Protocol):
    """The requests to take somebody's turn; each change is audited."""

    def held(self, since: datetime) -> list[Cover]:
        """Those whose time was not over at `since`: nobody else changes them until the transaction ends."""
        ...

    def add(self, cover: Cover) -> bool:
        """False, and no change, if there is one of that id."""
        ...

    def change(self, before: Cover, after: Cover) -> bool:
        """False, and no change, if it is not as `before` any more."""
        ...


class Transaction(Protocol):
    """Kept whole at its end, or not at all. A delivery of Slack that has made the same change before raises
    AlreadyHandled there (bot.ports.inbox).
    """

    @property
    def audit(self) -> AuditRecord: ...

    @property
    def gate(self) -> GateRecord: ...

    @property
    def incidents(self) -> IncidentRecord: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def covers(self) -> CoverRecord: ...

    @property
    def responses(self) -> ResponseRecord: ...

    @property
    def pages(self) -> PageRecord: ...

    @property
    def leases(self) -> LeaseRecord: ...

    @property
    def clocks(self) -> ClockRecord: ...

    @property
    def deploys(self) -> DeployRecord: ...

    @property
    def repairs(self) -> RepairRecord: ...

    @property
    def reports(self) -> ReportRecord: ...

    @property
    def runbooks(self) -> RunbookRecord: ...

    @property
    def shadow(self) -> ShadowRecord: ...


class State(Protocol):
    """Times are aware UTC. Every change is one transaction. Raises StateUnavailable, and BadInput for a naive time."""

    @property
    def deploys(self) -> Deploys: ...

    @property
    def repairs(self) -> Repairs: ...

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        """What the gate goes by at `now`: open incidents, what holds, or held within the window, silences, windows.
        Windows also after their end, within the window.
        """
        ...

    def transaction(self) -> AbstractContextManager[Transaction]: ...

    @property
    def reports(self) -> Reports: ...

    @property
    def runbooks(self) -> RunbookRuns: ...

    @property
    def shadow(self) -> Shadow: ...

    def unsaid(self) -> list[Unsaid]:
        """What is to be said and is not yet, in order of time and fingerprint."""
        ...

    def first_tick(self) -> datetime | None: ...

    def last_tick(self) -> datetime | None: ...

    def decisions(self, since: datetime, until: datetime) -> list[Decision]:
        """Those from `since` to before `until`, in order of time and fingerprint."""
        ...

    def ledger_entries(self, since: datetime, until: datetime) -> list[LedgerEntry]:
        """Of the findings first seen from `since` to before `until`: what they were decided on for, by before `until`,
        in no order.
        """
        ...

    def incident(self, incident_id: str) -> Incident | None: ...

    def open_incidents(self) -> list[Incident]:
        """In order of when they were announced."""
        ...

    def members(self, *incident_ids: str) -> list[AlertState]:
        """The findings that belong to an incident now, or to several, in order of fingerprint."""
        ...

    def history(self, *incident_ids: str) -> list[Decision]:
        """What was decided of an incident, or of several, in order of time and fingerprint."""
        ...

    def feedback(self, incident_id: str) -> list[Feedback]:
        """The last word of each person, in order of person."""
        ...

    def add_silence(self, silence: Silence) -> bool:
        """False, and no change, if there is one of that id. Audited, unless it is only proposed."""
        ...

    def confirm_silence(self, silence_id: str, at: datetime) -> bool:
        """A proposed one holds from `at`; False, and no change, if there is none of that id. Audited."""
        ...

    def silence(self, silence_id: str) -> Silence | None:
        """Proposed, in force or over."""
        ...

    def end_silence(self, silence_id: str, at: datetime, by: str) -> bool:
        """End it early; False if it is unknown, or over by then. Audited."""
        ...

    def silences(self, now: datetime) -> list[Silence]:
        """Silences and windows of people that hold or are still to come, by their end; none that is only proposed."""
        ...

    def response(self, incident_id: str) -> Response | None: ...

    def responses_open(self) -> list[Response]:
        """Those that are not resolved, the worst first, then the oldest."""
        ...

    def responses_due(self, now: datetime) -> list[Response]:
        """Those whose next act is due, the worst first, then the longest due."""
        ...

    def responses_to_show(self) -> list[Response]:
        """Those whose incident has a message that says an older version."""
        ...

    def pages_due(self, now: datetime) -> list[Queued]:
        """What is to be sent, or was begun by a process that has not ended it in time; the worst first, then oldest."""
        ...

    def page(self, page_id: str) -> Queued | None: ...

    def page_by_ref(self, channel: str, ref: str) -> Queued | None:
        """The page that a channel calls so; None: no page does."""
        ...

    def pages_unsent(self) -> list[Queued]:
        """What is to be sent at any time, or is on its way; in the same order."""
        ...

    def pages_carried(self, by: str) -> list[Queued]:
        """What goes, or has gone, with the page of that id: the worst first, then oldest."""
        ...

    def pages_of(self, dedup_key: str) -> list[Queued]:
        """All of an episode, in order of time and id."""
        ...

    def pages_within(self, since: datetime, until: datetime) -> list[Queued]:
        """Those made from `since` to before `until`, in order of time and id."""
        ...

    def timeline(self, incident_id: str) -> list[Entry]:
        """In the order in which it was noted."""
        ...

    def incident_numbered(self, number: int) -> Incident | None: ...

    def announced(self, since: datetime, until: datetime) -> list[Incident]:
        """Those with a number that were announced from `since` to before `until`, in order of that."""
        ...

    def incident_at(self, message: MessageRef) -> Incident | None:
        """The one whose message is there; the newest, where several were."""
        ...

    def covers(self, since: datetime) -> list[Cover]:
        """Those whose time is not over at `since`, in order of their beginning."""
        ...

    def cover(self, cover_id: str) -> Cover | None: ...

    def lease(self, work: str) -> Lease | None: ...

    def clock_mark(self, work: str) -> ClockMark | None: ...

    def grants(self, incident: str, episode: int) -> dict[str, str]:
        """The ids of the grants of an episode, by act; they are made when it begins."""
        ...

    def grant(self, grant_id: str) -> Grant | None: ...

    def handled(self, delivery: str) -> bool:
        """Has a delivery changed something in the last seven days?"""
        ...

    def audit_end(self) -> Anchor:
        """Where the head of the audit chain says that it ends."""
        ...

    def audit_after(self, seq: int) -> Iterator[Link]:
        """The records after one, in order."""
        ...

    def audit_of(self, subject: str) -> list[Link]:
        """The records of one subject, in order."""
        ...

    def close(self) -> None: ...
