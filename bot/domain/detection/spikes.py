"""failure_spike: a processor that fails too often, in between successes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.attempts import scheduled
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import Category, Status
from bot.domain.evidence.untold import EARLY, LATE
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.statistics import ONE_SIDED_95, wilson_lower

WINDOWS = (timedelta(hours=6), timedelta(hours=24))
FEWEST_OCCASIONS = 4
RETRY_WITHIN = timedelta(minutes=30)
"""Runs that start so soon after another are the same occasion, tried again; of a job by the minute those before half
the way to its next slot.
"""
LEAST_SHARE = 0.07
"""The surely exceeded share of failing occasions, 4 of 24; in good times it is below 1 %."""
DENSE = 8
"""With so many slots a day a few failures in a row are a spike, too."""


_DAY = timedelta(days=1)


class Occasion(NamedTuple):
    """`category`: of its first real failure, None when it had none."""

    run: RunSeen
    category: Category | None


Failing = Callable[[RunSeen], Category | None]


def detect(
    name: str,
    runs: Iterable[RunSeen],
    failing: Failing,
    now: datetime,
    *,
    dense: bool,
    apart: timedelta | None,
    polling: bool = False,
) -> Trouble | None:
    """`runs`: finished runs of the last day; `failing` gives the category of a real failure; `dense`: it runs so often
    that a few failures in a row are a spike. For others they are what has become of a date, which is reported as that.
    `apart`: its nearest slots. `polling`: what no trigger is told of may be a poll.
    """
    slots = scheduled(runs)
    if polling:
        slots = _without_polls(slots)
    known = _occasions(slots, failing, min(RETRY_WITHIN, (apart or _DAY) / 2))
    first = next((place for place, occasion in enumerate(known) if occasion.category is not None), len(known))
    if not dense and all(occasion.category is not None for occasion in known[first:]):
        return None
    return next(filter(None, (_within(name, known, now, window) for window in WINDOWS)), None)


def _without_polls(runs: Iterable[RunSeen]) -> list[RunSeen]:
    """Once the slot's run has worked there is nothing to retry: what begins beside the slot after it and fails is one
    of the polls.
    """
    found: list[RunSeen] = []
    worked_at: datetime | None = None
    for run in runs:
        beside = worked_at is not None and run.started_at - worked_at <= EARLY + LATE
        if run.status is Status.SUCCESS:
            worked_at = run.started_at
        elif not run.trigger and beside:
            continue
        found.append(run)
    return found


def _occasions(runs: Iterable[RunSeen], failing: Failing, within: timedelta) -> list[Occasion]:
    """A slot's run and its retries are one occasion; it failed if one of them did, whatever came after."""
    found: list[Occasion] = []
    for run in runs:
        if run.status is Status.SKIPPED:
            continue
        if not found or (run.attempt <= 1 and run.started_at - found[-1].run.started_at > within):
            found.append(Occasion(run, failing(run)))
        elif found[-1].category is None:
            found[-1] = Occasion(found[-1].run, failing(run))
    return found


def _within(name: str, known: Sequence[Occasion], now: datetime, window: timedelta) -> Trouble | None:
    seen = [occasion for occasion in known if occasion.run.started_at >= now - window]
    failed = [occasion for occasion in seen if occasion.category is not None]
    if len(failed) < FEWEST_OCCASIONS or wilson_lower(len(failed), len(seen), ONE_SIDED_95) <= LEAST_SHARE:
        return None
    hours = int(window.total_seconds() // 3600)
    return Trouble(
        kind=FindingKind.FAILURE_SPIKE,
        processors=(name,),
        root_cause=RootCause.PROCESSING_ERROR,
        since=failed[0].run.started_at,
        evident_at=failed[FEWEST_OCCASIONS - 1].run.known_at,
        explanation=f"{name} failed on {len(failed)} of its {len(seen)} occasions within {hours} hours",
        error_class=str(failed[-1].category),
    )
