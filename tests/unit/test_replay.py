"""`fireline replay` over a small directory: lines, report, timeline, and what it says of what is missing."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.cli.replay import parse_step
from bot.config.settings import BUNDLED_CONFIG
from bot.domain.errors import BadInput
from bot.domain.evidence.vocabulary import Vocabulary
from bot.services.loading import LoadingService, Written
from bot.views.replay import said
from tests.support import notices
from tests.support.builders import (
    DAY,
    NOW,
    PROCESSORS,
    Row,
    World,
    failed,
    game,
    loaded,
    raw_file,
    registry,
    registry_yaml,
    run,
    warehouse,
    write_rows,
)
from tests.support.gate_story import finding

BOTH = [processor for processor in PROCESSORS if processor["name"] in ("BoxScraper", "Box")]
DAYS = [DAY - timedelta(days=n) for n in range(12)]
WORLD = World(
    runs=[run(f"b{day}", day=day, start=30.1) for day in DAYS[1:]]
    + [run(f"s{day}", "BoxScraper", day=day, start=28) for day in DAYS]
    + [failed(f"f{n}", category="processing_error", text="KeyError", start=30 + n / 10) for n in range(4)]
    + [run("healed", start=34)],
    table_loads=[*(loaded(day=day, hours=30.2) for day in DAYS[1:]), loaded(hours=34.1)],
    raw_files=[raw_file(day=day, hours=28) for day in DAYS],
    game_schedule=[game(f"G{day}", day) for day in DAYS],
    processors=BOTH,
)


def replay(directory: Path, *more: str) -> Result:
    out = str(directory / "out.jsonl")
    return CliRunner().invoke(app, ["replay", "--data", str(directory / "data"), "--out", out, *more])


def lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "out.jsonl").read_text().splitlines()]


def test_on_a_terminal_the_day_being_replayed_leaves_no_trace(tmp_path: Path) -> None:
    WORLD.write(tmp_path / "data")
    command = [sys.executable, "-m", "bot", "replay", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    ours, theirs = pty.openpty()
    subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=theirs, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "replaying 2026-01-16 …" in said
    last = said.rindex("replaying")
    assert said[last:].split("…", 1)[1].startswith("\r\x1b[K")


def test_a_folder_without_a_registry_is_judged_by_its_own_draft(tmp_path: Path) -> None:
    days = [DAY + timedelta(days=ahead) for ahead in range(14)]
    orders = [run(f"{day}", "shop_orders", start=3, day=day) for day in days if day != days[10]]
    (tmp_path / "data").mkdir()
    write_rows(tmp_path / "data" / "runs.csv", orders)
    done = replay(tmp_path, "--json")
    assert done.exit_code == 0, done.output
    assert "has no registry.yaml: one was drafted from it" in done.stderr
    assert "not in the registry" not in done.stderr
    assert "table_loads never names" not in done.stderr, "no table of another platform is looked for"


def test_a_folder_in_other_words_is_read_as_its_source_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    WORLD.write(tmp_path / "data")
    (tmp_path / "data" / "runs.parquet").unlink()
    (tmp_path / "data" / "registry.yaml").write_text(registry_yaml(BOTH))
    theirs = [
        {("job" if name == "processor_name" else name): value for name, value in row.items()} for row in WORLD.runs
    ]
    write_rows(tmp_path / "data" / "runs.csv", [{**row, "status": f"it was a {row['status']}"} for row in theirs])
    refused = replay(tmp_path)
    assert refused.exit_code == 1
    assert "Say what it is called under vocabulary.columns in policy.yaml, or under columns" in refused.stderr
    config.mkdir()
    for name in ("policy.yaml", "slos.yaml"):
        shutil.copy(BUNDLED_CONFIG / name, config)
    (config / "sources.yaml").write_text(
        f"sources:\n- {{name: exports, kind: files, path: '{tmp_path}/data/*.csv', columns: {{processor_name: job}},"
        " statuses: {success: [it was a success], failed: [it was a failed]}}\n"
    )
    monkeypatch.setenv("FIRELINE_CONFIG", str(config))
    assert replay(tmp_path).exit_code == 0
    in_other_words = lines(tmp_path)
    (tmp_path / "data" / "runs.csv").unlink()
    write_rows(tmp_path / "data" / "runs.parquet", WORLD.runs)
    monkeypatch.delenv("FIRELINE_CONFIG")
    assert replay(tmp_path).exit_code == 0
    assert in_other_words == lines(tmp_path) != []


def test_the_same_files_are_read_again_by_other_columns(tmp_path: Path) -> None:
    theirs = [
        {("many" if name == "records_processed" else name): value for name, value in row.items()} for row in WORLD.runs
    ]
    write_rows(tmp_path / "runs.csv", theirs)
    columns = dict[str, dict[str, str]]()
    with closing(warehouse()) as opened:
        service = LoadingService(opened, (), lambda _: Written(Vocabulary.standard(), columns))
        for corrected in (0, len(theirs), 0):
            report = service.load(tmp_path, registry(), NOW, lambda _step, _rows: None)
            assert sum(file.corrected for file in report.files) == corrected
            columns["runs"] = {"records_processed": "many"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    WORLD.write(tmp_path / "data")
    (tmp_path / "data" / "registry.yaml").write_text(registry_yaml(BOTH))
    return tmp_path


def of_day(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in found if line.get("data_date") == str(DAY)]


def test_one_line_a_notification(data: Path) -> None:
    done = replay(data)
    assert done.exit_code == 0, done.output
    first = of_day(lines(data))[0]
    assert (first["kind"], first["processors"], first["update"]) == ("repeated_failure", ["Box"], False)
    assert first["ts"] == "2026-01-16T06:20:00Z"
    assert set(first) == {
        *("ts", "kind", "processors", "severity", "root_cause", "impact", "action", "data_date", "update"),
        *("explanation", "reason"),
    }


def test_the_span_and_the_step_are_kept(data: Path) -> None:
    done = replay(data, "--from", "2026-01-16T08:00", "--to", "2026-01-16T08:30", "--step", "15m", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["from"], said["to"], said["step_seconds"]) == (
        "2026-01-16T08:00:00+00:00",
        "2026-01-16T08:30:00+00:00",
        900.0,
    )
    assert {line["ts"] for line in lines(data)} <= {f"2026-01-16T08:{minute}:00Z" for minute in ("00", "15", "30")}


def test_report_and_timeline(data: Path) -> None:
    done = replay(data, "--report", str(data / "r.md"), "--chart", str(data / "r.png"))
    assert done.exit_code == 0, done.output
    report = (data / "r.md").read_text()
    assert "| repeated_failure | Box | 2026-01-15 | Box failed" in report
    assert "## Noise ledger" in report
    assert "- no planned_windows file: cannot tell planned backfills" in report
    assert (data / "r.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("stem", ["table_loads", "raw_files", "game_schedule"])
def test_missing_evidence_is_named(data: Path, stem: str) -> None:
    next((data / "data").glob(f"{stem}.*")).unlink()
    done = replay(data, "--report", str(data / "r.md"))
    assert done.exit_code == 0, done.output
    assert f"warning: no {stem} file: cannot tell" in done.stderr
    assert f"no {stem} file: cannot tell" in (data / "r.md").read_text()


def test_without_runs_nothing_is_replayed_and_nothing_written(data: Path) -> None:
    next((data / "data").glob("runs.*")).unlink()
    done = replay(data)
    assert done.exit_code == 1
    assert "there is no runs file" in done.stderr
    assert list(data.iterdir()) == [data / "data"]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(data: Path) -> None:
    done = replay(data, "--report", str(data / "nowhere" / "r.md"))
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
    assert not [path for path in data.rglob("*") if path.name.startswith(".")]


def test_what_makes_no_sense_is_refused(data: Path) -> None:
    for more in (["--from", "2026-01-20", "--to", "2026-01-10"], ["--from", "soon"], ["--step", "0m"]):
        done = replay(data, *more)
        assert done.exit_code == 1
        assert done.stderr.startswith("fireline: ")
    assert not (data / "out.jsonl").exists()


def test_processors_that_are_not_registered_are_named(data: Path) -> None:
    (data / "data" / "registry.yaml").write_text(registry_yaml(BOTH[:1]))
    done = replay(data)
    assert done.exit_code == 0, done.output
    assert "Box ran but" in done.stderr


def test_a_name_of_the_data_is_no_html_in_the_report(data: Path) -> None:
    named = replace(WORLD, runs=[*WORLD.runs, run("x", "<img src=x onerror=alert(1)>")])
    named.write(data / "data")
    done = replay(data, "--report", str(data / "r.md"))
    assert done.exit_code == 0, done.output
    report = (data / "r.md").read_text()
    assert "&lt;img src=x onerror=alert(1)&gt; ran but" in report
    assert "<img" not in re.sub("`[^`\n]*`", "", report)


def test_whom_it_blocks_is_a_sentence_of_its_own() -> None:
    lost = finding("Gamebook", explanation="the table is empty", impact=("Summary",))
    made = notices.decision(finding=lost)
    assert said(made) == "the table is empty. Blocked: Summary."


def test_steps() -> None:
    assert [parse_step(text) for text in ("90s", "10m", "1h")] == [
        timedelta(seconds=90),
        timedelta(minutes=10),
        timedelta(hours=1),
    ]
    for wrong in ("", "10", "9s", "25h", "m10", "-5m"):
        with pytest.raises(BadInput):
            parse_step(wrong)


def test_nothing_is_due_for_a_date_before_the_first_data_date(tmp_path: Path) -> None:
    """Exported by data date: the night's run for the day before is not in it, although its slot is."""
    processors: list[Row] = [{"name": "Late", "schedule_hours_et": [28.0], "per_game": False}, {"name": "Early"}]
    days = [DAY + timedelta(days=ahead) for ahead in range(4)]
    runs = [run(f"{name}{day}", name, start=at, day=day) for name, at in (("Late", 33), ("Early", 1)) for day in days]
    World(runs=runs, processors=processors).write(tmp_path / "data")
    done = replay(tmp_path)
    assert done.exit_code == 0, done.output
    assert lines(tmp_path) == []


def test_an_update_says_only_what_is_new(tmp_path: Path) -> None:
    """A job that is due each day and never runs: one message, and each night its date, not the first sentence again."""
    processors: list[Row] = [
        {"name": "Gone", "schedule_hours_et": [10.0], "per_game": False, "active": {"from": str(DAY)}},
        {"name": "Early"},
    ]
    days = [DAY + timedelta(days=ahead) for ahead in range(5)]
    World(runs=[run(f"{day}", "Early", start=1, day=day) for day in days], processors=processors).write(
        tmp_path / "data"
    )
    assert replay(tmp_path).exit_code == 0
    first, *updates = lines(tmp_path)
    assert first["explanation"].startswith("Gone for 2026-01-15: no run has started")
    assert [line["explanation"] for line in updates] == ["+ 16 Jan", "+ 17 Jan", "+ 18 Jan"]


def test_a_loss_that_is_too_old_to_be_watched_has_expired_and_is_not_resolved(tmp_path: Path) -> None:
    processors: list[Row] = [{"name": "Gone", "schedule_hours_et": [10.0], "per_game": False}, {"name": "Early"}]
    days = [DAY + timedelta(days=ahead) for ahead in range(34)]
    early = [run(f"e{day}", "Early", start=1, day=day) for day in days]
    gone = [run(f"g{day}", "Gone", start=15, day=day) for day in days if day != days[2]]
    World(runs=early + gone, processors=processors).write(tmp_path / "data")
    assert replay(tmp_path, "--step", "1h", "--report", str(tmp_path / "r.md")).exit_code == 0
    [told] = lines(tmp_path)
    assert (told["kind"], told["processors"], told["data_date"]) == ("missing_run", ["Gone"], str(days[2]))
    report = (tmp_path / "r.md").read_text()
    assert "| expired, still missing |" in report
    assert "resolved" not in report
    assert "- 1 message, 0 of these P3 for the digest alone, and 0 updates of them" in report
    assert "0 failed runs in this time, in messages or not, 0 of these expected" in report
