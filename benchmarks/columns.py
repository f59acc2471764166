"""What a history costs that lacks a column or a file. `python -m benchmarks.columns` writes COLUMNS.md.

A world is replayed whole and then without each optional column; what is no longer found, and what is told falsely or
in another kind, stands in a line each.
"""

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.detection import WorldScore, replayed
from benchmarks.detection_report import Row
from benchmarks.report import table
from tests.platforms.fleets import TABLES
from tests.platforms.model import Options
from tests.platforms.world import make
from tests.worlds.model import Options as FirstOptions
from tests.worlds.world import make as make_first

RESULTS = Path(__file__).with_name("COLUMNS.md")
NEEDED = frozenset({"processor_name", "data_date", "started_at", "status"})
PLATFORMS = ("first", *TABLES)
FILES = ("table_loads", "raw_files", "game_schedule")
TOGETHER = (("trigger", "attempt"), ("completed_at", "duration_seconds"), ("error_message", "failure_category"))
"""Without the second pair only heartbeats tell how long a run took."""
REWORDED = "a problem of kind "


def variants(columns: list[str], files: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(what it is called, what is left out): nothing, some together, all at once, each alone."""
    optional = [name for name in columns if name not in NEEDED]
    yield "nothing", ()
    yield from ((" and ".join(names), names) for names in TOGETHER if set(names) <= set(columns))
    yield "all but four columns", tuple(optional)
    yield from ((name, (name,)) for name in (*files, *optional))


def cut(world: Path, made: Path, without: tuple[str, ...], *, reworded: bool = False) -> None:
    """A copy of the world without those columns and files; `reworded`: each text is another, of its own."""
    shutil.copytree(world, made, ignore=lambda _, names: [name for name in names if Path(name).stem in without])
    runs = next(made.glob("runs.*"))
    kept = [name for name in columns_of(runs) if name not in without]
    said = f"CASE WHEN error_message <> '' THEN '{REWORDED}' || left(md5(error_message), 6) END AS error_message"
    chosen = ", ".join(said if reworded and name == "error_message" else f'"{name}"' for name in kept)
    with duckdb.connect() as connection:
        _read(connection, runs).project(chosen).write_parquet(str(made / "cut.parquet"))
    runs.unlink()
    (made / "cut.parquet").rename(made / "runs.parquet")


def columns_of(runs: Path) -> list[str]:
    with duckdb.connect() as connection:
        return _read(connection, runs).columns


def _read(connection: duckdb.DuckDBPyConnection, runs: Path) -> duckdb.DuckDBPyRelation:
    read = connection.read_parquet if runs.suffix == ".parquet" else connection.read_csv
    return read(str(runs))


def measure(world: Path) -> Iterator[WorldScore]:
    files = [name for name in FILES if any(world.glob(f"{name}.*"))]
    listed = [(name, without, False) for name, without in variants(columns_of(next(world.glob("runs.*"))), files)]
    for name, without, reworded in [
        *listed[:4],
        ("failure_category, texts reworded", listed[3][1][1:], True),
        *listed[4:],
    ]:
        with TemporaryDirectory(prefix="fireline-columns-") as made:
            cut(world, Path(made) / "world", without, reworded=reworded)
            yield replayed(name, Path(made) / "world")


def line(score: WorldScore, whole: WorldScore) -> Row:
    figures, lost = score.figures, Counter[str]()
    for kind, share in whole.figures["recall_by_kind"].items():
        lost[kind] = int(share.split("/")[0]) - int(figures["recall_by_kind"][kind].split("/")[0])
    said = ", ".join(f"{kind} {count}" for kind, count in sorted(lost.items()) if count > 0)
    told = (f"{figures['recall']:.3f}", said, str(figures["wrong_kind_notifications"]), str(figures["false_alarms"]))
    return score.name, f"{score.seconds:.0f}", *told, str(figures["p0_false"])


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.columns", description=__doc__)
    parser.add_argument("platforms", nargs="*", metavar="PLATFORM", help=f"{', '.join(PLATFORMS)}; first and shop else")
    parser.add_argument("--later", type=int, default=0, help="added to each seed, for worlds that nobody has seen")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.platforms) - set(PLATFORMS)):
        parser.error(f"no platform is called {' or '.join(unknown)}: name some of {', '.join(PLATFORMS)}")
    parts = ["# What a missing column costs", f"Made by `python -m benchmarks.columns {' '.join(arguments)}`."]
    with TemporaryDirectory(prefix="fireline-columns-") as made:
        for name in given.platforms or ("first", "shop"):
            world = Path(made) / name
            if name == "first":
                make_first(world, FirstOptions(911 + given.later))
            else:
                make(world, Options(name, 111 + given.later))
            scores = []
            for score in measure(world):
                scores.append(score)
                print(name, json.dumps(line(score, scores[0])), file=sys.stderr, flush=True)
            heads = ("without", "seconds", "recall", "no longer found", "in another kind", "false alarms", "false P0")
            parts += [f"## {name}", table(heads, [line(score, scores[0]) for score in scores])]
    given.out.write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
