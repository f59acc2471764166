"""The demo that runs: how a command finds it, and what is said where a second one cannot start."""

import json
import shlex
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import BadInput, reason_of

TIMEOUT_S = 5
PORT_FILE = "port"
"""In the demo's state folder while it runs."""


@dataclass(frozen=True)
class Meant:
    """Which demo a command is for: that on `port`; without one that with its state in `home`, else on `usual_port`
    (None: nowhere else).
    """

    home: Path
    port: int | None
    usual_port: int | None

    def running(self) -> int | None:
        """The port where it answers; None where it does not run."""
        places = (port_of(self.home), self.usual_port) if self.port is None else (self.port,)
        return next((place for place in places if place is not None and is_demo(place)), None)

    @property
    def nothing_runs(self) -> str:
        if self.port is not None:
            return f"No demo runs on port {self.port}."
        usual = "" if self.usual_port is None else f", nor on port {self.usual_port}"
        return f"No demo runs with its state in {self.home}{usual}."


def refuse_a_second(home: Path) -> None:
    """Raises BadInput where a demo runs with its state in `home`, with what to do."""
    port = port_of(home)
    if port is not None and is_demo(port):
        raise BadInput(
            f"A demo runs with its state in {home}: http://127.0.0.1:{port}. Give it a fault with "
            f"{called()} demo --port {port} --fault NAME, or start another with --home FOLDER --port {port + 1}."
        )


def taken(port: int, error: OSError) -> BadInput:
    """What is said of a port that another process has."""
    if is_demo(port):
        return BadInput(
            f"Port {port} cannot be used: another demo runs there. Give it a fault with "
            f"{called()} demo --port {port} --fault NAME, or start another with --port {port + 1}."
        )
    return BadInput(f"Port {port} cannot be used ({reason_of(error)}). Name another with --port.")


@contextmanager
def findable(home: Path, port: int) -> Iterator[None]:
    """For as long as the block runs, commands with the same home find the demo."""
    file = home / PORT_FILE
    file.write_text(f"{port}\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def port_of(home: Path) -> int | None:
    """Of the demo with its state in `home`; one that was killed has left its port, where nobody answers."""
    try:
        return int((home / PORT_FILE).read_text())
    except (OSError, ValueError):
        return None


def is_demo(port: int) -> bool:
    """Whether a demo's panel answers there, and not another server or nobody."""
    try:
        with urllib.request.urlopen(panel(port, "faults"), timeout=TIMEOUT_S) as answer:
            told = json.loads(answer.read())
            return isinstance(told, dict) and "active" in told
    except (OSError, ValueError):
        return False


def panel(port: int, path: str) -> str:
    """The address of a part of the demo's panel."""
    return f"http://127.0.0.1:{port}/sim/api/{path}"


def called() -> str:
    """The command as a shell finds it from any folder."""
    program = Path(sys.argv[0]).absolute()
    if program.name != "fireline":
        return f"{shlex.quote(sys.executable)} -m bot"
    found = shutil.which("fireline")
    return "fireline" if found is not None and Path(found).absolute() == program else shlex.quote(str(program))
