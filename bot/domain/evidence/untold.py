"""What started a run of which the history does not say it, as in an export without the column `trigger`; or of
which retry it was, without `attempt`.

A poller asks again and again between its slots, at any moment, and nearly always finds nothing. So a run of one that
failed and did not begin where a slot's run begins is a poll, or the retry of one. What worked is taken as it is: it
is a sign of health whatever started it. All other processors run by their schedule alone.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.evidence.observation import Observed, RunSeen
from bot.domain.evidence.runs import Status, Trigger
from bot.domain.platform.registry import Registry

EARLY = timedelta(minutes=1)
"""Clocks differ: a slot's run may seem to begin so long before it."""
LATE = timedelta(minutes=5)
"""A scheduler begins a slot's run within minutes. What fails later is more likely one of the polls, which come by the
dozen in an hour: three of these and their quick retries in a row would be taken for a slot that fails.
"""


def with_polls_named(observed: Observed, registry: Registry) -> Observed:
    """The same, with each run that nobody says to be a poll and that is one named so."""
    return replace(observed, runs=tuple(_named(observed, registry)))


def _is_told(run: RunSeen) -> bool:
    """A retry that does not say which it is may be one of a poll."""
    return bool(run.trigger) and not (run.trigger == Trigger.RETRY and run.attempt <= 1)


def _named(observed: Observed, registry: Registry) -> Iterator[RunSeen]:
    pollers = {
        processor.name: registry.schedules[processor.name] for processor in registry.processors if processor.polling
    }
    known: dict[tuple[str, date], tuple[datetime, ...]] = {}
    for run in observed.runs:
        if _is_told(run) or run.status is not Status.FAILED or run.processor not in pollers:
            yield run
            continue
        key = run.processor, run.data_date
        if key not in known:
            known[key] = pollers[run.processor].slots(run.data_date)
        slots = known[key]
        of_a_slot = not slots or any(slot - EARLY <= run.started_at <= slot + LATE for slot in slots)
        yield run if of_a_slot else run._replace(trigger=Trigger.UNTOLD)
