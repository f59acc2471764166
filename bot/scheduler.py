"""Lanes: each piece of work on a thread of its own, paced by the monotonic clock, which no clock step moves.

What a lane has to do is in the stored state, so a missed start loses nothing.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Lock, Thread

from bot.adapters.clock import monotonic_seconds
from bot.domain.errors import FirelineError, StateUnavailable
from bot.domain.findings.severity import Severity
from bot.domain.sources import SourceFailed
from bot.ports.metrics import Metrics, Uncounted
from bot.services.app import AppServices
from bot.services.auditor import Auditor
from bot.services.echo import Echo
from bot.services.escalation import EscalationService
from bot.services.on_watch import TICK, OnWatch
from bot.services.oncall_notes import OncallNotes
from bot.services.paging import PagingService
from bot.services.runbook_work import RunbookWork
from bot.services.vitals import Checks, Vitals

LOOK_EVERY = timedelta(seconds=1)
TELL_EVERY = timedelta(seconds=0.5)
URGENT_LANES = 3
"""A call that hangs holds one of them for as long as its time limit."""
CHECK_EVERY = timedelta(seconds=2)
AUDIT_EVERY = timedelta(minutes=1)
ECHO_EVERY = timedelta(seconds=2)
DEPLOYS_EVERY = timedelta(seconds=10)
OPERATIONS_EVERY = timedelta(seconds=2)
NOTES_EVERY = timedelta(minutes=1)
RETRY_S, SOON_S = 3.0, 4.0
"""Between two tries of what failed, at least and at most: health is green again within ten seconds."""
LOOK_S = 0.5
"""So often a clock is looked at: a start may come that late where it runs faster than ours."""
ENDS_WITHIN_S = 3.0
"""Hosts wait ten seconds between asking a process to stop and killing it."""
log = logging.getLogger("fireline.lanes")


@dataclass(frozen=True)
class Lane:
    """`lost` says in words what a failed start has lost; `limit_s`: so long it may take before health is red.
    `seconds`: the clock that `every` goes by, which never goes back.
    """

    name: str
    every: timedelta
    work: Callable[[], object]
    lost: str
    limit_s: float = 30.0
    seconds: Callable[[], float] = monotonic_seconds


def lanes_of(on_watch: OnWatch, checks: Checks, look_every: timedelta = LOOK_EVERY) -> tuple[Lane, ...]:
    tick_s = TICK.total_seconds()
    again = "nothing is lost: what is not said yet is tried again"
    urgent = (Lane(f"urgent messages {n}", TELL_EVERY, on_watch.tell_urgent, again) for n in range(1, URGENT_LANES + 1))
    return (
        Lane(
            "detection",
            look_every,
            on_watch.detect,
            "nothing is lost: the next tick takes in the same again",
            3 * tick_s,
        ),
        Lane("messages", TELL_EVERY, on_watch.tell, again),
        *urgent,
        Lane("checks", CHECK_EVERY, checks.run, "they are made again", 8.0),
    )


def response_lanes(escalation: EscalationService, paging: PagingService, auditor: Auditor) -> tuple[Lane, ...]:
    """P0 is sent by threads of its own: one page that hangs holds back no other."""
    lost = "nothing is lost: what is due is taken again"

    def urgent() -> None:
        paging.deliver(lambda severity: severity is Severity.P0)

    def others() -> None:
        paging.deliver(lambda severity: severity is not Severity.P0)

    return (
        Lane("escalation", LOOK_EVERY, escalation.tick, lost, 15.0),
        *(Lane(f"urgent pages {n}", TELL_EVERY, urgent, lost) for n in range(1, URGENT_LANES + 1)),
        Lane("pages", TELL_EVERY, others, lost),
        Lane("audit", AUDIT_EVERY, auditor.audit, "it is made again", 150.0),
        Lane("audit anchors", LOOK_EVERY, auditor.anchor, "they are made again", 60.0),
    )


def runbooks_lane(runbooks: RunbookWork) -> Lane:
    return Lane("runbooks", LOOK_EVERY, runbooks.look, "nothing is lost: what is due is taken again", 150.0)


def notes_lane(notes: OncallNotes) -> Lane:
    return Lane("on-call notes", NOTES_EVERY, notes.look, "what is new is told at the next look", 150.0)


def repair_lanes(services: AppServices, mine: Callable[[], bool]) -> tuple[Lane, ...]:
    """Every process may carry out steps: each is claimed. `mine`: this one alone shows how far repairs are."""

    def carry_out() -> None:
        if services.repair_work.execution is not None:
            services.repair_work.execution.tick()

    def show() -> None:
        if services.repair_work.messages is not None and mine():
            services.repair_work.messages.look()

    lost = "nothing is lost: what was begun is looked for"
    return (
        Lane("repairs", LOOK_EVERY, carry_out, lost, 120.0),
        Lane("repair messages", LOOK_EVERY, show, "they are edited again", 120.0),
    )


def deploy_lanes(services: AppServices, mine: Callable[[], bool]) -> tuple[Lane, ...]:
    """What is deployed is read where Cloud Run is asked; `mine`: by this process, and no other? What was approved is
    done by whoever comes first.
    """

    def look() -> None:
        if services.deploys.reader is not None and mine():
            services.deploys.reader.look()

    def operate() -> None:
        if services.operations.work is not None:
            services.operations.work.look()

    reading = Lane("deploys", DEPLOYS_EVERY, look, "they are read again", 300.0)
    work = Lane("operations", OPERATIONS_EVERY, operate, "nothing is lost: what was begun is looked up", 300.0)
    return (work,) if services.deploys.reader is None else (reading, work)


def echo_lane(echo: Echo) -> Lane:
    return Lane("echo", ECHO_EVERY, echo.look, "it is posted again", 60.0)


@dataclass(frozen=True)
class _Failed:
    """Why a turn failed; `logged`: the log speaks of it, and is to say when it is over. `ours`: health is red of it,
    and it is tried again soon.
    """

    reason: str
    logged: bool
    ours: bool = True


class Lanes:
    """A thread for each; one can come or go while the others work on."""

    def __init__(self, vitals: Vitals, metrics: Metrics | None = None) -> None:
        self._vitals, self._metrics = vitals, metrics or Uncounted()
        self._lock, self._stopped = Lock(), False
        self._running: dict[str, tuple[Lane, Thread, _Call]] = {}

    def start(self, lane: Lane) -> None:
        """One of the same name ends, after what it is working on."""
        with self._lock:
            if self._stopped:
                return
            self._end(lane.name)
            call = _Call()
            shared = lane, self._vitals, self._metrics, call
            thread = Thread(target=_run, args=shared, name=lane.name, daemon=True)
            self._running[lane.name] = lane, thread, call
            self._vitals.begin(lane.name, lane.limit_s)
            thread.start()

    def end(self, name: str) -> None:
        """After what it is working on, which is not waited for."""
        with self._lock:
            self._end(name)

    def wake(self, name: str) -> None:
        """It has something to do now. Two starts for that are as far apart as any: a flood is taken in together,
        and the pause after a failure stays.
        """
        known = self._running.get(name)  # it may be ended meanwhile
        if known is not None:
            _, _, call = known
            call.wake()

    def stop(self, hurry: Callable[[], None]) -> None:
        """End all, and let what is at work finish, for ENDS_WITHIN_S at most. `hurry` asks it to."""
        with self._lock:
            self._stopped = True
        for _, _, call in self._running.values():
            call.end()
        hurry()
        until = monotonic_seconds() + ENDS_WITHIN_S
        for lane, thread, _ in self._running.values():
            thread.join(max(0.0, until - monotonic_seconds()))
            if thread.is_alive():
                log.info("%s is ended in the middle of its work; %s", lane.name, lane.lost)

    def _end(self, name: str) -> None:
        if name in self._running:
            _, _, call = self._running.pop(name)
            call.end()
            self._vitals.end(name)


@contextmanager
def running(
    lanes: Sequence[Lane], vitals: Vitals, stop: Callable[[], None] = lambda: None, metrics: Metrics | None = None
) -> Iterator[Lanes]:
    """Start the lanes, to which others may be added; at the end all stop. `stop` asks what is at work to hurry."""
    kept = Lanes(vitals, metrics)
    for lane in lanes:
        kept.start(lane)
    try:
        yield kept
    finally:
        kept.stop(stop)


class _Call:
    """What a lane is told from outside."""

    def __init__(self) -> None:
        self._woken, self._ending = Event(), Event()

    @property
    def ended(self) -> bool:
        return self._ending.is_set()

    def end(self) -> None:
        self._ending.set()
        self._woken.set()

    def wake(self) -> None:
        self._woken.set()

    def comes(self, seconds: float) -> bool:
        return self._woken.wait(seconds)

    def ends(self, seconds: float) -> bool:
        return self._ending.wait(seconds)

    def heard(self) -> bool:
        """Was it woken since it was asked last?"""
        woken = self._woken.is_set()
        self._woken.clear()
        return woken


def _run(lane: Lane, vitals: Vitals, metrics: Metrics, call: _Call) -> None:
    """Starts are `every` apart; one that takes longer is followed at once, one that failed after a pause."""
    next_start, soonest, failed = lane.seconds(), 0.0, None
    while _comes(lane, next_start, call, soonest):
        if call.heard():
            soonest = monotonic_seconds() + lane.every.total_seconds()
        began, begun = lane.seconds(), monotonic_seconds()
        failed = _once(lane, vitals, failed)
        metrics.turned(lane.name, monotonic_seconds() - begun, failed=failed is not None)
        pause = lane.every.total_seconds()
        next_start = max(began + pause, lane.seconds())
        if failed is not None:
            again = max(pause, RETRY_S)
            next_start = lane.seconds() + (min(again, SOON_S) if failed.ours else again)
            soonest = monotonic_seconds() + RETRY_S


def _comes(lane: Lane, moment: float, call: _Call, soonest: float) -> bool:
    """Wait for a moment of the lane's clock, which may change its pace meanwhile, or until it is woken, from `soonest`
    of this machine's clock on. False: it ends before.
    """
    while not call.ended and (left := moment - lane.seconds()) > 0:
        early = soonest - monotonic_seconds()
        if call.comes(min(left, LOOK_S)) and (early <= 0 or call.ends(min(left, early))):
            break
    return not call.ended


def _once(lane: Lane, vitals: Vitals, before: _Failed | None) -> _Failed | None:
    """Why it failed, if it did. A failure is logged when it begins and when it is over; the state and sources log
    their own. A source that cannot be read is no fault of the process.
    """
    known, logged = (before.reason, before.logged) if before is not None else (None, False)
    fields = {"lane": lane.name}
    try:
        lane.work()
    except SourceFailed as error:
        vitals.finished(lane.name)
        return _Failed(str(error), logged=True, ours=False)
    except StateUnavailable as error:
        failed = _Failed(str(error), logged)
    except FirelineError as error:
        failed = _Failed(str(error), logged=True)
        if failed.reason != known:
            log.warning("%s failed; %s: %s", lane.name, lane.lost, error, extra={**fields, "reason": failed.reason})
    except Exception as error:
        failed = _Failed(f"{type(error).__name__}: {error}", logged=True)
        if failed.reason != known:
            log.exception("%s failed; %s", lane.name, lane.lost, extra={**fields, "reason": failed.reason})
    else:
        vitals.finished(lane.name)
        if logged:
            log.info("%s works again", lane.name, extra=fields)
        return None
    vitals.failed(lane.name, failed.reason)
    return failed
