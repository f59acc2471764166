"""Warehouses that hold a world: each world is loaded once, which takes ten times as long as opening it does."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from tests.support.builders import PROCESSORS, Row, World, load, sql_cache, warehouse

_FILES: dict[int, tuple[World, "TemporaryDirectory[str]"]] = {}
_SHARED: dict[int, SqlWarehouse] = {}


def shared(world: World, processors: Sequence[Row] = PROCESSORS) -> SqlWarehouse:
    """One for all who ask: nothing can be written to it, and nobody closes it. `world` is a constant of its module."""
    if id(world) not in _SHARED:
        engine = DuckDBEngine(_file(world, processors), read_only=True, cache_directory=sql_cache())
        _SHARED[id(world)] = SqlWarehouse(engine)
    return _SHARED[id(world)]


def copied(world: World, path: Path, processors: Sequence[Row] = PROCESSORS) -> SqlWarehouse:
    """One of its own at `path`. `world` is a constant of its module."""
    shutil.copy(_file(world, processors), path)
    return warehouse(path)


def _file(world: World, processors: Sequence[Row]) -> Path:
    if id(world) not in _FILES:
        folder = TemporaryDirectory(prefix="fireline-world-")
        made = warehouse(Path(folder.name) / "w.duckdb")
        load(made, world.write(Path(folder.name) / "data"), processors)
        made.close()
        _FILES[id(world)] = world, folder
    return Path(_FILES[id(world)][1].name) / "w.duckdb"
