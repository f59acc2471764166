"""What a processor does on a date that an incident owns: how each dated kind looks in the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.worlds.model import Fault

if TYPE_CHECKING:
    from tests.worlds.pipeline import Date, Pipeline

Moments = list[datetime]
AGAIN = timedelta(seconds=120)


def _due(state: Date, moments: Moments) -> tuple[Moments, Moments]:
    """Slots before the data can be there (they run as ever), and those after."""
    if state.processor.frequency != "post":
        return [], moments
    return moments[:1], moments[1:]


def _early(pipe: Pipeline, state: Date, moments: Moments) -> Moments:
    before, after = _due(state, moments)
    for moment in before:
        pipe.slot(state, moment)
    return after


def _failing(category: str) -> Callable[[Pipeline, Date, Moments, Fault], None]:
    def behave(pipe: Pipeline, state: Date, moments: Moments, fault: Fault) -> None:
        for moment in _early(pipe, state, moments):
            fault.rows += pipe.thrice(state, pipe.start(moment), category)

    return behave


def timing_out(pipe: Pipeline, state: Date, moments: Moments, fault: Fault) -> None:
    """Each slot runs into the 1,800 s limit, and so does its retry."""
    for moment in moments:
        started = pipe.start(moment)
        for attempt, trigger in ((1, "schedule"), (2, "retry")):
            seconds = pipe.random.uniform(1801, 1809)
            row = pipe.out.fail(
                state.processor, state.day, started, seconds, "timeout", attempt=attempt, trigger=trigger
            )
            fault.rows.append(row)
            started = row.completed + AGAIN


def stuck(pipe: Pipeline, state: Date, moments: Moments, fault: Fault) -> None:
    """One run hangs: its heartbeat stops after `shift`, the janitor closes it hours later; nothing else starts."""
    after = _early(pipe, state, moments)
    started = pipe.start(after[0])
    seconds = 3600 * pipe.random.choice((4, 6, 10, 14))
    row = pipe.out.fail(state.processor, state.day, started, seconds, "timeout", key="janitor")
    row.heartbeat = row.started + fault.shift
    fault.rows.append(row)


def zero_processor(pipe: Pipeline, state: Date, moments: Moments, fault: Fault) -> None:
    """Full runs that load nothing although the raw file is there; `masked` ones say no data."""
    for moment in _early(pipe, state, moments):
        started, seconds = pipe.start(moment), pipe.out.seconds(state.processor)
        if fault.masked:
            row = pipe.out.fail(
                state.processor, state.day, started, seconds, "processing_error", key="no_data_available"
            )
            if row.shown == "processing_error":
                row.shown = "no_data_available"
        else:
            row = pipe.out.run(state.processor, state.day, started, seconds, "success")
        fault.rows.append(row)


def zero_scraper(pipe: Pipeline, state: Date, moments: Moments, fault: Fault) -> None:
    """The scraper times out and its retry too; the processor finds nothing, quickly."""
    if not state.processor.scraper:
        fault.rows += [pipe.empty(state, pipe.start(moment)) for moment in _early(pipe, state, moments)]
        return
    for moment in moments:
        started = pipe.start(moment)
        for attempt, trigger in ((1, "schedule"), (2, "retry")):
            seconds = pipe.random.uniform(30, 31.5)
            row = pipe.out.fail(
                state.processor, state.day, started, seconds, "timeout", key="scrape", attempt=attempt, trigger=trigger
            )
            fault.rows.append(row)
            started = row.completed + AGAIN


def idempotent(pipe: Pipeline, state: Date, moments: Moments, fault: Fault) -> None:
    """A zero-record success, after which every run skips itself."""
    pipe.out.run(state.processor, state.day, pipe.start(moments[0]), pipe.out.brief(1, 4), "success")
    for moment in moments[1:]:
        fault.rows.append(pipe.out.skip(state.processor, state.day, pipe.start(moment), "marker"))


def missing(pipe: Pipeline, state: Date, moments: Moments, fault: Fault) -> None:
    """Nothing runs."""


SICK: dict[str, Callable[[Pipeline, Date, Moments, Fault], None]] = {
    "repeated_failure": _failing("processing_error"),
    "upstream_cascade": _failing("processing_error"),
    "validation_failed": _failing("validation_failed"),
    "timeout": timing_out,
    "phase_down": timing_out,
    "stuck_run": stuck,
    "zero_records_processor": zero_processor,
    "zero_records_scraper": zero_scraper,
    "idempotency_block": idempotent,
    "missing_run": missing,
}
