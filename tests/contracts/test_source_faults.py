"""What sources do to a reader: each fault costs one line of the log, and no row."""

import logging
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.adapters.sources import parts
from bot.adapters.sources.files import SETTLES_S, FilesSource
from bot.adapters.sources.sql import Question, SqlSource
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import Feed, SourceFailed, SourcePlan
from bot.ports.sources import Source
from bot.ports.warehouse import DataFile
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService
from tests.contracts.sources import rigs
from tests.contracts.test_sources import CutOff
from tests.support.builders import NOW, RULES, Row, contents, failed, registry, rows_of, run, warehouse, write_rows

PROJECT = Path(__file__).resolve().parents[2]
ROWS = [run("a", start=30), failed("b", start=31, text="boom"), run("c", start=32), run("d", start=33)]
QUESTION = Question("SELECT * FROM history", "inserted_at", "time", rigs.LATENESS)


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def reading(into: SqlWarehouse, clock: Callable[[], datetime], **sources: Source) -> Iterator[SourcesService]:
    hints = hints_of(RULES, Vocabulary.standard())
    plans = {name: SourcePlan(name, "any", Feed.RUNS, timedelta(minutes=1), rigs.LATENESS) for name in sources}
    connected = [Connected(plans[name], source, hints) for name, source in sources.items()]
    with closing(SourcesService(into, connected, registry, clock)) as service:
        yield service


def database(path: Path, rows: list[Row], columns: Mapping[str, str] | None = None) -> SqlSource:
    made = path.parent / f"made {path.stem}"
    made.mkdir()
    with rigs.sqlite(made) as rig:
        rig.put(rows)
    (made / "history.db").rename(path)
    return of(path, columns)


def of(path: Path, columns: Mapping[str, str] | None = None, question: Question = QUESTION) -> SqlSource:
    return SqlSource(path.stem, Feed.RUNS, f"sqlite:///{path}", question, columns or rigs.THEIRS)


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def synced(service: SourcesService, name: str = "history") -> int:
    return service.sync(name).added


def test_rows_of_the_future_wait_and_hide_none_that_come_meanwhile(held: SqlWarehouse, tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "history.db"
    ahead = run("ahead", start=36, day=(NOW + timedelta(days=1)).date())
    source = database(path, [*ROWS, ahead])
    with reading(held, clock, history=source) as service:
        assert synced(service) == 4
        clock.now += timedelta(hours=1)
        late = run("late", start=34, inserted_at=(NOW + timedelta(minutes=50)).replace(tzinfo=None))
        with rigs.sqlite(tmp_path) as rig:
            rig.put([late])
        assert synced(service) == 1
        assert [row[0] for row in rows_of(held, "rejected_rows")] == ["history"], "it is noted once, at whatever time"
        before = held.source_marks()["history"]
        assert (synced(service), held.source_marks()["history"], before.rejected) == (0, before, 1), "and counted once"
        clock.now += timedelta(days=3)
        assert synced(service) == 1, "its time has come"
    assert {row[0] for row in rows_of(held, "runs")} == {"a", "b", "c", "d", "late", "ahead"}


@pytest.mark.parametrize("kind", ["sqlite", "files"])
def test_a_start_ahead_of_its_row_waits_for_its_time(
    held: SqlWarehouse, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """A job's machine is five hours ahead of the database that stamps its rows."""
    clock = Clock()
    written = (NOW - timedelta(minutes=2)).replace(tzinfo=None)
    begun: Row = {"start": 17, "day": NOW.date(), "completed_at": None, "inserted_at": written}
    with rigs.rig_of(kind, tmp_path, request) as rig:
        rig.put([*ROWS, run("ahead", status="running", **begun)])
        rig.put([run("after", start=35)])
        with reading(held, clock, history=rig.again()) as service:
            assert synced(service) == 5
            clock.now += timedelta(hours=2)
            assert synced(service) == 0
        with reading(held, clock, history=rig.again()) as service:
            clock.now += timedelta(hours=4)
            assert synced(service) == 1


def test_a_row_of_next_year_holds_nothing_up(held: SqlWarehouse, tmp_path: Path) -> None:
    odd = run("odd", start=24 * 300, inserted_at=(NOW - timedelta(minutes=1)).replace(tzinfo=None))
    path = tmp_path / "history.db"
    with reading(held, Clock(), history=database(path, [*ROWS, odd])) as service:
        assert synced(service) == 4
    (mark,) = held.source_marks().values()
    assert "11:59" in mark.cursor


def test_a_file_from_a_machine_with_a_wrong_clock_is_read(held: SqlWarehouse, tmp_path: Path) -> None:
    with rigs.files(tmp_path) as rig:
        rig.put(ROWS)
    (path,) = (tmp_path / "exports").iterdir()
    os.utime(path, (4e9, 4e9))
    source = FilesSource(
        str(path.parent), None, rigs.LATENESS, rigs.THEIRS, lambda: path.stat().st_ctime + SETTLES_S + 1
    )
    with reading(held, Clock(), history=source) as service:
        assert synced(service) == 4


def test_rows_without_any_moment_are_read_each_time(held: SqlWarehouse, tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    source = database(path, ROWS)
    changed(path, "UPDATE history SET inserted_at = NULL")
    with reading(held, Clock(), history=source) as service:
        synced(service)
    with reading(held, Clock(), history=of(path)) as service:
        assert synced(service) == 0


def test_a_column_that_vanishes_is_one_line_and_comes_back(
    held: SqlWarehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "history.db"
    source = database(path, ROWS)
    other = database(tmp_path / "other.db", [run("z", "Daily", start=30)])
    with reading(held, Clock(), history=source, other=other) as service, caplog.at_level(logging.WARNING, "fireline"):
        changed(path, "ALTER TABLE history RENAME COLUMN job TO task")
        for _ in range(3):
            with pytest.raises(SourceFailed, match="job"):
                service.sync("history")
        assert synced(service, "other") == 1, "the others go on"
        lines = [record.message for record in caplog.records if "history" in record.message]
        assert len(lines) == 1
        assert "job" in lines[0]
        changed(path, "ALTER TABLE history RENAME COLUMN task TO job")
        assert synced(service) == 4
        assert [status.error for status in service.statuses()] == ["", ""]


def test_a_column_that_appears_changes_nothing(held: SqlWarehouse, tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with reading(held, Clock(), history=database(path, ROWS)) as service:
        synced(service)
        changed(path, "ALTER TABLE history ADD COLUMN mood TEXT DEFAULT 'good'")
        changed(
            path,
            "INSERT INTO history SELECT 'e', job, data_date, '2026-01-16 10:00:00', '2026-01-16 10:01:00', status, n, "
            "error_message, '2026-01-16 10:01:01', 'bad' FROM history WHERE run_id = 'd'",
        )
        assert synced(service) == 1


def test_a_mapping_to_a_column_that_is_not_there_names_what_is(held: SqlWarehouse, tmp_path: Path) -> None:
    source = database(tmp_path / "history.db", ROWS, {**rigs.THEIRS, "records_processed": "nrows"})
    with reading(held, Clock(), history=source) as service, pytest.raises(SourceFailed, match=r"nrows"):
        service.sync("history")
    assert held.source_marks() == {}


def test_an_empty_source_is_read_well_and_says_nothing(held: SqlWarehouse, tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    source = database(path, ROWS)
    changed(path, "DELETE FROM history")
    with reading(held, Clock(), history=source) as service:
        assert synced(service) == 0
        (status,) = service.statuses()
        assert (status.synced_at, status.failing_since, status.rows) == (NOW, None, 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_in_any_order_and_twice_leave_the_same(held: SqlWarehouse, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    rows = [run(f"r{n}", start=30 + n / 60, records_processed=n) for n in range(30)]
    shuffled = random.sample(rows, len(rows)) + random.sample(rows, 12)
    with reading(held, Clock(), history=database(tmp_path / "history.db", shuffled)) as service:
        assert synced(service) == 30
    with closing(warehouse()) as clean:
        with reading(clean, Clock(), history=database(tmp_path / "clean.db", rows)) as service:
            synced(service)
        assert contents(held) == contents(clean)


def test_numbers_that_are_committed_out_of_their_order_are_found(held: SqlWarehouse, tmp_path: Path) -> None:
    """Rows by their place in the table, as by an identity: 3 was taken before 4 and is there after it."""
    path, clock = tmp_path / "history.db", Clock()
    source = database(path, ROWS)
    source.close()
    by_number = Question("SELECT rowid AS id, * FROM history", "id", "number", rigs.LATENESS)
    changed(path, "CREATE TABLE later AS SELECT rowid AS id, * FROM history WHERE rowid = 3")
    changed(path, "DELETE FROM history WHERE rowid = 3")
    names = ", ".join(rigs.THEIRS.get(name, name) for name in rigs.COLUMNS)
    late = f"INSERT INTO history (rowid, {names}) SELECT id, {names} FROM later"  # noqa: S608 (our own)
    with reading(held, clock, history=of(path, question=by_number)) as service:
        assert synced(service) == 3
        clock.now += timedelta(minutes=1)
        changed(path, late)
        assert (synced(service), synced(service)) == (1, 0)


def test_a_table_that_is_emptied_and_filled_again_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    source = database(path, ROWS)
    source.close()
    by_number = Question("SELECT rowid AS id, * FROM history", "id", "number", timedelta())
    for question in (QUESTION, by_number):
        with closing(warehouse()) as into, reading(into, Clock(), history=of(path, question=question)) as service:
            assert synced(service) == 4
            changed(path, "CREATE TABLE kept AS SELECT * FROM history")
            changed(path, "DELETE FROM history")
            assert "begins anew" in service.sync("history").warnings[0]
            assert service.sync("history").warnings == ()
            changed(path, "UPDATE kept SET run_id = run_id || '2', job = 'new'")
            changed(path, "INSERT INTO history SELECT * FROM kept LIMIT 2")
            assert (synced(service), synced(service)) == (2, 0)
            changed(path, "DELETE FROM history")
            changed(path, "INSERT INTO history SELECT * FROM kept")
            changed(path, "DROP TABLE kept")
            synced(service)
            assert len(rows_of(into, "runs")) == 8


def test_another_kind_of_cursor_begins_anew(held: SqlWarehouse, tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    database(path, ROWS).close()
    by_number = Question("SELECT rowid AS id, * FROM history", "id", "number", rigs.LATENESS)
    for question, added in ((QUESTION, 4), (by_number, 0), (QUESTION, 0)):
        with reading(held, Clock(), history=of(path, question=question)) as service:
            assert synced(service) == added


def test_clocks_that_go_back_in_autumn_hide_no_row(held: SqlWarehouse, tmp_path: Path) -> None:
    """SQLite keeps moments as text: 01:00-05:00 comes after 01:59-04:00 and sorts before it."""
    path, clock = tmp_path / "history.db", Clock()
    clock.now = datetime(2026, 11, 2, tzinfo=UTC)
    rows = [run(name, day=date(2026, 11, 1), start=5.9) for name in ("summer", "winter")]
    for row, local in zip(rows, ("2026-11-01 01:59:00-04:00", "2026-11-01 01:05:00-05:00"), strict=True):
        row["inserted_at"] = row["started_at"] = row["completed_at"] = local
    with reading(held, clock, history=database(path, rows[:1])) as service:
        assert synced(service) == 1
        with rigs.sqlite(tmp_path) as rig:
            rig.put(rows[1:])
        assert (synced(service), synced(service)) == (1, 0)


def test_two_sources_that_tell_of_the_same_runs_count_them_once(held: SqlWarehouse, tmp_path: Path) -> None:
    one, two = database(tmp_path / "one.db", ROWS), database(tmp_path / "two.db", [*ROWS[1:], run("e", start=34)])
    with reading(held, Clock(), one=one, two=two) as service:
        assert [synced(service, name) for name in ("one", "two", "one", "two")] == [4, 1, 0, 0]
    assert len(rows_of(held, "runs")) == 5


def test_an_id_that_many_runs_share_is_said_once(held: SqlWarehouse, tmp_path: Path) -> None:
    """As the invocation of dbt, in tables that name it."""
    path = tmp_path / "history.db"
    shared = [run("invocation-1", name, start=30) for name in ("Box", "Summary")]
    with reading(held, Clock(), history=database(path, shared)) as service:
        (said,) = [text for text in service.sync("history").warnings if "run id" in text]
        assert "1 run id names several runs" in said
        with rigs.sqlite(tmp_path) as rig:
            rig.put([run("invocation-2", name, start=32) for name in ("Box", "Summary")])
        report = service.sync("history")
    assert (report.added, [text for text in report.warnings if "run id" in text]) == (2, [])


def test_credentials_that_expire_are_said_once_and_again_when_they_are_renewed(
    held: SqlWarehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.db"
    database(path, ROWS)
    source = SqlSource("history", Feed.RUNS, f"sqlite:///{tmp_path}/${{PLACE}}.db", QUESTION, rigs.THEIRS)
    with reading(held, Clock(), history=source) as service, caplog.at_level(logging.WARNING, "fireline"):
        for _ in range(2):
            with pytest.raises(SourceFailed, match="PLACE is not set"):
                service.sync("history")
        assert len(caplog.records) == 1
        monkeypatch.setenv("PLACE", "history")
        assert synced(service) == 4


def test_a_full_disk_is_no_fault_of_the_code(
    held: SqlWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = database(tmp_path / "history.db", ROWS)
    source._remarks = lambda *_: ""  # which a check writes rows for
    with reading(held, Clock(), history=source) as service:
        with monkeypatch.context() as full:
            full.setattr(tempfile, "tempdir", str(tmp_path / "no room"))
            for act in (service.sync, service.check):
                with pytest.raises(SourceFailed, match=r"No such file or directory\. Look at this machine's disk"):
                    act("history")
        assert synced(service) == 4


def test_how_reads_go_is_known_after_a_restart(held: SqlWarehouse, tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "history.db"
    source = database(path, ROWS)
    with reading(held, clock, history=source) as service:
        synced(service)
        path.rename(tmp_path / "away.db")
        clock.now += timedelta(minutes=1)
        with pytest.raises(SourceFailed):
            service.sync("history")
    clock.now += timedelta(minutes=9)
    with reading(held, clock, history=of(path)) as service:
        with pytest.raises(SourceFailed):
            service.sync("history")
        (status,) = service.statuses()
        assert (status.synced_at, status.failing_since) == (NOW, NOW + timedelta(minutes=1))
        (tmp_path / "away.db").rename(path)
        service.sync("history")
        (status,) = service.statuses()
        assert status.back is not None
        assert (status.back.at, status.failing_since) == (clock.now, None)


def test_what_a_source_brings_is_learnt_with_its_rows(held: SqlWarehouse, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [run(f"r{n}", start=n / 2) for n in range(96)]
    source = database(tmp_path / "history.db", [*rows, run("z", "Daily", start=48)])
    with reading(held, Clock(), history=source) as service:
        synced(service)
        (status,) = service.statuses()
    assert status.brings == {Feed.RUNS: frozenset({"Box", "Daily"})}
    assert set(status.arrivals.gaps.values()) == {30}
    assert status.newest is not None
    assert status.arrivals.newest == status.newest.replace(second=0, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "every"), [("sql", "29"), ("bucket", "79")])
def test_a_sync_that_is_killed_anywhere_loses_and_doubles_nothing(tmp_path: Path, kind: str, every: str) -> None:
    """At some statements here; `python -m tests.support.killed_syncs` takes any."""
    asked = [sys.executable, "-m", "tests.support.killed_syncs", str(tmp_path), every, kind]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=PROJECT, timeout=300)
    assert re.fullmatch(r"died at [1-9] points\n", done.stdout), done.stdout + done.stderr


@pytest.mark.parametrize("suffix", [".parquet", ".ndjson"])
def test_a_file_of_very_many_rows_is_stored_part_by_part(
    held: SqlWarehouse, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 2_048)
    monkeypatch.setattr(parts, "LINE_FILE_BYTES", 1_000)
    monkeypatch.setattr(parts, "PARQUET_BYTES", 1_000)
    exports = tmp_path / "exports"
    exports.mkdir()
    write_rows(exports / f"runs{suffix}", [run(f"r{n}", start=n / 200) for n in range(5_000)])
    source = FilesSource(str(exports), None, rigs.LATENESS, {}, lambda: 4e9)
    with source.batches(None, NOW) as batches:
        cursors = [batch.cursor for batch in batches]
    assert len(cursors) == 3
    assert len(set(cursors)) == 2, "the file is read when its last part is"
    with source.batches(None, NOW) as stopped:
        part = next(stopped).file
        assert isinstance(part, DataFile)
        assert part.path.exists()
    assert not part.path.parent.exists(), "whoever stops in the middle leaves no part behind"
    with reading(held, Clock(), history=CutOff(source)) as service, pytest.raises(SourceFailed, match="reset"):
        service.sync("history")
    with reading(held, Clock(), history=source) as service:
        assert 0 < synced(service) < 5_000
        assert synced(service) == 0
    assert len(rows_of(held, "runs")) == 5_000
