"""Phases that must be complete before the work of some of their processors begins: late on every date."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.counts import plural
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Processor, Registry
from bot.domain.reports.objectives import deadline_of
from bot.domain.slo import ServiceLevel

WEEK, MOST_NAMED = range(7), 3


def early_deadlines(levels: tuple[ServiceLevel, ...], registry: Registry, today: date) -> Iterator[str]:
    """One line for each phase whose `complete_by` is before the first slot that some of its processors have on the
    last date of the week to come on which they work.
    """
    for level in levels:
        members = [each for each in registry.processors if each.phase == level.phase]
        late = [each.name for each in members if _begins_late(each, level, registry, today)]
        if late and level.complete_by is not None:
            who = f"{len(late)} of {plural(len(members), 'processor')} ({some_of(late, MOST_NAMED)})"
            yield (
                f"slos.yaml: phase {level.phase} is late on every date: complete_by {level.complete_by:%H:%M}, "
                f"{plural(level.days_after, 'day')} after the data date, is before the first slot of {who}"
            )


def _begins_late(processor: Processor, level: ServiceLevel, registry: Registry, today: date) -> bool:
    schedule = registry.schedules[processor.name]
    works = [day for each in WEEK if schedule.hours_on(day := today + timedelta(days=each))]
    due = deadline_of(level, works[-1], registry.zone) if works else None
    return due is not None and schedule.slots(works[-1])[0] >= due
