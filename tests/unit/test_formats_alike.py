"""The same rows mean the same in every format, wherever the file lies and whatever tool wrote its header."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from tests.support.builders import DAY, Row, failed, run, write_parquet, write_rows
from tests.support.reading import MEANING, read_all

GOOD = run("good")


def _csv(rows: Sequence[Row], delimiter: str = ",", ends: str = "\n") -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, lineterminator=ends)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _lines(rows: Sequence[Row]) -> str:
    return "".join(json.dumps(row, default=str) + "\n" for row in rows)


WAYS: dict[str, tuple[str, Callable[[Sequence[Row]], bytes]]] = {
    "csv": ("runs.csv", lambda rows: _csv(rows).encode()),
    "csv of Windows": ("runs.csv", lambda rows: _csv(rows, ends="\r\n").encode("utf-8-sig")),
    "csv of an old Mac": ("runs.csv", lambda rows: _csv(rows, ends="\r").encode()),
    "csv of a spreadsheet": ("runs.csv", lambda rows: _csv(rows, "\t").encode("utf-16")),
    "csv with semicolons": ("runs.csv", lambda rows: _csv(rows, ";").encode()),
    "csv with pipes": ("runs.csv", lambda rows: _csv(rows, "|").encode()),
    "csv with empty lines": ("runs.csv", lambda rows: _csv(rows, ends="\n\n").encode()),
    "lines of JSON": ("runs.ndjson", lambda rows: _lines(rows).encode()),
    "lines of JSON with a mark": ("runs.jsonl", lambda rows: _lines(rows).encode("utf-8-sig")),
    "lines of JSON in UTF-16": ("runs.ndjson", lambda rows: _lines(rows).encode("utf-16")),
    "lines of JSON with empty lines": ("runs.ndjson", lambda rows: _lines(rows).replace("\n", "\r\n\r\n").encode()),
    "lines of JSON named json": ("runs.json", lambda rows: _lines(rows).encode()),
    "a list": ("runs.json", lambda rows: json.dumps(list(rows), default=str).encode()),
    "a list over lines": ("runs.json", lambda rows: json.dumps(list(rows), default=str, indent=2).encode("utf-8-sig")),
    "a list named ndjson": ("runs.ndjson", lambda rows: json.dumps(list(rows), default=str, indent=1).encode()),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_is_read_alike(tmp_path: Path, way: str) -> None:
    rows = [
        GOOD,
        failed("said", text='Ünï "quoted", 日本\tand more'),
        failed("odd", records_processed=-1),
        run("?", status="?"),
    ]
    (tmp_path / "asked").mkdir()
    write_rows(tmp_path / "asked" / "runs.parquet", rows)
    name, written = WAYS[way]
    (tmp_path / name).write_bytes(written(rows))
    asked, expected = read_all(tmp_path / "asked" / "runs.parquet")
    reading, found = read_all(tmp_path / name)
    assert found == expected
    assert reading.odd == asked.odd
    assert [(row.row, row.name, row.reason) for row in reading.rejected] == [
        (row.row, row.name, row.reason) for row in asked.rejected
    ]


MOMENTS = [
    "2026-01-15T23:30:00Z",
    "2026-01-15 18:30-05",
    "1768519800",
    "1768519800000",
    "20260115T233000Z",
    "soon",
    "",
    "5",
]
DATES = [
    "2026-01-15",
    "2026-01-15 00:00:00+09:00",
    "2026-01-15T00:00:00Z",
    "20260115",
    "2026/01/15",
    "15.01.2026",
    "inf",
    "1768519800",
]
NUMBERS = ["7", "7.0", " 7 ", "7.5", "-1", "nan", "inf", "1e3", "many", "", "N/A", "9" * 30]
TEXTS = ["", " ", "None", "x" * 25_000, "a\x00b", "tab\there", "password=hunter2", "ein\nzwei", "ok"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "run_id": st.sampled_from(["a", "b", "", "x\x00y", "long" * 300]),
                "processor_name": st.sampled_from(["Box", " Box ", "", "B\u202eox", "null"]),
                "data_date": st.sampled_from(DATES),
                "started_at": st.sampled_from(MOMENTS),
                "completed_at": st.sampled_from(MOMENTS),
                "status": st.sampled_from(["success", "SUCCEEDED", "error", "up_for_retry", "?", ""]),
                "records_processed": st.sampled_from(NUMBERS),
                "duration_seconds": st.sampled_from(NUMBERS),
                "error_message": st.sampled_from(TEXTS),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_texts_are_read_alike(tmp_path: Path, rows: list[Row]) -> None:
    rows = [
        {name: str(value) if name != "data_date" else str(DAY) for name, value in _chosen(GOOD, rows[0]).items()},
        *rows,
    ]
    answers = []
    for suffix in (".parquet", ".csv", ".ndjson", ".json"):
        path = tmp_path / suffix[1:] / f"runs{suffix}"
        path.parent.mkdir(exist_ok=True)
        if suffix == ".parquet":
            write_parquet(path, {name: ("VARCHAR", [row[name] for row in rows]) for name in rows[0]})
        elif suffix == ".json":
            path.write_text(json.dumps(rows))
        else:
            write_rows(path, rows)
        reading, kept = read_all(path)
        assert reading.rows + reading.rejected_rows == len(rows)
        answers.append((kept, [(row.row, row.name, row.reason) for row in reading.rejected], reading.odd))
    assert answers[0] == answers[1] == answers[2] == answers[3]


def _chosen(row: Row, like: Row) -> Row:
    return {name: row[name] for name in like} | {"completed_at": "", "error_message": ""}


@pytest.mark.parametrize(
    ("kind", "given_", "date_"),
    [
        ("TIMESTAMPTZ", "2026-02-01 00:00:00+09:00", "2026-02-01"),
        ("TIMESTAMPTZ", "2026-02-01 00:00:00+00:00", "2026-02-01"),
        ("TIMESTAMPTZ", "2026-02-01 20:00:00+00:00", "2026-02-02"),
        ("VARCHAR", "2026-02-01 20:00:00Z", "2026-02-02"),
        ("VARCHAR", "2026-02-01 20:00:00", "2026-02-01"),
        ("TIMESTAMP", "2026-02-01 20:00:00", "2026-02-01"),
    ],
)
def test_a_date_with_an_offset_is_that_of_the_registrys_zone(
    tmp_path: Path, kind: str, given_: str, date_: str
) -> None:
    meaning = replace(MEANING, zone="Asia/Tokyo", now=MEANING.now.replace(year=2027))
    texts: dict[str, tuple[str, list[Any]]] = {name: ("VARCHAR", [value]) for name, value in GOOD.items()}
    write_parquet(tmp_path / "runs.parquet", {**texts, "data_date": (kind, [given_])})
    write_rows(tmp_path / "runs.csv", [{**GOOD, "data_date": given_}])
    for name in ("runs.parquet", "runs.csv"):
        assert [str(row["data_date"]) for row in read_all(tmp_path / name, meaning)[1]] == [date_]


@pytest.mark.parametrize("kind", ["BIGINT", "DOUBLE", "VARCHAR"])
@pytest.mark.parametrize("times", [1, 1_000, 1_000_000])
def test_moments_may_be_counted_since_1970(tmp_path: Path, kind: str, times: int) -> None:
    texts: dict[str, tuple[str, list[Any]]] = {name: ("VARCHAR", [value]) for name, value in GOOD.items()}
    for column in ("completed_at", "inserted_at", "last_heartbeat_at"):
        texts[column] = ("VARCHAR", [None])
    write_parquet(tmp_path / "runs.parquet", {**texts, "started_at": (kind, [1_768_519_800 * times])})
    ((row,),) = [read_all(tmp_path / "runs.parquet")[1]]
    assert str(row["started_at"]) == "2026-01-15 23:30:00"


@pytest.mark.parametrize(
    "folder", ["data_date=2020-01-01", "status=failed", "a*b?c[1]{2}", "it's", "päth with blanks", "%2A"]
)
@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".parquet"])
def test_a_file_says_what_its_rows_say_wherever_it_lies(tmp_path: Path, folder: str, suffix: str) -> None:
    for name in (folder, "axbyc1", "other"):
        (tmp_path / name).mkdir()
        write_rows(tmp_path / f"new{suffix}", [run("there" if name == folder else "other")])
        (tmp_path / f"new{suffix}").rename(tmp_path / name / f"runs{suffix}")
    _, rows = read_all(tmp_path / folder / f"runs{suffix}")
    assert [(row["run_id"], row["data_date"], row["status"]) for row in rows] == [("there", DAY, "success")]


HEADERS = [
    ("upper case", str.upper),
    ("blanks", lambda name: f" {name} "),
    ("title", lambda name: name.replace("_", " ").title()),
    ("hyphens", lambda name: name.replace("_", "-")),
]


@pytest.mark.parametrize(("_what", "renamed"), HEADERS, ids=[what for what, _ in HEADERS])
@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".parquet"])
def test_a_header_is_understood_in_any_case(
    tmp_path: Path, suffix: str, _what: str, renamed: Callable[[str], str]
) -> None:
    write_rows(tmp_path / f"runs{suffix}", [{renamed(name): str(value) for name, value in GOOD.items()}])
    _, rows = read_all(tmp_path / f"runs{suffix}")
    assert [(row["run_id"], row["records_processed"]) for row in rows] == [("good", 100)]


ODD_NAMES = [
    "",
    "select",
    'quo"te',
    "semi;colon",
    "a b",
    "'; DROP TABLE runs; --",
    "row_number",
    "c0",
    "file_row_number",
    "🏀",
    "$.x",
]


@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".parquet"])
def test_columns_that_are_not_ours_may_have_any_name(tmp_path: Path, suffix: str) -> None:
    named = [name for name in ODD_NAMES if name or suffix != ".parquet"]
    rows = [{**dict.fromkeys(named, "x"), **run("a"), "": "", "more": "y"}]
    path = tmp_path / f"runs{suffix}"
    if suffix == ".parquet":
        with duckdb.connect() as connection:
            columns = ", ".join('? AS "' + name.replace('"', '""') + '"' for name in rows[0] if name)
            values = [str(value) for name, value in rows[0].items() if name]
            connection.execute(f"CREATE TABLE t AS SELECT {columns}", values)
            connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    else:
        write_rows(path, rows)
    reading, found = read_all(path)
    assert [(row["run_id"], row["row_number"]) for row in found] == [("a", 1)]
    assert reading.rejected == ()


def test_a_name_that_comes_twice_is_reported_in_words(tmp_path: Path) -> None:
    for header, told in (
        ("status", r"columns 5 and 6 have one name \('status'\); keep one of them, or rename one"),
        ("Status", r"columns 5 and 6 have one name \('status' and 'Status'\)"),
        ("x,STATUS", r"columns 5 and 7 have one name"),
    ):
        head = f"run_id,processor_name,data_date,started_at,status,{header}"
        (tmp_path / "runs.csv").write_text(f"{head}\na,Box,2026-01-15,2026-01-15T10:00:00Z,success,success,success\n")
        with pytest.raises(BadInput, match=told):
            read_all(tmp_path / "runs.csv")


def test_rows_may_fill_the_one_or_the_other_of_two_columns_of_one_meaning(tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text(
        "dag_id,execution_date,status,start_date,state,processor_name\n"
        ",2026-01-15,success,2026-01-15T10:00:00Z,succeeded,Box\n"
        "Dag,2026-01-15,,2026-01-15T11:00:00Z,error,\n"
    )
    _, rows = read_all(tmp_path / "runs.csv")
    assert [(row["processor_name"], row["status"]) for row in rows] == [("Box", "success"), ("Dag", "failed")]


def written(tmp_path: Path, suffix: str, rows: list[dict[str, Any]]) -> Path:
    write_rows(tmp_path / f"runs{suffix}", rows)
    return tmp_path / f"runs{suffix}"


@pytest.mark.parametrize("other", ["state", "STATE"])
@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".parquet"])
def test_two_columns_of_one_meaning_that_differ_stop_the_load(tmp_path: Path, suffix: str, other: str) -> None:
    row = {name: str(value) for name, value in GOOD.items()}
    path = written(tmp_path, suffix, [{**row, other: "succeeded"}, {**row, other: "failed"}])
    differ = rf"columns 'status' and '{other}' have one meaning \(status\) and differ in 1 row, the first is row 2"
    with pytest.raises(BadInput, match=differ + r" \('success' and 'failed'\); keep one of them, or rename one"):
        read_all(path)


def test_keys_of_one_name_that_differ_stop_the_load(tmp_path: Path) -> None:
    row = {name: str(value) for name, value in GOOD.items()}
    path = written(tmp_path, ".ndjson", [{**row, "STATUS": "failed"}])
    with pytest.raises(BadInput, match="columns 'status' and 'STATUS' have one meaning"):
        read_all(path)


@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".parquet"])
def test_of_two_optional_columns_that_differ_ours_counts_and_it_is_said(tmp_path: Path, suffix: str) -> None:
    row = {name: str(value) for name, value in GOOD.items()}
    reading, rows = read_all(
        written(tmp_path, suffix, [{**row, "rows_affected": "7"}, {**row, "rows_affected": "100.0"}])
    )
    assert [row["records_processed"] for row in rows] == [100, 100]
    differ = "have one meaning (records_processed) and differ in 1 row, the first is row 1: 'records_processed' counts"
    assert reading.overruled == (f"columns 'records_processed' and 'rows_affected' {differ}",)


@pytest.mark.parametrize("column", ["phase", "attempt", "records_processed"])
def test_a_number_that_cannot_be_negative_is_unknown_where_it_is(tmp_path: Path, column: str) -> None:
    row = {name: str(value) for name, value in GOOD.items()}
    reading, rows = read_all(written(tmp_path, ".csv", [{**row, column: "-1"}]))
    assert [row[column] for row in rows] == [None]
    assert [(odd.column, odd.first_reason) for odd in reading.odd] == [(column, f"{column} '-1' is negative")]


def test_a_missing_column_lists_each_other_name_once(tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text("data_date,started_at,status\n2026-01-15,2026-01-15T10:00:00Z,success\n")
    vocabulary = MEANING.vocabulary.extended({"processor_name": ("scraper_name", "processor_name")}, {}, {})
    with pytest.raises(BadInput, match=r"no column processor_name \(or scraper_name, dag_id, job_name\); it has"):
        read_all(tmp_path / "runs.csv", replace(MEANING, vocabulary=vocabulary))


WORDS = {
    "succeeded": "success", "SUCCESS": "success", "Pass": "success", "ok": "success", "warn": "success",
    "error": "failed", "FAILED": "failed", "up_for_retry": "failed", "upstream_failed": "failed", "cancelled": "failed",
    "skip": "skipped", "in_progress": "running", "queued": "running",
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".parquet"])
def test_the_words_of_other_tools_are_understood(tmp_path: Path, suffix: str) -> None:
    rows = [
        {"run_id": word, "dag_id": "Box", "logical_date": str(DAY), "start_date": "2026-01-15T10:00:00Z", "state": word}
        for word in WORDS
    ]
    write_rows(tmp_path / f"runs{suffix}", rows)
    _, found = read_all(tmp_path / f"runs{suffix}")
    assert {row["run_id"]: row["status"] for row in found} == WORDS
    causes = {row["run_id"]: row["failure_category"] for row in found if row["failure_category"]}
    assert causes == {"upstream_failed": "upstream_failure"}
