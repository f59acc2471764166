"""The embedded warehouse on a full disk, killed half-way through its first start, and with a cache that lost power."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from bot.adapters.warehouse.dialect import Translator
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_text import sql_text
from bot.domain.errors import WarehouseUnavailable
from tests.house.project import ROOT
from tests.support.builders import World, run

SQL = "SELECT TIMESTAMP_TRUNC(x, HOUR) FROM t"


@pytest.mark.parametrize(
    "left", [b"", b"SELECT", b"\xff\xfe", b"-- 0\nSELECT 1"], ids=["empty", "cut", "bytes", "other"]
)
def test_a_cached_text_that_is_not_whole_is_made_again(tmp_path: Path, left: bytes) -> None:
    good = Translator(tmp_path).duckdb(SQL)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(left)
    assert Translator(tmp_path).duckdb(SQL) == good
    assert good in kept.read_text(), "and kept again"


def test_a_cache_that_cannot_be_read_costs_nothing(tmp_path: Path) -> None:
    good = Translator(None).duckdb(SQL)
    Translator(tmp_path).duckdb(SQL)
    (kept,) = tmp_path.iterdir()
    kept.unlink()
    kept.mkdir()
    assert Translator(tmp_path).duckdb(SQL) == good


def test_killed_while_it_makes_its_tables_it_is_a_new_warehouse(tmp_path: Path) -> None:
    """A process ends between the mark of the release and the last table: nothing of them is there."""
    path = tmp_path / "warehouse.duckdb"
    killed = f"""
import os
from bot.adapters.warehouse import duckdb_engine
duckdb_engine._Cursor.run = lambda *_: os._exit(9)
duckdb_engine.DuckDBEngine(__import__("pathlib").Path({str(path)!r}))
"""
    done = subprocess.run([sys.executable, "-c", killed], cwd=ROOT, check=False)
    assert done.returncode == 9
    with pytest.raises(WarehouseUnavailable, match="holds no run history"):
        DuckDBEngine(path, read_only=True)
    DuckDBEngine(path).close()
    assert DuckDBEngine(path, read_only=True).rows("history")


@pytest.mark.parametrize("limit", [10, 60], ids=lambda kilobytes: f"{kilobytes} KB")
def test_a_load_on_a_full_disk_is_one_message(tmp_path: Path, limit: int) -> None:
    directory = World([run(f"r{n}", start=30 + n / 100) for n in range(300)]).write(tmp_path / "data")

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit * 1024, limit * 1024))

    environment = {**os.environ, "FIRELINE_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "bot", "load", str(directory)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, preexec_fn=full, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("fireline: ")
    assert "Traceback" not in done.stderr


INVALIDATED = """
import logging, resource, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.domain.errors import WarehouseUnavailable

logging.basicConfig(format="%(name)s %(message)s", stream=sys.stdout)
engine = DuckDBEngine(Path(sys.argv[1]))
asked, go_on, answers = threading.Event(), threading.Event(), []

def reader():
    answers.append(engine.rows("history"))
    asked.set()
    go_on.wait()
    answers.append(engine.rows("history"))

beside = threading.Thread(target=reader, daemon=True)
beside.start()
asked.wait()

with engine.write() as session:
    session.reader().execute("CREATE TABLE big AS SELECT range i, random() r FROM range(100000)")

limit = Path(sys.argv[1]).stat().st_size + 4_096
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    with engine.write() as session:
        session.reader().execute("ROLLBACK")
        session.reader().execute("FORCE CHECKPOINT")
except WarehouseUnavailable as error:
    print("refused", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for _ in range(2):
    try:
        print("read", engine.rows("history"))
    except WarehouseUnavailable as error:
        print("refused", error)
with engine.write() as session:
    print("written", session.rows("history"))
go_on.set()
beside.join(10)
print("beside", answers)
engine.close()
"""


def test_after_a_fatal_error_it_is_opened_again(tmp_path: Path) -> None:
    """A checkpoint on a full disk: DuckDB refuses everything from then on, also what other threads ask."""
    command = [sys.executable, "-c", INVALIDATED, str(tmp_path / "w.duckdb")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any("is opened again after a fatal error" in line for line in lines), done.stdout
    assert any(line.startswith("read [(0,") for line in lines), done.stdout
    assert lines[-2].startswith("written [(0,")
    assert lines[-1].startswith("beside [[(0,")
    assert sum("works again" in line for line in lines) >= 1


def test_a_fault_of_our_own_sql_stays_a_fault() -> None:
    """Only what disk, memory or another writer does is explained away from the code."""
    engine = DuckDBEngine(None)
    try:
        with pytest.raises(duckdb.Error), engine.write() as session:
            session.reader().execute("SELECT nonsense FROM nowhere")
        assert sql_text("history")
    finally:
        engine.close()
