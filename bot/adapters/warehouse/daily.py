"""What the roll-up has by whole day (UTC)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.adapters.warehouse.engine import Engine
from bot.adapters.warehouse.health_rows import parameters_of, run_count
from bot.adapters.warehouse.live_health import durations_of
from bot.domain.health.baselines import DayCount, DaySketch
from bot.domain.health.model import Window
from bot.domain.health.sketch import Sketch
from bot.domain.health.trends import DayDurations

DURATION = "duration"


def durations(engine: Engine, window: Window) -> list[DayDurations]:
    """Of each processor, and of each phase."""
    by_day: dict[date, list[tuple[Any, ...]]] = {}
    for day, metric, *row in engine.rows("daily_sketches", parameters_of(window)):
        if metric == DURATION:
            by_day.setdefault(day, []).append(tuple(row))
    return [DayDurations(day, item) for day, rows in by_day.items() for item in durations_of(rows)]


def sketches(engine: Engine, window: Window) -> list[DaySketch]:
    rows = engine.rows("daily_sketches", parameters_of(window))
    return [
        DaySketch(name, phase, day, metric == DURATION, Sketch(buckets, runs))
        for day, metric, phase, name, buckets, runs in rows
    ]


def counts(engine: Engine, window: Window) -> list[DayCount]:
    return [DayCount(day, run_count(row)) for day, *row in engine.rows("daily_counts", parameters_of(window))]


def active_hours(engine: Engine, window: Window) -> Mapping[str, int]:
    return dict(engine.rows("active_hours", parameters_of(window)))
