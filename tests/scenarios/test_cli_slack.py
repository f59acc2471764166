"""`fireline run` and `fireline demo` on the command line: what they say before anything runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.slack_bench import WORLD


def fireline(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without anyone's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "FIRELINE_"))}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, env={**kept, "COLUMNS": "200", **environment}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds a small history."""
    directory = tmp_path_factory.mktemp("cli")
    done = fireline("load", str(WORLD.write(directory / "data")), "--home", str(directory / "home"))
    assert done.returncode == 0, done.stderr
    return directory / "home"


def test_demo_help() -> None:
    done = fireline("demo", "--help")
    assert done.returncode == 0
    for word in ("--port", "--speed", "--fault", "--home", "local Slack workspace", "8765"):
        assert word in done.stdout


BOTH = {"SLACK_BOT_TOKEN": "xoxb-canary", "SLACK_APP_TOKEN": "xapp-canary", "SLACK_SIGNING_SECRET": "canary"}
TOKENLESS = "SLACK_BOT_TOKEN is not set. Use the bot token (xoxb-…), or try `fireline demo`."
UNREACHABLE = "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); neither is set."


def test_run_without_a_history(tmp_path: Path) -> None:
    done = fireline("run", "--home", str(tmp_path), **BOTH)
    assert done.returncode == 1
    assert "There is no run history yet. Load one with `fireline load DIR`, or try `fireline demo`." in done.stderr
    assert "SLACK_APP_TOKEN is set: Socket Mode; SLACK_SIGNING_SECRET is not used" in done.stderr
    assert not [word for word in ("Traceback", "canary") if word in done.stdout + done.stderr]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, f"fireline: {TOKENLESS}\n{UNREACHABLE}"),
        ({"SLACK_BOT_TOKEN": "xoxb-canary"}, f"fireline: {UNREACHABLE}"),
        ({**BOTH, "SLACK_BOT_TOKEN": ""}, f"fireline: {TOKENLESS}"),
        ({**BOTH, "PORT": "http"}, "fireline: FIRELINE_PORT is 'http'"),
        (
            {"SLACK_BOT_TOKEN": "xapp-canary", "SLACK_APP_TOKEN": "xoxb-canary"},
            "fireline: SLACK_BOT_TOKEN is an app-level token (xapp-…). Use a bot token (xoxb-…).\n"
            "SLACK_APP_TOKEN is a bot token (xoxb-…). Use an app-level token (xapp-…).",
        ),
    ],
)
def test_run_with_tokens_that_cannot_be(tmp_path: Path, environment: dict[str, str], told: str) -> None:
    """Told before the run history is opened: there is none here."""
    done = fireline("run", "--home", str(tmp_path / "home"), **environment)
    assert done.returncode == 1
    assert told in done.stderr
    assert not [word for word in ("Traceback", "canary") if word in done.stdout + done.stderr]
    assert not (tmp_path / "home").exists()
