"""Ask the process that owns the embedded warehouse, over its socket: only one process may open the file.

Nothing slow is imported: http.client alone takes longer than the question.
"""

import json
import os
import socket
from typing import Any

TIMEOUT_S = 60


def ask_running(
    path: str | os.PathLike[str], question: str, given: dict[str, Any], timeout_s: float = TIMEOUT_S
) -> str | None:
    """The answer of the running process; None when none runs. Raises BadInput with what it refused."""
    answer = ask(path, question, given, timeout_s)
    if answer is None:
        return None
    if "error" in answer:
        from bot.domain.errors import BadInput

        raise BadInput(str(answer["error"]))
    return str(answer["text"])


def ask(
    path: str | os.PathLike[str], question: str, given: dict[str, Any], timeout_s: float = TIMEOUT_S
) -> dict[str, Any] | None:
    """`text` or `error`; None when no process listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return None
        try:
            return _answer(connection, question, json.dumps(given).encode())
        except (OSError, ValueError) as error:
            return {"error": f"The running process gave no answer: {error}. Ask again, or look into its log."}


def _answer(connection: socket.socket, question: str, body: bytes) -> dict[str, Any]:
    """Over HTTP/1.0 the answer ends where the connection does. Raises ValueError for anything but an answer."""
    asked = f"POST /{question} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(asked.encode() + body)
    said = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, text = said.partition(b"\r\n\r\n")
    status = head.partition(b"\r\n")[0]
    if b" 200 " not in status:
        raise ValueError(status.decode(errors="replace") or "it closed the connection")
    answer: dict[str, Any] = json.loads(text)
    return answer
