"""`python -m benchmarks.bigquery_costs`: what reading BigQuery costs a month, by the size and layout of the history.

An emulator counts no bytes, so they are computed: BigQuery bills 8 bytes for a number, a date or a moment, 2 more than
its UTF-8 for a text and nothing for NULL (https://cloud.google.com/bigquery/docs/estimate-costs), of the columns and
partitions that a query reads, at least 10 MB for each table. From table to table, where the warehouse is in BigQuery,
too, a read bills 10 MB more, for counting what is new. The rows are those of the other benchmarks.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.history import DAYS, World, write_history
from bot.adapters.sources.bigquery_asked import SWEEP_EVERY
from bot.adapters.sources.bigquery_cost import LEAST_BYTES, Budget, billed, size, usd_a_month

SIZES = (270_000, 10_000_000, 100_000_000)
MINUTE = timedelta(minutes=1)
REACH_DAYS = 3
LATENESS = timedelta(minutes=15)
SCRAPERS = 0.01
"""The scrapers' share of the runs."""
DATASETS = 3
"""Of the target tables."""
WAYS = {"": 0, ", table to table": LEAST_BYTES}
WIDE = ("run_id", "processor_name", "status", "failure_category", "error_message", '"trigger"')
NARROW = ("data_date", "started_at", "completed_at", "records_processed", "duration_seconds", "attempt",
          "last_heartbeat_at", "inserted_at")  # fmt: skip


BUDGET = Budget(10**10, 10.0)
"""What sources.yaml has unless it says otherwise."""


@dataclass(frozen=True)
class Cost:
    """Of one source at one size: bytes of a read, minutes between two, and what a month bills."""

    source: str
    layout: str
    read: int
    minutes: float
    usd: float


def row_bytes() -> float:
    """As BigQuery counts them: of a row of the run history, in the columns that are read."""
    texts = " + ".join(f"coalesce(2 + strlen({name}), 0)" for name in WIDE)
    numbers = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 8 END" for name in NARROW)
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), SIZES[0])
        engine = world.engine()
        write_history(engine, world.runs)
        with engine.write() as session:
            row = session.reader().execute(f"SELECT avg({texts} + {numbers}) FROM runs").fetchone()  # noqa: S608 (our own)
        engine.close()
    assert row is not None
    return float(row[0])


def costs(row: float) -> Iterator[Cost]:
    for runs in SIZES:
        for way, more in WAYS.items():
            yield from _history(f"run history{way}", runs, row, more)
        for way, more in WAYS.items():
            yield from _history(f"scraper history{way}", round(runs * SCRAPERS), row, more)
        yield _paced("schedule", "whole", 0, 0)
        yield Cost("tables", f"{DATASETS} datasets, by their dates", 0, 1, DATASETS * usd_a_month(0, MINUTE))
        yield Cost("raw files", "no BigQuery", 0, 1, 0.0)


def _history(source: str, rows: int, row: float, more: int) -> Iterator[Cost]:
    """An hour's partition grows while it is read; in its first minutes the one before is read, too. `more`: bytes that
    each read bills beside.
    """
    day = rows / DAYS * row
    span, whole_of_it = round((REACH_DAYS + 1) * day), round(DAYS * day)
    yield _paced(source, "by data date", billed(span) + more, billed(whole_of_it) + more)
    hour, whole = day / 24, LATENESS // MINUTE
    read = [hour * minute / 60 + (hour if minute < whole else 0) for minute in range(60)]
    mean = round(sum(map(billed, map(round, read))) / len(read))
    yield _paced(source, "by hour of the cursor", mean + more, 0)


def _paced(source: str, layout: str, read: int, sweep: int) -> Cost:
    """As the source paces itself. `sweep`: bytes of looking through older partitions; 0: there is no need to."""
    every = max(MINUTE, BUDGET.between_reads(read))
    swept = usd_a_month(sweep, max(SWEEP_EVERY, BUDGET.between_sweeps(sweep))) if sweep else 0.0
    return Cost(source, layout, read, every / MINUTE, usd_a_month(read, every) + swept)


def table(found: list[Cost], row: float) -> str:
    lines = [
        f"{row:.0f} bytes a row. Bytes billed by a read; minutes from one to the next; a month.",
        "",
        "| source | partitioned | 270 K runs | 10 M | 100 M |",
        "|---|---|---|---|---|",
    ]
    for source, layout in dict.fromkeys((cost.source, cost.layout) for cost in found):
        cells = " | ".join(_cell(cost) for cost in found if (cost.source, cost.layout) == (source, layout))
        lines.append(f"| {source} | {layout} | {cells} |")
    return "\n".join(lines)


def _cell(cost: Cost) -> str:
    return f"{size(billed(cost.read))}, {cost.minutes:.0f} min, {cost.usd:.2f} USD" if cost.usd else "0 USD"


def main() -> None:
    row = row_bytes()
    print(table(list(costs(row)), row))


if __name__ == "__main__":
    main()
