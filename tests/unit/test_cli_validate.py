"""`fireline validate`: whom it is about."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from tests.support.builders import DAY, World, loaded, run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validate")
    world = World([run("a"), run("b", "Daily", start=13)], [loaded(), loaded("raw.daily", hours=14)])
    assert CliRunner().invoke(app, ["load", str(world.write(folder / "data")), "--home", str(folder)]).exit_code == 0
    return folder


@pytest.mark.parametrize("named", [["Daily"], ["dail"], ["--processor", "Daily"]])
def test_a_processor_is_named_as_in_health_and_impact(home: Path, named: list[str]) -> None:
    shown = CliRunner().invoke(app, ["validate", *named, "--from", str(DAY), "--json", "--home", str(home)])
    assert {row["processor"] for row in json.loads(shown.stdout)["rows"]} == {"Daily"}


def test_a_processor_that_is_named_twice_is_refused(home: Path) -> None:
    refused = CliRunner().invoke(app, ["validate", "Daily", "--processor", "Box", "--home", str(home)])
    assert refused.exit_code == 1
    assert "'Daily' and --processor 'Box' are both given. Name the processor once." in refused.stderr


def test_dates_in_the_place_of_the_processor_are_the_dates(home: Path) -> None:
    """As Slack takes them, and as `health` advises."""
    shown = CliRunner().invoke(app, ["validate", f"{DAY}..{DAY}", "--json", "--home", str(home)])
    assert {(row["processor"], row["data_date"]) for row in json.loads(shown.stdout)["rows"]} >= {("Daily", str(DAY))}


def test_dates_behind_the_processor_are_the_dates(home: Path) -> None:
    shown = CliRunner().invoke(app, ["validate", "Daily", str(DAY), "--json", "--home", str(home)])
    assert [(row["processor"], row["data_date"]) for row in json.loads(shown.stdout)["rows"]] == [("Daily", str(DAY))]
    for said in ("7d", "2w"):
        shown = CliRunner().invoke(app, ["validate", "Daily", said, "--json", "--home", str(home)])
        days = {row["data_date"] for row in json.loads(shown.stdout)["rows"]}
        assert (len(days), max(days)) == ({"7d": 7, "2w": 14}[said], str(DAY)), "both ends count"
    twice = CliRunner().invoke(app, ["validate", "Daily", "yesterday", "--from", "2w", "--home", str(home)])
    assert (twice.exit_code, "Name the dates once." in twice.stderr) == (1, True)
