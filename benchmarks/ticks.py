"""`python -m benchmarks.ticks`: how long one live tick takes, minute by minute, over DuckDB and SQLite.

Two platforms: 10,000 processors of one run a day, a tenth of them within one hour; and 50 jobs of one run a minute.
A tick reads what became known, detects, and gives it to the gate. One run in 500 fails. The first tick reads weeks.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.memory import GateRules
from bot.domain.gate.policy import GatePolicy
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import ExpectedRecords, Processor, Registry
from bot.services.detection import DetectionService
from bot.services.gate import GateService
from bot.services.loading import LoadingService
from tests.support.builders import warehouse
from tests.support.migrated_state import empty_state

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
MANY, DENSE = 10_000, 50
DAYS, DENSE_DAYS = 10, 3
RUNS = """
SELECT 'r' || j || '-' || began AS run_id, 'job ' || j AS processor_name, began::DATE AS data_date, began AS started_at,
  began + INTERVAL 20 SECOND AS completed_at, CASE WHEN failed THEN 'failed' ELSE 'success' END AS status,
  CASE WHEN failed THEN NULL ELSE 100 END AS records_processed,
  CASE WHEN failed THEN 'ValueError in job ' || j END AS error_message, began + INTERVAL 22 SECOND AS inserted_at
FROM (SELECT j, hash(j, s) % 500 = 0 AS failed, $first::TIMESTAMP + to_seconds(
    CASE WHEN $daily THEN 86400 * s + floor(j * 3.6)::BIGINT % 36000 ELSE 60 * s + j % 40 END) AS began
  FROM range($jobs) AS jobs(j), range($slots) AS slots(s))
"""


def registry(jobs: int, *, daily: bool) -> Registry:
    def of(number: int) -> Processor:
        minute = int(number * 3.6) % 36_000 // 60
        schedule = f"{minute % 60} {minute // 60} * * *" if daily else "* * * * *"
        above = (f"job {number // 2}",) if daily and number % 2 else ()
        expected = ExpectedRecords(per_game=False)
        return Processor(name=f"job {number}", schedule=(schedule,), dependencies=above, expected_records=expected)

    return Registry(timezone="UTC", processors=tuple(of(number) for number in range(jobs)))


def ticks(folder: Path, jobs: int, minutes: int, *, daily: bool) -> Iterator[tuple[float, float, int]]:
    """Seconds, seconds of processor time and decisions of each tick."""
    known, opened, days = registry(jobs, daily=daily), warehouse(), DAYS if daily else DENSE_DAYS
    values = {
        "jobs": jobs,
        "slots": days if daily else days * 1440,
        "first": FIRST.replace(tzinfo=None),
        "daily": daily,
    }
    with duckdb.connect() as made:
        made.sql(RUNS, params=values).write_parquet(str(folder / "runs.parquet"))
    LoadingService(opened, ()).load(folder, known, FIRST + timedelta(days=days), lambda _step, _rows: None)
    state = SqlState(open_engine(empty_state(folder / "state.db")))

    def gate_for(of: Registry) -> GateService:
        return GateService(state, GateRules(GatePolicy(), Lineage(of), {each.name: None for each in of.processors}))

    service = DetectionService(opened, SeverityPolicy(), AcceptedLosses(), gate_for)
    for minute in range(minutes):
        began, busy = time.perf_counter(), time.process_time()
        decisions = service.tick(FIRST + timedelta(days=days - 1, hours=6, minutes=minute))
        yield time.perf_counter() - began, time.process_time() - busy, len(decisions)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ticks", description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--only", choices=("daily", "dense"))
    minutes, only = (given := parser.parse_args()).minutes, given.only
    for jobs, daily in ((MANY, True), (DENSE, False)):
        if only == ("dense" if daily else "daily"):
            continue
        with tempfile.TemporaryDirectory(prefix="fireline-ticks-") as folder:
            load, took = os.getloadavg()[0], list(ticks(Path(folder), jobs, minutes, daily=daily))
        said = "; ".join(f"{name} {_said([each[at] for each in took])}" for at, name in enumerate(("taken", "busy")))
        decided = sum(count for *_, count in took)
        print(f"{jobs:,} jobs, {'daily' if daily else 'minute-wise'}: {said}; {decided} decisions; load {load:.1f}")


def _said(seconds: list[float]) -> str:
    first, later = seconds[0], sorted(seconds[1:])
    return f"{later[len(later) // 2]:.3f} s, longest {later[-1]:.3f} s, the first {first:.1f} s"


if __name__ == "__main__":
    main()
