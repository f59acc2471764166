"""A load that is killed, or that finds the warehouse held by another process, loses nothing and can be repeated."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from tests.support.builders import World, failed, game, loaded, raw_file, run

PROJECT = Path(__file__).resolve().parents[2]
FIRST = World([run("a"), failed("b", start=32)], [loaded()], [raw_file()], [game()])
MANY = FIRST.but(runs=[run(f"r{number}", start=30 + number / 600) for number in range(20_000)])
HOLD = """
import sys, time
from pathlib import Path
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
engine = DuckDBEngine(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def start(*arguments: str, **more: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def fireline(home: Path, *arguments: str) -> tuple[int, str, str]:
    with start("-m", "bot", *arguments, "--home", str(home)) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def asked(home: Path, *arguments: str) -> str:
    """What a command prints where which process runs it is not the point."""
    done = CliRunner().invoke(app, [*arguments, "--home", str(home)])
    assert done.exit_code == 0, done.output
    return done.stdout


def health(home: Path) -> Any:
    return json.loads(asked(home, "health", "--json"))


@pytest.fixture(scope="module")
def directories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("data")
    return FIRST.write(folder / "first"), MANY.write(folder / "many")


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory, directories: tuple[Path, Path]) -> Path:
    made = tmp_path_factory.mktemp("home")
    asked(made, "load", str(directories[0]))
    return made


@pytest.fixture
def home(loaded_once: Path, tmp_path: Path) -> Path:
    """A home that holds the first history, for one test alone."""
    return shutil.copytree(loaded_once, tmp_path / "home")


@pytest.mark.parametrize("after", [0.6, 1.2], ids=lambda seconds: f"after {seconds} s")
def test_a_load_that_is_killed(home: Path, directories: tuple[Path, Path], after: float) -> None:
    """Wherever the kill strikes, the answer is the one from before or the whole new one."""
    _, many = directories
    before = health(home)
    with start("-m", "bot", "load", str(many), "--home", str(home)) as process:
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
    between = health(home)
    done = between["noise"] == before["noise"] and between["processors"] == before["processors"]
    assert done or sum(row["runs"] for row in between["processors"]) == 20_002
    asked(home, "load", str(many))
    assert sum(row["runs"] for row in health(home)["processors"]) == 20_002


def test_killed_in_the_middle_of_its_transaction(home: Path, directories: tuple[Path, Path]) -> None:
    """Everything is written but nothing is committed."""
    _, many = directories
    before = health(home)
    dying = (
        "import os, signal, sys\n"
        "from bot.adapters.warehouse import loading\n"
        "loading._remember = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from bot.cli.app import app\napp(sys.argv[1:])\n"
    )
    with start("-c", dying, "load", str(many), "--home", str(home)) as process:
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert health(home) == before
    asked(home, "load", str(many))
    assert sum(row["runs"] for row in health(home)["processors"]) == 20_002


@pytest.fixture
def held(home: Path) -> Iterator[tuple[Path, int]]:
    """A home whose warehouse another process has open, and that process's id."""
    with start("-c", HOLD, str(home / "warehouse.duckdb"), stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield home, process.pid
        process.kill()


def test_a_warehouse_that_another_process_holds(held: tuple[Path, int], directories: tuple[Path, Path]) -> None:
    home, holder = held
    for command in (["health"], ["load", str(directories[1])]):
        code, out, err = fireline(home, *command)
        assert (code, out) == (1, "")
        assert f"warehouse.duckdb is in use by process {holder}. Wait until it has finished, or stop it" in err
        assert "Traceback" not in err
    os.kill(holder, signal.SIGKILL)
    time.sleep(0.2)
    assert health(home)["noise"]["raw_failures"] == 1


def test_many_may_read_at_once(home: Path) -> None:
    readers = [start("-m", "bot", "health", "--json", "--home", str(home)) for _ in range(3)]
    answers = []
    for reader in readers:
        with reader:
            answers.append(reader.communicate(timeout=60))
    assert [reader.returncode for reader in readers] == [0, 0, 0], answers
    assert len({json.dumps(json.loads(out)["processors"]) for out, _ in answers}) == 1
