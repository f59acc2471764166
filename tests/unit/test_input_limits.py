"""Files that are no files, that hold far more than they weigh, and rows that are lost or of the future."""

import csv
import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.warehouse import limits, parquet_files
from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.loading import find_files
from bot.services.validation import ValidationService
from tests.support.builders import NOW, World, at, failed, load, registry, rows_of, run, warehouse, write_rows
from tests.support.reading import MEANING, read_all


def test_a_pipe_is_no_input_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "runs.csv")
    with pytest.raises(BadInput, match=r"runs\.csv is no regular file"):
        find_files(tmp_path)


def test_a_device_is_no_input_file(tmp_path: Path) -> None:
    (tmp_path / "runs.ndjson").symlink_to("/dev/zero")
    with pytest.raises(BadInput, match=r"runs\.ndjson is no regular file"):
        find_files(tmp_path)


def test_what_looks_like_a_data_file_and_is_none_is_named(tmp_path: Path) -> None:
    World([run("a")]).write(tmp_path)
    for name in ("table_loads.csv.gz", "Raw_Files.CSV", "game_schedule.xlsx"):
        (tmp_path / name).write_text("x")
    (tmp_path / "planned_windows").mkdir()
    told = [warning for warning in load(warehouse(), tmp_path).warnings if "not read" in warning]
    assert told == [
        "Raw_Files.CSV is not read: name it raw_files.csv",
        "game_schedule.xlsx is not read: unpack or convert it to "
        "game_schedule.parquet, game_schedule.csv, game_schedule.ndjson",
        "planned_windows is a folder and is not read: write its parts into one file",
        "table_loads.csv.gz is not read: unpack or convert it to "
        "table_loads.parquet, table_loads.csv, table_loads.ndjson",
    ]


def test_a_small_parquet_with_huge_texts_is_read_in_bounded_memory(tmp_path: Path) -> None:
    select = "'r' || i AS run_id, 'Box' AS processor_name, DATE '2026-01-15' AS data_date, 'failed' AS status"
    with duckdb.connect() as connection:
        connection.execute(  # (our own text)
            f"COPY (SELECT {select}, TIMESTAMP '2026-01-15' + to_seconds(i) AS started_at, repeat('x', 300000) AS"  # noqa: S608 (our own text)
            f" error_message FROM range(500) t(i)) TO '{tmp_path / 'runs.parquet'}' (FORMAT parquet)"
        )
    reading, rows = read_all(tmp_path / "runs.parquet")
    assert reading.rows == 500
    assert {len(row["error_message"]) for row in rows} == {4_003}


def test_more_than_may_be_held_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(tmp_path / "runs.csv", [failed(str(place), text="x" * 5_000) for place in range(4_000)])
    monkeypatch.setattr(limits, "MEGABYTES", 8)
    monkeypatch.setattr(limits, "DISK_MEGABYTES", 1)
    monkeypatch.setattr(limits, "DISK_TIMES", 0)
    with pytest.raises(BadInput, match=r"runs\.csv: its rows need more memory and disk than one file may take"):
        read_all(tmp_path / "runs.csv")


def test_a_parquet_with_too_many_rows_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    World([run("a"), run("b")]).write(tmp_path)
    monkeypatch.setattr(parquet_files, "MOST_ROWS", 1)
    with pytest.raises(BadInput, match="holds 2 rows; at most 1 are read from one file: split it"):
        read_all(tmp_path / "runs.parquet")


@pytest.mark.parametrize("suffix", [".csv", ".ndjson"])
def test_a_row_of_very_many_columns_is_refused(tmp_path: Path, suffix: str) -> None:
    write_rows(tmp_path / f"runs{suffix}", [{**run("a"), **{f"k{number}": 1 for number in range(20_000)}}])
    with pytest.raises(BadInput, match=r"names [\d,]+ columns; at most 10,000 are read"):
        read_all(tmp_path / f"runs{suffix}")


def test_a_nested_bomb_is_no_object(tmp_path: Path) -> None:
    bomb = '{"run_id": ' + "[" * 100_000 + "]" * 100_000 + "}"
    (tmp_path / "runs.ndjson").write_text(json.dumps(run("a"), default=str) + "\n" + bomb + "\n")
    reading, rows = read_all(tmp_path / "runs.ndjson")
    assert (len(rows), reading.rejected_rows) == (1, 1)


def test_control_characters_in_names_are_refused_by_row(tmp_path: Path) -> None:
    names = ["Al\x00pha", "Al\x1bpha", "Al\u202epha", "Al\x85pha", "Al\npha", "A" * 1_001]
    for suffix in (".csv", ".ndjson", ".parquet"):
        write_rows(tmp_path / f"runs{suffix}", [run("ok"), *(run(str(at_), name) for at_, name in enumerate(names))])
        reading, rows = read_all(tmp_path / f"runs{suffix}")
        assert [row["run_id"] for row in rows] == ["ok"]
        assert [row.reason for row in reading.rejected[:5]] == [
            *["processor_name 'Al\ufffdpha' holds a control character"] * 4,
            "processor_name 'Al pha' holds a control character",
        ]
        assert reading.rejected[5].reason.endswith("… is longer than 1,000 bytes")


def test_no_row_of_a_csv_is_lost_in_the_quotes_of_another(tmp_path: Path) -> None:
    head = "run_id,processor_name,data_date,started_at,status,error_message"
    lines = [f"{name},Box,2026-01-15,2026-01-15T1{place}:00:00Z,failed," for place, name in enumerate("abcdef")]
    texts = ['"oops', "plain", 'said "bye" now', 'ends"', '"two\nlines, and a ""quote"""', '"never closed']
    (tmp_path / "runs.csv").write_text(
        "\n".join([head, *(line + text for line, text in zip(lines, texts, strict=True))])
    )
    reading, rows = read_all(tmp_path / "runs.csv")
    assert [row["run_id"] for row in rows] == ["b", "c", "d", "e"]
    assert [row["error_message"] for row in rows][2:] == ['ends"', 'two\nlines, and a "quote"']
    assert [row.row for row in reading.rejected] == [1, 6]
    assert all("quote" in row.reason for row in reading.rejected)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet='ab",\n\r\x00é', max_size=12), min_size=1, max_size=6), st.booleans())
def test_every_row_of_a_csv_is_kept_or_rejected(tmp_path: Path, texts: list[str], quoted: bool) -> None:
    """Written well, every text comes back as it was; written by hand, every row is kept or rejected."""
    path = tmp_path / "runs.csv"
    rows = [failed(str(place), text=text) for place, text in enumerate(texts)]
    if quoted:
        write_rows(path, rows)
        reading, kept = read_all(path)
        shown = [text.strip(" ").replace("\x00", "\ufffd") or None for text in texts]
        assert [row["error_message"] for row in kept] == shown
    else:
        columns = ["run_id", "processor_name", "data_date", "started_at", "status", "error_message"]
        with path.open("w", newline="") as stream:
            csv.writer(stream).writerow(columns)
            for row in [run("first", error_message=""), *rows]:
                stream.write(",".join(str(row[name]) for name in columns) + "\n")
        reading, kept = read_all(path)
        assert len(kept) + reading.rejected_rows >= len(rows) + 1
    assert reading.rows == len(kept)


def test_every_row_of_a_file_is_accounted_for_after_a_load(tmp_path: Path) -> None:
    into = warehouse()
    rows = [run("a"), run("a"), run("b"), run("bad", status="?")]
    (first,) = load(into, World(rows).write(tmp_path / "a", ".ndjson")).files
    assert (first.rows, first.added, first.corrected, first.unchanged, first.rejected) == (4, 2, 0, 1, 1)
    (second,) = load(into, World([*rows, failed("b", inserted_at=at(40))]).write(tmp_path / "b", ".csv")).files
    assert (second.rows, second.added, second.corrected, second.unchanged, second.rejected) == (5, 0, 1, 3, 1)
    told = [warning for warning in into.history().warnings if "rejected" in warning]
    assert [warning.partition(":")[0] for warning in told] == ["runs.csv", "runs.ndjson"]


def test_rows_of_the_future_are_held_back_and_read_when_they_are_past(tmp_path: Path) -> None:
    later = NOW + timedelta(days=3)
    rows = [run("now"), run("ahead", started_at=later, completed_at=None, inserted_at=None, last_heartbeat_at=None)]
    into = warehouse()
    directory = World(rows).write(tmp_path)
    report = load(into, directory)
    assert [row.reason for row in report.rejected] == [
        "started_at '2026-01-23 12:00:00' is in the future: it is 2026-01-20 12:00 UTC"
    ]
    assert into.history().known_until == datetime(2026, 1, 16, 6, 1, 1, tzinfo=UTC)
    load(into, directory, now=later)
    assert {row[0] for row in rows_of(into, "runs")} == {"now", "ahead"}
    (again,) = load(into, directory, now=later).files
    assert again.already_loaded


def test_a_clock_that_is_a_little_ahead_costs_nothing_and_moves_no_end(tmp_path: Path) -> None:
    ahead = NOW + timedelta(minutes=20)
    into = warehouse()
    load(into, World([run("a"), run("b", started_at=ahead, completed_at=None, inserted_at=ahead)]).write(tmp_path))
    assert into.history().known_until == NOW
    assert {row[0] for row in rows_of(into, "runs")} == {"a", "b"}


def test_the_warehouse_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "w.duckdb"
    warehouse(path).close()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path.parent, path)] == [0o700, 0o600]


def test_a_zone_decides_nothing_about_moments(tmp_path: Path) -> None:
    write_rows(tmp_path / "runs.csv", [run("a")])
    _, here = read_all(tmp_path / "runs.csv")
    _, there = read_all(tmp_path / "runs.csv", replace(MEANING, zone="Asia/Tokyo"))
    assert here == there


def test_rejected_rows_are_repeated_under_every_answer_that_may_lack_them(tmp_path: Path) -> None:
    into = warehouse()
    load(into, World([run("a"), run("bad", status="?")]).write(tmp_path, ".ndjson"))
    known = registry()
    health = HealthService(into, known, ServiceLevels(()))
    answers = (
        health.of(HealthRequest(), NOW).warnings,
        ImpactService(into, known, health).of(ImpactRequest("Box"), NOW).notes,
        ValidationService(into, known, health, AcceptedLosses()).of(ValidationRequest(processor="Box"), NOW).notes,
    )
    for notes in answers:
        assert [note for note in notes if note.startswith("runs.ndjson: 1 row was rejected")], notes


def test_moments_without_a_zone_are_named_at_the_load(tmp_path: Path) -> None:
    head = "run_id,processor_name,data_date,status,started_at,completed_at\n"
    texts = {"plain": "2026-01-16 06:00:00,2026-01-16T06:01:00Z", "clear": "2026-01-16T06:00:00+01:00,1768543260"}
    said = {}
    for name, moments in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "runs.csv").write_text(f"{head}a,Box,2026-01-15,success,{moments}\n")
        said[name] = [text for text in load(warehouse(), tmp_path / name).warnings if "read as UTC" in text]
    assert said == {"plain": ["moments without an offset are read as UTC: runs (started_at)"], "clear": []}
