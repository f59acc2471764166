"""Which dates of a processor are over and whole, and which a fault has left incomplete."""

from collections.abc import Iterator
from datetime import date, timedelta

from sandbox.pipeline.engine import Engine
from sandbox.pipeline.faults import Fault
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.moments import MINUTE, eastern_date, slot
from sandbox.pipeline.state import COVERAGE
from sandbox.pipeline.supply import has_data

LOOKED_BACK = 7
JUDGED_AFTER = 45 * MINUTE
"""So long after its last slot a date is settled, however slow its last run."""


def whole_dates(engine: Engine, processor: Processor) -> Iterator[date]:
    """Dates with data that are settled and whole, of the last week, the latest first."""
    return (day for day in reversed(_settled(engine, processor)) if _coverage(engine, processor, day) >= 1)


def incomplete(engine: Engine, fault: Fault) -> Iterator[tuple[str, date]]:
    """What to process again, (processor, date), now that the fault is over. Dates that it never struck count, too, if
    they lie so close: to tell them apart is no use to whoever wants the data back.
    """
    for name in sorted(fault.targets):
        processor = engine.world.fleet.by_name[name]
        for day in _settled(engine, processor):
            if (fault.day is None or day == fault.day) and _coverage(engine, processor, day) < COVERAGE:
                yield name, day


def _settled(engine: Engine, processor: Processor) -> list[date]:
    today = eastern_date(engine.reached)
    days = [today - timedelta(days=ago) for ago in range(LOOKED_BACK, -1, -1)]
    over = [day for day in days if slot(day, processor.slots[-1]) + JUDGED_AFTER <= engine.reached]
    return [day for day in over if has_data(engine.world, processor, day)]


def _coverage(engine: Engine, processor: Processor, day: date) -> float:
    return engine.state.coverage(engine.world, processor, day)
