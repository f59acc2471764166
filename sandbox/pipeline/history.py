"""Thirty days of history in the pipeline's own database, at the volume of the platform."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from sandbox.pipeline import database
from sandbox.pipeline.commands import carry_out
from sandbox.pipeline.engine import WARM_UP, Engine
from sandbox.pipeline.fleet import Fleet
from sandbox.pipeline.games import Game
from sandbox.pipeline.moments import eastern_date, epoch
from sandbox.pipeline.raw_store import store
from sandbox.pipeline.rows import RunRow, game_row
from sandbox.pipeline.script import commands
from sandbox.pipeline.statefile import Saved
from sandbox.pipeline.stream import QuietPolls
from sandbox.pipeline.windows import planned_windows
from sandbox.pipeline.world import World

KNOWN_AHEAD = timedelta(days=14)
"""The calendar is known that far into the future."""


@dataclass(frozen=True, slots=True)
class Written:
    """Rows written, by table."""

    runs: int
    table_loads: int
    raw_files: int
    games: int


def engine_at_end(world: World, calm: bool = True) -> Engine:
    """The engine as it is at the end of the history, nothing taken out. `calm`: no everyday troubles afterwards."""
    engine = Engine(world, troubled_until=world.end if calm else 2**62)
    for command in commands(world):
        carry_out(engine, command)
    engine.run_until(world.end)
    return engine


def write_history(
    directory: Path, registry: Mapping[str, Any], end: datetime, days: int = 30, seed: int = 1
) -> Written:
    """Write a directory for `Pipeline`: `days` days up to `end` (aware) in its database, raw files of the last days,
    its registry. Equal arguments give equal rows; what an earlier simulation has left there is removed.

    Raises RegistryIncomplete for a registry that lacks slots, sources, tables or typical records.
    """
    world = World.create(Fleet.from_registry(registry), seed, end, days)
    directory.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory / "raw", ignore_errors=True)
    engine = engine_at_end(world)
    runs, loads, raws = engine.ledger.take(world.end)
    database.create(directory)
    written = database.write(
        directory,
        {
            "planned_windows": planned_windows(world),
            "game_schedule": (game_row(game, world.end) for game in calendar(world, world.end)),
            "raw_files": (store(world, directory, row) for row in raws),
            "table_loads": loads,
            "processor_run_history": _all_runs(world, engine, runs),
        },
    )
    text = yaml.safe_dump(dict(registry), sort_keys=False, allow_unicode=True)
    (directory / "registry.yaml").write_text(text, encoding="utf-8")
    Saved(seed=seed, days=days, end=epoch(end), advanced_to=epoch(end)).write(directory)
    return Written(
        *(written[table] for table in ("processor_run_history", "table_loads", "raw_files", "game_schedule"))
    )


def _all_runs(world: World, engine: Engine, runs: list[RunRow]) -> Iterator[RunRow]:
    yield from (row for row in runs if row.started_at >= world.start)
    yield from (row for row in QuietPolls(engine).between(world.start, world.end) if row.started_at >= world.start)


def calendar(world: World, at: int) -> list[Game]:
    """Games that the history covers and those known at `at`."""
    first = world.dates()[0] - WARM_UP
    last = known_until(at)
    return [game for n in range((last - first).days + 1) for game in world.calendar.games(first + timedelta(days=n))]


def known_until(at: int) -> date:
    """The last date of the calendar as known at `at`."""
    return eastern_date(at) + KNOWN_AHEAD
