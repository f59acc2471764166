"""What makes two rows the same run: processor, run_id, data date and start, in any order of loads."""

from datetime import UTC, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import Timeline
from bot.domain.health.model import Window
from bot.services.replay import ALWAYS
from tests.support.builders import DAY, NOW, Row, World, at, contents, failed, load, registry, rows_of, run, warehouse

NEXT = DAY + timedelta(days=1)
UNDER_WAY: Row = {"status": "running", "completed_at": None, "duration_seconds": None}


def counted(into: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for count in into.health_counts(Window.live(NOW, 7)):
        found[count.status] = found.get(count.status, 0) + count.runs
    return found


def loaded_with(directory: Path, rows: list[Row]) -> tuple[dict[str, int], list[str]]:
    into = warehouse()
    report = load(into, World(rows).write(directory))
    return counted(into), [warning for warning in report.warnings if "several runs" in warning]


TWO_RUNS = {
    "two processors": [run("x"), failed("x", "Daily", start=31)],
    "two processors at once": [run("x"), failed("x", "Daily")],
    "two dates": [run("x"), failed("x", day=NEXT)],
    "two dates at once": [run("x"), failed("x", data_date=NEXT)],
    "two attempts": [failed("x", attempt=1), run("x", start=30.5, attempt=2)],
}


@pytest.mark.parametrize("shared", TWO_RUNS)
def test_a_shared_id_names_two_runs_and_it_is_said(tmp_path: Path, shared: str) -> None:
    counts, warnings = loaded_with(tmp_path, TWO_RUNS[shared])
    assert counts == {"success": 1, "failed": 1}
    told = "1 run id names several runs (2 rows, the first id: x): identified by processor, data date and start"
    assert warnings == [f"runs.parquet: {told}"]


@pytest.mark.parametrize("shared", TWO_RUNS)
def test_a_shared_id_names_two_runs_over_two_loads(tmp_path: Path, shared: str) -> None:
    into = warehouse()
    for place, row in enumerate(TWO_RUNS[shared]):
        load(into, World([row]).write(tmp_path / str(place)))
    assert counted(into) == {"success": 1, "failed": 1}
    assert len(rows_of(into, "runs")) == 2


def test_start_and_end_of_a_run_are_one(tmp_path: Path) -> None:
    rows = [run("x", inserted_at=at(30.01), **UNDER_WAY), run("x")]
    assert loaded_with(tmp_path, rows) == ({"success": 1}, [])


STARTED_LATER = [
    run("x", start=29.9, inserted_at=at(29.91), **UNDER_WAY),
    run("x", start=29.9, inserted_at=at(29.95), **UNDER_WAY),
    failed("x", start=30, inserted_at=at(30.1)),
    run("x", start=30, inserted_at=at(31)),
    run("other", start=29.9),
]


@pytest.fixture(scope="module")
def started_later(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The contents of a warehouse that took STARTED_LATER at once."""
    one = warehouse()
    load(one, World(STARTED_LATER).write(tmp_path_factory.mktemp("one")))
    return contents(one)


@pytest.mark.parametrize("order", [*permutations(range(4))][::5], ids=str)
def test_a_start_that_was_reported_too_early_is_not_a_run_that_hangs(
    started_later: Any, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Many schedulers write the row when a run is queued, and its start when it begins."""
    into = warehouse()
    load(into, World([STARTED_LATER[4]]).write(tmp_path / "first"))
    for place in order:
        load(into, World([STARTED_LATER[place]]).write(tmp_path / str(place)))
    assert counted(into) == {"success": 2}
    assert contents(into) == started_later
    assert {row[4] for row in rows_of(into, "superseded_runs")} == {at(30)}


AT_ONCE = run("x"), {**failed("x"), "completed_at": run("x")["completed_at"]}


@pytest.mark.parametrize("loads", [[AT_ONCE], [AT_ONCE[::-1]], [AT_ONCE[:1], AT_ONCE[1:]], [AT_ONCE[1:], AT_ONCE[:1]]])
def test_of_two_ends_at_one_moment_the_failure_counts_and_it_is_said(tmp_path: Path, loads: list[list[Row]]) -> None:
    into = warehouse()
    for place, rows in enumerate(loads):
        report = load(into, World(rows).write(tmp_path / str(place)))
    assert (counted(into), statuses(into)) == ({"failed": 1}, ["failed"])
    said = f"1 run ends in two ways at the same moment (the first: Box of {DAY}): a failure counts before any other end"
    assert f"runs.parquet: {said}" in report.warnings


def test_an_end_that_became_known_with_its_start_is_no_run_that_hangs(tmp_path: Path) -> None:
    """Where `inserted_at` is when the row was made: each change of it bears the same."""
    into = warehouse()
    for place, row in enumerate([run("x", **UNDER_WAY), run("x")]):
        load(into, World([row]).write(tmp_path / str(place)))
    assert (counted(into), statuses(into)) == ({"success": 1}, ["success"])


def statuses(into: SqlWarehouse) -> list[str]:
    """As detection sees them."""
    history = PipelineHistory(registry(), observed := into.observed(ALWAYS, NOW))
    history.at(NOW)
    history.take(Timeline(observed).until(NOW))
    seen = history.day("Box", DAY)
    return [*(each.status for each in seen.attempts), *(each.status for each in seen.under_way.values())]


def test_an_attempt_that_is_under_way_is_not_the_one_that_failed(tmp_path: Path) -> None:
    rows = [failed("x", attempt=1), run("x", start=30.5, attempt=2, inserted_at=at(30.6), **UNDER_WAY)]
    counts, _ = loaded_with(tmp_path, rows)
    assert counts == {"failed": 1, "running": 1}


def test_without_ids_rows_of_one_start_are_one_run(tmp_path: Path) -> None:
    into = warehouse()
    rows = [run("", inserted_at=at(30.01), **UNDER_WAY), run(""), failed("", inserted_at=at(30.2))]
    report = load(into, World(rows).write(tmp_path / "a", ".csv"))
    assert counted(into) == {"failed": 1}, "the newest row counts"
    assert "runs.csv: 3 rows have no run_id: identified by processor, data date and start" in report.warnings
    load(into, World([*rows, run("", start=31)]).write(tmp_path / "b", ".csv"))
    assert counted(into) == {"success": 1, "failed": 1}


def test_rows_without_ids_that_differ_in_more_than_their_end_are_named(tmp_path: Path) -> None:
    report = load(warehouse(), World([failed("", attempt=1), run("", attempt=2)]).write(tmp_path, ".csv"))
    said = "the rows of 1 run without run_id differ in phase, attempt, trigger or status: the newest counts"
    assert f"runs.csv: {said}; export the run_id too" in report.warnings


def test_what_was_known_of_shared_ids_at_a_moment(tmp_path: Path) -> None:
    into = warehouse()
    rows = [failed("x"), failed("x", "Daily", start=30.5), run("x", "Daily", start=30.5, inserted_at=at(40))]
    load(into, World(rows).write(tmp_path))
    for hours, told in ((30.2, {"failed": 1}), (35, {"failed": 2}), (45, {"failed": 1, "success": 1})):
        found: dict[str, int] = {}
        moment = at(hours).replace(tzinfo=NOW.tzinfo)
        for count in into.health_counts(Window.at(moment, 7)):
            found[count.status] = found.get(count.status, 0) + count.runs
        assert found == told


WITH_IDS = [run("a"), failed("b", start=31), run("row-3", start=32, inserted_at=at(32.01), **UNDER_WAY)]
WITHOUT = [{key: value for key, value in row.items() if key != "run_id"} for row in (*WITH_IDS, run("", start=33))]
CORRECTED = [{**WITHOUT[0], "records_processed": 7, "inserted_at": at(40)}]
EXPORTS = {"with": WITH_IDS, "without": WITHOUT, "corrected": CORRECTED}


@pytest.fixture(scope="module")
def all_exports(tmp_path_factory: pytest.TempPathFactory) -> SqlWarehouse:
    """Took all of EXPORTS at once."""
    one = warehouse()
    columns = [row | {"run_id": row.get("run_id", "")} for row in (*WITH_IDS, *WITHOUT, *CORRECTED)]
    load(one, World(columns).write(tmp_path_factory.mktemp("one"), ".csv"))
    return one


@pytest.mark.parametrize("order", [*permutations(EXPORTS)], ids=" ".join)
def test_rows_exported_again_without_their_ids_are_the_same_runs(
    all_exports: SqlWarehouse, tmp_path: Path, order: tuple[str, ...]
) -> None:
    into = warehouse()
    for name in order:
        report = load(into, World(EXPORTS[name]).write(tmp_path / name))
        [file] = [file for file in report.files if file.file == "runs.parquet"]
        assert file.added + file.corrected + file.unchanged == file.rows
    assert counted(into) == counted(all_exports) == {"success": 2, "failed": 1, "running": 1}
    assert contents(into) == contents(all_exports)
    assert next(row[7] for row in rows_of(into, "runs") if row[0] == "a") == 7


def test_a_second_export_without_ids_has_nothing_new(tmp_path: Path) -> None:
    into = warehouse()
    load(into, World(WITH_IDS).write(tmp_path / "first"))
    load(into, World(WITHOUT).write(tmp_path / "again"))
    file = load(into, World([*WITHOUT, run("c", start=34)]).write(tmp_path / "third", ".csv")).files[-1]
    assert (file.rows, file.added, file.corrected, file.unchanged) == (5, 1, 0, 4)


PRECISIONS = {"seconds": 0, "milliseconds": 123_000, "microseconds": 123_456}


@pytest.mark.parametrize("order", list(permutations(PRECISIONS)))
def test_a_start_exported_again_in_another_precision_is_the_same_run(tmp_path: Path, order: tuple[str, ...]) -> None:
    """In any order; at every moment it is the run that it was."""
    into = warehouse()
    for place, name in enumerate(order):
        started = at(30) + timedelta(microseconds=PRECISIONS[name])
        row = {**run("x"), "started_at": started, "inserted_at": at(30.5 + place)}
        [runs] = load(into, World([row]).write(tmp_path / name)).files
        assert (runs.added, runs.corrected + runs.unchanged) == ((1, 0) if place == 0 else (0, 1)), name
    assert counted(into) == {"success": 1}
    [kept] = rows_of(into, "runs")
    assert at(30) + timedelta(microseconds=123_456) in kept
    assert len({seen.started_at for seen in into.observed(NOW - timedelta(days=9), NOW).runs}) == 1


AGAIN = [
    ("milliseconds", "seconds", "microseconds"),
    ("seconds", "microseconds"),
    ("seconds", "microseconds x"),
    ("seconds x", "microseconds"),
    ("microseconds x", "seconds"),
    ("microseconds", "seconds x"),
]


@pytest.mark.parametrize("exports", AGAIN, ids=" ".join)
def test_without_an_id_a_start_in_another_precision_is_the_same_run(tmp_path: Path, exports: tuple[str, ...]) -> None:
    into = warehouse()
    for place, export in enumerate(exports):
        name, _, run_id = export.partition(" ")
        started = at(30) + timedelta(microseconds=PRECISIONS[name])
        rows = [{**run(run_id), "started_at": started, "inserted_at": at(30.5 + place)}]
        other = {**run("", start=29), "records_processed": place}
        [file] = load(into, World([*rows, other]).write(tmp_path / name, ".csv")).files
        assert (file.added, file.corrected + file.unchanged) == ((2, 0) if place == 0 else (0, 2)), name
    assert counted(into) == {"success": 2}
    [kept] = [row for row in rows_of(into, "runs") if at(30) + timedelta(microseconds=123_456) in row]
    assert (kept[0] == "x") is any(export.endswith(" x") for export in exports)


def test_without_ids_two_starts_within_a_second_stay_two_runs(tmp_path: Path) -> None:
    into = warehouse()
    starts = [at(30) + timedelta(milliseconds=each) for each in (250, 700)]
    load(into, World([{**run(""), "started_at": start} for start in starts]).write(tmp_path / "fine", ".csv"))
    load(into, World([run("", inserted_at=at(40))]).write(tmp_path / "coarse", ".csv"))
    assert counted(into) == {"success": 2}


def test_what_ended_is_known_by_its_finer_start(tmp_path: Path) -> None:
    """An end in whole seconds is not before the start."""
    into = warehouse()
    fine = at(30) + timedelta(microseconds=400_000)
    load(into, World([{**run("x", inserted_at=at(30.01), **UNDER_WAY), "started_at": fine}]).write(tmp_path / "start"))
    load(into, World([{**run("x"), "completed_at": at(30)}]).write(tmp_path / "end"))
    found = max(into.observed(NOW - timedelta(days=9), NOW).runs, key=lambda seen: seen.known_at)
    assert found.started_at == found.ended_at == fine.replace(tzinfo=UTC)


def test_an_id_used_again_for_another_start_stays_another_run(tmp_path: Path) -> None:
    """Attempts within one second, exported again in whole seconds."""
    into = warehouse()
    starts = [at(30) + timedelta(milliseconds=each) for each in (250, 700)]
    load(into, World([{**run("x"), "started_at": start} for start in starts]).write(tmp_path / "fine"))
    load(into, World([run("x", inserted_at=at(40)), run("x", start=31)]).write(tmp_path / "coarse"))
    assert counted(into) == {"success": 3}
