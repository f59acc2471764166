"""Objectives of processors and of queries: which outcomes they count, and what makes one good."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.domain.errors import BadInput
from bot.domain.health.missing import DueOutcome
from bot.domain.platform.deadline import due_at
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Registry
from bot.domain.reports.objectives import Counts, Days, Objective, by_day, by_month, counted
from bot.domain.slo import CustomQuery, Measure, PlatformObjective

MOST_NAMED = 3


class DayValues(NamedTuple):
    """A row of a query: `good` of `total`, or a single value in `good` without a total. None: unknown."""

    day: date
    good: float | None
    total: float | None = None


def named_objective(
    objective: PlatformObjective, outcomes: Sequence[DueOutcome], now: datetime, registry: Registry
) -> Objective:
    """By outcomes of the last 97 days, of all processors."""
    try:
        mine = outcomes_of(objective, outcomes, now, registry)
    except BadInput as error:
        return unknown(objective, str(error))
    found = counted(
        by_day(mine, now), objective.objective, objective.false_alarms, by_month(mine), objective.window_days
    )
    return replace(found, name=objective.name, why="" if mine else _why_none(objective))


def outcomes_of(
    objective: PlatformObjective, outcomes: Sequence[DueOutcome], now: datetime, registry: Registry
) -> list[DueOutcome]:
    """Those that it counts, good or bad by its measure. Raises BadInput where it names what the registry has not."""
    chosen = registry.by_name.keys() if not objective.processors else set(objective.processors)
    absent = sorted(chosen - registry.by_name.keys())
    if absent:
        raise BadInput(f"the registry has no processor {some_of(absent, MOST_NAMED)}")
    mine = [each for each in outcomes if each.processor in chosen]
    if objective.measure is Measure.DEADLINE:
        return _in_time(mine, now, registry)
    return _fresh(mine, _limits(objective, registry)) if objective.measure is Measure.FRESHNESS else mine


def _why_none(objective: PlatformObjective) -> str:
    lacking = {
        Measure.DEADLINE: "no processor of it has an `sla_completion_time` and dates due",
        Measure.FRESHNESS: "no processor of it has `freshness_hours` and dates due",
    }
    return lacking.get(objective.measure or Measure.COMPLETENESS, "no date of it was due")


def unknown(objective: PlatformObjective, why: str) -> Objective:
    """Neither good nor bad."""
    nothing = counted({}, objective.objective, objective.false_alarms, {}, objective.window_days)
    return replace(nothing, name=objective.name, why=why)


def _in_time(outcomes: Iterable[DueOutcome], now: datetime, registry: Registry) -> list[DueOutcome]:
    """Good when the data was there by the deadline; what has none, or still has time, does not count."""
    found = []
    for each in outcomes:
        due = due_at(registry.by_name[each.processor], each.data_date, registry)
        if due is None or (each.good is not True and due > now):
            continue
        late = each.good is True and (each.filled_at is None or each.filled_at > due)
        found.append(each._replace(good=False) if late else each)
    return found


def _limits(objective: PlatformObjective, registry: Registry) -> Mapping[str, timedelta]:
    hours = {
        each.name: objective.freshness_hours or each.freshness_hours
        for each in registry.processors
        if objective.freshness_hours or each.freshness_hours
    }
    return {name: timedelta(hours=limit) for name, limit in hours.items() if limit}


def _fresh(outcomes: Iterable[DueOutcome], limits: Mapping[str, timedelta]) -> list[DueOutcome]:
    """Good when, as its last slot was judged, the newest data of the processor was no older than its limit."""
    listed = [each for each in outcomes if each.processor in limits]
    filled = dict[str, list[datetime]]()
    for at, name in sorted((each.filled_at, each.processor) for each in listed if each.filled_at is not None):
        filled.setdefault(name, []).append(at)
    return [each._replace(good=_is_fresh(each, filled.get(each.processor, []), limits)) for each in listed]


def _is_fresh(each: DueOutcome, filled: Sequence[datetime], limits: Mapping[str, timedelta]) -> bool | None:
    at = bisect_right(filled, each.settled_at)
    if at and each.settled_at - filled[at - 1] <= limits[each.processor]:
        return True
    return None if each.good is None else False


def query_objective(
    objective: PlatformObjective, query: CustomQuery, rows: Iterable[DayValues], today: date
) -> Objective:
    """By the days that the query gives. A row that makes no sense makes it unknown, by name."""
    try:
        counts = _by_date(query, rows)
    except BadInput as error:
        return unknown(objective, str(error))
    months = {f"{day:%Y-%m}" for day in counts}
    monthly = {
        month: Counts.total(found for day, found in counts.items() if f"{day:%Y-%m}" == month)
        for month in sorted(months, reverse=True)
    }
    days = _days_ago(counts, today)
    made = counted(days, objective.objective, objective.false_alarms, monthly, objective.window_days)
    return replace(made, name=objective.name)


def query_days(query: CustomQuery, rows: Iterable[DayValues], today: date) -> Days:
    """Raises BadInput for a row that makes no sense, or none."""
    return _days_ago(_by_date(query, rows), today)


def _days_ago(counts: Mapping[date, Counts], today: date) -> Days:
    return {(today - day).days: found for day, found in counts.items() if day <= today}


def _by_date(query: CustomQuery, rows: Iterable[DayValues]) -> dict[date, Counts]:
    counts = dict[date, Counts]()
    for row in rows:
        found = _counts(row, query.threshold)
        if found is None:
            raise BadInput(f"its query says {row.good} of {row.total} for {row.day}: give 0 <= good <= total")
        counts[row.day] = Counts.total((counts.get(row.day, Counts()), found))
    if not counts:
        raise BadInput("its query gives no row")
    return counts


def _counts(row: DayValues, threshold: float | None) -> Counts | None:
    """None: they make no sense."""
    if row.good is None or (threshold is None and row.total is None):
        return Counts(unknown=1)
    if threshold is not None:
        return Counts(good=1) if row.good >= threshold else Counts(bad=1)
    total = row.total or 0
    if not (0 <= row.good <= total and float(row.good).is_integer() and float(total).is_integer()):
        return None
    return Counts(good=int(row.good), bad=int(total - row.good))
