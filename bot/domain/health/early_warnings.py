"""An early note of a run that may hang: silent for a while, and not yet for as long as makes it an incident."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.domain.counts import plural
from bot.domain.health.model import Because, HealthReason

NOTE_AFTER = timedelta(minutes=15)
LONGEST_RUN = timedelta(days=2)
"""What has begun before that is no news."""


class SilentRun(NamedTuple):
    """A run of the schedule that has not ended, by its newest row; times aware UTC."""

    processor: str
    data_date: date
    heartbeat_at: datetime


def early_notes(runs: Iterable[SilentRun], now: datetime, limit: timedelta) -> dict[str, list[HealthReason]]:
    """By processor; nothing of runs that have been silent for the `limit`: those are reported as incidents."""
    notes: dict[str, list[HealthReason]] = {}
    for run in sorted(runs):
        silent = now - run.heartbeat_at
        if NOTE_AFTER <= silent < limit:
            minutes = int(silent.total_seconds() // 60)
            text = f"{run.processor}: its run for {run.data_date} has had no heartbeat for {plural(minutes, 'minute')}."
            notes.setdefault(run.processor, []).append(HealthReason(Because.NO_HEARTBEAT, run.processor, text))
    return notes
