"""Sync a source again and again, killed at one statement after the other, each time from where the last had been.

`python -m tests.support.killed_syncs FOLDER EVERY [sql, files or bucket]` prints how many points it died at, or what
went wrong. Every sync is a process of its own, forked from one that never opens DuckDB, whose threads a fork would not
have.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.sources import files
from bot.adapters.warehouse import duckdb_engine
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import Parameters
from bot.adapters.warehouse.sql_text import sql_text, statements
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import Feed, SourcePlan
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService
from tests.contracts.sources import rigs
from tests.support.builders import NOW, RULES, contents, failed, registry, run

SURVIVED, WRONG = 0, 3
OLD = [run(f"o{n}", start=n / 2) for n in range(20)]
NEW = [
    *(run(f"n{n}", start=30 + n) for n in range(3)),
    failed("f", start=31.5, text="boom"),
    run("o19", start=19 / 2, records_processed=7, inserted_at=run("o19", start=33)["inserted_at"]),
]


class Mortal(duckdb_engine._Cursor):
    """Dies by SIGKILL before a statement, or where a transaction is about to be kept."""

    left: int | None = None
    spent = 0

    @classmethod
    def spend(cls) -> None:
        cls.spent += 1
        if cls.left is not None and cls.spent > cls.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def run(self, name: str, parameters: Parameters | None = None) -> None:
        for statement in statements(sql_text(name)):
            self.spend()
            self._execute(statement, parameters or {})

    def fill(self, table: str, columns: Any, rows: Any) -> None:
        self.spend()
        super().fill(table, columns, rows)


@contextmanager
def rig_of(kind: str, folder: Path) -> Iterator[rigs.Rig]:
    """Files come two by two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "MOST_FILES", 2)
        made: dict[str, Callable[[], AbstractContextManager[rigs.Rig]]] = {
            "sql": lambda: rigs.sqlite(folder),
            "files": lambda: rigs.files(folder),
            "bucket": lambda: rigs.bucket(patch),
        }
        with made[kind]() as rig:
            yield rig


@contextmanager
def opened(path: Path, rig: rigs.Rig) -> Iterator[tuple[SqlWarehouse, SourcesService]]:
    duckdb_engine._Cursor = Mortal  # type: ignore[misc]
    held = SqlWarehouse(DuckDBEngine(path, cache_directory=path.parent / "sql"))
    plan = SourcePlan("history", "any", Feed.RUNS, timedelta(minutes=1), rigs.LATENESS)
    connected = Connected(plan, rig.again(), hints_of(RULES, Vocabulary.standard()))
    yield held, SourcesService(held, [connected], registry, lambda: NOW)
    held.close()


def forked(work: Callable[[], int]) -> int:
    """Its exit status; -9 when it was killed."""
    child = os.fork()
    if child == 0:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, every: int, kind: str = "sql") -> str:
    start, clean = folder / "start.duckdb", folder / "clean.duckdb"
    with rig_of(kind, folder) as rig:
        for at in range(0, len(OLD), 7):
            rig.put(OLD[at : at + 7])
        assert forked(lambda: sync(start, rig)) == SURVIVED
        for row in NEW:
            rig.put([row])
        shutil.copy(start, clean)
        assert forked(lambda: sync(clean, rig)) == forked(lambda: remembered(clean, rig)) == SURVIVED
        points, mortal = 0, folder / "mortal.duckdb"
        while True:
            shutil.copy(start, mortal)
            (folder / "mortal.duckdb.wal").unlink(missing_ok=True)
            ended = forked(partial(sync, mortal, rig, left=points * every))
            if ended == SURVIVED:
                return f"died at {points} points"
            if ended != -signal.SIGKILL or forked(lambda: compared(mortal, clean, rig)) != SURVIVED:
                return f"wrong after statement {points * every}: {ended}"
            points += 1


def sync(path: Path, rig: rigs.Rig, left: int | None = None) -> int:
    with opened(path, rig) as (_, service):
        Mortal.left, Mortal.spent = left, 0
        service.sync("history")
    return SURVIVED


def compared(path: Path, clean: Path, rig: rigs.Rig) -> int:
    """A sync after the kill leaves what one sync without it has left, and counts no row twice."""
    return SURVIVED if _after(path, rig) == clean.with_suffix(".txt").read_text() else WRONG


def remembered(clean: Path, rig: rigs.Rig) -> int:
    clean.with_suffix(".txt").write_text(_after(clean, rig))
    return SURVIVED


def _after(path: Path, rig: rigs.Rig) -> str:
    with opened(path, rig) as (held, service):
        service.sync("history")
        again = service.sync("history").added
        (mark,) = held.source_marks().values()
        brings = {feed: sorted(names) for feed, names in mark.brings.items()}
        return repr((contents(held), mark.cursor, mark.newest, brings, mark.arrivals.text(), again))


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
