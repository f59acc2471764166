"""Thirty days of history as a data directory, at the volume of the platform."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from sandbox.pipeline import parquet
from sandbox.pipeline.commands import carry_out
from sandbox.pipeline.engine import WARM_UP, Engine
from sandbox.pipeline.fleet import Fleet
from sandbox.pipeline.games import Game
from sandbox.pipeline.moments import eastern_date, epoch
from sandbox.pipeline.raw_store import store
from sandbox.pipeline.rows import RunRow
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
    """Write a data directory: `days` days up to `end` (aware). Equal arguments give equal rows.

    Raw files and inbox of an earlier simulation in the same directory are removed.

    Raises RegistryIncomplete for a registry that lacks slots, sources, tables or typical records.
    """
    world = World.create(Fleet.from_registry(registry), seed, end, days)
    directory.mkdir(parents=True, exist_ok=True)
    for earlier in ("raw", "inbox"):
        shutil.rmtree(directory / earlier, ignore_errors=True)
    engine = engine_at_end(world)
    runs, loads, raws = engine.ledger.take(world.end)
    games = [_known(game, world.end) for game in calendar(world, world.end)]
    written = Written(
        runs=parquet.write(directory, "runs", _all_runs(world, engine, runs)),
        table_loads=parquet.write(directory, "table_loads", loads),
        raw_files=parquet.write(directory, "raw_files", (store(world, directory, row) for row in raws)),
        games=parquet.write(directory, "game_schedule", games),
    )
    (directory / "planned_windows.json").write_text(json.dumps(planned_windows(world), indent=1), encoding="utf-8")
    text = yaml.safe_dump(dict(registry), sort_keys=False, allow_unicode=True)
    (directory / "registry.yaml").write_text(text, encoding="utf-8")
    Saved(seed=seed, days=days, end=epoch(end), advanced_to=epoch(end)).write(directory)
    return written


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


def _known(game: Game, at: int) -> tuple[object, ...]:
    return game.game_id, game.day, game.start, game.final if game.final <= at else None, game.status(at)
