"""`fireline report`: the digest as text, Markdown and JSON, without a process that serves."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app

EXAMPLE = Path(__file__).parents[2] / "docs" / "example"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home")
    loaded = CliRunner().invoke(app, ["load", str(EXAMPLE), "--home", str(made)])
    assert loaded.exit_code == 0, loaded.output
    return made


def daily(home: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["report", "daily", *more, "--home", str(home)])


def test_the_digest_says_what_it_could_not_ask(home: Path) -> None:
    said = daily(home)
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("Daily digest, ")
    named = "silences, findings, shadow, Fireline's own pages, the digest before"
    assert f"Unavailable: {named}: nothing is stored yet" in said.stdout
    assert "Success by day" in said.stdout


def test_markdown_has_the_same_lines(home: Path) -> None:
    plain, marked = daily(home).stdout, daily(home, "--markdown").stdout
    lines = [line.lstrip("# ") for line in marked.splitlines() if line != "```"]
    assert [line.strip() for line in plain.splitlines() if line.strip()] == [line.strip() for line in lines if line]


def test_json_has_the_figures_of_health(home: Path) -> None:
    given = json.loads(daily(home, "--json").stdout)
    asked = json.loads(CliRunner().invoke(app, ["health", "--json", "--home", str(home)]).stdout)
    assert given["overall"] == asked["overall"]
    assert given["health"]["phases"] == asked["phases"]
    assert given["all_clear"] is False
    assert given["needs"][0]["kind"] == "blind"


def test_the_weekly_report_and_the_monthly_review(home: Path) -> None:
    said = {}
    for period in ("weekly", "monthly"):
        words = ["report", period, "--date", "2026-02-10", "--home", str(home)]
        plain = CliRunner().invoke(app, words)
        assert plain.exit_code == 0, plain.output
        marked = CliRunner().invoke(app, [*words, "--markdown"]).stdout
        assert marked.startswith(f"# {plain.stdout.splitlines()[0]}")
        said[period] = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert (said["weekly"]["date"], said["weekly"]["as_of"]) == ("2026-02-08", "2026-02-08T13:00:00Z")
    assert said["weekly"]["below_target"] == [2, 3, 5]
    assert said["weekly"]["unavailable"]["pages"].startswith("nothing is stored yet")
    assert (said["monthly"]["date"], said["monthly"]["month"]) == ("2026-02-02", "2026-01")
    assert said["monthly"]["incidents"] is None
    assert said["monthly"]["capacity"] == {"compared": [], "too_few_runs": 5}


def test_pictures_are_drawn_into_a_folder(home: Path, tmp_path: Path) -> None:
    drawn = daily(home, "--pictures", str(tmp_path))
    assert (drawn.exit_code, drawn.stdout) == (0, daily(home).stdout)
    assert (tmp_path / "success.png").read_bytes().startswith(b"\x89PNG")
    assert drawn.stderr.startswith(f"{tmp_path / 'success.png'}: Success rate by day over 7 days. ")
    nowhere = daily(home, "--pictures", str(tmp_path / "none"))
    assert (nowhere.exit_code, nowhere.stdout) == (1, "")


def test_a_fix_is_watched(home: Path) -> None:
    words = ["watch", "BoxscoreProcessor", "--since", "2026-02-06", "--days", "4", "--home", str(home)]
    said = CliRunner().invoke(app, [*words, "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert (found["processor"], found["verdict"]) == ("BoxscoreProcessor", "too early to tell")
    assert [found["before"]["runs"]["count"], found["after"]["runs"]["count"]] == [3, 6]
    assert CliRunner().invoke(app, words).stdout.startswith("Watch of BoxscoreProcessor since 6 Feb: ")
    unknown = CliRunner().invoke(app, ["watch", "Nothing", "--since", "2026-02-06", "--home", str(home)])
    assert unknown.exit_code == 1


def test_of_a_date_that_has_passed_and_of_one_to_come(home: Path) -> None:
    then = json.loads(daily(home, "--date", "2026-02-10", "--json").stdout)
    assert (then["date"], then["as_of"]) == ("2026-02-10", "2026-02-10T12:00:00Z")
    assert then["health"]["window"]["exact"] is True
    tomorrow = daily(home, "--date", "2199-01-01")
    assert tomorrow.exit_code == 1
