"""What a run costs the job that records it: `python -m benchmarks.recording`. The sink is down, or a file."""

import logging
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from math import ceil
from pathlib import Path

from bot.recorder import configure, record_run

RUNS, DAY, PAUSE_S = 2_000, date(2026, 1, 1), 0.002
NOBODY = "http://127.0.0.1:9"


def recorded(number: int) -> None:
    with record_run("Box", DAY + timedelta(days=number % 300)) as run:
        run.records = number


def alone(_number: int) -> None:
    """The same job without the recorder."""


def measured(work: Callable[[int], None]) -> list[float]:
    took = []
    for number in range(RUNS):
        began = time.perf_counter()
        work(number)
        took.append(1_000 * (time.perf_counter() - began))
        time.sleep(PAUSE_S)  # so that the sending thread works meanwhile
    return sorted(took)


def main() -> None:
    logging.disable()
    os.environ["FIRELINE_INTAKE_TOKEN"] = "t" * 40
    found = {"without the recorder": measured(alone)}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        for name, sink in (("sink down", NOBODY), ("SQLite file", f"sqlite:///{made}/runs.db")):
            recorder = configure(sink, str(Path(made) / name.replace(" ", "-")))
            found[name] = measured(recorded)
            recorder.close()
    down = found["sink down"]
    for name, took in found.items():
        p50, p99 = (took[ceil(share * len(took)) - 1] for share in (0.5, 0.99))
        ratio = p99 / down[ceil(0.99 * len(down)) - 1]
        print(f"{name}, {RUNS:,} runs: p50 {p50:.3f} ms, p99 {p99:.3f} ms, {ratio:.2f} of sink down")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
