"""Damages the files of a world the way real exports are damaged: each way is one named function."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import yaml


def _rewrite(path: Path, query: str, **values: object) -> None:
    """Replace the parquet file by the result of a query over it, named `rows`."""
    draft = path.with_suffix(".draft")
    with duckdb.connect() as connection:
        rows = connection.read_parquet(str(path))
        connection.register("rows", rows)
        connection.execute("CREATE TABLE kept AS " + query, values)
        connection.table("kept").write_parquet(str(draft))
    draft.replace(path)


def missing_file(folder: Path, seed: int) -> None:
    """One of the optional tables is not there."""
    chosen = random.Random(seed).choice(("table_loads.parquet", "raw_files.parquet", "planned_windows.json"))
    (folder / chosen).unlink()


def gap(folder: Path, seed: int) -> None:
    """Nothing arrived for nine hours on one date and three on another; the rows are lost."""
    draw = random.Random(seed)
    for hours in (9, 3):
        query = """SELECT * FROM rows WHERE inserted_at NOT BETWEEN
            (SELECT min(started_at) FROM rows) + to_hours($begin) AND
            (SELECT min(started_at) FROM rows) + to_hours($finish)"""
        begin = draw.randrange(24 * 16, 24 * 40)
        _rewrite(folder / "runs.parquet", query, begin=begin, finish=begin + hours)


def skew(folder: Path, seed: int) -> None:
    """Some services' clocks run ahead: their rows arrive up to nine minutes before they complete."""
    query = """SELECT * REPLACE (CASE WHEN hash(processor_name, $seed) % 5 = 0
        THEN inserted_at - to_minutes((2 + hash(run_id) % 8)::INTEGER) ELSE inserted_at END AS inserted_at) FROM rows"""
    _rewrite(folder / "runs.parquet", query, seed=seed)


def duplicates(folder: Path, seed: int) -> None:
    """One row in fifty was exported twice, some of the copies an hour later."""
    query = """SELECT * FROM rows UNION ALL
        SELECT * REPLACE (inserted_at + to_hours((hash(run_id) % 2)::INTEGER) AS inserted_at) FROM rows
        WHERE hash(run_id, $seed) % 50 = 0"""
    _rewrite(folder / "runs.parquet", query, seed=seed)


def future(folder: Path, seed: int) -> None:
    """A few rows carry times years ahead, or dates of next season."""
    query = """SELECT * FROM rows UNION ALL SELECT * REPLACE (
            'f' || run_id AS run_id, started_at + INTERVAL 400 DAY AS started_at,
            completed_at + INTERVAL 400 DAY AS completed_at, last_heartbeat_at + INTERVAL 400 DAY AS last_heartbeat_at,
            data_date + 400 AS data_date
        ) FROM rows WHERE hash(run_id, $seed) % 3000 = 0"""
    _rewrite(folder / "runs.parquet", query, seed=seed)


def registry(folder: Path, seed: int) -> None:
    """The registry lacks two processors that run, and names two that never do."""
    path = folder / "registry.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    leaves = [one["name"] for one in document["processors"] if not one["dependents"] and one["phase"] in (2, 6)]
    gone = set(random.Random(seed).sample(leaves, 2))
    kept = [one for one in document["processors"] if one["name"] not in gone]
    for one in kept:
        one["dependents"] = [name for name in one["dependents"] if name not in gone]
    model = next(one for one in kept if one["expected_frequency"] == "daily")
    for name in ("GhostWeatherProcessor", "GhostInjuriesProcessor"):
        kept.append({**model, "name": name, "source": name.lower(), "bigquery_table": f"raw.{name.lower()}",
                     "dependencies": [], "dependents": []})  # fmt: skip
    document["processors"] = kept
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


WAYS: dict[str, Callable[[Path, int], None]] = {
    "missing-file": missing_file,
    "gap": gap,
    "skew": skew,
    "duplicates": duplicates,
    "future": future,
    "registry": registry,
}


def damage(folder: Path, way: str, seed: int) -> None:
    """Damage a written world in one way."""
    WAYS[way](folder, seed)
