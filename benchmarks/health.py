"""Health from the roll-up beside the same questions on the raw table and DuckDB's own floors, in one process, warm."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import duckdb

from benchmarks.history import END, World
from benchmarks.pipeline import registry
from benchmarks.questions import COUNTS, EXACT, FLOORS, RAW, ROLLED_UP
from benchmarks.timing import Timing, timed
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.config.settings import BUNDLED_CONFIG
from bot.config.slos import load_slos
from bot.domain.health.model import HealthReport, HealthRequest, Window
from bot.domain.health.sketch import RELATIVE_ERROR
from bot.services.health import HealthService

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class HealthTimes:
    """One size, one window. `of`: a whole report, `warehouse`: the part of it spent in the warehouse, both just after a
    batch that touched the current hour; `kept`: a report with nothing loaded since; `first`: the warehouse part with
    nothing kept at all; `rolled_up`: all ten questions (health and two more), `raw`: the ten on the raw table.
    """

    runs: int
    days: int
    of: Timing
    warehouse: Timing
    kept: Timing
    first: Timing
    rolled_up: Timing
    raw: Timing
    floors: Mapping[str, Timing] = field(default_factory=dict)
    error: float = 0.0

    @property
    def ratio(self) -> float:
        return self.raw.median / self.rolled_up.median


def service(warehouse: SqlWarehouse) -> HealthService:
    return HealthService(warehouse, registry(), load_slos(BUNDLED_CONFIG / "slos.yaml"))


def measure(world: World, days: int, repeats: int) -> HealthTimes:
    engine = world.engine()
    warehouse = SqlWarehouse(engine)
    window = Window.live(END, days)
    connection = duckdb.connect(str(world.file)).cursor()
    health = service(warehouse)
    ask = _asker(connection, window)

    def report() -> HealthReport:
        return health.of(HealthRequest(days=days), END)

    def after_batch(call: Callable[[], object]) -> Timing:
        return timed(call, repeats, before=lambda: warehouse._settled.forget(END - timedelta(hours=1)))

    error = check(report(), ask, window)
    check_classified(report(), health.of(HealthRequest(days=days, as_of=END), END))
    times = HealthTimes(
        world.runs,
        days,
        of=after_batch(report),
        warehouse=after_batch(lambda: _warehouse_part(warehouse, window)),
        kept=timed(report, repeats),
        first=timed(
            lambda: _warehouse_part(warehouse, window), repeats, before=lambda: warehouse._settled.forget(_EVER)
        ),
        rolled_up=after_batch(lambda: (report(), [ask(text) for text in ROLLED_UP.values()])),
        raw=timed(lambda: [ask(text) for text in RAW.values()], repeats),
        floors={name: timed(partial(ask, text), repeats) for name, text in FLOORS.items()},
        error=error,
    )
    connection.close()
    warehouse.close()
    return times


def _warehouse_part(warehouse: SqlWarehouse, window: Window) -> None:
    """Everything that one health asks of the warehouse."""
    warehouse.history()
    for span in (window, window.baseline()):
        warehouse.health_counts(span)
        warehouse.health_durations(span)
    warehouse.health_due(window)


Rows = list[tuple[object, ...]]


def _asker(connection: duckdb.DuckDBPyConnection, window: Window) -> Callable[[str], Rows]:
    values = {"since": window.since, "until": window.until, "baseline_since": window.baseline().since}
    naive = {name: moment.replace(tzinfo=None) for name, moment in values.items()}

    def ask(text: str) -> Rows:
        used = {name: naive[name] for name in set(re.findall(r"\$(\w+)", text))}
        return connection.execute(text, used).fetchall()

    return ask


def check(report: HealthReport, ask: Callable[[str], Rows], window: Window) -> float:
    """Counts must equal the raw table's, percentiles be within 1 %; returns the largest relative error of one."""
    counted: dict[tuple[object, object], object] = {(name, status): runs for name, status, runs in ask(COUNTS)}
    exact = {str(name): values for name, values in ask(EXACT)}
    worst = 0.0
    for row in report.processors:
        tally = row.tally
        ours = {"success": tally.succeeded, "failed": tally.failed, "skipped": tally.skipped}
        for status, runs in ours.items():
            assert counted.get((row.name, status), 0) == runs, (
                f"{row.name} {status}: {runs} is not {window}'s raw count"
            )
        if row.durations is not None:
            found = (row.durations.p50, row.durations.p95, row.durations.p99)
            true = exact[row.name]
            assert isinstance(true, list)
            worst = max(worst, *(abs(ours - raw) / raw for ours, raw in zip(found, true, strict=True)))
    assert worst <= RELATIVE_ERROR, f"a percentile is off by {worst:.4%}"
    return worst


def check_classified(live: HealthReport, exact: HealthReport) -> None:
    """Expected, real, unknown and zero on game days must equal what the product makes of the raw rows."""
    for ours, raw in zip(live.processors, exact.processors, strict=True):
        assert (ours.name, ours.tally) == (raw.name, raw.tally), f"{ours.name}: {ours.tally} is not {raw.tally}"
