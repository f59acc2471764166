"""A warehouse of another release is refused with what to do; a new one is marked."""

from pathlib import Path

import duckdb
import pytest

from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.schema_version import expected
from bot.domain.errors import WarehouseUnavailable


def test_a_new_warehouse_is_marked_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    DuckDBEngine(path).close()
    DuckDBEngine(path).close()
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("FROM schema_version").fetchall() == [(expected(),)]


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    "change", ["UPDATE schema_version SET fingerprint = 'old'", "DROP TABLE schema_version"], ids=["older", "unmarked"]
)
def test_one_of_another_release_is_refused_and_left_as_it_is(tmp_path: Path, change: str, read_only: bool) -> None:
    path = tmp_path / "warehouse.duckdb"
    DuckDBEngine(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)
    before = path.read_bytes()
    with pytest.raises(WarehouseUnavailable, match=r"another release .* load the data directories again"):
        DuckDBEngine(path, read_only=read_only)
    assert path.read_bytes() == before
