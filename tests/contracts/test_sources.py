"""What every source keeps to: all that is new, in pieces that can be stored one by one, and nothing silently."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.sources import files
from bot.adapters.sources.sql import Question, SqlSource
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import Feed, SourceFailed, SourcePlan
from bot.ports.sources import Batch, Source
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService
from tests.contracts.sources.rigs import KINDS, LATENESS, Rig, rig_of
from tests.support.builders import (
    NOW,
    RULES,
    Row,
    contents,
    failed,
    load,
    registry,
    rows_of,
    run,
    warehouse,
    write_rows,
)

EARLY = [run("a", start=30), failed("b", start=31, text="boom"), run("c", start=32)]
NEXT = [run("d", start=33), run("e", start=33.5)]


@pytest.fixture(params=KINDS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with rig_of(request.param, tmp_path, request) as found:
        yield found


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


@contextmanager
def service(into: SqlWarehouse, source: Source, now: datetime = NOW) -> Iterator[SourcesService]:
    plan = SourcePlan("history", "any", None, timedelta(minutes=1), LATENESS)
    connected = Connected(plan, source, hints_of(RULES, Vocabulary.standard()))
    with closing(SourcesService(into, [connected], registry, lambda: now)) as sources:
        yield sources


def synced(rig: Rig, into: SqlWarehouse) -> int:
    """Rows that a new process finds new."""
    with service(into, rig.again()) as sources:
        return sources.sync("history").added


def cells(into: SqlWarehouse, folder: Path, rows: Sequence[Row]) -> None:
    """The same as when all rows had been loaded from one file."""
    folder.mkdir()
    known = ("run_id", "processor_name", "data_date", "started_at", "completed_at", "status", "records_processed",
             "error_message", "inserted_at")  # fmt: skip
    write_rows(folder / "runs.parquet", [{name: row[name] for name in known} for row in rows])
    with closing(warehouse()) as other:
        load(other, folder)
        assert contents(into) == contents(other)


def test_everything_first_then_what_is_new(rig: Rig, held: SqlWarehouse, tmp_path: Path) -> None:
    rig.put(EARLY)
    assert synced(rig, held) == 3
    rig.put(NEXT)
    assert synced(rig, held) == 2
    assert synced(rig, held) == 0
    cells(held, tmp_path / "whole", [*EARLY, *NEXT])


def test_a_row_that_comes_late_is_found_and_one_that_comes_twice_counts_once(
    rig: Rig, held: SqlWarehouse, tmp_path: Path
) -> None:
    rig.put([*EARLY, *NEXT])
    synced(rig, held)
    late = run("late", start=33.3)
    rig.put([late, NEXT[-1]])
    assert synced(rig, held) == 1
    cells(held, tmp_path / "whole", [*EARLY, *NEXT, late])


def test_a_read_that_finds_nothing_new_is_known_to_the_next_process(rig: Rig, held: SqlWarehouse) -> None:
    rig.put(EARLY)
    synced(rig, held)
    soon = NOW + timedelta(minutes=7)
    with service(held, rig.again(), soon) as sources:
        assert sources.sync("history").added == 0
    assert held.source_reads()["history"].read_at == soon


def test_the_position_is_stored_with_the_rows(rig: Rig, held: SqlWarehouse) -> None:
    rig.put(EARLY)
    synced(rig, held)
    (mark,) = held.source_marks().values()
    assert (mark.source, mark.rows, mark.rejected) == ("history", 3, 0)
    with service(held, rig.again()) as sources:
        (status,) = sources.statuses()
    assert (status.rows, status.synced_at, status.newest) == (3, NOW, mark.newest)
    assert held.history().known_until == mark.newest


class CutOff:
    """A source whose second batch never comes."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        with self._source.batches(cursor, now) as batches:
            yield self._first(batches)

    def _first(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        yield next(batches)
        raise SourceFailed("the connection was reset")

    def check(self, now: datetime) -> str:
        return self._source.check(now)

    def close(self) -> None:
        self._source.close()


def test_what_a_read_gave_before_it_failed_is_kept(
    rig: Rig, held: SqlWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 1)
    rig.put(EARLY)
    rig.put(NEXT)
    with service(held, CutOff(rig.again())) as sources, pytest.raises(SourceFailed, match="reset"):
        sources.sync("history")
    (mark,) = held.source_marks().values()
    assert 0 < mark.rows < 5
    assert synced(rig, held) == 5 - mark.rows
    cells(held, tmp_path / "whole", [*EARLY, *NEXT])


def test_a_bad_row_is_set_aside_once_and_the_others_go_on(rig: Rig, held: SqlWarehouse) -> None:
    rig.put([*EARLY, run("odd", status="no such state", start=32.5)])
    with service(held, rig.again()) as sources:
        report = sources.sync("history")
    assert (report.added, report.rejected) == (3, 1)
    rig.put(NEXT)
    synced(rig, held)
    ((_file, _row, reason, _at),) = rows_of(held, "rejected_rows")
    assert "no such state" in reason


def test_a_place_that_is_not_there_is_named_with_a_remedy(rig: Rig, held: SqlWarehouse) -> None:
    with service(held, rig.broken()) as sources:
        with pytest.raises(SourceFailed) as failure:
            sources.sync("history")
        assert failure.value.remedy
        with pytest.raises(SourceFailed):
            sources.check("history")
        (status,) = sources.statuses()
    assert (status.failing_since, status.error) == (NOW, str(failure.value))
    assert held.source_marks() == {}


def test_it_can_be_checked_without_storing_anything(rig: Rig, held: SqlWarehouse) -> None:
    rig.put(EARLY)
    with service(held, rig.again()) as sources:
        assert sources.check("history")
    assert held.history().runs == 0


def test_a_sqlite_file_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "50% #1 of it"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "team.db")) as kept:
        kept.execute("CREATE TABLE history (id)")
    asked = Question("SELECT * FROM history", None, "time", LATENESS)
    source = SqlSource("history", Feed.RUNS, f"sqlite:///{folder / 'team.db'}", asked, {})
    assert source.check(NOW) == "columns id; no row yet"
