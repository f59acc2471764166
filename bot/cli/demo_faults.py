"""Faults given on the command line: `NAME` or `NAME:PROCESSOR`, for a demo that runs or is about to."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence

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
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S):
                print(f"injected: {fault}")
        except urllib.error.HTTPError as error:
            raise BadInput(json.loads(error.read() or b"{}").get("error", str(error))) from error
        except OSError:
            return False
    return True
