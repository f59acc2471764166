"""`fireline load`: what it tells, what it refuses, and that a refused load leaves everything as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from tests.support.builders import World, failed, game, loaded, raw_file, run, write_rows

WORLD = World([run("a"), failed("b", start=32)], [loaded()], [raw_file()], [game()])


def fireline(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=environment)


def load(home: Path, directory: Path, *more: str) -> Result:
    return fireline("load", str(directory), "--home", str(home), *more)


def health(home: Path) -> Any:
    """Without the trend and the like: the counts of every row."""
    result = fireline("health", "--json", "--home", str(home))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a history, into which nothing more gets."""
    home = tmp_path_factory.mktemp("home")
    result = load(home, WORLD.write(tmp_path_factory.mktemp("data")))
    assert result.exit_code == 0, result.output
    return home


def test_what_a_load_tells(tmp_path: Path) -> None:
    world = WORLD.but(runs=[*WORLD.runs, run("bad", status="?")])
    result = load(tmp_path / "home", world.write(tmp_path / "data", ".ndjson"))
    assert result.exit_code == 0
    assert "runs.ndjson: 3 rows: 2 new, 0 corrected, 0 already there, 1 rejected" in result.stdout
    assert "rejected: runs.ndjson row 3 (bad): status '?' is none of" in result.stderr
    assert "warning: no planned_windows file" in result.stderr

    again = load(tmp_path / "home", tmp_path / "data")
    assert again.exit_code == 0
    assert "runs.ndjson: already loaded, nothing changed" in again.stdout
    assert "rejected" not in again.stderr


def test_a_second_load_leaves_every_answer_as_it_was(tmp_path: Path) -> None:
    home, directory = tmp_path / "home", WORLD.write(tmp_path / "data")
    load(home, directory)
    before = health(home)
    load(home, directory)
    assert health(home) == before


def test_the_report_as_json(tmp_path: Path) -> None:
    result = load(tmp_path / "home", WORLD.write(tmp_path / "data"), "--json")
    told = json.loads(result.stdout)
    assert set(told) == {"files", "rejected", "warnings", "waiting", "touched_from", "registry_warnings"}
    assert [file["file"] for file in told["files"]][-1] == "runs.parquet"
    assert (told["files"][-1]["added"], told["files"][-1]["rows"]) == (2, 2)


def test_many_rejected_rows_are_summed_up(tmp_path: Path) -> None:
    rows = [run("good"), *(run(f"bad{number}", status="?") for number in range(50))]
    result = load(tmp_path / "home", World(rows).write(tmp_path / "data", ".csv"))
    assert result.stderr.count("rejected: runs.csv row") == 20
    assert "rejected: 30 more rows (--json names up to 10,000)" in result.stderr


HALF_A_REGISTRY = 'processors:\n- name: Box\n  phase: 2\n- name: "Sum'
BAD_FILES = {
    "registry.yaml": [
        (HALF_A_REGISTRY, "registry.yaml:"),
        ("", "the file is empty"),
        ("[]", "it must be a mapping"),
        ("processors:\n- name: Box\n  phase: two\n- name: Box\n  phase: 2\n", "problems in the configuration"),
        ("processors:\n- {name: Box, phase: 2, dependencies: [Bix]}\n", "there is no such processor"),
        ("\x00\x01", "registry.yaml"),
    ],
    "runs.parquet": [("PAR1", "runs.parquet: cannot be read as parquet"), ("", "runs.parquet: cannot be read")],
    "runs.csv": [("", "runs.csv: is empty")],
    "table_loads.ndjson": [
        ("{}", "table_loads.ndjson row 1: table_name is missing"),
        ('{"table_name": "raw.box"}', "table_loads.ndjson: has no column data_date"),
    ],
}
CASES = [(name, text, told) for name, cases in BAD_FILES.items() for text, told in cases]


@pytest.mark.parametrize(("name", "text", "told"), CASES)
def test_a_file_that_makes_no_sense_stops_the_load(
    refusing: Path, tmp_path: Path, name: str, text: str, told: str
) -> None:
    before = health(refusing)
    WORLD.but(runs=[run("new")]).write(tmp_path, ".ndjson")
    if name.startswith("runs"):
        (tmp_path / "runs.ndjson").unlink()
    if name.startswith("table_loads"):
        (tmp_path / "table_loads.ndjson").unlink()
    (tmp_path / name).write_text(text)
    result = load(refusing, tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith("fireline: ")
    assert told in result.stderr
    assert type(result.exception) is SystemExit
    assert health(refusing) == before


def test_directories_that_are_none(refusing: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for directory, told in (
        (tmp_path / "nowhere", "is not a directory"),
        (tmp_path / "file", "is not a directory"),
        (tmp_path / "empty", "holds no data file"),
        (Path("/dev/null"), "is not a directory"),
        (tmp_path / ("long" * 1_000), "File name too long"),
    ):
        result = load(refusing, directory)
        assert result.exit_code == 1, directory
        assert told in result.stderr, result.exception
        assert type(result.exception) is SystemExit


def test_two_runs_files(refusing: Path, tmp_path: Path) -> None:
    WORLD.write(tmp_path)
    write_rows(tmp_path / "runs.csv", WORLD.runs)
    result = load(refusing, tmp_path)
    assert result.exit_code == 1
    assert "both runs.csv and runs.parquet are there; keep one of them" in result.stderr


@pytest.mark.parametrize("place", ["a file", "under a file", "/proc/nowhere"])
def test_a_home_that_cannot_be(tmp_path: Path, place: str) -> None:
    directory = WORLD.write(tmp_path / "data")
    (tmp_path / "file").write_text("x")
    home = {"a file": tmp_path / "file", "under a file": tmp_path / "file" / "home"}.get(place, Path(place))
    for command in (["load", str(directory)], ["health"]):
        result = fireline(*command, "--home", str(home))
        assert result.exit_code == 1
        assert result.stderr.startswith("fireline: ")
        assert str(home) in result.stderr
        assert type(result.exception) is SystemExit
    assert (tmp_path / "file").read_text() == "x"


def test_the_home_may_be_named_by_the_environment(tmp_path: Path) -> None:
    directory = WORLD.write(tmp_path / "data")
    assert fireline("load", str(directory), FIRELINE_HOME=str(tmp_path / "home")).exit_code == 0
    assert (tmp_path / "home" / "warehouse.duckdb").exists()
    assert health(tmp_path / "home")["noise"]["raw_failures"] == 1


def test_a_changed_registry_alone_is_taken_up(tmp_path: Path) -> None:
    home, directory = tmp_path / "home", WORLD.write(tmp_path / "data")
    load(home, directory)
    fewer = [entry for entry in WORLD.processors if entry["name"] != "Roster"]
    WORLD.but(processors=fewer, runs=WORLD.runs).write(directory)
    assert load(home, directory).exit_code == 0
    assert [row["name"] for row in health(home)["processors"]] == [entry["name"] for entry in fewer]


def test_a_folder_without_a_registry_keeps_the_stored_one(tmp_path: Path) -> None:
    home, more = tmp_path / "home", tmp_path / "more"
    load(home, WORLD.write(tmp_path / "data"))
    known = [processor["name"] for processor in health(home)["processors"]]
    more.mkdir()
    write_rows(more / "runs.csv", [run("late", start=34)])
    result = load(home, more)
    assert (result.exit_code, "bundled" in result.stderr) == (0, False)
    assert [processor["name"] for processor in health(home)["processors"]] == known


@pytest.mark.parametrize(
    ("name", "said", "known"),
    [
        ("Box", "one was drafted from it", ["Box"]),
        ("NbacGamebookProcessor", "the bundled registry is used; add yours", None),
    ],
)
def test_data_without_any_registry_gets_the_one_of_its_platform(
    name: str, said: str, known: list[str] | None, tmp_path: Path
) -> None:
    """Another team's is drafted: what the bundled platform expects is not expected of it."""
    (tmp_path / "data").mkdir()
    write_rows(tmp_path / "data" / "runs.csv", [run("a", name)])
    result = load(tmp_path / "home", tmp_path / "data")
    assert f"warning: data has no registry.yaml: {said}" in result.stderr
    found = [row["name"] for row in health(tmp_path / "home")["processors"]]
    assert found == known if known else len(found) > 10
