"""Which runs belong to the schedule: a slot's own run and its retries, not a poller's many attempts in between."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import POLLS, Trigger

RETRY_AFTER = timedelta(minutes=20)
"""A retry starts within so long of the end of the attempt before it."""
OFF_SCHEDULE = POLLS | {Trigger.BACKFILL}


def scheduled(runs: Iterable[RunSeen]) -> list[RunSeen]:
    """The runs of the schedule, oldest first. A history that names no trigger has scheduled runs only.

    A retry counts when it follows a counted run: a poll is retried too, with attempts far above.
    """
    found: list[RunSeen] = []
    ended: datetime | None = None
    attempt = 0
    for run in sorted(runs, key=lambda run: run.started_at):
        if run.trigger in OFF_SCHEDULE:
            continue
        if run.trigger == Trigger.RETRY:
            follows = ended is not None and run.attempt <= attempt + 1 and run.started_at - ended <= RETRY_AFTER
            if not follows:
                continue
        found.append(run)
        attempt, ended = max(1, run.attempt), run.ended_at or run.started_at
    return found
