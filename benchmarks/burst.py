"""`python -m benchmarks.burst`: 10,000 failures of 55 processors in a minute, to `fireline run` or to Alertmanager."""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.builders import Row, run
from tests.support.fleet import Fleet, Process, configured, free_port, until
from tests.support.page_endpoints import Endpoint, endpoint, receiver
from tests.support.slack_bench import ALERTS, ALEX, SAM
from tests.support.slack_thread import Beside, beside

PROCESSORS, SECONDS = 55, 60
NAMES = ("Root", *(f"Made{number:02}" for number in range(1, PROCESSORS)))
POLICY = "severity:\n  rules:\n  - {severity: P0, because: everything is grave here}\n"
ERROR = "ConnectionError: HTTPSConnectionPool(host='stats.nba.com', port=443): Max retries exceeded"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.burst", description=__doc__)
    parser.add_argument("to", choices=("fireline", "alertmanager"))
    parser.add_argument("--failures", type=int, default=10_000)
    parser.add_argument("--group-by", default="error", help="a label of Alertmanager's groups")
    parser.add_argument("--after", type=float, default=240.0, help="seconds to look on after the burst")
    options = parser.parse_args()
    print(f"{options}; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        work = _fireline if options.to == "fireline" else _alertmanager
        print(work(options, Path(folder)), flush=True)


def _fireline(options: argparse.Namespace, folder: Path) -> str:
    with beside() as slack, _running(folder, slack) as fleet:
        watch = _Watch(slack, {fleet.direct(user): user for user in (ALEX, SAM)})
        with watch.looking():
            began = time.monotonic()
            _each_second(options.failures, lambda second, rows: _write(folder, second, rows))
            took = time.monotonic() - began
            time.sleep(options.after)
        return watch.said(began, took, folder / "home", options.failures)


def _each_second(failures: int, write: Callable[[int, list[int]], None]) -> None:
    """The numbers of the failures of each second, in their time."""
    began = time.monotonic()
    for second in range(SECONDS):
        time.sleep(max(0.0, began + second - time.monotonic()))
        first, end = failures * second // SECONDS, failures * (second + 1) // SECONDS
        write(second, list(range(first, end)))


def _write(folder: Path, second: int, numbers: list[int]) -> None:
    now = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
    partial = folder / f"runs-{second}.part"
    partial.write_text("".join(json.dumps(_failed(n, now), default=str) + "\n" for n in numbers))
    partial.rename(folder / "exports" / f"runs-{second:02}.ndjson")


def _failed(number: int, at: datetime) -> Row:
    name = NAMES[number % PROCESSORS]
    failed = {"status": "failed", "records_processed": 0, "failure_category": "processing_error"}
    return {**_ran(f"f{number}", name, at), **failed, "error_message": ERROR}


def _ran(run_id: str, name: str, at: datetime) -> Row:
    times = {"data_date": at.date(), "started_at": at, "completed_at": at, "inserted_at": at}
    return {**run(run_id, name), **times, "phase": 2 if name == "Root" else 3}


@dataclass
class _Watch:
    """Looks often at what people in Slack see; `direct` are those who may be paged, by the channel of it."""

    slack: Beside
    direct: dict[str, str]
    seen: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def looking(self) -> Iterator[None]:
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.05):
                for where in (ALERTS, *self.direct):
                    for each in self.slack.messages(where):
                        self.seen.setdefault(f"{where} {each['ts']}", time.monotonic())

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def said(self, began: float, took: float, home: Path, failures: int) -> str:
        with closing(sqlite3.connect(home / "state.db")) as state:
            opened = state.execute("select number, severity, kind, first_seen, announced_at from incident").fetchall()
            counted = state.execute("select body from finding").fetchall()
            paged = state.execute("select person, count(*) from page where act = 'trigger' group by 1").fetchall()
        pages = {user: self._at(where) for where, user in self.direct.items()}
        first = min((at - began for each in pages.values() for at in each), default=-1.0)
        posts = self.slack.messages(ALERTS)
        top = [each for each in posts if each.get("thread_ts") in (None, each["ts"])]
        failed = sum(json.loads(text).get("failures", 0) for (text,) in counted)
        lines = [
            f"  burst written in {took:.1f} s; first page {first:.1f} s after the first of its rows was there",
            f"  posts in the channel {len(top)}, with replies {len(posts)}",
            f"  pages seen { ({user: len(at) for user, at in pages.items()}) }, queued {dict(paged)}",
            f"  incidents {opened}",
            f"  failures counted in findings {failed:,} of {failures:,}",
        ]
        return "\n".join(lines)

    def _at(self, where: str) -> list[float]:
        return [at for key, at in self.seen.items() if key.startswith(f"{where} ")]


@contextmanager
def _running(folder: Path, slack: Beside) -> Iterator[Fleet]:
    made = [{"name": name, "phase": 3, "criticality": "HIGH", "dependencies": ["Root"]} for name in NAMES[1:]]
    registry = {"processors": [{"name": "Root", "phase": 2, "criticality": "CRITICAL"}, *made]}
    fleet = configured(folder, slack, {"policy.yaml": POLICY, "registry.yaml": json.dumps(registry)}, "1s")
    past = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=2)
    rows = [_ran(f"old-{name}", name, past) for name in NAMES]
    (folder / "exports" / "runs-past.ndjson").write_text("".join(json.dumps(row, default=str) + "\n" for row in rows))
    try:
        fleet.healthy(fleet.start("run"))
        yield fleet
    finally:
        fleet.stop()
        print(fleet.logs()[-1_500:], file=sys.stderr)


def _alertmanager(options: argparse.Namespace, folder: Path) -> str:
    """One error for all: `--group-by error` makes one group, `--group-by processor` 55, `--group-by run` none."""
    with endpoint(receiver) as hook:
        route = {"receiver": "hook", "group_by": [options.group_by], "group_wait": "5s", "group_interval": "5m"}
        config = {"route": route, "receivers": [{"name": "hook", "webhook_configs": [{"url": f"{hook.address}/"}]}]}
        (folder / "config.yml").write_text(json.dumps(config))
        port = free_port()
        command = ["prometheus-alertmanager", f"--config.file={folder / 'config.yml'}", f"--storage.path={folder}"]
        command += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
        with (folder / "log.txt").open("wb") as log:
            process = Process("alertmanager", port, subprocess.Popen(command, stdout=log, stderr=log))
        try:
            until(lambda: process.get("/-/ready")[0] == 200, (folder / "log.txt").read_text)
            return _alerted(options, hook, f"http://127.0.0.1:{port}/api/v2/alerts")
        finally:
            process.popen.terminate()
            process.popen.wait(30)


def _alerted(options: argparse.Namespace, hook: Endpoint, url: str) -> str:
    first, began, over = list[float](), time.monotonic(), threading.Event()

    def look() -> None:
        while not over.wait(0.02) and not first:
            if hook.taken:
                first.append(time.monotonic() - began)

    def send(_second: int, numbers: list[int]) -> None:
        labels = (
            {"alertname": "failed", "processor": NAMES[n % PROCESSORS], "run": f"f{n}", "error": "connection"}
            for n in numbers
        )
        alerts = [{"labels": each, "annotations": {"error": ERROR}} for each in labels]
        asked = urllib.request.Request(url, json.dumps(alerts).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(asked, timeout=30).close()

    thread = threading.Thread(target=look)
    thread.start()
    _each_second(options.failures, send)
    time.sleep(options.after)
    over.set()
    thread.join()
    told: Counter[str] = Counter()
    for each in hook.taken:
        told.update({alert["labels"]["run"]: 1 for alert in json.loads(each.body)["alerts"]})
    at = first[0] if first else -1.0
    return f"  webhooks {len(hook.taken):,}, the first after {at:.1f} s; failures named {len(told):,}"


if __name__ == "__main__":
    main()
