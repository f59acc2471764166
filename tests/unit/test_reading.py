"""Data files as they are: bad rows are set aside by number and name, a file that makes no sense stops the load."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.warehouse.reading import Reading
from bot.domain.errors import BadInput
from tests.support.builders import DAY, Row, World, failed, load, loaded, run, warehouse, write_parquet, write_rows
from tests.support.reading import read_all

GOOD = run("good")


def read_runs(path: Path) -> tuple[Reading, dict[str, Row]]:
    """What came of reading a runs file, and the rows that could be used, by run_id."""
    reading, rows = read_all(path)
    return reading, {row["run_id"]: row for row in rows}


def read_rows(directory: Path, rows: Sequence[Row], suffix: str = ".ndjson") -> tuple[Reading, dict[str, Row]]:
    path = directory / f"runs{suffix}"
    write_rows(path, rows)
    return read_runs(path)


def rejected(reading: Reading) -> list[str]:
    return [str(row) for row in reading.rejected]


NO_STATUS = "is none of success, failed, skipped, running, nor in the vocabulary of policy.yaml"
BAD_VALUES: list[tuple[str, Any, str]] = [
    ("status", "exploded", f"status 'exploded' {NO_STATUS}"),
    ("status", None, "status is missing"),
    ("processor_name", "", "processor_name is missing"),
    ("processor_name", '{"id": 7}', "processor_name '{\"id\": 7}' is an object or a list of JSON, no name"),
    ("processor_name", '["Box"]', "processor_name '[\"Box\"]' is an object or a list of JSON, no name"),
    ("data_date", "2026-02-31", "data_date '2026-02-31' is not a date"),
    ("data_date", "yesterday", "data_date 'yesterday' is not a date"),
    ("data_date", "1899-12-31", "data_date '1899-12-31' is no plausible date"),
    ("data_date", "9999-12-31", "data_date '9999-12-31' is no plausible date"),
    ("data_date", "0001-01-01", "data_date '0001-01-01' is no plausible date"),
    ("data_date", None, "data_date is missing"),
    ("started_at", "soon", "started_at 'soon' is not a timestamp"),
    ("started_at", "2001-09-09 01:46", "started_at '2001-09-09 01:46' lies more than a year before its data date"),
    ("started_at", "2026-01-15 25:61:00", "started_at '2026-01-15 25:61:00' is not a timestamp"),
    ("started_at", "0001-01-01 00:00:00", "started_at '0001-01-01 00:00:00' is no plausible timestamp"),
    ("started_at", "infinity", "started_at 'infinity' is no plausible timestamp"),
    ("started_at", None, "started_at is missing"),
]


@pytest.mark.parametrize("suffix", [".csv", ".ndjson"])
def test_a_bad_value_that_is_needed_costs_its_row_only(tmp_path: Path, suffix: str) -> None:
    bad = [run(f"bad{place}", **{column: value}) for place, (column, value, _) in enumerate(BAD_VALUES)]
    reading, kept = read_rows(tmp_path, [GOOD, *bad, run("last", start=31)], suffix)
    told = [f"runs{suffix} row {place + 2} (bad{place}): {reason}" for place, (*_, reason) in enumerate(BAD_VALUES)]
    assert rejected(reading) == told
    assert list(kept) == ["good", "last"]
    assert reading.rows + reading.rejected_rows == len(BAD_VALUES) + 2


ODD_VALUES: list[tuple[str, Any, str]] = [
    ("records_processed", -1, "records_processed '-1' is negative"),
    ("records_processed", "12.5", "records_processed '12.5' is not a whole number"),
    ("records_processed", "many", "records_processed 'many' is not a whole number"),
    ("records_processed", "1e300", "records_processed '1e300' is too large: at most 9,223,372,036,854,775,807"),
    (
        "records_processed",
        "-92233720368547758080",
        "records_processed '-92233720368547758080' is too large: at most 9,223,372,036,854,775,807",
    ),
    ("records_processed", "1e-3", "records_processed '1e-3' is not a whole number"),
    ("duration_seconds", "1e400", "duration_seconds '1e400' is too large: at most 1.8e308"),
    ("records_processed", "1,234", "records_processed '1,234' is not a whole number"),
    ("records_processed", True, "records_processed 'true' is not a whole number"),
    ("duration_seconds", -0.5, "duration_seconds '-0.5' is negative"),
    ("duration_seconds", "inf", "duration_seconds 'inf' is not a number"),
    ("duration_seconds", "-Infinity", "duration_seconds '-Infinity' is not a number"),
    ("duration_seconds", "00:01:00", "duration_seconds '00:01:00' is not a number"),
    ("completed_at", "never", "completed_at 'never' is not a timestamp"),
    ("completed_at", "0001-01-01T00:00:00Z", "completed_at '0001-01-01T00:00:00Z' is no plausible timestamp"),
    ("completed_at", "9999-12-31 23:59:59", "completed_at '9999-12-31 23:59:59' is no plausible timestamp"),
    ("completed_at", "2026-01-16 05:59:59", "completed_at '2026-01-16 05:59:59' is before the start"),
    ("inserted_at", "1850-01-01", "inserted_at '1850-01-01' is no plausible timestamp"),
    ("inserted_at", "2062-01-01", "inserted_at '2062-01-01' is in the future: it is 2026-01-20 12:00 UTC"),
    ("last_heartbeat_at", "?", "last_heartbeat_at '?' is not a timestamp"),
    ("phase", "two", "phase 'two' is not a whole number"),
    ("attempt", "first", "attempt 'first' is not a whole number"),
    ("trigger", "po\x07ll", "trigger 'po\ufffdll' holds a control character"),
    ("failure_category", "x" * 1_001, f"failure_category '{'x' * 80}' … is longer than 1,000 bytes"),
]


def rounds() -> Iterator[list[tuple[str, Any, str]]]:
    """Of each column one value, then of each the next: what is told of a file is the first odd value of a column."""
    values = defaultdict[str, list[tuple[str, Any, str]]](list)
    for odd in ODD_VALUES:
        values[odd[0]].append(odd)
    for some in zip_longest(*values.values()):
        yield [odd for odd in some if odd is not None]


@pytest.mark.parametrize("suffix", [".csv", ".ndjson"])
@pytest.mark.parametrize("odd_values", list(rounds()))
def test_an_odd_optional_value_costs_itself_only(
    tmp_path: Path, suffix: str, odd_values: list[tuple[str, Any, str]]
) -> None:
    """Each in a row of its own."""
    odd = [failed(column, **{column: "true" if value is True else value}) for column, value, _ in odd_values]
    reading, kept = read_rows(tmp_path, [GOOD, *odd], suffix)
    assert (reading.rows, reading.rejected) == (1 + len(odd), ())
    told = {each.column: (each.rows, each.first_row, each.first_reason) for each in reading.odd}
    assert told == {column: (1, row, reason) for row, (column, _, reason) in enumerate(odd_values, 2)}
    for column, _, _ in odd_values:
        assert kept[column][column] is None
        assert kept[column]["status"] == "failed"


def test_spellings_of_nothing_are_nothing(tmp_path: Path) -> None:
    spellings = ("", "NULL", "null", "None", "NaT")
    optional = ("completed_at", "records_processed", "duration_seconds", "failure_category")
    reading, kept = read_rows(
        tmp_path, [failed(f"a{text}", **dict.fromkeys(optional, text)) for text in spellings], ".csv"
    )
    assert reading.rejected == ()
    assert [[row[name] for name in optional] for row in kept.values()] == [[None] * 4] * len(spellings)


@pytest.mark.parametrize("suffix", [".csv", ".ndjson"])
def test_a_count_that_is_not_a_number_is_said_and_the_run_kept(tmp_path: Path, suffix: str) -> None:
    rows = [run(str(n), records_processed=float("nan") if n else 7.0) for n in range(3)]
    reading, kept = read_rows(tmp_path, rows, suffix)
    assert [(odd.column, odd.rows, odd.first_reason.lower()) for odd in reading.odd] == [
        ("records_processed", 2, "records_processed 'nan' is not a whole number")
    ]
    assert [row["records_processed"] for row in kept.values()] == [7, None, None]


def test_what_is_no_number_is_unknown(tmp_path: Path) -> None:
    rows = [run("nan", duration_seconds=float("nan"), completed_at=None), run("inf", duration_seconds=float("inf"))]
    reading, kept = read_rows(tmp_path, rows, ".parquet")
    assert [odd.first_reason for odd in reading.odd] == ["duration_seconds 'nan' is not a number"]
    assert [row["duration_seconds"] for row in kept.values()] == [None, None]


def test_rows_after_a_broken_line_keep_their_numbers(tmp_path: Path) -> None:
    lines = [json.dumps(GOOD, default=str), "{broken", json.dumps(run("bad", status="?"), default=str)]
    (tmp_path / "runs.ndjson").write_text("\n".join(lines))
    assert rejected(read_runs(tmp_path / "runs.ndjson")[0]) == [
        "runs.ndjson row 2: not a JSON object",
        f"runs.ndjson row 3 (bad): status '?' {NO_STATUS}",
    ]


NO_NAME = "is an object or a list of JSON, no name"
HALVES = ("a\\ud800b", "\\uDC00", "x\\ude00\\ud83d")
"""As JSON writes half a character."""


def json_lines(folder: Path, *lines: str, as_list: bool = False) -> Path:
    path = folder / "runs.json"
    path.write_text(f"[{','.join(lines)}]" if as_list else "\n".join(lines))
    return path


@pytest.mark.parametrize("as_list", [False, True])
def test_a_key_that_an_object_names_twice_costs_its_row(tmp_path: Path, as_list: bool) -> None:
    good = json.dumps(GOOD, default=str)
    twice = [f'{good[:-1]}, "status": "failed"}}', f'{good[:-1]}, "error_message": {{"a": 1, "a": 2}}, "status": 1}}']
    nested = f'{json.dumps({**run("nested"), "note": None}, default=str)[:-1]}, "more": {{"a": 1, "a": 2}}}}'
    reading, kept = read_runs(json_lines(tmp_path, good, *twice, nested, as_list=as_list))
    assert [(row.row, row.reason) for row in reading.rejected] == [
        (2, "names 'status' twice: which of the values counts is unknown"),
        (3, "names 'status' twice: which of the values counts is unknown"),
    ]
    assert list(kept) == ["good", "nested"]


@pytest.mark.parametrize("as_list", [False, True])
def test_half_a_character_costs_an_optional_text_that_character_only(tmp_path: Path, as_list: bool) -> None:
    rows = [json.dumps(failed(f"r{at}", text="TEXT"), default=str) for at in range(len(HALVES))]
    lines = [row.replace("TEXT", half) for row, half in zip(rows, HALVES, strict=True)]
    whole = json.dumps(failed("whole", text="\U0001f600"), default=str)
    reading, kept = read_runs(json_lines(tmp_path, *lines, whole, as_list=as_list))
    assert reading.rejected == ()
    assert [row["error_message"] for row in kept.values()] == ["a\ufffdb", "\ufffd", "x\ufffd\ufffd", "\U0001f600"]


def test_half_a_character_in_a_name_costs_the_row(tmp_path: Path) -> None:
    lines = [json.dumps(run("good"), default=str), json.dumps(run("half", "NAME"), default=str)]
    reading, kept = read_runs(json_lines(tmp_path, lines[0], lines[1].replace("NAME", "Bo\\ud800x")))
    assert [row.reason for row in reading.rejected] == ["processor_name 'Bo\ufffdx' holds a control character"]
    assert list(kept) == ["good"]


def test_an_object_as_a_name_costs_the_row_in_every_format(tmp_path: Path) -> None:
    line = json.dumps({**run("bad"), "processor_name": {"id": 7}}, default=str)
    assert [row.reason for row in read_runs(json_lines(tmp_path, json.dumps(GOOD, default=str), line))[0].rejected] == [
        f"processor_name '{{\"id\":7}}' {NO_NAME}"
    ]
    good = {
        name: ("TIMESTAMP" if name == "started_at" else "VARCHAR", [GOOD[name]]) for name in ("started_at", "status")
    }
    columns = {**good, "data_date": ("DATE", [DAY]), "processor_name": ("STRUCT(id INTEGER)", [{"id": 7}])}
    write_parquet(tmp_path / "runs.parquet", columns)
    with pytest.raises(BadInput, match=NO_NAME):
        read_runs(tmp_path / "runs.parquet")


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    broken = ["{broken", "[1, 2]", "42", '"text"', "null", "}{"]
    (tmp_path / "runs.ndjson").write_text("\n".join([json.dumps(GOOD, default=str), *broken]))
    reading, kept = read_runs(tmp_path / "runs.ndjson")
    assert rejected(reading) == [f"runs.ndjson row {place}: not a JSON object" for place in range(2, 8)]
    assert list(kept) == ["good"]


def test_broken_csv_lines_are_named_and_cost_themselves_only(tmp_path: Path) -> None:
    write_rows(tmp_path / "runs.csv", [GOOD, run("bad", status="?")])
    header, good, bad = (tmp_path / "runs.csv").read_text().splitlines()
    (tmp_path / "runs.csv").write_text("\n".join([header, good, "too,few", good + ",one,too,many", bad]) + "\n")
    reading, kept = read_runs(tmp_path / "runs.csv")
    assert [row.row for row in reading.rejected] == [2, 3, 4]
    assert all("not a CSV row" in row.reason for row in reading.rejected[:2])
    assert list(kept) == ["good"]


def test_broken_lines_of_one_csv_are_not_blamed_on_the_next(tmp_path: Path) -> None:
    World([GOOD], table_loads=[loaded()]).write(tmp_path, ".csv")
    with (tmp_path / "table_loads.csv").open("a", newline="") as stream:
        stream.write("too,few\r\n")
    report = load(warehouse(), tmp_path)
    assert [(row.file, row.row) for row in report.rejected] == [("table_loads.csv", 2)]


def test_quotes_in_a_csv_do_not_change_how_the_other_rows_are_read(tmp_path: Path) -> None:
    """A dialect guessed from a damaged row would take the quotes of the good ones for text."""
    write_rows(tmp_path / "runs.csv", [failed("a", text='said "no", twice'), failed("b", text="plain")])
    with (tmp_path / "runs.csv").open("a", newline="") as stream:
        stream.write('c,"Box"x,2\r\n')
    reading, kept = read_runs(tmp_path / "runs.csv")
    assert [row.row for row in reading.rejected] == [3]
    assert [kept["a"]["error_message"], kept["b"]["error_message"]] == ['said "no", twice', "plain"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_understood(tmp_path: Path, delimiter: str) -> None:
    texts = {name: str(value) for name, value in GOOD.items()}
    (tmp_path / "runs.csv").write_text(f"{delimiter.join(texts)}\n{delimiter.join(texts.values())}\n")
    assert list(read_runs(tmp_path / "runs.csv")[1]) == ["good"]


TEXTS = (
    "Ünïcødé 日本語 🏀",
    "x" * 4_000,
    "quotes \" and ' and ; --",
    "line\nbreak\r\nand\ttab",
    "\\N",
    "{sql}",
    "[red]",
)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".ndjson"])
def test_any_text_is_kept_as_it_is(tmp_path: Path, suffix: str) -> None:
    rows = [failed(str(place), text=text) for place, text in enumerate(TEXTS)]
    reading, kept = read_rows(tmp_path, rows, suffix)
    assert reading.rejected == ()
    assert [row["error_message"] for row in kept.values()] == list(TEXTS)


MOMENTS = {
    "2026-01-15T23:30:00Z": "2026-01-15 23:30:00",
    "2026-01-15T18:30:00-05:00": "2026-01-15 23:30:00",
    "2026-01-15 23:30:00": "2026-01-15 23:30:00",
    "2026-01-15 23:30:00.250 UTC": "2026-01-15 23:30:00.250000",
    "2026-01-16T05:00:00+05:30": "2026-01-15 23:30:00",
    "  2026-01-15T23:30  ": "2026-01-15 23:30:00",
}


@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".parquet"])
def test_timestamps_with_and_without_an_offset(tmp_path: Path, suffix: str) -> None:
    rows = [run(str(at), started_at=shown, inserted_at=shown, completed_at=None) for at, shown in enumerate(MOMENTS)]
    path = tmp_path / f"runs{suffix}"
    if suffix == ".parquet":
        write_parquet(path, {name: ("VARCHAR", [row[name] for row in rows]) for name in rows[0]})
    else:
        write_rows(path, rows)
    _, kept = read_runs(path)
    for name in ("started_at", "inserted_at"):
        assert [str(row[name]) for row in kept.values()] == list(MOMENTS.values())


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS", "TIMESTAMP_S", "TIMESTAMP_MS"])
def test_every_kind_of_parquet_timestamp(tmp_path: Path, kind: str) -> None:
    columns = {name: ("VARCHAR", [value]) for name, value in GOOD.items()}
    columns["started_at"] = (kind, ["2026-01-15 23:30:00+00" if kind == "TIMESTAMPTZ" else "2026-01-15 23:30:00"])
    write_parquet(tmp_path / "runs.parquet", columns)
    _, kept = read_runs(tmp_path / "runs.parquet")
    assert str(kept["good"]["started_at"]) == "2026-01-15 23:30:00"


def test_a_date_column_may_hold_timestamps(tmp_path: Path) -> None:
    for place, (kind, value) in enumerate([("TIMESTAMP", "2026-01-15 00:00:00"), ("VARCHAR", "2026-01-15T00:00:00")]):
        path = tmp_path / str(place) / "runs.parquet"
        path.parent.mkdir()
        write_parquet(path, {**_texts(GOOD), "data_date": (kind, [value])})
        assert read_runs(path)[1]["good"]["data_date"] == DAY


def _texts(row: dict[str, Any]) -> dict[str, tuple[str, list[Any]]]:
    return {name: ("VARCHAR", [value]) for name, value in row.items()}


@pytest.mark.parametrize("kind", ["TINYINT", "UINTEGER", "UBIGINT", "HUGEINT", "FLOAT", "DECIMAL(9, 2)", "VARCHAR"])
def test_every_kind_of_number_will_do(tmp_path: Path, kind: str) -> None:
    write_parquet(
        tmp_path / "runs.parquet", {**_texts(GOOD), "records_processed": (kind, [7]), "duration_seconds": (kind, [7])}
    )
    _, kept = read_runs(tmp_path / "runs.parquet")
    assert (kept["good"]["records_processed"], kept["good"]["duration_seconds"]) == (7, 7.0)


@pytest.mark.parametrize("missing", ["processor_name", "data_date", "started_at", "status"])
def test_a_missing_required_column_is_named_with_those_there(tmp_path: Path, missing: str) -> None:
    row = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(BadInput, match=rf"runs.ndjson: has no column {missing}\b.*it has attempt, "):
        read_rows(tmp_path, [row])


def test_none_of_the_rows_can_be_used(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none of its 2 rows can be used; the first: runs.csv row 1 \(a\): status"):
        read_rows(tmp_path, [run("a", status="?"), run("b", status="?")], ".csv")
