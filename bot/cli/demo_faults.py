"""Faults given on the command line: `NAME` or `NAME:PROCESSOR`, for a demo that runs or is about to."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from bot.domain.errors import BadInput

TIMEOUT_S = 5


def parse(fault: str) -> dict[str, str]:
    """As the panel takes it."""
    name, _, processor = fault.partition(":")
    return {"name": name, "processor": processor} if processor else {"name": name}


def inject_into_running(port: int, faults: Sequence[str]) -> bool:
    """Whether a demo runs on the port; then it has got the faults. Raises BadInput for a fault it refuses."""
    for fault in faults:
        body = json.dumps(parse(fault)).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/sim/api/faults", body, {"Content-Type": "application/json"}
        )
        if _asked(request) is None:
            return False
        print(f"injected: {fault}")
    return True


def heal_running(port: int) -> None:
    """End every fault of the demo that runs on the port. Raises BadInput when none runs there."""
    address = f"http://127.0.0.1:{port}/sim/api/faults"
    listed = _asked(urllib.request.Request(address))
    if listed is None:
        raise BadInput(f"No demo runs on port {port}. Name its port with --port.")
    for fault in listed["active"]:
        headers = {"Content-Type": "application/json"}
        _asked(urllib.request.Request(f"{address}/{fault['id']}", headers=headers, method="DELETE"))
        print(f"healed: {fault['name']}{':' if fault['processor'] else ''}{fault['processor'] or ''}")
    if not listed["active"]:
        print("no fault is active")


def _asked(request: urllib.request.Request) -> dict[str, Any] | None:
    """The answer of the demo's panel; None when none listens. Raises BadInput with what it refuses."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        raise BadInput(json.loads(error.read() or b"{}").get("error", str(error))) from error
    except OSError:
        return None
