"""APScheduler starts every job; what a job has to do is in the stored state, so a missed start loses nothing."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.adapters.clock import system_clock
from bot.services.on_watch import TICK, OnWatch

TELL_EVERY = timedelta(seconds=2)
log = logging.getLogger("fireline.scheduler")


@dataclass(frozen=True)
class Job:
    """`lost` says in words what a failed start has lost."""

    name: str
    every: timedelta
    work: Callable[[], object]
    lost: str


def jobs_of(on_watch: OnWatch, every: timedelta = TICK) -> tuple[Job, ...]:
    """The table of jobs. A demo whose time runs faster looks more often than a tick takes."""
    return (
        Job("detection", every, on_watch.detect, "nothing is lost: the next tick takes in the same again"),
        Job("messages", TELL_EVERY, on_watch.tell, "nothing is lost: what is not said yet is tried again"),
    )


@contextmanager
def running(jobs: Sequence[Job]) -> Iterator[None]:
    """Start the jobs, one after the other on one thread, and end with the one that is at work."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a start left out because the last one still runs is fine
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        trigger = IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC)
        scheduler.add_job(_guarded(job), trigger, id=job.name, next_run_time=system_clock())
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


def _guarded(job: Job) -> Callable[[], None]:
    def start() -> None:
        try:
            job.work()
        except Exception:
            log.exception("%s failed; %s", job.name, job.lost)

    return start
