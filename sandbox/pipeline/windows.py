"""Planned windows of the history and the days after it: a backfill that was, a maintenance that will be."""

import json

from sandbox.pipeline.moments import DAY, HOUR, eastern_date, slot
from sandbox.pipeline.script import backfill
from sandbox.pipeline.world import World

Window = tuple[str, str | None, str, int, int, int, str]
"""Kind, source, processors (a list in JSON), start, end, when it was announced (epoch seconds), note."""


def planned_windows(world: World) -> list[Window]:
    windows: list[Window] = []
    planned = backfill(world)
    if planned is not None:
        processor, begins = planned
        named = json.dumps([processor.name])
        windows.append(
            ("backfill", None, named, begins, begins + 5 * HOUR, begins - DAY, "planned historical backfill")
        )
    source = _quiet_source(world)
    if source is not None:
        begins = slot(eastern_date(world.end + 2 * DAY), 3.0)
        named = json.dumps([processor.name for processor in world.fleet.by_source[source]])
        note = "announced source maintenance"
        windows.append(("maintenance", source, named, begins, begins + 2 * HOUR, world.end - DAY, note))
    return windows


def _quiet_source(world: World) -> str | None:
    """A source that is only polled at night, so that its maintenance costs nothing."""
    polled = (p.source for p in world.fleet if p.polling and p.source in world.fleet.unscraped)
    return next(polled, None)
