"""The troubles that the history tells of: a fixed mix of root causes, most of them repaired, a few left to be found."""

from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.pipeline.chance import rng
from sandbox.pipeline.commands import Command
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.moments import DAY, HOUR, MINUTE, slot
from sandbox.pipeline.supply import has_data
from sandbox.pipeline.weather import NEVER, failing_attempts
from sandbox.pipeline.world import World

BACKFILLED_DATES = 12


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault on one date, `age` days before the end; `healed_after` its last slot (hours) repaired, None: left."""

    name: str
    age: int
    healed_after: float | None
    processor: str | None = None


TROUBLES = (
    Trouble("stuck_run", 27, 16, "PredictionCoordinator"),
    Trouble("scraper_down", 26, 30),
    Trouble("processor_crash", 24, 4),
    Trouble("timeout", 22, 10),
    Trouble("validation_failed", 20, 6),
    Trouble("upstream_cascade", 11, 13, "PlayerGameSummaryProcessor"),
    Trouble("missing_run", 10, 20),
    Trouble("stuck_run", 9, 8),
    Trouble("zero_records", 8, 26),
    Trouble("deploy_regression", 7, 3, "OddsGameLinesProcessor"),
    Trouble("slow", 6, 0),
    # Left to be found, so what a newcomer sees first: processors that the platform knows by name.
    Trouble("idempotency_block", 4, None, "BdlPlayerStats"),
    Trouble("partial_load", 3, None, "EspnPlayerStats"),
    Trouble("masked_failure", 2, None, "BdlPlayerStats"),
)


def commands(world: World) -> list[Command]:
    """Everything that was done to the platform during the history, by time."""
    found = [*_troubles(world), *_phase_five_repairs(world), *_storm(world), *_planned(world)]
    return sorted((c for c in found if c.at <= world.end), key=lambda c: (c.at, c.verb, str(c.processor)))


def _date(world: World, age: int, processor: Processor) -> date | None:
    """The date with data for `processor` nearest before `age` days ago; None if the history is too short."""
    days = [day for day in world.dates() if day <= world.dates()[-1] - timedelta(days=age)]
    return next((day for day in reversed(days[1:]) if has_data(world, processor, day)), None)


def _minor(world: World) -> list[Processor]:
    """Processors with a source that few would miss: post-game, nobody depends on them, mixed by the seed."""
    fleet = world.fleet
    chosen = [
        p
        for p in fleet
        if p.source
        and p.after_games
        and not p.polling
        and not p.is_scraper
        and not p.dependencies
        and p.criticality in {"LOW", "MEDIUM"}
        and p.typical
    ]
    free = [p for p in chosen if not fleet.dependents[p.name]] or chosen
    rng(world.seed, "minor processors").shuffle(free)
    return free


def _troubles(world: World) -> list[Command]:
    minor, found = _minor(world), []
    for number, trouble in enumerate(TROUBLES):
        named = world.fleet.by_name.get(trouble.processor or "")
        processor = named or (minor[number % len(minor)] if minor else None)
        if processor is None or (trouble.name == "upstream_cascade" and named is None):
            continue
        day = _date(world, trouble.age, processor)
        if day is not None:
            found += _trouble(trouble, processor, day)
    return found


def _trouble(trouble: Trouble, processor: Processor, day: date) -> list[Command]:
    begins, last = slot(day, 0.0), slot(day, processor.slots[-1])
    until = last + int((trouble.healed_after or 1) * HOUR)
    if trouble.name == "slow":
        return [Command("inject", begins, trouble.name, processor.name, None, begins + 5 * DAY)]
    if trouble.name == "deploy_regression":
        begins = slot(day, 15.0)
        return [Command("inject", begins, trouble.name, processor.name, None, begins + 3 * HOUR)]
    steps = [Command("inject", begins, trouble.name, processor.name, day, until)]
    if trouble.healed_after is not None:
        steps.append(Command("reload", until + 20 * MINUTE, None, processor.name, day))
    return steps


def _phase_five_repairs(world: World) -> list[Command]:
    """Dates whose predictions failed altogether were run again by hand the next day."""
    return [
        Command("reload", slot(day, p.slots[-1]) + 20 * HOUR, None, p.name, day)
        for p in world.fleet
        if p.phase == 5
        for day in world.dates()
        if failing_attempts(world, p, day) == NEVER and world.calendar.played(day)
    ]


def _storm(world: World) -> list[Command]:
    """Twenty minutes without warehouse, sixteen days ago in the afternoon."""
    begins = slot(world.dates()[-1] - timedelta(days=16), 13.0)
    return [Command("inject", begins, "alert_storm", None, None, begins + 20 * MINUTE)] if begins > world.start else []


def backfill(world: World) -> tuple[Processor, int] | None:
    """The planned backfill: whose, and when it began."""
    minor = _minor(world)
    begins = slot(world.dates()[-1] - timedelta(days=5), 9.0)
    return (minor[-1], begins) if minor and begins > world.start else None


def _planned(world: World) -> list[Command]:
    planned = backfill(world)
    if planned is None:
        return []
    processor, begins = planned
    return [
        Command(
            "process",
            begins + number * 20 * MINUTE,
            None,
            processor.name,
            world.dates()[-1] - timedelta(days=7 + number),
        )
        for number in range(BACKFILLED_DATES)
    ]
