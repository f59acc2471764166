"""`fireline silence`, beside a process that serves: the same preview, the same store."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.config.settings import Settings
from bot.services.gate import GateService
from bot.state_adapters import state
from tests.support.gate_story import RULES, finding
from tests.support.slack_bench import WORLD


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A history is loaded, and a P1 of Summary was announced an hour ago."""
    data = tmp_path / "data"
    data.mkdir()
    loaded = CliRunner().invoke(app, ["load", str(WORLD.write(data)), "--home", str(tmp_path)])
    assert loaded.exit_code == 0, loaded.output
    since = datetime.now(UTC) - timedelta(hours=1)
    with state(Settings(home=tmp_path)) as store:
        held = finding("Summary", severity="P1", since=since, evident_at=since)
        GateService(store, RULES).tick(since.replace(microsecond=0) + timedelta(minutes=5), [held])
    return tmp_path


def said(result: Result) -> str:
    """As one line; what is printed fits the terminal."""
    assert max(map(len, result.stdout.splitlines())) <= 80
    return " ".join(result.stdout.split())


def fireline(home: Path, *arguments: str, command: str = "silence") -> Result:
    return CliRunner().invoke(app, [command, *arguments, "--home", str(home)])


def test_a_preview_sets_nothing_until_it_is_said(home: Path) -> None:
    shown = fireline(home, "set", "Summary", "2h", "source moves")
    assert shown.exit_code == 0, shown.output
    assert "it would have hidden 1 incident (INC-1), 0 notifications delivered" in said(shown)
    assert "Nothing is silenced: add --yes" in said(shown)
    assert fireline(home, "list").stdout == "Nothing is silenced.\n"
    done = json.loads(fireline(home, "set", "Summary", "2h", "source moves", "--yes", "--json", "--as", "Ana").stdout)
    assert (done["set"], done["would_have_hidden"]["incidents"], done["open"]) == (True, ["INC-1"], ["INC-1"])
    [held] = json.loads(fireline(home, "list", "--json").stdout)
    assert (held["processor"], held["by"], held["reason"]) == ("Summary", "Ana", "source moves")
    assert held["id"] in said(fireline(home, "list"))
    ended = said(fireline(home, "end", held["id"], "--as", "Ana"))
    assert "Ana ended the silence of Summary. It hid 0 findings" in ended
    assert fireline(home, "end", held["id"]).exit_code == 1


def test_a_window_is_planned_ahead(home: Path) -> None:
    begins = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    when = f"{begins:%Y-%m-%dT%H:%M}..{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    shown = fireline(home, "plan", "all", when, "a move", command="window")
    assert shown.exit_code == 0, shown.output
    assert "Plan a window for all processors from" in said(shown)
    assert "Nothing is planned: add --yes" in said(shown)
    assert fireline(home, "list", command="window").stdout == "No window is planned.\n"
    planned = said(fireline(home, "plan", "phase 2", when, "a move", "--yes", "--as", "Ana", command="window"))
    assert "Ana plans a window for phase 2 from" in planned
    [held] = json.loads(fireline(home, "list", "--json", command="window").stdout)
    assert (held["phase"], held["by"], held["since"]) == (2, "Ana", begins.replace(second=0).isoformat())
    assert json.loads(fireline(home, "list", "--json").stdout) == []
    assert "ended the window of phase 2" in fireline(home, "end", held["id"], command="window").stdout


def test_without_a_state_it_says_what_makes_one(tmp_path: Path) -> None:
    nothing = fireline(tmp_path, "list")
    assert (nothing.exit_code, nothing.stdout.startswith("Nothing is hidden: `fireline run`")) == (0, True)
    assert fireline(tmp_path, "list", "--json").stdout == "[]\n"
    refused = fireline(tmp_path, "end", "S1")
    assert refused.exit_code == 1
    assert "Nothing is detected in" in refused.output
