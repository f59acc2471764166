"""Planned windows of the history and the days after it: a backfill that was, a maintenance that will be."""

from sandbox.pipeline.moments import DAY, HOUR, eastern_date, slot, stamp
from sandbox.pipeline.script import backfill
from sandbox.pipeline.world import World


def planned_windows(world: World) -> list[dict[str, object]]:
    """Records of planned_windows.json; instants as `YYYY-MM-DD HH:MM:SS` UTC."""
    windows: list[dict[str, object]] = []
    planned = backfill(world)
    if planned is not None:
        processor, begins = planned
        windows.append(
            {
                "kind": "backfill",
                "processors": [processor.name],
                "start": stamp(begins),
                "end": stamp(begins + 5 * HOUR),
                "announced_at": stamp(begins - DAY),
                "note": "planned historical backfill",
            }
        )
    source = _quiet_source(world)
    if source is not None:
        begins = slot(eastern_date(world.end + 2 * DAY), 3.0)
        windows.append(
            {
                "kind": "maintenance",
                "source": source,
                "processors": [p.name for p in world.fleet.by_source[source]],
                "start": stamp(begins),
                "end": stamp(begins + 2 * HOUR),
                "announced_at": stamp(world.end - DAY),
                "note": "announced source maintenance",
            }
        )
    return windows


def _quiet_source(world: World) -> str | None:
    """A source that is only polled at night, so that its maintenance costs nothing."""
    polled = (p.source for p in world.fleet if p.polling and p.source in world.fleet.unscraped)
    return next(polled, None)
