"""BigQuery on this machine: bqemulator in a process and a virtual environment of its own."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from tests.support.not_run import need

PROJECT = "fireline-test"
_ROOT = Path(__file__).resolve().parents[3]
_PYTHON = _ROOT / ".venv-bqemulator" / "bin" / "python"
_SERVE = Path(__file__).with_name("serve.py")
_READY_WITHIN = 60
"""Seconds; two on a machine that is otherwise idle."""


@contextmanager
def running(log: Path) -> Iterator[str]:
    """Yields the address of the REST API. What the emulator says goes to `log`."""
    if not _PYTHON.exists():
        need("bqemulator (.venv-bqemulator)", "`make emulator`, with a package index within reach")
    port = _free_port()
    options = {"rest-port": str(port), "grpc-port": "0", "project": PROJECT, "log-level": "error"}
    command = [str(_PYTHON), str(_SERVE), *(part for name, value in options.items() for part in (f"--{name}", value))]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            _wait(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def emulated(endpoint: str) -> bigquery.Client:
    """The real client, as somebody who fills tables uses it."""
    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    return bigquery.Client(project=PROJECT, credentials=nobody, client_options={"api_endpoint": endpoint})


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"bqemulator does not start (exit code {process.poll()}): {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
