"""Many small files are a load together; each keeps its name, its place in the ledger, and its own faults."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.sources.files import FilesSource
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.sources import SourceFailed
from bot.ports.warehouse import LoadReport
from tests.contracts.sources.rigs import LATENESS
from tests.contracts.test_sources import service
from tests.support.builders import Row, contents, load, rows_of, run, warehouse, write_rows

FILES = 14


class Counted(SqlWarehouse):
    """Counts what is loaded."""

    loads = 0

    def load(self, *given: object, **named: object) -> LoadReport:
        report = super().load(*given, **named)  # type: ignore[arg-type]
        self.loads += 1
        return report


@pytest.fixture
def held() -> Iterator[Counted]:
    with closing(warehouse()) as opened:
        opened.__class__ = Counted
        assert isinstance(opened, Counted)
        yield opened


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


def source(exports: Path) -> FilesSource:
    return FilesSource(str(exports), None, LATENESS, {}, lambda: 4e9)


def some(at: int) -> list[Row]:
    return [run(f"{at}-{n}", start=at + n / 10) for n in range(2)]


def put(exports: Path, suffix: str, rows: Sequence[Row], at: int) -> None:
    path = exports / f"runs-{at:02}{suffix}"
    write_rows(path, rows)
    if suffix == ".json":
        path.write_text(json.dumps([json.loads(line) for line in path.read_text().splitlines()], indent=1))


@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".json", ".parquet"])
def test_many_files_are_one_load(held: Counted, exports: Path, tmp_path: Path, suffix: str) -> None:
    for at in range(FILES):
        put(exports, suffix, some(at), at)
    with service(held, source(exports)) as sources:
        report = sources.sync("history")
    assert (report.rows, report.added, held.loads) == (2 * FILES, 2 * FILES, 1)
    assert len(rows_of(held, "loaded_files")) == FILES
    (whole := tmp_path / "whole").mkdir()
    write_rows(whole / "runs.parquet", [row for at in range(FILES) for row in some(at)])
    with closing(warehouse()) as other:
        load(other, whole)
        assert contents(held) == contents(other)
    for path in exports.iterdir():
        path.write_bytes(path.read_bytes())
    with service(held, source(exports)) as sources:
        assert sources.sync("history").rows == 0, "the same bytes are never read twice"


def test_a_bad_row_is_told_by_its_file_and_its_place_there(held: Counted, exports: Path) -> None:
    for at in range(FILES):
        put(exports, ".csv", some(at), at)
    odd = run("9-2", start=9.2, records_processed="many")
    put(exports, ".csv", [*some(9), run("x", start=9, status="no such state"), odd], 9)
    with service(held, source(exports)) as sources:
        report = sources.sync("history")
    assert (report.added, report.rejected, held.loads) == (2 * FILES + 1, 1, 1)
    said = " ".join(held.history().warnings)
    assert "runs-09.csv: 1 row was rejected, the last on 2026-01-20 (row 3: status 'no such state'" in said
    assert "the first, in row 4 of runs-09.csv: " in said


def test_a_bad_file_is_told_by_its_name_and_the_others_go_on(held: Counted, exports: Path) -> None:
    for at in range(FILES):
        put(exports, ".csv", some(at), at)
    good = (exports / "runs-03.csv").read_bytes()
    (exports / "runs-03.csv").write_text("run_id,when\na,b\n")
    with service(held, source(exports)) as sources:
        for at in range(FILES, 2 * FILES, FILES // 2):
            with pytest.raises(SourceFailed, match=r"runs-03\.csv: has no column processor_name"):
                sources.sync("history")
            assert len(rows_of(held, "runs")) == 2 * at - 2
            for more in range(at, at + FILES // 2):
                put(exports, ".csv", some(more), more)
        (exports / "runs-03.csv").write_bytes(good)
        sources.sync("history")
    assert len(rows_of(held, "runs")) == 4 * FILES


def test_a_row_of_the_future_holds_back_its_own_file_alone(held: Counted, exports: Path) -> None:
    for at in range(FILES):
        put(exports, ".csv", some(at), at)
    put(exports, ".csv", [run("later", start=24 * 9)], 3)
    with service(held, source(exports)) as sources:
        report = sources.sync("history")
        assert (report.added, report.rejected) == (2 * FILES - 2, 1)
        assert 2 < held.loads < FILES
        assert sources.sync("history").added == 0
