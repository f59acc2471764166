"""phase_down: nearly nothing that is due in a phase works, whatever its label; a single processor is no phase."""

import json
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from tests.support.builders import DAY, Row, World, failed, loaded, registry_yaml, run

NAMES = [f"P{number}" for number in range(7)]
REASONS = ("ValueError: a", "processing_error"), ("HTTP 504", "timeout")
SLOT = 26.0
HISTORY = [DAY + timedelta(days=ahead) for ahead in (-7, -6, -5, -4, -3, -2, -1, 1)]


def processors(critical: Collection[str] = (), needs: str = "") -> list[Row]:
    return [
        {
            "name": name,
            "phase": 3,
            "criticality": "CRITICAL" if name in critical else "MEDIUM",
            "table": f"an.{name}",
            "schedule_hours_et": [SLOT],
            "per_game": False,
            "dependencies": [needs] if needs and name != needs else [],
        }
        for name in NAMES
    ]


def failing(name: str, number: int) -> Iterator[Row]:
    text, category = REASONS[number % 2]
    for attempt in range(3):
        start = SLOT + 5 + number / 100 + attempt / 12
        trigger = "retry" if attempt else "schedule"
        yield failed(f"{name}-{attempt}", name, category, text, start=start, attempt=attempt + 1, trigger=trigger)


def waiting(name: str) -> Row:
    return failed(f"{name}-w", name, "upstream_failure", "upstream not ready", start=SLOT + 5.2)


def told(folder: Path, bad: Collection[str], known: list[Row], blocked: Collection[str] = ()) -> list[dict[str, Any]]:
    """The messages of a replay in which `bad` fail on DAY, and `blocked` say that their upstream did."""
    rows = [run(f"{name}{day}", name, start=SLOT + 5, day=day) for name in NAMES for day in HISTORY]
    loads = [loaded(f"an.{name}", hours=SLOT + 5.01, day=day) for name in NAMES for day in HISTORY]
    for number, name in enumerate(NAMES):
        if name in bad:
            rows += failing(name, number)
        elif name in blocked:
            rows.append(waiting(name))
        else:
            rows.append(run(name, name, start=SLOT + 5))
            loads.append(loaded(f"an.{name}", hours=SLOT + 5.01))
    World(rows, loads, processors=known).write(folder)
    (folder / "registry.yaml").write_text(registry_yaml(known))
    done = CliRunner().invoke(app, ["replay", "--data", str(folder), "--out", str(folder / "said.jsonl")])
    assert done.exit_code == 0, done.output
    said = [json.loads(line) for line in (folder / "said.jsonl").read_text().splitlines()]
    return [line for line in said if not line["update"]]


def test_a_phase_in_which_all_fail_for_unlike_reasons_is_one_p0(tmp_path: Path) -> None:
    (message,) = told(tmp_path, NAMES, processors())
    assert (message["kind"], message["severity"], message["action"]) == ("phase_down", "P0", "restart_coordinator")
    assert message["processors"] == NAMES
    assert message["data_date"] == str(DAY)
    assert message["explanation"] == ("phase 3: 7 processors fail for 15 Jan, and nearly nothing that is due works")


@pytest.mark.parametrize("bad", [["P0"], ["P0", "P1"], NAMES[:5]])
def test_a_phase_of_which_much_works_is_not_down(tmp_path: Path, bad: list[str]) -> None:
    messages = told(tmp_path, bad, processors(critical=["P0"]))
    assert "phase_down" not in {message["kind"] for message in messages}
    assert {name for message in messages for name in message["processors"]} == set(bad)


def test_a_critical_root_with_all_that_waits_for_it_is_a_cascade_and_no_phase(tmp_path: Path) -> None:
    (message,) = told(tmp_path, ["P0"], processors(["P0"], needs="P0"), blocked=NAMES[1:])
    assert (message["kind"], message["processors"], message["severity"]) == ("upstream_cascade", ["P0"], "P0")
