"""`fireline health`: the keys of its JSON, the words of its refusals, and nothing that a name can break."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.config.settings import BUNDLED_CONFIG, Settings
from bot.domain.gate.memory import GateResult
from bot.state_adapters import state
from tests.support.builders import World, failed, game, loaded, raw_file, run

STRANGER = "[/red]Strânger[31m"
WORLD = World(
    [run("a"), failed("b", start=32, category="no_data_available"), run("c", STRANGER, records_processed=0)],
    [loaded()],
    [raw_file()],
    [game()],
)
KEYS = {"as_of", "window_days", "overall", "reasons", "phases", "processors", "noise", "warnings"}
COUNTS = {"runs", "succeeded", "skipped", "failed", "expected", "real", "unknown", "zero_on_game_days"}
ROW = COUNTS | {"status", "success_rate", "p50_s", "p95_s", "p99_s", "target"}
NOISE = {"raw_failures", "kept_quiet", "real", "by_category", "alerts", "undelivered"}
NOISE |= {"in_incidents", "in_no_incident", "unexplained", "findings"}


def fireline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home)])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = WORLD.write(tmp_path_factory.mktemp("data"))
    home = tmp_path_factory.mktemp("home")
    result = fireline(home, "load", str(directory))
    assert result.exit_code == 0, result.output
    return home


def told(home: Path, *arguments: str) -> Any:
    result = fireline(home, "health", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_keys_are_the_contract(home: Path) -> None:
    answer = told(home)
    assert set(answer) >= KEYS
    assert set(answer["noise"]) == NOISE
    assert answer["phases"]
    for row in answer["phases"]:
        assert set(row) >= ROW | {"phase"}
    for row in answer["processors"]:
        assert set(row) >= ROW | {"name"}
        assert all(isinstance(row[name], int) for name in COUNTS)
        assert row["status"] in ("RED", "YELLOW", "GREEN", "GREY")
    assert {finding["name"] for finding in answer["reasons"]} <= {
        "no_new_data",
        "not_registered",
        "nothing_succeeded",
    }
    assert all(set(finding) == {"name", "subject", "text"} for finding in answer["reasons"])


def test_a_row_for_each_registered_processor_and_each_stranger(home: Path) -> None:
    answer = told(home)
    names = [row["name"] for row in answer["processors"]]
    assert names == [*(processor["name"] for processor in WORLD.processors), STRANGER]
    assert any("ran but is not in the registry" in warning for warning in answer["warnings"])
    idle = next(row for row in answer["processors"] if row["name"] == "Plain")
    assert (idle["status"], idle["runs"], idle["success_rate"], idle["p50_s"]) == ("GREY", 0, None, None)


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_the_table_shows_any_name_at_any_width(home: Path, width: str) -> None:
    result = CliRunner().invoke(app, ["health", "--all", "--home", str(home)], env={"COLUMNS": width})
    assert result.exit_code == 0, result.output
    assert "[/red]" in result.output
    assert "Noise: 1 failed run in the" in result.output


REFUSED = {
    ("--days", "0"): "A window of 0 days makes no sense; give 1 to 400 days.",
    ("--days", "-7"): "A window of -7 days makes no sense",
    ("--days", "401"): "A window of 401 days makes no sense",
    ("--days", "99999999999999999999"): "makes no sense",
    ("--phase", "9999"): "There is no phase 9999. Known: 1, 2, 3, 4.",
    ("--phase", "2", "--processor", "Box"): "Give a phase or a processor, not both.",
    ("--processor", "Boks"): "There is no processor 'Boks'. Did you mean Box",
    ("--processor", ""): "There is no processor ''.",
    ("--processor", "💥[bold]"): "There is no processor '💥[bold]'.",
    ("--as-of", "tomorrow"): "'tomorrow' is not a moment. Write 2026-03-15",
    ("--days", "x"): "'x' is not a window. Write 7, 7d, 2w, yesterday or since ",
    ("--days", "7", "2w"): "--days 7 and '2w' are two windows. Give one.",
    ("Boks",): "There is no processor 'Boks'. Did you mean Box",
    ("phase", "two"): "'two' is not a phase. Write `fireline health phase 1`.",
    ("phase", "2", "--phase", "1"): "--phase 1 and 'phase 2' are two phases. Give one.",
    ("phase", "2", "--processor", "Box"): "Give a phase or a processor, not both.",
    ("Daily", "--processor", "Box"): "--processor Box and 'Daily' are two processors. Give one.",
    ("--as-of", ""): "'' is not a moment",
    ("--as-of", "2026-02-30"): "'2026-02-30' is not a moment",
    ("--as-of", "0001-01-01"): "0001-01-01",
    ("--as-of", "0001-01-01T00:00+14:00"): "0001-01-01",
    ("--as-of", "9999-12-31T23:59-12:00"): "9999-12-31",
}


@pytest.mark.parametrize("arguments", REFUSED)
@pytest.mark.parametrize("as_json", [True, False])
def test_what_cannot_be_answered_is_refused_with_the_value_and_the_remedy(
    home: Path, arguments: tuple[str, ...], as_json: bool
) -> None:
    result = fireline(home, "health", *arguments, *(["--json"] if as_json else []))
    assert result.exit_code == 1
    assert result.stderr.startswith("fireline: ")
    assert REFUSED[arguments] in result.stderr
    assert result.stdout == ""
    assert type(result.exception) is SystemExit


@pytest.mark.parametrize("arguments", [("--frobnicate",), ("--phase", "two")])
def test_what_is_no_command_is_refused_by_the_parser(home: Path, arguments: tuple[str, ...]) -> None:
    result = fireline(home, "health", *arguments)
    assert result.exit_code == 2
    assert type(result.exception) is SystemExit


def asked(home: Path, *words: str) -> tuple[int, list[str]]:
    answer = told(home, *words)
    return answer["window_days"], [row["name"] for row in answer["processors"]]


def test_words_mean_what_they_mean_in_slack(home: Path) -> None:
    everything = asked(home)[1]
    for words in (("2w",), ("14d",), ("--days", "2w"), ("--days", "14"), ("last", "2", "weeks")):
        assert asked(home, *words) == (14, everything)
    for words in (("--days", "since yesterday"), ("since", "yesterday"), ("2 days",)):
        assert asked(home, *words) == (2, everything)
    for words in (("--days", "yesterday"), ("yesterday",)):
        assert asked(home, *words)[0] == 1
        assert told(home, *words)["as_of"] == "2026-01-16T05:00:00Z"
    assert asked(home, "today") == (1, everything)
    for words in (("boxscraper",), ("BOX-SCRAPER", "7d"), ("--processor", "boxscr")):
        assert asked(home, *words) == (7, ["BoxScraper"])
    assert asked(home, "phase", "3") == asked(home, "phase3", "7d") == asked(home, "--phase", "3") == (7, ["Summary"])


def test_as_of_a_day_in_words_is_its_end(home: Path) -> None:
    """The history ends on 16 January, at 03:01 in New York: yesterday ended at 05:00 UTC."""
    assert told(home, "--as-of", "yesterday")["as_of"] == "2026-01-16T05:00:00Z"
    assert told(home, "--as-of", "today")["as_of"] == "2026-01-16T08:01:01Z"


def test_a_day_is_one_moment_however_it_is_written(home: Path) -> None:
    written = ("2026-01-16", "20260116", "16 Jan 2026")
    assert len({told(home, "--as-of", text)["as_of"] for text in written}) == 1
    assert told(home, "--as-of", "2026-01-16T00:00")["as_of"] != told(home, "--as-of", "2026-01-16")["as_of"]


@pytest.mark.parametrize("moment", ["1970-01-01", "2026-01-01", "2099-12-31T23:59:59.999999Z"])
def test_moments_without_runs_are_answered(home: Path, moment: str) -> None:
    answer = told(home, "--as-of", moment, "--days", "400" if moment > "2026" else "1")
    assert answer["overall"] in ("GREY", "RED", "GREEN", "YELLOW")
    assert len(answer["processors"]) >= len(WORLD.processors)


def test_a_home_without_a_history(tmp_path: Path) -> None:
    result = fireline(tmp_path / "nowhere", "health")
    assert result.exit_code == 1
    assert "There is no run history" in result.stderr
    assert "fireline load DIR" in result.stderr
    assert not (tmp_path / "nowhere").exists(), "asking creates nothing"


def test_a_warehouse_that_a_load_never_finished(tmp_path: Path) -> None:
    """Killed between opening the file and its first table."""
    import duckdb

    duckdb.connect(str(tmp_path / "warehouse.duckdb")).close()
    result = fireline(tmp_path, "health")
    assert result.exit_code == 1
    assert result.stderr.startswith("fireline: ")
    assert type(result.exception) is SystemExit


@pytest.mark.parametrize("data", [b"", b"not a database at all", b"\x00" * 5_000])
def test_a_warehouse_file_that_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(data)
    for arguments in (["health"], ["load", str(WORLD.write(tmp_path / "data"))]):
        result = fireline(tmp_path, *arguments)
        assert type(result.exception) is SystemExit
        assert result.exit_code == 1
        assert "warehouse.duckdb" in result.stderr


def test_a_home_where_translated_sql_cannot_be_kept(tmp_path: Path) -> None:
    assert fireline(tmp_path, "load", str(WORLD.write(tmp_path / "data"))).exit_code == 0
    (tmp_path / "sql-cache").rename(tmp_path / "elsewhere")
    (tmp_path / "sql-cache").write_text("in the way")
    assert told(tmp_path)["noise"]["raw_failures"] == 1


def test_help_names_what_each_option_is_for() -> None:
    result = CliRunner().invoke(app, ["health", "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for word in ("--days", "--phase", "--processor", "--as-of", "--all", "--json", "--home", "FIRELINE_HOME"):
        assert word in result.output


def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    for name, value in (("FIRELINE_WAREHOUSE", "oracle"), ("FIRELINE_CONFIG", str(tmp_path / "none"))):
        result = CliRunner().invoke(
            app, ["load", str(WORLD.write(tmp_path / "data")), "--home", str(tmp_path)], env={name: value}
        )
        assert result.exit_code == 1, result.output
        assert result.stderr.startswith("fireline: ")
        assert value in result.stderr


AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "asked", [["health"], ["validate"], ["impact", "Box"], ["query", "health_counts_live"], ["sources"]]
)
def test_a_process_that_was_ahead_of_this_clock_is_answered_by_its_own(tmp_path: Path, asked: list[str]) -> None:
    """As after kill -9 of a demo that ran fast: by this clock its rows lie ahead."""
    home = tmp_path / "home"
    assert fireline(home, "load", str(WORLD.write(tmp_path / "data"))).exit_code == 0
    before = fireline(home, *asked)
    assert (before.exit_code, "ahead" in before.stderr) == (0, False), before.output
    with state(Settings(home=home)) as kept, kept.transaction() as tx:
        tx.gate.commit(AHEAD, GateResult(), 0)
    after = fireline(home, *asked)
    assert after.exit_code == 0, after.output
    said = "the process that ran here last was ahead of this machine's clock, at 2100-01-01 00:00 UTC"
    assert after.stderr == f"note: {said}: answered as of then.\n"


def test_the_age_of_a_source_goes_by_that_clock_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, config = tmp_path / "home", tmp_path / "configuration"
    shutil.copytree(BUNDLED_CONFIG, config)
    WORLD.write(tmp_path / "data")
    (config / "registry.yaml").write_text((tmp_path / "data" / "registry.yaml").read_text())
    source = {"name": "exports", "kind": "files", "path": str(tmp_path / "data")}
    (config / "sources.yaml").write_text(json.dumps({"sources": [source]}))
    monkeypatch.setenv("FIRELINE_CONFIG", str(config))
    synced = fireline(home, "sources", "sync")
    assert synced.exit_code == 0, synced.output
    with state(Settings(home=home)) as kept, kept.transaction() as tx:
        tx.gate.commit(AHEAD, GateResult(), 0)
    asked = fireline(home, "sources", "--json")
    [status] = json.loads(asked.stdout)
    read_at = datetime.fromisoformat(status["synced_at"])
    assert abs(read_at + timedelta(seconds=status["age_seconds"]) - AHEAD) < timedelta(seconds=1)
    assert "answered as of then" in asked.stderr
