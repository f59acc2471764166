"""Plain rows: what SQL takes as it is, reading takes for the same, whatever the value and the type of its column."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.adapters.sources.rows import Lines
from bot.adapters.warehouse.dialect import Translator
from bot.adapters.warehouse.plain_rows import PlainRows
from bot.adapters.warehouse.reading import read
from bot.adapters.warehouse.values import Meaning
from bot.domain.evidence.columns import RUNS
from bot.domain.evidence.vocabulary import Vocabulary
from bot.ports.warehouse import DataFile
from tests.support.builders import NOW

MEANING = Meaning(Vocabulary.standard(), "America/New_York", NOW)
BASE: dict[str, tuple[str, Any]] = {
    "run_id": ("STRING", "a"),
    "processor_name": ("STRING", "Box"),
    "data_date": ("DATE", date(2026, 1, 15)),
    "started_at": ("TIMESTAMP", datetime.fromisoformat("2026-01-16T05:00")),
    "completed_at": ("TIMESTAMP", datetime.fromisoformat("2026-01-16T06:00")),
    "status": ("STRING", "success"),
}
TEXTS = (
    "", " ", "a", " a", "a ", "\ta", "a\n", "a\nb", "é", "\u00a0a", "\u200ea", "a\x00b",
    "null", "None", "n/a", "-", "{a}", '{"a": 1}', "[1]",
    "password=hunter2", "auth", "x" * 1_001, "x" * 4_001, "row-1", "12", "1.0", "'", '"', "\\", "--", "@a", "İ",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2**53, 2**53 + 1, 2**62)
FLOATS = (0.0, -0.0, 1.0, 1.5, -1.0, 1e15, 1e16, 1e300, float("nan"), float("inf"))
MOMENTS = [
    datetime.fromisoformat(text)
    for text in (
        "2026-01-16T05:00", "2026-01-16", "2026-01-15T23:59:59.999999", "1969-12-31", "2026-01-20T12:00:01",
        "2026-01-20T12:30", "2026-01-21", "2030-01-01", "2100-01-01", "2024-01-01",
    )
]  # fmt: skip
DAYS = [
    date.fromisoformat(text)
    for text in ("2026-01-15", "1969-12-31", "2027-01-16", "2027-01-17", "2027-03-01", "2100-01-01", "1990-01-01")
]
WRITTEN = (
    "2026-01-16", "20260116", "2026-1-16", "2026-01-16T05:00:00Z", "2026-01-16 05:30:00", "2026-02-30", "1768539600",
    "2026-01-16T05:00:00.123456+00:00", "2026-01-16T05:00:00+02:00", "2026-01-16T24:00:00Z", "2026-01-16T05:00:60Z",
    "2026-01-16 05:00", "2026-01-16 05:00:00.1234567", "12:00", "\u0662\u0660\u0662\u0666-01-16",
)  # fmt: skip
WORDS = (
    "success", "SUCCESS", "Succeeded", "ok", "failed", "upstream_failed", "timeout", "queued", "purple", "Running ",
    "cron", "POLL", "auth", "no_data", "Timeout", "gremlins", "manual",
)  # fmt: skip
OF_TYPE: dict[str, Sequence[Any]] = {
    "STRING": (*TEXTS, *WRITTEN, *WORDS, "7", "-7", "007", "1e3", "9" * 15, "9" * 16),
    "INT64": NUMBERS,
    "FLOAT64": FLOATS,
    "TIMESTAMP": MOMENTS,
    "DATETIME": MOMENTS,
    "DATE": DAYS,
    "BOOL": (True, False),
}
CASES = {
    "run_id": ("STRING", "INT64"),
    "processor_name": ("STRING",),
    "data_date": ("DATE", "STRING", "TIMESTAMP", "DATETIME"),
    "started_at": ("TIMESTAMP", "STRING"),
    "completed_at": ("TIMESTAMP",),
    "status": ("STRING",),
    "records_processed": ("INT64", "FLOAT64", "STRING"),
    "duration_seconds": ("FLOAT64", "INT64"),
    "failure_category": ("STRING",),
    "error_message": ("STRING",),
    "trigger": ("STRING",),
}
"""Column -> the types of which some values are plain."""
DUCKDB = {"STRING": "VARCHAR", "INT64": "BIGINT", "FLOAT64": "DOUBLE", "DATETIME": "TIMESTAMP", "BOOL": "BOOLEAN"}


def plain_ones(types: dict[str, str], rows: Sequence[Sequence[Any]]) -> list[tuple[bool, tuple[Any, ...]]]:
    plain = PlainRows(RUNS, types, MEANING, "history")
    values = ", ".join(f"{value} AS `{name}`" for name, value in plain.values().items())
    text = Translator(None).duckdb(f"SELECT {plain.test()} AS is_plain, {values} FROM given ORDER BY place")  # noqa: S608 (our own)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        columns = ", ".join(f'"{name}" {DUCKDB.get(kind, kind)}' for name, kind in types.items())
        connection.execute(f"CREATE TABLE given (place INTEGER, {columns})")
        numbered = [(at, *row) for at, row in enumerate(rows)]
        marks = ", ".join("?" for _ in range(len(types) + 1))
        connection.executemany(f"INSERT INTO given VALUES ({marks})", numbered)  # noqa: S608 (places)
        return [(found[0], found[1:]) for found in connection.execute(text).fetchall()]


def as_read(names: Sequence[str], rows: Sequence[Sequence[Any]], folder: Path) -> dict[int, tuple[Any, ...]]:
    path = folder / "part.ndjson"
    with Lines(path, names) as lines:
        lines.add(rows)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        read(connection, RUNS, DataFile(path, "runs", "history", part=True, once=False), "stage_read", MEANING)
        ours = ", ".join(f'"{column.name}"' for column in RUNS.columns)
        found = connection.execute(f"SELECT row_number, {ours} FROM stage_read").fetchall()  # noqa: S608 (our own)
    return {row[0] - 1: row[1:] for row in found}


def varied(column: str, kind: str) -> tuple[dict[str, str], list[list[Any]]]:
    """Rows that differ in one column, of this type: the types of all columns, the rows."""
    types = {**{name: of for name, (of, _) in BASE.items()}, column: kind}
    base = {name: value for name, (_, value) in BASE.items()}
    return types, [[{**base, column: value}[name] for name in types] for value in (*OF_TYPE[kind], None)]


@pytest.mark.parametrize(("column", "kind"), [(column, kind) for column, kinds in CASES.items() for kind in kinds])
def test_a_plain_value_is_what_reading_makes_of_it(column: str, kind: str, tmp_path: Path) -> None:
    types, rows = varied(column, kind)
    expected, found = as_read(list(types), rows, tmp_path), plain_ones(types, rows)
    taken = {at: made for at, (is_plain, made) in enumerate(found) if is_plain}
    assert taken == {at: expected.get(at) for at in taken}
    assert taken


@pytest.mark.parametrize(
    ("column", "kind"), [("records_processed", "BOOL"), ("started_at", "INT64"), ("run_id", "DATE")]
)
def test_of_another_type_nothing_is_plain_but_its_absence(column: str, kind: str) -> None:
    *given, absent = plain_ones(*varied(column, kind))
    assert not any(is_plain for is_plain, _ in given)
    assert absent[0] == (column != "started_at")
