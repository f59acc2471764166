"""Faults given on the command line: `NAME` or `NAME:PROCESSOR`, for a demo that runs or is about to."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.domain.errors import BadInput

TIMEOUT_S = 5
PORT_FILE = "port"
"""In the demo's state folder while it runs."""


def parse(fault: str) -> dict[str, str]:
    """As the panel takes it."""
    name, _, processor = fault.partition(":")
    return {"name": name, "processor": processor} if processor else {"name": name}


def inject_into_running(home: Path, port: int | None, faults: Sequence[str]) -> bool:
    """Whether a demo runs on the port, or with its state in `home`; then it has got the faults. Raises BadInput for a
    fault it refuses.
    """
    running = _port_of(home) if port is None else port
    for fault in faults:
        body = json.dumps(parse(fault)).encode()
        answer = None if running is None else _asked(_to_panel(running, "faults", body))
        if answer is None:
            print(f"{_nothing_runs(home, port)} One is started with the fault.", flush=True)
            return False
        struck = " ".join(filter(None, (answer["fault"]["processor"], answer["fault"]["date"])))
        print(f"injected: {fault}{f' ({struck})' if struck else ''}")
    return True


def heal_running(home: Path, port: int | None) -> None:
    """End every fault of the demo that runs on the port, or with its state in `home`. Raises BadInput for none."""
    running = _port_of(home) if port is None else port
    listed = None if running is None else _asked(_to_panel(running, "faults"))
    if running is None or listed is None:
        raise BadInput(f"{_nothing_runs(home, port)} Name its port with --port or its state's folder with --home.")
    for fault in listed["active"]:
        _asked(_to_panel(running, f"faults/{fault['id']}", method="DELETE"))
        print(f"healed: {fault['name']}{':' if fault['processor'] else ''}{fault['processor'] or ''}")
    if not listed["active"]:
        print("no fault is active")


@contextmanager
def findable(home: Path, port: int) -> Iterator[None]:
    """For as long as the block runs, commands with the same home find the demo."""
    file = home / PORT_FILE
    file.write_text(f"{port}\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _port_of(home: Path) -> int | None:
    """Of the demo with its state in `home`; one that was killed has left its port, where nobody answers."""
    try:
        return int((home / PORT_FILE).read_text())
    except (OSError, ValueError):
        return None


def _nothing_runs(home: Path, port: int | None) -> str:
    where = f"with its state in {home}" if port is None else f"on port {port}"
    return f"No demo runs {where}."


def _to_panel(port: int, path: str, body: bytes | None = None, method: str | None = None) -> urllib.request.Request:
    address = f"http://127.0.0.1:{port}/sim/api/{path}"
    return urllib.request.Request(address, body, {"Content-Type": "application/json"}, method=method)


def _asked(request: urllib.request.Request) -> dict[str, Any] | None:
    """The answer of the demo's panel; None when none listens. Raises BadInput with what it refuses."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        raise BadInput(json.loads(error.read() or b"{}").get("error", str(error))) from error
    except OSError:
        return None
