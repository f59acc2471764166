"""Faults given on the command line: `NAME` or `NAME:PROCESSOR`, for a demo that runs or is about to."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from bot.cli.demo_running import TIMEOUT_S, Meant, panel
from bot.domain.errors import BadInput


def parse(fault: str) -> dict[str, str]:
    """As the panel takes it."""
    name, _, processor = fault.partition(":")
    return {"name": name, "processor": processor} if processor else {"name": name}


def inject_into_running(meant: Meant, faults: Sequence[str]) -> bool:
    """Whether the demo runs; then it has got the faults. Raises BadInput for a fault it refuses."""
    running = meant.running()
    if running is None:
        print(f"{meant.nothing_runs} One is started with the fault.", flush=True)
        return False
    for fault in faults:
        answer = _asked(running, "faults", json.dumps(parse(fault)).encode())
        struck = " ".join(filter(None, (answer["fault"]["processor"], answer["fault"]["date"])))
        print(f"injected: {fault}{f' ({struck})' if struck else ''}, into the demo on port {running}")
    return True


def heal_running(meant: Meant) -> None:
    """End every fault of the demo that runs. Raises BadInput for none."""
    running = meant.running()
    if running is None:
        raise BadInput(f"{meant.nothing_runs} Name its port with --port or its state's folder with --home.")
    listed = _asked(running, "faults")
    for fault in listed["active"]:
        _asked(running, f"faults/{fault['id']}", method="DELETE")
        print(f"healed: {fault['name']}{':' if fault['processor'] else ''}{fault['processor'] or ''}")
    if not listed["active"]:
        print("no fault is active")


def _asked(port: int, path: str, body: bytes | None = None, method: str | None = None) -> dict[str, Any]:
    """The answer of the demo's panel. Raises BadInput with what it refuses, and where the demo has ended meanwhile."""
    request = urllib.request.Request(panel(port, path), body, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        raise BadInput(json.loads(error.read() or b"{}").get("error", str(error))) from error
    except OSError as error:
        raise BadInput(
            f"The demo on port {port} does not answer ({error}). Start it again, or look at what it prints."
        ) from error
