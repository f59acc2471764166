"""Lanes: each piece of work on a thread of its own, paced by the monotonic clock, which no clock step moves.

What a lane has to do is in the stored state, so a missed start loses nothing.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event, Thread

from bot.adapters.clock import monotonic_seconds
from bot.domain.errors import FirelineError
from bot.domain.sources import SourceFailed
from bot.ports.metrics import Metrics, Uncounted
from bot.ports.state import StateUnavailable
from bot.services.on_watch import TICK, OnWatch
from bot.services.sources import SourcesService
from bot.services.vitals import Checks, Vitals

LOOK_EVERY = timedelta(seconds=1)
TELL_EVERY = timedelta(seconds=0.5)
URGENT_LANES = 3
"""A call that hangs holds one of them for as long as its time limit."""
CHECK_EVERY = timedelta(seconds=2)
RETRY_S = 3.0
ENDS_WITHIN_S = 3.0
"""Hosts wait ten seconds between asking a process to stop and killing it."""
log = logging.getLogger("fireline.lanes")


@dataclass(frozen=True)
class Lane:
    """`lost` says in words what a failed start has lost; `limit_s`: so long it may take before health is red."""

    name: str
    every: timedelta
    work: Callable[[], object]
    lost: str
    limit_s: float = 30.0


SOURCE_LIMIT_S = 600.0
"""So long one read of a source may take before health is red: a first one may be large."""


def source_lanes(sources: SourcesService) -> tuple[Lane, ...]:
    """A lane a source: one that fails or takes long holds back no other."""
    again = "nothing is lost: it is read again from where it was"
    return tuple(
        Lane(f"source {plan.name}", plan.every, partial(sources.sync, plan.name), again, SOURCE_LIMIT_S)
        for plan in sources.plans
    )


def lanes_of(on_watch: OnWatch, checks: Checks) -> tuple[Lane, ...]:
    tick_s = TICK.total_seconds()
    again = "nothing is lost: what is not said yet is tried again"
    urgent = (Lane(f"urgent messages {n}", TELL_EVERY, on_watch.tell_urgent, again) for n in range(1, URGENT_LANES + 1))
    return (
        Lane(
            "detection",
            LOOK_EVERY,
            on_watch.detect,
            "nothing is lost: the next tick takes in the same again",
            3 * tick_s,
        ),
        Lane("messages", TELL_EVERY, on_watch.tell, again),
        *urgent,
        Lane("checks", CHECK_EVERY, checks.run, "they are made again", 8.0),
    )


@contextmanager
def running(
    lanes: Sequence[Lane], vitals: Vitals, stop: Callable[[], None] = lambda: None, metrics: Metrics | None = None
) -> Iterator[None]:
    """Start the lanes; at the end let what is at work finish, for ENDS_WITHIN_S at most. `stop` asks it to hurry."""
    ending = Event()
    shared = vitals, metrics or Uncounted(), ending
    threads = [Thread(target=_run, args=(lane, *shared), name=lane.name, daemon=True) for lane in lanes]
    for lane, thread in zip(lanes, threads, strict=True):
        vitals.begin(lane.name, lane.limit_s)
        thread.start()
    try:
        yield
    finally:
        ending.set()
        stop()
        until = monotonic_seconds() + ENDS_WITHIN_S
        for lane, thread in zip(lanes, threads, strict=True):
            thread.join(max(0.0, until - monotonic_seconds()))
            if thread.is_alive():
                log.info("%s is ended in the middle of its work; %s", lane.name, lane.lost)


def _run(lane: Lane, vitals: Vitals, metrics: Metrics, ending: Event) -> None:
    """Starts are `every` apart; one that takes longer is followed at once, one that failed after a pause."""
    next_start, failed = monotonic_seconds(), None
    while not ending.wait(max(0.0, next_start - monotonic_seconds())):
        began = monotonic_seconds()
        failed = _once(lane, vitals, failed)
        metrics.turned(lane.name, monotonic_seconds() - began, failed=failed is not None)
        pause = lane.every.total_seconds()
        next_start = max(began + pause, monotonic_seconds() + (max(pause, RETRY_S) if failed else 0.0))


def _once(lane: Lane, vitals: Vitals, failed_before: str | None) -> str | None:
    """Why it failed, if it did. A failure is logged when it begins and when it is over; the state and sources log
    their own. A source that cannot be read is no fault of the process.
    """
    try:
        lane.work()
    except SourceFailed as error:
        vitals.finished(lane.name)
        return str(error)
    except FirelineError as error:
        reason = str(error)
        if reason != failed_before and not isinstance(error, StateUnavailable):
            fields = {"lane": lane.name, "reason": reason}
            log.warning("%s failed; %s: %s", lane.name, lane.lost, reason, extra=fields)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        if reason != failed_before:
            log.exception("%s failed; %s", lane.name, lane.lost, extra={"lane": lane.name, "reason": reason})
    else:
        vitals.finished(lane.name)
        if failed_before is not None:
            log.info("%s works again", lane.name, extra={"lane": lane.name})
        return None
    vitals.failed(lane.name, reason)
    return reason
