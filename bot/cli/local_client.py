"""Ask the process that owns the embedded warehouse, over its socket: only one process may open the file."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any

from bot.domain.errors import BadInput

TIMEOUT_S = 60


def ask_running(path: Path, question: str, given: dict[str, Any]) -> str | None:
    """The answer of the running process; None when none runs. Raises BadInput with what it refused."""
    connection = _UnixConnection(path)
    try:
        connection.connect()
    except OSError:
        connection.close()
        return None
    try:
        connection.request("POST", f"/{question}", json.dumps(given), {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if "error" in answer:
        raise BadInput(str(answer["error"]))
    return str(answer["text"])


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
