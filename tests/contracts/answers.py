"""Everything a warehouse can be asked, in a form that two of them can be compared by."""

from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import BadInput
from bot.domain.evidence.observation import Asked, DateSpan, Observed
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.health.model import RunCount, Window
from bot.domain.slo import CustomQuery
from bot.ports.warehouse import Warehouse
from tests.contracts.stories import NEXT, moment
from tests.support.builders import DAY, registry

LAST = moment(90)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
WEEK = Window.live(LAST, 7)
DATES = DateSpan(DAY, NEXT)
EVER = (date(2025, 12, 1), date(2027, 12, 31))
_ROLLED_UP = {
    "a week": WEEK,
    "a day": Window.live(moment(32.02), 1),
    "whole days": Window.live(moment(96), 30).baseline(),
    "within a day": Window(moment(26), moment(31), moment(31), 1, exact=False),
}
STANDING_DAYS = (DAY, NEXT, date(2026, 1, 9), date(2031, 1, 1))
"""The last lies outside every calendar."""
_NEW_YORK = ZoneInfo("America/New_York")

Answers = dict[str, Any]


def ask(warehouse: Warehouse, *, briefly: bool = False) -> Answers:
    """From the roll-up. Briefly: of the last week only."""
    answers: Answers = {"history": replace(warehouse.history(), warnings=(), unmatched=())}
    for name, window in _ROLLED_UP.items():
        if name == "a week" or not briefly:
            answers[f"counts, {name}"] = counts(warehouse, window)
            answers[f"due, {name}"] = _due(warehouse, window)
            answers[f"missing, {name}"] = warehouse.missing_dates(window)
            answers[f"outcomes, {name}"] = warehouse.outcomes(window)
            answers[f"durations, {name}"] = _durations(warehouse, window)
            answers[f"failed groups, {name}"] = sorted(warehouse.failed_groups(window), key=repr)
            answers[f"failed hours, {name}"] = sorted(warehouse.failed_hours(window), key=repr)
            answers[f"durations by day, {name}"] = _daily(warehouse, window)
            answers[f"sketches by day, {name}"] = sorted(warehouse.daily_sketches(window), key=repr)
            answers[f"counts by day, {name}"] = sorted(warehouse.daily_counts(window), key=repr)
            answers[f"active hours, {name}"] = dict(sorted(warehouse.active_hours(window).items()))
    answers["platform"] = warehouse.platform_document()
    answers["start hours"] = warehouse.start_hours(WEEK.since, WEEK.until)
    answers["processors seen"] = warehouse.processors_seen()
    answers["never seen"] = warehouse.never_seen()
    answers["traces"] = warehouse.traces()
    answers["doubts"] = warehouse.doubts(platform_facts(registry()))
    if not briefly:
        answers["asked of it"] = _asked(warehouse)
        answers["facts"] = _facts(warehouse)
        answers["run times"] = sorted(warehouse.run_times(WEEK))
        answers["custom queries"] = _custom(warehouse)
        answers["emptied"] = warehouse.emptied(DAY, LAST)
        answers["freshness"] = {day: sorted(warehouse.freshness(day, LAST), key=repr) for day in STANDING_DAYS}
    return answers


GOOD = """-- A team's own comment: @nothing
SELECT start_day AS day, SUM(CASE WHEN status = 'success' THEN runs END) AS good, SUM(runs) AS total
FROM daily_counts WHERE start_day BETWEEN @since AND @until GROUP BY start_day ORDER BY start_day;"""
CUSTOM = {
    "good of total": CustomQuery("share", GOOD),
    "a value": CustomQuery("runs", "SELECT MAX(start_day) AS day, COUNT(*) AS value FROM daily_counts", 5.0),
    "no column": CustomQuery("hits", "SELECT start_day AS day, SUM(hit) AS good, COUNT(*) AS total FROM daily_counts"),
    "no table": CustomQuery("hits", "SELECT day, good, total FROM graded"),
    "other columns": CustomQuery("hits", "SELECT start_day FROM daily_counts"),
    "no SELECT": CustomQuery("hits", "DELETE FROM daily_counts WHERE TRUE"),
    "two": CustomQuery("hits", "SELECT 1; SELECT 2"),
    "a file": CustomQuery("hits", "SELECT * FROM `/etc/passwd`"),
    "a function": CustomQuery("hits", "SELECT * FROM read_text('/etc/passwd')"),
    "no such parameter": CustomQuery("hits", "SELECT start_day AS day, @x AS good, 1 AS total FROM daily_counts"),
}


def _custom(warehouse: Warehouse) -> dict[str, Any]:
    """What queries of a team's own give, or what is wrong with them."""
    found: dict[str, Any] = {}
    for name, query in CUSTOM.items():
        for ask in (warehouse.explain, warehouse.day_values):
            try:
                found[name] = ask(query, *EVER)
            except BadInput as error:
                found[name] = str(error)
                break
    return found


def _asked(warehouse: Warehouse) -> list[str]:
    """The names of queries: their texts are the database's own."""
    traced, asked = warehouse.traced()
    for _ in range(2):
        traced.health_counts(WEEK)
        traced.history()
    return [query.name for query in (*asked, warehouse.query("history", LAST, "Box"))]


def ask_as_of(warehouse: Warehouse, as_of: datetime, processors: Iterable[str], *, wholly: bool = False) -> Answers:
    """From the raw rows, as they were known at a moment. Wholly: whatever can be asked of a moment."""
    window = Window.at(as_of, 7)
    answers: Answers = {f"evidence of {name}": warehouse.evidence(name, *EVER, as_of) for name in processors}
    answers["counts"] = counts(warehouse, window)
    answers["observed"] = _in_order(warehouse.observed(as_of - timedelta(hours=2), as_of))
    if wholly:
        answers["all observed"] = _in_order(warehouse.observed(LONG_AGO, as_of))
        answers["observed without old polls"] = _in_order(warehouse.observed(LONG_AGO, as_of, as_of))
        answers["observed of dates"] = _in_order(
            warehouse.observed_dates(DATES, DATES.first - timedelta(days=3), as_of)
        )
        some = Asked(("Box", "Poller"), ("raw.box",), ("roster",))
        answers["observed of some"] = _in_order(warehouse.observed_dates(DATES, DATES.first, as_of, some))
        answers["zero-record runs"] = sorted(warehouse.zero_record_runs(DATES.last))
        answers["silent runs"] = sorted(warehouse.silent_runs(moment(24), as_of))
        answers["due"] = _due(warehouse, window)
        answers["missing"] = warehouse.missing_dates(window)
        answers["durations"] = _durations(warehouse, window)
    return answers


def _in_order(observed: Observed) -> Observed:
    """What was observed has no order of its own."""
    kinds = ("runs", "loads", "files", "games", "windows", "quiet")
    in_order: dict[str, Any] = {kind: tuple(sorted(getattr(observed, kind), key=repr)) for kind in kinds}
    return replace(observed, **in_order)


def counts(warehouse: Warehouse, window: Window) -> list[RunCount]:
    return sorted(warehouse.health_counts(window), key=repr)


def runs(found: Iterable[RunCount], **like: Any) -> int:
    """How many of the counted runs have these attributes."""
    return sum(c.runs for c in found if all(getattr(c, name) == value for name, value in like.items()))


def near(answer: Any) -> Any:
    """The answer as it may be told from sketches: what is not counted but measured within 1 %."""
    if isinstance(answer, float):
        return pytest.approx(answer, rel=0.01, abs=1e-9)
    if isinstance(answer, dict):
        return {name: near(value) for name, value in answer.items()}
    return type(answer)(near(value) for value in answer) if isinstance(answer, list | tuple) else answer


def _due(warehouse: Warehouse, window: Window) -> list[Any]:
    return sorted(warehouse.health_due(window), key=repr)


def _durations(warehouse: Warehouse, window: Window) -> dict[Any, Any]:
    return {(d.processor, d.phase): (d.p50, d.p95, d.p99) for d in warehouse.health_durations(window)}


def _daily(warehouse: Warehouse, window: Window) -> dict[Any, Any]:
    found = warehouse.daily_durations(window)
    return {(on.day, d.processor, d.phase): (d.p50, d.p95, d.p99) for on in found for d in [on.durations]}


def _facts(warehouse: Warehouse) -> list[Any]:
    """Starts in ascending order."""
    facts = warehouse.processor_facts()
    return [astuple(replace(fact, starts=tuple(sorted(fact.starts)))) for fact in facts]
