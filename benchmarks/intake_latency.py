"""From the acknowledgement of an event to its effect in health: `python -m benchmarks.intake_latency`, a minute."""

import json
import os
import tempfile
import time
from math import ceil
from pathlib import Path

from pydantic import SecretStr

from bot.bootstrap import Serving, serving
from bot.config.settings import Settings
from bot.domain.health.model import HealthRequest
from bot.recorder import clock
from bot.recorder.sinks.endpoint import EndpointSink
from bot.scheduler import running
from bot.source_lanes import SourceLanes
from tests.support.intake_bench import served_site

EVENTS, TOKEN = 50, "t" * 40
POLL_S = 0.005


def configured(folder: Path) -> Settings:
    box = {"name": "Box", "phase": 2, "table": "raw.box", "schedule_hours_et": [30]}
    sources = {"sources": [{"name": "pushed", "kind": "push"}]}
    files = {"sources": sources, "registry": {"processors": [box]}, "policy": {}, "slos": {"phases": []}}
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content))
    none, token = SecretStr("none"), SecretStr(TOKEN)
    return Settings(home=folder / "home", config=folder, slack_bot_token=none, intake_token=token)


def tell(address: str, number: int) -> float:
    """A run that ended; when that was acknowledged, by the monotonic clock."""
    now = clock.now().isoformat()
    event = {"kind": "success", "processor_name": "Box", "run_id": f"r{number}", "data_date": now[:10], "at": now}
    assert EndpointSink(address, TOKEN).send([event | {"started_at": now, "records_processed": number}]) == []
    return time.monotonic()


def wait(duties: Serving, runs: int) -> tuple[float, float]:
    """When they are in the warehouse, and when health counts them."""
    while duties.sources.statuses()[0].rows < runs:
        time.sleep(POLL_S)
    stored_at, services = time.monotonic(), duties.services
    while services.health.of(HealthRequest(), services.now()).total.runs < runs:
        time.sleep(POLL_S)
    return stored_at, time.monotonic()


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        settings = configured(Path(made))
        stored, shown = list[float](), list[float]()
        with (
            serving(settings) as duties,
            running([], duties.vitals) as lanes,
            served_site(duties.probe, duties.callbacks) as address,
        ):
            SourceLanes(duties.sources, lanes).start()
            tell(address, 0)
            wait(duties, 1)
            for number in range(1, EVENTS + 1):
                time.sleep(0.3 + 0.007 * number)  # at another place of the interval each time
                kept_at = tell(address, number)
                stored_at, shown_at = wait(duties, number + 1)
                stored.append(stored_at - kept_at)
                shown.append(shown_at - kept_at)
    for name, took in (("acknowledged to stored", stored), ("acknowledged to health", shown)):
        took.sort()
        p50, p99 = (1_000 * took[ceil(share * len(took)) - 1] for share in (0.5, 0.99))
        print(f"{name}, {EVENTS} events: p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
