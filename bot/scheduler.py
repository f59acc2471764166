"""Lanes: each piece of work on a thread of its own, paced by the monotonic clock, which no clock step moves.

What a lane has to do is in the stored state, so a missed start loses nothing.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from bot.services.on_watch import OnWatch

LOOK_EVERY = timedelta(seconds=1)
TELL_EVERY = timedelta(seconds=0.5)
URGENT_LANES = 3
"""A call that hangs holds one of them for as long as its time limit."""
ENDS_WITHIN_S = 8.0
"""Hosts wait ten seconds between asking a process to stop and killing it."""
log = logging.getLogger("fireline.lanes")


@dataclass(frozen=True)
class Lane:
    """`lost` says in words what a failed start has lost."""

    name: str
    every: timedelta
    work: Callable[[], object]
    lost: str


def lanes_of(on_watch: OnWatch) -> tuple[Lane, ...]:
    again = "nothing is lost: what is not said yet is tried again"
    urgent = (Lane(f"urgent messages {n}", TELL_EVERY, on_watch.tell_urgent, again) for n in range(1, URGENT_LANES + 1))
    return (
        Lane("detection", LOOK_EVERY, on_watch.detect, "nothing is lost: the next tick takes in the same again"),
        Lane("messages", TELL_EVERY, on_watch.tell, again),
        *urgent,
    )


@contextmanager
def running(lanes: Sequence[Lane], stop: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Start the lanes; at the end let what is at work finish, for ENDS_WITHIN_S at most. `stop` asks it to hurry."""
    ending = Event()
    threads = [Thread(target=_run, args=(lane, ending), name=lane.name, daemon=True) for lane in lanes]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        stop()
        until = monotonic() + ENDS_WITHIN_S
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))
            if thread.is_alive():
                log.warning("%s did not end in time and is left behind", thread.name)


def _run(lane: Lane, ending: Event) -> None:
    """Starts are `every` apart; one that takes longer is followed by the next at once."""
    next_start = monotonic()
    while not ending.wait(max(0.0, next_start - monotonic())):
        next_start = max(next_start + lane.every.total_seconds(), monotonic())
        try:
            lane.work()
        except Exception:
            log.exception("%s failed; %s", lane.name, lane.lost)
