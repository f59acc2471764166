"""Loading a directory: whole or not at all, again without effect, late and corrected rows, histories as they are."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.errors import BadInput
from bot.domain.evidence.runs import InputKind, Traits
from bot.domain.health.model import Tally, Window
from bot.services.loading import find_files
from tests.support.builders import (
    DAY,
    NOW,
    Row,
    World,
    at,
    contents,
    failed,
    game,
    load,
    loaded,
    raw_file,
    rows_of,
    run,
    warehouse,
    write_rows,
)

WORLD = World([run("a"), failed("b", category="error")], [loaded()], [raw_file()], [game()])
END = datetime(2026, 1, 19, tzinfo=UTC)


def column(into: Any, name: str) -> dict[str, Any]:
    """One column of the current runs, by run_id."""
    names = [
        "run_id",
        "processor_name",
        "phase",
        "data_date",
        "started_at",
        "completed_at",
        "status",
        "records_processed",
    ]
    names += ["duration_seconds", "failure_category", "error_message", "attempt", "trigger", "last_heartbeat_at"]
    place = [*names, "inserted_at", "recorded", "hinted"].index(name)
    return {row[0]: row[place] for row in rows_of(into, "runs")}


def counted(into: Any, as_of: datetime = END, *, exact: bool = False) -> dict[str, int]:
    window = Window.at(as_of, 7) if exact else Window.live(as_of, 7)
    found: dict[str, int] = {}
    for count in into.health_counts(window):
        found[count.status] = found.get(count.status, 0) + count.runs
    return found


def test_a_second_load_changes_nothing(tmp_path: Path) -> None:
    into, directory = warehouse(), WORLD.write(tmp_path)
    load(into, directory)
    before = contents(into)
    again = load(into, directory)
    assert all(file.already_loaded for file in again.files)
    assert again.touched_from is None
    assert contents(into) == before


def test_the_same_rows_in_another_format_change_nothing(tmp_path: Path) -> None:
    into = warehouse()
    load(into, WORLD.write(tmp_path / "a"))
    before = contents(into)
    report = load(into, WORLD.write(tmp_path / "b", ".ndjson"))
    assert [(file.file, file.added, file.corrected) for file in report.files][-1] == ("runs.ndjson", 0, 0)
    assert contents(into) == before


@pytest.mark.parametrize("suffix", [".csv", ".ndjson", ".jsonl"])
def test_text_formats_answer_like_parquet(tmp_path: Path, suffix: str) -> None:
    one, other = warehouse(), warehouse()
    load(one, WORLD.write(tmp_path / "a"))
    load(other, WORLD.write(tmp_path / "b", suffix))
    assert contents(one) == contents(other)


def test_a_run_that_ends_is_corrected_and_known_as_it_was(tmp_path: Path) -> None:
    into = warehouse()
    running = run(
        "a", status="running", completed_at=None, records_processed=None, duration_seconds=None, inserted_at=at(31)
    )
    load(into, World([running]).write(tmp_path / "1"))
    report = load(into, World([run("a", inserted_at=at(33))]).write(tmp_path / "2"))
    assert [(file.added, file.corrected) for file in report.files] == [(0, 1)]
    assert counted(into) == {"success": 1}
    then = datetime(2026, 1, 16, 8, tzinfo=UTC)
    assert counted(into, then, exact=True) == {"running": 1}
    assert counted(into, then.replace(hour=10), exact=True) == {"success": 1}


def test_an_older_version_that_comes_late_does_not_undo_the_newer(tmp_path: Path) -> None:
    into = warehouse()
    load(into, World([run("a", inserted_at=at(33))]).write(tmp_path / "1"))
    load(into, World([failed("a", inserted_at=at(32))]).write(tmp_path / "2"))
    assert counted(into) == {"success": 1}
    assert counted(into, datetime(2026, 1, 16, 8, 30, tzinfo=UTC), exact=True) == {"failed": 1}


def test_evidence_that_comes_late_changes_old_answers(tmp_path: Path) -> None:
    """A recorded "no data" is masked as soon as it is known that its file was there and the table stayed empty."""
    into = warehouse()
    quiet = [failed("a", category="no_data_available", start=30)]
    known = DAY - timedelta(days=1)
    load(into, World(quiet, [loaded(day=known)], [raw_file(day=known)], [game()]).write(tmp_path / "1"))
    assert {count.input for count in into.health_counts(Window.live(END, 7))} == {"absent"}
    load(into, World(raw_files=[raw_file(hours=28)]).write(tmp_path / "2"))
    (count,) = into.health_counts(Window.live(END, 7))
    assert (count.input, count.state.expected, count.state.filled, count.state.judged) == ("ready", True, False, True)


def test_a_poll_that_found_nothing_while_its_table_was_full_is_not_masked_once_the_table_is_emptied(
    tmp_path: Path,
) -> None:
    """Only what said "no data" after the rows had gone has hidden their loss."""
    into = warehouse()
    polls = [
        failed(f"p{hour}", category="no_data_available", start=hour, trigger="poll") for hour in (32, 33, 34, 36, 37)
    ]
    full = World([run("r"), *polls], [loaded(hours=31)], [raw_file(hours=28)], [game()])
    load(into, full.write(tmp_path / "1"))
    assert masked(into) == 0
    load(into, World(table_loads=[loaded(rows=0, hours=35)]).write(tmp_path / "2"))
    assert masked(into) == masked(into, exact=True) == 2
    load(into, World(table_loads=[loaded(rows=90, hours=40)]).write(tmp_path / "3"))
    assert masked(into) == masked(into, exact=True) == 0


def masked(into: SqlWarehouse, *, exact: bool = False) -> int:
    tally = Tally()
    for count in into.health_counts(Window.at(END, 7) if exact else Window.live(END, 7)):
        tally.add(count, Traits(polling=True, input_kind=InputKind.FILE))
    return tally.masked


def test_both_vocabularies_and_an_unknown_word(tmp_path: Path) -> None:
    words = [
        None,
        "no_data_available",
        "dependency_missing",
        "upstream_failure",
        "error",
        " Processing_Error ",
        "unknown",
        "gremlins",
    ]
    into = warehouse()
    report = load(into, World([failed(str(place), category=word) for place, word in enumerate(words)]).write(tmp_path))
    recorded = list(column(into, "recorded").values())
    assert recorded[:4] == ["", "no_data_available", "upstream_failure", "upstream_failure"]
    assert recorded[4:] == ["processing_error", "processing_error", "", ""]
    assert [warning for warning in report.warnings if "vocabulary" in warning] == [
        "failure_category 'gremlins' is in no vocabulary: its 1 failed run is read as unknown"
    ]


@pytest.mark.parametrize(
    "names", [("data_date",), ("analysis_date",), ("execution_date",), ("data_date", "analysis_date")]
)
@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_any_of_the_date_columns(tmp_path: Path, names: tuple[str, ...], suffix: str) -> None:
    """Some processors write the one, some the other: rows of both kinds lie in one history."""
    rows: list[Row] = []
    for place, name in enumerate(names):
        row = run(str(place))
        rows.append({**row, "data_date": None, name: row["data_date"]})
    if "data_date" not in names:
        rows = [{key: value for key, value in row.items() if key != "data_date"} for row in rows]
    (tmp_path / "x").mkdir()
    write_rows(tmp_path / "x" / f"runs{suffix}", rows)
    into = warehouse()
    report = load(into, tmp_path / "x")
    assert report.rejected == ()
    assert set(column(into, "data_date").values()) == {DAY}


OPTIONAL = {
    "run_id": "identified by processor, data date and start",
    "phase": "registry does not name",
    "completed_at": "when a run ended",
    "records_processed": "brought no records",
    "failure_category": "recorded cause",
    "error_message": "error text",
    "attempt": "repeated attempts",
    "trigger": "polls, retries and backfills",
    "last_heartbeat_at": "hung run",
    "inserted_at": "became known",
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_missing_optional_column_is_named_once_with_its_cost(tmp_path: Path, name: str) -> None:
    rows = [{key: value for key, value in row.items() if key != name} for row in (run("a"), failed("b", start=31))]
    into = warehouse()
    report = load(into, World(rows).write(tmp_path))
    (told,) = [warning for warning in report.warnings if f"no column {name}" in warning]
    assert OPTIONAL[name] in told
    assert into.history().warnings.count(told) == 1
    assert counted(into) == {"success": 1, "failed": 1}


def test_only_the_required_columns(tmp_path: Path) -> None:
    rows = [
        {"processor_name": "Box", "data_date": DAY, "started_at": at(30), "status": "success"},
        {"processor_name": "Box", "data_date": DAY, "started_at": at(30), "status": "failed"},
        {"processor_name": "Box", "data_date": DAY, "started_at": at(31), "status": "success"},
    ]
    into = warehouse()
    report = load(into, World(rows).write(tmp_path, ".csv"))
    assert counted(into) == {"success": 1, "failed": 1}
    said = "the rows of 1 run without run_id differ in phase, attempt, trigger or status: the newest counts"
    assert f"runs.csv: {said}; export the run_id too" in report.warnings
    assert len([warning for warning in report.warnings if "no column" in warning]) == len(OPTIONAL) + 1
    load(into, World([*rows, {**rows[2], "started_at": at(32)}]).write(tmp_path / "more", ".csv"))
    assert counted(into) == {"success": 2, "failed": 1}, "the same rows again are the same runs"


@pytest.mark.parametrize("missing", ["table_loads", "raw_files", "game_schedule"])
def test_a_missing_companion_is_named_with_its_cost(tmp_path: Path, missing: str) -> None:
    report = load(warehouse(), WORLD.but(**{missing: ()}).write(tmp_path))
    assert any(warning.startswith(f"no {missing} file: cannot tell ") for warning in report.warnings)


def test_evidence_may_come_alone_once_there_is_a_history(tmp_path: Path) -> None:
    into = warehouse()
    only = World(table_loads=[loaded()]).write(tmp_path / "only")
    with pytest.raises(BadInput, match="there is no runs file"):
        load(into, only)
    load(into, World([run("a")]).write(tmp_path / "first"))
    report = load(into, only)
    assert [file.file for file in report.files] == ["table_loads.parquet"]
    assert all("never names" in warning or "read as UTC" in warning for warning in report.warnings)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> SqlWarehouse:
    """Holds WORLD, for tests after which it holds the same."""
    into = warehouse()
    load(into, WORLD.write(tmp_path_factory.mktemp("unchanged")))
    return into


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("runs.parquet", b"PAR1 and then nothing", "runs.parquet: cannot be read as parquet"),
        ("runs.parquet", b"", "runs.parquet: cannot be read as parquet"),
        ("runs.csv", b"", "runs.csv: is empty; its first line must name the columns"),
        ("runs.csv", b"\xff\xfe\x00garbage\n\x00\x01", "runs.csv: has no column processor_name"),
        (
            "runs.csv",
            b"a,b\n1,2\n",
            "runs.csv: has no column processor_name .or scraper_name, dag_id, job_name.; it has a, b",
        ),
        ("runs.ndjson", b"", "runs.ndjson: holds no rows; an empty run history tells nothing"),
        (
            "runs.ndjson",
            b"not json\nat all\n",
            "runs.ndjson: none of its 2 rows can be used; the first: .* not a JSON object",
        ),
        ("runs.json", b'{"runs": []}', "runs.json: has no column processor_name .*; it has runs"),
        ("runs.json", b'{"runs":\n []}', "runs.json: holds one dict; write a list of objects"),
        ("runs.json", b"{", "runs.json: is not JSON"),
        ("runs.json", b"[{}", "runs.json: is not JSON"),
        ("runs.csv", b"\x1f\x8b\x08\x00", "runs.csv: is compressed with gzip; unpack it"),
        ("runs.csv", b"PAR1" + bytes(50), "runs.csv: is a Parquet file; name it .parquet"),
        ("runs.json", b"[]", "runs.json: holds no rows"),
        ("runs.json", b"\xff\xfe", "runs.json: holds no rows"),
        ("planned_windows.json", b"[1, 2]", "planned_windows.json: none of its 2 rows can be used"),
    ],
)
def test_a_file_that_makes_no_sense_changes_nothing(
    unchanged: SqlWarehouse, tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    before = contents(unchanged)
    (tmp_path / name).write_bytes(data)
    write_rows(tmp_path / "table_loads.csv", [loaded(rows=7, hours=50)])
    with pytest.raises(BadInput, match=told):
        load(unchanged, tmp_path)
    assert contents(unchanged) == before


@pytest.mark.parametrize("keep", [0.2, 0.9, 0.999])
def test_a_parquet_cut_off_half_way_changes_nothing(tmp_path: Path, keep: float) -> None:
    into, directory = warehouse(), WORLD.write(tmp_path / "good")
    whole = (directory / "runs.parquet").read_bytes()
    (directory / "runs.parquet").write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(BadInput, match=r"runs.parquet: cannot be read"):
        load(into, directory)
    assert rows_of(into, "runs") == []
    assert rows_of(into, "table_loads") == rows_of(into, "loaded_files") == []


def test_parquet_pages_that_are_corrupt_change_nothing(tmp_path: Path) -> None:
    """The footer is whole, the data between is not."""
    into = warehouse()
    directory = World([run(str(number)) for number in range(2_000)]).write(tmp_path)
    data = bytearray((directory / "runs.parquet").read_bytes())
    data[40 : len(data) // 3] = bytes(len(data) // 3 - 40)
    (directory / "runs.parquet").write_bytes(data)
    with pytest.raises(BadInput, match=r"runs.parquet: cannot be read"):
        load(into, directory)
    assert rows_of(into, "runs") == []


def test_parquet_without_rows(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT '' AS run_id WHERE false) TO '{tmp_path / 'runs.parquet'}' (FORMAT parquet)")
    with pytest.raises(BadInput, match="has no column processor_name"):
        load(warehouse(), tmp_path)
    WORLD.write(tmp_path)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS SELECT * FROM '{tmp_path / 'runs.parquet'}' LIMIT 0")  # noqa: S608
        connection.execute(f"COPY t TO '{tmp_path / 'runs.parquet'}' (FORMAT parquet)")
    with pytest.raises(BadInput, match=r"runs.parquet: holds no rows; an empty run history tells nothing"):
        load(warehouse(), tmp_path)


@pytest.mark.parametrize("names", [("runs.parquet", "runs.csv"), ("runs.ndjson", "runs.jsonl")])
def test_two_files_of_one_kind(tmp_path: Path, names: tuple[str, str]) -> None:
    for name in names:
        (tmp_path / name).write_text("x")
    with pytest.raises(BadInput, match=r"both runs\.\w+ and runs\.\w+ are there; keep one of them"):
        find_files(tmp_path)


@pytest.mark.parametrize(
    "name", ["runs.xlsx", "runs.parquet.gz", "runs", "Runs.parquet", "history.parquet", "runs.parquet/x"]
)
def test_other_names_are_no_data_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("x")
    with pytest.raises(BadInput, match=r"holds no data file. Expected runs.parquet, runs.csv, runs.ndjson"):
        find_files(tmp_path)


def test_planned_windows_are_known_from_their_announcement(tmp_path: Path) -> None:
    window = {
        "kind": "backfill",
        "processors": ["Box", "Daily"],
        "start": at(30),
        "end": at(40),
        "announced_at": at(20),
    }
    into = warehouse()
    load(into, World([run("a")], planned_windows=[window]).write(tmp_path))
    before, after = datetime(2026, 1, 15, 19, tzinfo=UTC), datetime(2026, 1, 15, 21, tzinfo=UTC)
    assert [found.windows for found in into.evidence("Box", DAY, DAY, before)] == [()]
    ((known,),) = [found.windows for found in into.evidence("Box", DAY, DAY, after)]
    assert known.processors == ("Box", "Daily")
    assert known.start == datetime(2026, 1, 16, 6, tzinfo=UTC)
    assert [found.windows for found in into.evidence("Poller", DAY, DAY, after)] == [()]


def test_keys_of_json_may_be_anything(tmp_path: Path) -> None:
    odd = {
        **run("a"),
        'quo"te': 1,
        "Ünï": 2,
        "": 3,
        "dot.ted": 4,
        "row_number": 5,
        "given_status": 6,
        "status ": None,
        "Status": None,
    }
    (tmp_path / "runs.ndjson").write_text(json.dumps(odd, default=str))
    into = warehouse()
    assert load(into, tmp_path).rejected == ()
    assert counted(into) == {"success": 1}


def test_a_game_that_is_moved_and_moved_back_is_due_where_it_is_played(tmp_path: Path) -> None:
    """The schedule comes whole each time: the second time as it was before."""
    later = DAY + timedelta(days=1)
    played, moved, first = game("G", DAY), game("G", later), game("F", DAY - timedelta(days=1))
    into, said = warehouse(), []
    for hour, (name, second) in enumerate((("a", played), ("b", moved), ("c", played), ("c", played))):
        files = WORLD.but(game_schedule=[first, second]).write(tmp_path / name, ".csv")
        report = load(into, files, now=NOW + timedelta(hours=hour))
        (schedule,) = [each for each in report.files if each.file.startswith("game_schedule")]
        due = [item.expected for item in into.evidence("Box", DAY, later, END)]
        said.append((schedule.corrected, schedule.already_loaded, due))
    there, elsewhere = [True, False], [False, True]
    assert said == [(0, False, there), (1, False, elsewhere), (1, False, there), (0, True, there)]
