"""Rows on their way to BigQuery keep their types."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from bot.adapters.warehouse.bigquery_staging import json_lines, write_parquet


def test_times_are_written_as_instants(tmp_path: Path) -> None:
    """BigQuery reads a time that is not adjusted to UTC as DATETIME, which no column of ours is."""
    path = tmp_path / "it's.parquet"
    with duckdb.connect() as reader:
        reader.execute("SET TimeZone = 'America/New_York'")
        reader.execute(
            "CREATE TABLE stage_new AS SELECT TIMESTAMP '2026-03-08 07:30:00' AS started_at,"
            " DATE '2026-03-08' AS data_date, 1::BIGINT AS runs, 0.5::DOUBLE AS duration_seconds, true AS filled,"
            " 'é' AS note"
        )
        columns = write_parquet(reader, "stage_new", path)
        (kind,) = reader.execute(
            "SELECT logical_type FROM parquet_schema(?) WHERE name = 'started_at'", [str(path)]
        ).fetchone() or ("",)
        reader.execute("SET TimeZone = 'UTC'")
        (held,) = reader.execute("SELECT started_at::VARCHAR FROM read_parquet(?)", [str(path)]).fetchone() or ("",)
    assert "isAdjustedToUTC=1" in str(kind)
    assert held == "2026-03-08 07:30:00+00"
    assert columns == [
        ("started_at", "TIMESTAMP"),
        ("data_date", "DATE"),
        ("runs", "INT64"),
        ("duration_seconds", "FLOAT64"),
        ("filled", "BOOL"),
        ("note", "STRING"),
    ]


def test_small_tables_are_lines_of_json() -> None:
    moment = datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    content = json_lines(
        ("name", "at", "day", "phase"), [("a\nb", moment, date(2026, 3, 8), 2), ("é", None, None, None)]
    )
    assert [json.loads(line) for line in content.read().splitlines()] == [
        {"name": "a\nb", "at": "2026-03-08T07:30:00+00:00", "day": "2026-03-08", "phase": 2},
        {"name": "é", "at": None, "day": None, "phase": None},
    ]


def test_what_no_table_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be a value of a table"):
        json_lines(("name",), [(object(),)])  # type: ignore[list-item]
