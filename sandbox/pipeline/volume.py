"""How many runs there are: the pollers' figures of PLATFORM.md ("Volume", "Processors known by name"), spread out."""

from dataclasses import dataclass
from datetime import date

from sandbox.pipeline.chance import unit
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.moments import DAY, HOUR, slot
from sandbox.pipeline.supply import changed_at, has_data, offered_rows
from sandbox.pipeline.world import World

TOTAL_RUNS = 269_971
"""Runs in 30 days, all processors."""
PILE_UP = 8
"""Times the usual rate on Mondays 00:00 to 03:00 UTC: over 30,000 failures in a month's Mondays."""
FIRST_MONDAY = 4 * 24
"""Hours from the epoch to its first Monday."""
FILES_FROM = 23.0
"""Post-game files are there from that ET hour on."""
ELASTICITY = 0.01
"""How far the pollers' volume may give way so that the total is met."""
QUIET_FAILS = 0.6
"""Share of slot runs with nothing to do that are recorded as failed; the others succeed with 0 records."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Thirty days of one poller: failed runs, their share of all its runs, successes with 0 records if known."""

    failures: int
    share: float
    zero_records: int | None = None


FIGURES = {
    "NbacGamebookProcessor": Figure(54_559, 0.998),
    "BdlBoxscoresProcessor": Figure(18_479, 0.990),
    "BasketballRefRosterProcessor": Figure(144_126, 0.977, 426),
    "OddsApiPropsProcessor": Figure(24_544, 0.915, 445),
    "EspnBoxscoreProcessor": Figure(19_926, 0.991),
}


@dataclass(frozen=True, slots=True)
class PollPlan:
    """Polls of one processor: failing ones per weighted hour; successes with and without data per eligible date."""

    processor: Processor
    failing_rate: float
    found_a_date: float
    empty_a_date: float

    def failing(self, seed: int, hour: int) -> int:
        """Failing polls that start in `hour` (hours since the epoch)."""
        return int(self._until(seed, hour + 1)) - int(self._until(seed, hour))

    def _until(self, seed: int, hour: int) -> float:
        return self.failing_rate * (weight(hour) + 0.3 * unit(seed, self.processor.name, hour))


def weight(hour: int) -> int:
    """Hours since the epoch, each hour of the Monday pile-up counted PILE_UP times."""
    weeks, rest = divmod(hour - FIRST_MONDAY, 168)
    return hour + (PILE_UP - 1) * (3 * weeks + min(rest, 3))


def is_pile_up(hour: int) -> bool:
    return weight(hour + 1) - weight(hour) > 1


def poll_plans(world: World) -> tuple[PollPlan, ...]:
    """A plan for every registered processor with a figure; the figures are for 30 days, other spans in proportion."""
    known = [p for p in world.fleet if p.name in FIGURES]
    months = (world.end - world.start) / (30 * DAY)
    others = sum(len(p.slots) for p in world.fleet if p.name not in FIGURES) * 30
    polled = sum(FIGURES[p.name].failures / FIGURES[p.name].share for p in known)
    whole = TOTAL_RUNS if len(known) == len(FIGURES) else polled + others
    scale = min(1 + ELASTICITY, max(1 - ELASTICITY, (whole - others) / polled)) if polled else 1.0
    return tuple(_plan(world, p, FIGURES[p.name], scale * months) for p in known)


def _plan(world: World, processor: Processor, figure: Figure, scale: float) -> PollPlan:
    failed, empty, loaded = _slot_runs(world, processor)
    successes = figure.failures / figure.share - figure.failures
    zeros = successes * 0.05 if figure.zero_records is None else figure.zero_records
    dates = world.dates()
    span = weight(world.end // HOUR) - weight(world.start // HOUR)
    with_data = sum(has_data(world, processor, day) for day in dates)
    without = len(dates) - with_data if processor.sporadic else len(dates)
    return PollPlan(
        processor=processor,
        failing_rate=max(0.0, figure.failures * scale - failed) / span,
        found_a_date=max(0.0, (successes - zeros) * scale - loaded) / max(1, with_data),
        empty_a_date=max(0.0, zeros * scale - empty) / max(1, without),
    )


def _slot_runs(world: World, processor: Processor) -> tuple[float, float, int]:
    """Expected slot runs of the history: failed, succeeded with 0 records, succeeded with records."""
    moments = [(day, slot(day, hours)) for day in world.dates() for hours in processor.slots]
    rows = [offered_rows(world, processor, day, at) for day, at in moments if world.start <= at < world.end]
    quiet = sum(count == 0 for count in rows)
    return quiet * QUIET_FAILS, quiet * (1 - QUIET_FAILS), len(rows) - quiet


def found_span(world: World, processor: Processor, day: date) -> tuple[int, int] | None:
    """The span in which a poll for `day` finds data; None if the date has none."""
    if not has_data(world, processor, day):
        return None
    if processor.sporadic:
        change = changed_at(world, processor, day)
        return None if change is None else (change + HOUR // 3, slot(day, 24.0))
    if processor.after_games:
        first = min(game.final for game in world.calendar.games(day)) + HOUR // 3
        return max(first, slot(day, FILES_FROM)), slot(day, processor.slots[-1])
    return slot(day, processor.slots[0]), slot(day, processor.slots[-1])


def empty_span(world: World, processor: Processor, day: date) -> tuple[int, int] | None:
    """The span in which a poll for `day` succeeds and finds nothing."""
    if not has_data(world, processor, day):
        return slot(day, 0.0), slot(day, 24.0)
    if processor.sporadic:
        return None
    opens = min(18.0, processor.slots[0]) if processor.after_games else processor.slots[0]
    return slot(day, 0.0), slot(day, max(1.0, opens - 1.0))
