"""From a row's commit in its source to its effect in health: `python -m benchmarks.source_latency`, about a minute."""

import json
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.bootstrap import Serving, serving
from bot.config.settings import Settings
from bot.domain.health.model import HealthRequest
from bot.scheduler import running
from bot.source_lanes import SourceLanes

EVERY_S, ROWS = 5, 10
POLL_S = 0.02
COLUMNS = "run_id, processor_name, data_date, started_at, completed_at, status, inserted_at"


def configured(folder: Path) -> Settings:
    source = {
        "name": "history",
        "kind": "sql",
        "feeds": "runs",
        "every": f"{EVERY_S}s",
        "url": f"sqlite:///{folder / 'team.db'}",
        "query": "SELECT * FROM runs WHERE inserted_at >= :since",
        "cursor": "inserted_at",
    }
    box = {"name": "Box", "phase": 2, "table": "raw.box", "schedule_hours_et": [30]}
    files = {"sources": {"sources": [source]}, "registry": {"processors": [box]}, "policy": {}, "slos": {"phases": []}}
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content))
    return Settings(home=folder / "home", config=folder, slack_bot_token=SecretStr("none"))


def commit(folder: Path, number: int) -> float:
    """When it was done, by the monotonic clock."""
    now = datetime.now(UTC)
    began, ended = (f"{now - timedelta(seconds=ago):%Y-%m-%d %H:%M:%S}" for ago in (60, 1))
    row = (f"r{number}", "Box", f"{now:%Y-%m-%d}", began, ended, "success", ended)
    with closing(sqlite3.connect(folder / "team.db")) as kept, kept:
        kept.execute(f"CREATE TABLE IF NOT EXISTS runs ({COLUMNS})")
        kept.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return time.monotonic()


def seen(duties: Serving, runs: int) -> float:
    """When health counts so many runs."""
    while duties.sources.statuses()[0].newest is None:
        time.sleep(POLL_S)
    services = duties.services
    while services.health.of(HealthRequest(), services.now()).total.runs < runs:
        time.sleep(POLL_S)
    return time.monotonic()


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder, took = Path(made), list[float]()
        settings = configured(folder)
        commit(folder, 0)
        with serving(settings) as duties, running([], duties.vitals) as lanes:
            SourceLanes(duties.sources, lanes).start()
            seen(duties, 1)
            for number in range(1, ROWS + 1):
                time.sleep(0.3 * number)  # at another place of the interval each time
                committed_at = commit(folder, number)
                took.append(seen(duties, number + 1) - committed_at)
    took.sort()
    print(f"interval {EVERY_S} s, {ROWS} rows: median {took[ROWS // 2]:.2f} s, longest {took[-1]:.2f} s")


if __name__ == "__main__":
    main()
