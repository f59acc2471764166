"""Real processes, web and worker, over one PostgreSQL, one BigQuery emulator and one local Slack."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.config.settings import BUNDLED_CONFIG
from sandbox.slack.http_delivery import sign
from tests.contracts.bqemulator.emulator import PROJECT
from tests.support.builders import Row, run
from tests.support.slack_bench import ALEX, MONITOR, SAM
from tests.support.slack_thread import Beside

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180.0
POLICY = """
severity:
  rules:
  - {severity: P0, because: everything is grave here}
escalation:
  P0:
    steps:
    - {after: 0m, page: [primary], by: [slack]}
    - {after: 10s, page: [secondary], by: [slack]}
    acknowledged_for: 30m
"""
ONCALL = f"""
timezone: UTC
people:
- {{name: Alex, slack: {ALEX}}}
- {{name: Sam, slack: {SAM}}}
rotas:
- {{name: primary, layers: [{{people: [Alex]}}]}}
- {{name: secondary, layers: [{{people: [Sam]}}]}}
- {{name: manager, layers: [{{people: [Sam]}}]}}
"""
SOURCES = """
sources:
- {{name: exports, kind: files, path: {folder}, every: {every}}}
"""
REGISTRY = {"processors": [{"name": "Box", "phase": 2, "criticality": "CRITICAL"}]}


@dataclass
class Process:
    name: str
    port: int
    popen: "subprocess.Popen[bytes]"

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            return 0, str(error)

    def kill(self) -> None:
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()


@dataclass
class Fleet:
    """`environment` is that of every process; what they log goes to `folder`."""

    folder: Path
    slack: Beside
    environment: dict[str, str]
    running: list[Process] = field(default_factory=list)

    def start(self, name: str) -> Process:
        port = free_port()
        environment = {**self.environment, "PORT": str(port)}
        with (self.folder / f"{name}-{port}.log").open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, "-m", "bot", name], cwd=ROOT, env=environment, stdout=output, stderr=output
            )
        self.running.append(Process(name, port, popen))
        return self.running[-1]

    def healthy(self, process: Process) -> None:
        self.until(lambda: process.get("/healthz")[0] == 200)

    def until(self, met: Callable[[], T]) -> T:
        return until(met, self.logs)

    def command(self, process: Process, text: str, signed_at: int) -> int:
        """What Slack sends when ALEX types `/incident`; the same text and moment are the same bytes."""
        given = {
            "command": "/incident",
            "text": text,
            "user_id": ALEX,
            "channel_id": MONITOR,
            "team_id": self.slack.workspace.identity.team_id,
            "trigger_id": f"1.{signed_at}",
            "response_url": "",
        }
        body = urlencode(given).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(signed_at),
            "X-Slack-Signature": sign(self.slack.workspace.credentials.signing_secret, signed_at, body),
        }
        url = f"http://127.0.0.1:{process.port}/slack/events"
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
            return int(answer.status)

    def fails(self, times: int) -> None:
        """The pipeline's newest rows: it fails that often in a row."""
        now = datetime.now(UTC).replace(tzinfo=None)
        rows = [_failed(n, now - timedelta(minutes=times - n)) for n in range(times)]
        written = "".join(json.dumps(row, default=str) + "\n" for row in rows)
        (self.folder / "exports" / "runs-new.ndjson").write_text(written)

    def direct(self, user: str) -> str:
        """The channel in which the app talks to a person."""
        bot = self.slack.workspace.identity.bot_user_id
        channel, _ = self.slack.ask(lambda made: made.core.channels.direct(bot, user, made.core.now()))
        return str(channel["id"])

    def paged(self, user: str) -> list[str]:
        """What the app told a person directly."""
        return [each["text"] for each in self.slack.messages(self.direct(user))]

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-4_000:]}" for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        for process in self.running:
            if process.popen.poll() is None:
                process.popen.terminate()
        for process in self.running:
            process.popen.wait(20)


def until(met: Callable[[], T], logs: Callable[[], str]) -> T:
    give_up = time.monotonic() + PATIENCE_S
    while not (found := met()):
        assert time.monotonic() < give_up, logs()
        time.sleep(0.05)
    return found


def configured(folder: Path, slack: Beside, texts: Mapping[str, str], every: str) -> Fleet:
    """With these files beside the bundled ones, and a folder of exports that is read so often; nothing runs yet."""
    config, exports, made = folder / "config", folder / "exports", slack.workspace
    shutil.copytree(BUNDLED_CONFIG, config)
    exports.mkdir()
    read = SOURCES.format(folder=exports, every=every)
    for name, text in {"oncall.yaml": ONCALL, "sources.yaml": read, **texts}.items():
        (config / name).write_text(text)
    environment = {
        **os.environ,
        "FIRELINE_HOME": str(folder / "home"),
        "FIRELINE_CONFIG": str(config),
        "FIRELINE_HOST": "127.0.0.1",
        "SLACK_BOT_TOKEN": made.credentials.bot_token,
        "SLACK_SIGNING_SECRET": made.credentials.signing_secret,
        "SLACK_API_URL": made.api_url,
    }
    return Fleet(folder, slack, environment)


@contextmanager
def fleet(folder: Path, slack: Beside, database: str, bigquery: str) -> Iterator[Fleet]:
    """A database that is migrated, an empty warehouse, a source that tells of a healthy past; nothing runs yet."""
    found = configured(folder, slack, {"policy.yaml": POLICY, "registry.yaml": json.dumps(REGISTRY)}, "2s")
    past = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=2)
    (folder / "exports" / "runs-old.ndjson").write_text(json.dumps(_ran("old", past), default=str) + "\n")
    found.environment |= {
        "FIRELINE_DATABASE_URL": database,
        "FIRELINE_WAREHOUSE": "bigquery",
        "FIRELINE_BIGQUERY_PROJECT": PROJECT,
        "FIRELINE_BIGQUERY_DATASET": f"fleet_{folder.parent.name}".replace("-", "_"),
        "FIRELINE_BIGQUERY_ENDPOINT": bigquery,
    }
    command = [sys.executable, "-m", "bot", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=found.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    try:
        yield found
    finally:
        found.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _ran(name: str, at: datetime, **other: Any) -> Row:
    ended = at + timedelta(seconds=20)
    times = {"data_date": at.date(), "started_at": at, "completed_at": ended, "inserted_at": ended}
    return {**run(name), **times, "phase": 2, **other}


def _failed(number: int, at: datetime) -> Row:
    failed = {"status": "failed", "records_processed": 0, "failure_category": "processing_error"}
    return _ran(f"f{number}", at, **failed, error_message="KeyError: points")
