"""Each process of the Procfile is a command that the command line knows."""

import pytest
import typer.main
from typer.testing import CliRunner

from bot.cli.app import app
from tests.house.project import ROOT

PROCESSES = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


def test_the_three_processes_are_there() -> None:
    assert PROCESSES.keys() == {"release", "web", "worker"}


@pytest.mark.parametrize("process", PROCESSES)
def test_its_command_exists(process: str) -> None:
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for one in PROCESSES[process].split(" && "):
        program, command, *rest = one.split()
        assert (program, command in known, rest) == ("fireline", True, [])


@pytest.mark.parametrize("process", ["web", "worker"])
def test_separate_processes_say_what_they_need(process: str) -> None:
    answer = CliRunner().invoke(app, [process])
    assert answer.exit_code == 1
    assert answer.stderr.startswith(f"fireline: `fireline {process}` cannot start: ")
    assert "PostgreSQL" in answer.stderr
    assert "BigQuery" in answer.stderr
