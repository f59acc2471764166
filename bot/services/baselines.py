"""Baselines by day of the week, from the roll-up: of one processor, or of all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from bot.domain.evidence.expectation import traits
from bot.domain.evidence.runs import Traits
from bot.domain.health.baselines import (
    NEWEST_WITHIN,
    Baselines,
    DayCount,
    DaySketch,
    FailedHours,
    ProcessorDays,
    baseline_of,
)
from bot.domain.health.model import BASELINE, Tally, Window
from bot.domain.health.noise import is_real
from bot.domain.health.sketch import Sketch
from bot.domain.health.trends import HEAT_WEEKS
from bot.domain.health.usual import NOTHING, Baseline, DayOfRuns
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import Warehouse

DAY = timedelta(days=1)
Days = Mapping[str, Mapping[date, DayOfRuns]]


class _Asked(NamedTuple):
    """What the warehouse gave: the same lists again until a load has touched those days."""

    counts: Sequence[DayCount]
    sketches: Sequence[DaySketch]


class BaselineService:
    """Days before the one that goes on are put together once, until a load touches them."""

    def __init__(self, warehouse: Warehouse, registry: Registry) -> None:
        self._warehouse, self._registry = warehouse, registry
        self._past: tuple[_Asked, Days] | None = None

    def of(self, moment: datetime, processor: str | None = None, *, past: bool = False) -> Baselines:
        """Of all processors that ran within a month, or of one; up to `moment`, until when the history is known. Of a
        moment of the `past` by the days before it: of its own day the roll-up has what came after it, too.
        """
        found = self._days(moment, None if processor is None else {processor}, past=past)
        zone = self._registry.zone
        return Baselines(moment, zone, {each.processor: baseline_of(each, moment, zone) for each in found})

    def one(self, moment: datetime, processor: str) -> Baseline:
        return self.of(moment, processor).found[processor]

    def _days(self, moment: datetime, names: set[str] | None, *, past: bool) -> list[ProcessorDays]:
        today = datetime.combine(moment.date(), time(), UTC)
        before = self._put_together(Window(today - BASELINE - NEWEST_WITHIN, today, moment, 32, exact=False))
        fresh: Days = {}
        if not past:
            fresh = _by_day(self._asked(Window(today, today + DAY, moment, 1, exact=False)), self._traits)
        weeks = Window(today - HEAT_WEEKS * 7 * DAY, today, moment, HEAT_WEEKS * 7, exact=False)
        known = sorted(before.keys() | fresh.keys()) if names is None else sorted(names)
        failed, active = self._failures(weeks, set(known)), self._warehouse.active_hours(weeks)
        days = {name: [*before.get(name, {}).values(), *fresh.get(name, {}).values()] for name in known}
        return [ProcessorDays(name, days[name], failed.get(name, ()), active.get(name, 0)) for name in known]

    def _asked(self, window: Window) -> _Asked:
        return _Asked(self._warehouse.daily_counts(window), self._warehouse.daily_sketches(window))

    def _put_together(self, window: Window) -> Days:
        asked, known = self._asked(window), self._past
        if known is None or known[0].counts is not asked.counts or known[0].sketches is not asked.sketches:
            known = self._past = (asked, _by_day(asked, self._traits))
        return known[1]

    def _failures(self, window: Window, names: set[str]) -> Mapping[str, list[FailedHours]]:
        found = defaultdict[str, list[FailedHours]](list)
        for group in self._warehouse.failed_groups(window):
            if group.processor in names and is_real(group, self._traits):
                found[group.processor].append(FailedHours(group.hour, group.runs))
        return found

    @cached_property
    def _traits(self) -> Mapping[str, Traits]:
        return {processor.name: traits(processor) for processor in self._registry.processors}


def _by_day(asked: _Asked, character: Mapping[str, Traits]) -> Days:
    """By processor, in order of day."""
    tallies: dict[str, dict[date, Tally]] = {}
    for day, count in asked.counts:
        tallies.setdefault(count.processor, {}).setdefault(day, Tally()).add(
            count, character.get(count.processor, Traits())
        )
    durations, records = (_sketches(asked.sketches, durations=kind) for kind in (True, False))
    return {
        name: {
            day: DayOfRuns(
                day,
                tally.succeeded,
                tally.tried - tally.succeeded,
                durations.get((name, day), NOTHING),
                records.get((name, day), NOTHING),
            )
            for day, tally in days.items()
        }
        for name, days in tallies.items()
    }


def _sketches(given: Iterable[DaySketch], *, durations: bool) -> Mapping[tuple[str, date], Sketch]:
    return {(each.processor, each.day): each.sketch for each in given if each.durations is durations}
