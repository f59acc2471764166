"""`fireline oncall`: who, why, the turns to come, those of nobody; as a table, as JSON, as a calendar."""

import json
import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from typer.testing import CliRunner, Result

from bot.cli.app import app

ZONE = ZoneInfo("America/New_York")
TEXT = """
timezone: America/New_York
people: [{name: Ana}, {name: Ben}]
rotas:
- {name: primary, layers: [{people: [Ana, Ben], starts: 2026-01-05, every_days: 1, weekdays: [mon, tue]}]}
- {name: manager, layers: [{people: [Ben]}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "oncall.yaml").write_text(TEXT)
    monkeypatch.setenv("FIRELINE_CONFIG", str(tmp_path))
    return tmp_path


def fireline(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["oncall", *arguments, "--home", str(folder / "home")])


def test_a_moment_of_the_wall_clock(folder: Path) -> None:
    shown = fireline(folder, "--at", "2026-01-06 12:00").stdout
    assert "On call  Tue 6 Jan 12:00 EST" in shown
    assert "Wed 7 Jan 00:00 EST" in shown
    assert "Nobody is primary from Wed 7 Jan 00:00 EST to Mon 12 Jan 00:00 EST." in shown


def test_as_json(folder: Path) -> None:
    said = json.loads(fireline(folder, "--at", "2026-01-06 12:00", "--json").stdout)
    primary, manager = said["on_call"]
    assert (primary["person"], primary["until"], primary["then"]) == ("Ben", "2026-01-07T05:00:00+00:00", None)
    assert (manager["person"], manager["until"]) == ("Ben", None)
    assert said["gaps"][0]["person"] is None


def test_gaps_are_a_reason_to_fail(folder: Path) -> None:
    found = fireline(folder, "gaps")
    assert found.exit_code == 1
    assert "nobody" in found.stdout


def test_a_calendar_read_again_has_the_same_turns(folder: Path) -> None:
    ids = []
    for name in ("one.ics", "two.ics"):
        written = fireline(folder, "calendar", "--out", str(folder / name))
        assert written.exit_code == 0
        assert re.search(rf"{name}: \d+ turns in the next 60 days\.", written.stdout)
        events = Calendar.from_ical((folder / name).read_bytes()).walk("VEVENT")
        ids.append([str(event["UID"]) for event in events])
        assert {str(event["SUMMARY"]) for event in events} >= {"Ben: manager on call"}
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])


def test_the_end_of_yesterday_is_a_moment(folder: Path) -> None:
    midnight = datetime.now(ZONE).strftime("%Y-%m-%dT00:00")
    asked = [json.loads(fireline(folder, "--at", at, "--json").stdout) for at in ("yesterday", midnight)]
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--at", "soon"], "'soon' is not a moment"), (["shifts", "--rota", "primry"], "There is no rota 'primry'")],
)
def test_what_makes_no_sense(folder: Path, arguments: list[str], said: str) -> None:
    refused = fireline(folder, *arguments)
    assert refused.exit_code == 1
    assert said in refused.output


def test_shifts_are_whole(folder: Path) -> None:
    turns = json.loads(fireline(folder, "shifts", "--rota", "primary", "--days", "8", "--json").stdout)
    assert all(first["until"] == second["since"] for first, second in pairwise(turns))


def test_a_page_for_practice_needs_a_process_that_sends_it(folder: Path) -> None:
    refused = fireline(folder, "test", "Ana")
    assert refused.exit_code == 1
    assert "so nothing would send it. Start `fireline run` first." in " ".join(refused.output.split())
