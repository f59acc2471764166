"""What became known in a span of time, read from the warehouse."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import itemgetter
from sys import intern
from typing import Any

from bot.adapters.warehouse.dates_of_runs import dates_known
from bot.adapters.warehouse.engine import Engine, Parameters
from bot.adapters.warehouse.sights import sights
from bot.domain.evidence.expectation import SMALLEST_FILE, PlannedWindow
from bot.domain.evidence.observation import Asked, DateSpan, Game, Observed, QuietPolls, RawFile, RunSeen, TableLoad
from bot.domain.evidence.runs import Category, Status


def observed(
    engine: Engine, since: datetime, until: datetime, polls_since: datetime, windows: tuple[PlannedWindow, ...]
) -> Observed:
    span: Parameters = {"since": since, "until": until, "smallest_file": SMALLEST_FILE}
    rows = (
        engine.rows("observed_runs", {**span, **dates_known(engine, since, until), "polls_since": polls_since}),
        engine.rows("observed_loads", span),
        engine.rows("observed_files", span),
    )
    return _observed(engine, *rows, windows)


def observed_dates(
    engine: Engine,
    dates: DateSpan,
    loads_from: date,
    as_of: datetime,
    windows: tuple[PlannedWindow, ...],
    of: Asked | None,
) -> Observed:
    last: Parameters = {"last_date": dates.last, "as_of": as_of, "smallest_file": SMALLEST_FILE}
    span: Parameters = {"first_date": dates.first, **last}
    processors, tables, sources = ("", "", "") if of is None else map(_listed, (of.processors, of.tables, of.sources))
    runs = engine.rows("observed_date_runs", {**span, "names": processors})
    loads = engine.rows("observed_date_loads", {**span, "first_date": loads_from, "names": tables})
    files = engine.rows("observed_date_files", {**span, "names": sources})
    polls = engine.rows("observed_date_polls", {**span, "names": processors})
    return replace(_observed(engine, runs, loads, files, windows), quiet=tuple(QuietPolls(*row) for row in polls))


def _listed(names: Sequence[str]) -> str:
    """Each name between commas; none at all: what is never a name."""
    return f",{','.join(names)},"


Rows = list[tuple[Any, ...]]
IS_CURRENT = 15
"""The place of the column."""


def _observed(engine: Engine, runs: Rows, loads: Rows, files: Rows, windows: tuple[PlannedWindow, ...]) -> Observed:
    """Of two versions of a run that became known at one moment, the one that is kept comes last, and so counts."""
    seen, starts = sights(engine)
    runs.sort(key=itemgetter(IS_CURRENT))
    return Observed(
        runs=tuple(_run(row) for row in _let_go(runs)),
        loads=tuple(TableLoad(*row) for row in _let_go(loads)),
        files=tuple(RawFile(*row) for row in _let_go(files)),
        games=tuple(Game(*row) for row in engine.rows("observed_games")),
        windows=windows,
        seen=seen,
        starts=starts,
    )


def _let_go(rows: Rows) -> Iterator[tuple[Any, ...]]:
    """Each row, which is let go of as it is taken: weeks of rows are not held twice."""
    rows.reverse()
    while rows:
        yield rows.pop()


_STATUSES = {status.value: status for status in Status}
_CATEGORIES: dict[str, Category | None] = {category.value: category for category in Category}
_CATEGORIES |= {"": None, Category.UNKNOWN.value: None}


def _run(row: tuple[Any, ...]) -> RunSeen:
    run_id, name, day, started, ended, status, recorded, hinted, records, seconds, attempt, trigger, beat = row[:13]
    known, error = row[13:IS_CURRENT]
    return RunSeen(
        run_id,
        intern(name),
        day,
        started,
        ended,
        _STATUSES[status],
        _CATEGORIES.get(recorded),
        _CATEGORIES.get(hinted),
        records,
        seconds,
        attempt or 1,
        intern(trigger) if trigger else "",
        beat,
        known,
        intern(error) if error else None,
    )
