"""The warehouse port over any engine: parameters in, domain values out."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapters.warehouse.draft_facts import processor_facts
from bot.adapters.warehouse.engine import Engine, Parameters
from bot.adapters.warehouse.loading import Loader
from bot.adapters.warehouse.settled import Settled
from bot.domain.evidence import SMALLEST_FILE, Evidence, PlannedWindow
from bot.domain.health import DueDates, Durations, RunCount, Window, data_dates_judged_within
from bot.domain.platform import PlatformFacts
from bot.domain.registry_draft import ProcessorFacts
from bot.domain.rollup import Sketch
from bot.domain.runs import Category, DateState, Input, InputKind, Status
from bot.ports.warehouse import Hints, History, LoadReport, Progress

_FOREVER = datetime.max.replace(tzinfo=UTC)
QUANTILES = (0.50, 0.95, 0.99)


class SqlWarehouse:
    """Implements `bot.ports.warehouse.Warehouse`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loader = Loader(engine)
        self._settled = Settled()

    def history(self) -> History:
        return self._settled.get("history", _FOREVER, self._history)

    def _history(self) -> History:
        ((runs, first, known, calendar),) = self._engine.rows("history")
        warnings = tuple(text for (text,) in self._engine.rows("warnings"))
        return History(runs, first, known, calendar, warnings)

    def platform_document(self) -> str | None:
        return dict(self._engine.rows("facts")).get("registry")

    def health_counts(self, window: Window) -> list[RunCount]:
        if window.exact or not window.of_whole_days:
            return self._counts(window)
        return self._settled.get(("counts", window), window.until, lambda: self._counts(window))

    def health_durations(self, window: Window) -> list[Durations]:
        if window.exact or not window.of_whole_days:
            return self._durations(window)
        return self._settled.get(("durations", window), window.until, lambda: self._durations(window))

    def _counts(self, window: Window) -> list[RunCount]:
        name = "health_counts_as_of" if window.exact else "health_counts_live"
        return [_run_count(row) for row in self._engine.rows(name, parameters_of(window))]

    def _durations(self, window: Window) -> list[Durations]:
        if window.exact:
            rows = self._engine.rows("health_durations_as_of", parameters_of(window))
            return [Durations(name, phase, *values) for phase, name, *values in rows]
        rows = self._engine.rows("health_durations_live", parameters_of(window))
        sketches = [(phase, name, Sketch(buckets, runs)) for phase, name, buckets, runs in rows]
        return _from_sketches(sketches)

    def health_due(self, window: Window) -> list[DueDates]:
        name = "health_due_as_of" if window.exact else "health_due_live"
        parameters = dict(parameters_of(window))
        if not window.exact:
            parameters["first_date"], parameters["last_date"] = data_dates_judged_within(window)
        return [DueDates(*row) for row in self._engine.rows(name, parameters)]

    def evidence(self, processor: str, first: date, last: date, as_of: datetime) -> list[Evidence]:
        parameters: Parameters = {
            "processor": processor,
            "first_date": first,
            "last_date": last,
            "as_of": as_of,
            "smallest_file": SMALLEST_FILE,
        }
        windows = map(_window, self._engine.rows("windows_of", {"as_of": as_of}))
        mine = tuple(window for window in windows if processor in window.processors)
        return [_evidence(row, as_of, mine) for row in self._engine.rows("evidence_of", parameters)]

    def processor_facts(self, zone: ZoneInfo) -> list[ProcessorFacts]:
        return processor_facts(self._engine, zone)

    def load(
        self, files: Sequence[Path], platform: PlatformFacts, hints: Hints, now: datetime, progress: Progress
    ) -> LoadReport:
        report = self._loader.load(files, platform, hints, now, progress)
        if report.touched_from is not None:
            self._settled.forget(report.touched_from)
        return report

    def rebuild(self) -> int:
        self._settled.forget(datetime.min.replace(tzinfo=UTC))
        return self._loader.rebuild()

    def close(self) -> None:
        self._engine.close()


def parameters_of(window: Window) -> Parameters:
    """Every value that the health queries bind. Whole days lie in [whole_from, whole_until), head and tail beside."""
    since_day, until_day = window.since.date(), window.until.date()
    whole_from = since_day if window.since.time() == time() else since_day + timedelta(days=1)
    head_until = min(_midnight(whole_from), window.until)
    return {
        "as_of": window.as_of,
        "since": window.since,
        "until": window.until,
        "whole_from": whole_from,
        "whole_until": until_day,
        "head_until": head_until,
        "tail_since": max(_midnight(until_day), head_until),
        "smallest_file": SMALLEST_FILE,
        "first_date": date(1970, 1, 1),
        "last_date": date(2100, 1, 1),
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _from_sketches(sketches: Sequence[tuple[int | None, str, Sketch]]) -> list[Durations]:
    """Quantiles of each processor, and of each phase from its processors' sketches together."""
    found = [Durations(name, phase, *sketch.quantiles(QUANTILES)) for phase, name, sketch in sketches]
    for phase in sorted({phase for phase, _, _ in sketches if phase is not None}):
        merged = Sketch.merged(sketch for other, _, sketch in sketches if other == phase)
        found.append(Durations(None, phase, *merged.quantiles(QUANTILES)))
    return found


def _run_count(row: tuple[Any, ...]) -> RunCount:
    name, phase, status, recorded, hinted, given, zero, expected, filled, judged, runs = row
    return RunCount(
        processor=name,
        phase=phase,
        status=_STATUS[status],
        recorded=_CATEGORY[recorded],
        hinted=_CATEGORY[hinted],
        input=_INPUT[given],
        zero_records=zero,
        state=DateState(expected, filled, judged),
        runs=int(runs),
    )


_STATUS = {status.value: status for status in Status}
_CATEGORY: dict[str, Category | None] = {"": None, **{category.value: category for category in Category}}
_INPUT = {value.value: value for value in Input}


def _window(row: tuple[Any, ...]) -> PlannedWindow:
    kind, processors, start, end, announced_at, note = row
    names = json.loads(processors) if processors.startswith("[") else [processors]
    return PlannedWindow(
        kind=kind, processors=tuple(names), start=start, end=end, announced_at=announced_at, note=note or ""
    )


def _evidence(row: tuple[Any, ...], as_of: datetime, windows: tuple[PlannedWindow, ...]) -> Evidence:
    name, day, judged, games, final, expected, first_file, empty, rows, filled, kind, ready = row
    return Evidence(
        processor=name,
        data_date=day,
        as_of=as_of,
        expected=expected,
        games=games,
        games_final=int(final),
        judged_at=judged,
        first_file_at=first_file,
        empty_file=empty,
        rows=rows,
        filled=filled,
        input_kind=InputKind(kind),
        input_ready_at=ready,
        windows=windows,
    )
