"""The digest composed and drawn: of the 55 processors of the benchmarks' pipeline, and of 1,000; over 30 days, warm and
just after a batch that touched the current hour.

`python -m benchmarks.digest [FOLDER]`
"""

import csv
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks.history import END, World, recipe, write_history
from benchmarks.pipeline import registry
from benchmarks.timing import Timing, timed
from bot.adapters.fire_times import CronFires
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.config.policy import load_policy
from bot.config.settings import BUNDLED_CONFIG
from bot.config.slos import load_slos
from bot.domain.oncall.schedule import Schedule
from bot.domain.platform.registry import Registry
from bot.domain.reports.policy import ReportPolicy
from bot.ports.fakes.state import FakeState
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.loading import LoadingService
from bot.services.oncall import OncallService
from bot.services.reports import Asked, ReportService
from bot.services.responses import ResponseService
from bot.services.slo import SloService
from bot.services.trends import TrendService
from bot.views import daily_report

RUNS, MANY, DAYS = 270_000, 1_000, 30
HOUR = timedelta(hours=1)
WHEN = ("started_at", "completed_at", "duration_seconds")
COLUMNS = ("processor_name", "data_date", "run_id", *WHEN, "status", "records_processed", "inserted_at")
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class DigestTimes:
    """One digest, with its card: `after_batch` just after rows came for the current hour, `warm` with nothing new."""

    processors: int
    after_batch: Timing
    warm: Timing


def reports(opened: SqlWarehouse, known: Registry) -> ReportService:
    """Over an open warehouse, with nothing stored and nobody on call."""
    levels = load_slos(BUNDLED_CONFIG / "slos.yaml")
    health = HealthService(opened, known, levels)
    state, plan = FakeState(), Schedule(UTC_ZONE)
    people = OncallService(plan, state), ResponseService(state, lambda _: plan)
    slo = SloService(opened, known, levels, health)
    asked = Asked(
        health, slo, ImpactService(opened, known, health), TrendService(opened, known, health), *people, state
    )
    policy = ReportPolicy(zone=UTC_ZONE)
    return ReportService(asked, known, policy, CronFires(policy.daily, UTC_ZONE))


def measure(opened: SqlWarehouse, known: Registry, now: datetime) -> DigestTimes:
    service = reports(opened, known)

    def digest() -> None:
        report = service.daily(now)
        assert report.health is not None, report.unavailable
        daily_report.card(report)
        daily_report.rest(report)

    fresh = timed(digest, before=lambda: opened._settled.forget(now - HOUR))
    return DigestTimes(len(known.processors), fresh, timed(digest))


def of_the_pipeline(folder: Path) -> DigestTimes:
    world = World(folder / f"{RUNS}-{recipe()}", RUNS)
    if not world.file.exists():
        world.home.mkdir(parents=True, exist_ok=True)
        write_history(world.engine(), RUNS)
    opened = SqlWarehouse(world.engine())
    opened.rebuild()
    try:
        return measure(opened, registry(), END)
    finally:
        opened.close()


def of_many() -> DigestTimes:
    """One run a day of each of MANY, which depend on each other in chains of ten; each tenth has a deadline."""
    with TemporaryDirectory() as folder:
        data = Path(folder)
        known = _write(data)
        opened = SqlWarehouse(DuckDBEngine(None, read_only=False))
        policy = load_policy(BUNDLED_CONFIG / "policy.yaml")
        LoadingService(opened, policy.failure_text_rules).load(data, known, END, lambda *_: None)
        try:
            return measure(opened, known, END)
        finally:
            opened.close()


def _write(data: Path) -> Registry:
    entries = [
        {
            "name": f"P{n}",
            "phase": 1,
            "dependencies": [] if n % 10 == 0 else [f"P{n - 1}"],
            "schedule_hours_et": [6 + n % 10],
            "expected_records": {"per_game": False, "typical": 100},
            **({"sla_completion_time": "18:00"} if n % 10 == 9 else {}),
        }
        for n in range(MANY)
    ]
    known = Registry.model_validate({"timezone": "UTC", "processors": entries})
    with (data / "runs.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows(_run(n, back) for back in range(DAYS, 0, -1) for n in range(MANY))
    return known


def _run(n: int, back: int) -> tuple[object, ...]:
    day = (END - timedelta(days=back)).date()
    start = datetime(day.year, day.month, day.day, 6 + n % 10, 1, tzinfo=UTC)
    took = 60 + n % 50
    end, failed = start + timedelta(seconds=took), (n + back) % 97 == 0
    state, records = ("failed", 0) if failed else ("success", 100)
    return f"P{n}", day, f"{n}-{back}", start.isoformat(), end.isoformat(), took, state, records, end.isoformat()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "var" / "bench"
    for times in (of_the_pipeline(folder), of_many()):
        print(f"{times.processors:,} processors: after a batch {times.after_batch}, warm {times.warm}")


if __name__ == "__main__":
    main()
