"""Answers about a moving window, cached until a load touches them: then only its fresh end is queried again."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.adapters.warehouse.engine import Engine
from bot.adapters.warehouse.health_rows import due_outcome, midnight, parameters_of, run_count
from bot.adapters.warehouse.settled import FOREVER, Settled
from bot.domain.health.missing import DueOutcome, MissingDate
from bot.domain.health.model import DueDates, Durations, RunCount, Window, data_dates_judged_within
from bot.domain.health.sketch import Sketch

T = TypeVar("T")
FRESH = timedelta(hours=3)
"""Nearly every run is recorded within this time of its start; a later one makes the cached part be queried again."""
NOTHING = Sketch((), ())
QUANTILES = (0.50, 0.95, 0.99)

Who = tuple[int | None, str | None]
"""(phase, processor), or (phase, None) for the phase as a whole."""


@dataclass(frozen=True)
class _Timed:
    """Sketches, and the quantiles already read from them."""

    sketches: Mapping[Who, Sketch]
    durations: Mapping[Who, Durations]


class LiveHealth:
    """Counts, durations and due dates from the roll-up. Windows have whole hours as edges."""

    def __init__(self, engine: Engine, settled: Settled) -> None:
        self._engine = engine
        self._settled = settled

    def counts(self, window: Window) -> list[RunCount]:
        """The very same list again while nothing has changed."""
        return self._keep("counts", window, lambda: self._counts(window))

    def durations(self, window: Window) -> list[Durations]:
        return self._keep("durations", window, lambda: self._durations(window))

    def due(self, window: Window) -> list[DueDates]:
        rows = self._keep("due", window, lambda: self._judged("health_due_live", window), until=FOREVER)
        return [DueDates(*row) for row in rows]

    def missing(self, window: Window) -> list[MissingDate]:
        rows = self._keep("missing", window, lambda: self._judged("missing_dates", window), until=FOREVER)
        return [MissingDate(*row) for row in rows]

    def outcomes(self, window: Window) -> list[DueOutcome]:
        """The very same list again while nothing has changed, whatever the moment at which the window ends."""

        def ask() -> list[DueOutcome]:
            return [due_outcome(row) for row in self._engine.rows("outcomes", parameters_of(window))]

        if window.exact or not self._settled.keeps:
            return ask()
        return self._settled.get(("outcomes", window.since, self.judgement(window.as_of)), FOREVER, ask)

    def _judged(self, query: str, window: Window) -> list[tuple[Any, ...]]:
        """Of the dates that are judged within the window."""
        first, last = data_dates_judged_within(window)
        return self._engine.rows(query, {**parameters_of(window), "first_date": first, "last_date": last})

    def _keep(self, what: str, window: Window, ask: Callable[[], T], until: datetime | None = None) -> T:
        if not self._settled.keeps:
            return ask()
        key = (what, window.since, window.until, self.judgement(window.as_of))
        return self._settled.get(key, until or window.until, ask)

    def _counts(self, window: Window) -> list[RunCount]:
        if window.of_whole_days or not self._settled.keeps:
            return [run_count(row) for row in self._engine.rows("health_counts_live", parameters_of(window))]
        old, fresh = _parts(window)
        cached = self._cached_counts(old)
        merged = dict(cached)
        for row in self._engine.rows("health_counts_fresh", parameters_of(fresh)):
            before = cached.get(row[:-1])
            merged[row[:-1]] = run_count(row if before is None else (*row[:-1], row[-1] + before.runs))
        return list(merged.values())

    def _cached_counts(self, window: Window) -> dict[tuple[Any, ...], RunCount]:
        def ask() -> dict[tuple[Any, ...], RunCount]:
            rows = self._engine.rows("health_counts_live", parameters_of(window))
            return {row[:-1]: run_count(row) for row in rows}

        return self._keep("cells", window, ask)

    def _durations(self, window: Window) -> list[Durations]:
        if window.of_whole_days or not self._settled.keeps:
            return list(self._timed(window).durations.values())
        old, fresh = _parts(window)
        cached = self._keep("sketches", old, lambda: self._timed(old))
        merged = dict(cached.durations)
        for who, sketch in _sketches(self._engine.rows("health_durations_fresh", parameters_of(fresh))).items():
            before = cached.sketches.get(who, NOTHING)
            merged[who] = _durations(who, Sketch.merged((before, sketch)))
        return list(merged.values())

    def _timed(self, window: Window) -> _Timed:
        sketches = _sketches(self._engine.rows("health_durations_live", parameters_of(window)))
        return _Timed(sketches, {who: _durations(who, sketch) for who, sketch in sketches.items()})

    def judgement(self, as_of: datetime) -> tuple[datetime, int]:
        """Names the span around `as_of` in which no answer changes by itself: on it counts depend, no minute."""
        day = midnight(as_of.date())
        end = day + timedelta(days=1)
        moments = self._settled.get(("judgements", day), end, lambda: self._judgements(day, end))
        return day, bisect_right(moments, as_of)

    def _judgements(self, day: datetime, end: datetime) -> list[datetime]:
        rows = self._engine.rows("judgements", {"since": day, "until": end})
        return [moment for (moment,) in rows]


def _parts(window: Window) -> tuple[Window, Window]:
    edge = max(window.since, window.until - FRESH)
    return replace(window, until=edge), replace(window, since=edge)


def durations_of(rows: Sequence[tuple[Any, ...]]) -> list[Durations]:
    """Quantiles of each processor and of each phase; `rows`: (phase, processor, buckets ascending, runs in each)."""
    return [_durations(who, sketch) for who, sketch in _sketches(rows).items()]


def _durations(who: Who, sketch: Sketch) -> Durations:
    phase, name = who
    return Durations(name, phase, *sketch.quantiles(QUANTILES))


def _sketches(rows: Sequence[tuple[Any, ...]]) -> dict[Who, Sketch]:
    """The sketch of each processor, and of each phase from its processors' sketches together."""
    found: dict[Who, Sketch] = {(phase, name): Sketch(buckets, runs) for phase, name, buckets, runs in rows}
    members: dict[int, list[Sketch]] = {}
    for (phase, _), sketch in found.items():
        if phase is not None:
            members.setdefault(phase, []).append(sketch)
    return {**found, **{(phase, None): Sketch.merged(members[phase]) for phase in sorted(members)}}
