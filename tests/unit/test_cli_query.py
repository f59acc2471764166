"""`fireline query`: every name it lists, it prints, and that runs as it is; any other it refuses with the nearest."""

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from tests.support.builders import World, failed, game, loaded, raw_file, run

WORLD = World(
    [run("a"), failed("b", start=32, category="no_data_available")],
    [loaded()],
    [raw_file()],
    [game()],
)


def fireline(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    result = fireline("load", str(WORLD.write(tmp_path_factory.mktemp("data"))), "--home", str(home))
    assert result.exit_code == 0, result.output
    return home


def printed(home: Path, *arguments: str) -> str:
    result = fireline("query", *arguments, "--home", str(home))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_listed_query_runs_as_it_is_printed(home: Path) -> None:
    names = printed(home).splitlines()
    assert "health_counts_live" in names
    texts = [printed(home, name) for name in names]
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as console:
        for text in texts:
            console.execute(text).fetchall()


def test_what_changes_something_or_needs_a_load_is_not_listed(home: Path) -> None:
    assert {"merge_runs", "schema", "staged_runs", "live_counts", "loaded_fingerprints"}.isdisjoint(
        printed(home).splitlines()
    )


def test_it_is_about_the_processor_that_is_named(home: Path) -> None:
    text = printed(home, "evidence_of", "--processor", "box")
    assert "'Box'" in text
    as_json = json.loads(printed(home, "evidence_of", "--processor", "box", "--json"))
    assert as_json == {"name": "evidence_of", "sql": text}
    unknown = fireline("query", "evidence_of", "--processor", "Boks", "--home", str(home))
    assert (unknown.exit_code, "Did you mean Box" in unknown.stderr) == (1, True)


def test_a_query_about_nothing_says_what_to_load(tmp_path: Path) -> None:
    result = fireline("query", "history", "--home", str(tmp_path))
    assert result.exit_code == 1
    assert "fireline load DIR" in result.stderr


@pytest.mark.parametrize(
    "name", ["helth_counts", "", "../secrets", "health_counts_live.sql", "x" * 5_000, "{evidence}", "💥"]
)
def test_another_name_is_refused(name: str) -> None:
    result = fireline("query", name)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"fireline: There is no query {name!r}.")
    assert type(result.exception) is SystemExit


def test_the_nearest_name_is_suggested() -> None:
    assert "Did you mean health_counts_live" in fireline("query", "health_count_live").stderr
