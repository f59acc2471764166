"""`fireline validate`: whom it is about."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.domain.verdicts.judge import Judged, Verdict
from bot.domain.verdicts.validation import Validated
from bot.views.validate import card
from bot.views.validate_words import headline
from tests.support.builders import DAY, World, loaded, run
from tests.support.validations import WELL, checked, validation

FINE = checked(**WELL)
AHEAD = Judged(verdict=Verdict.NOT_YET, because="the date lies ahead", until=datetime(2026, 1, 20, 4, 20, tzinfo=UTC))
EARLY = replace(FINE, judged=AHEAD)


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


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "Nothing to check: no date lies in what was asked."),
        ([EARLY], "Not yet: 1 date to judge, from 2026-01-20 04:20 UTC."),
        ([EARLY, EARLY], "Not yet: 2 dates to judge, the first from 2026-01-20 04:20 UTC."),
        ([EARLY, FINE], "No finding: 2 dates checked, 1 of them not judged yet."),
        ([FINE], "No finding: 1 date checked."),
    ],
)
def test_what_is_not_judged_yet_is_not_said_to_be_well(rows: list[Validated], said: str) -> None:
    assert headline(validation(*rows)) == said


def test_no_finding_is_no_green_while_other_dates_have_open_incidents() -> None:
    made = replace(validation(FINE), open_elsewhere=True)
    assert card(made).text.startswith("🟡 No finding: 1 date checked; other dates have open incidents.")
    assert [card(each).text[0] for each in (validation(FINE), validation(EARLY), validation())] == ["🟢", "⚪", "⚪"]
