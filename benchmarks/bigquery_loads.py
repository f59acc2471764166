"""`python -m benchmarks.bigquery_loads`: what a load of a minute's new runs bills in a BigQuery warehouse, by size.

The statements are those that the emulator runs for a load. It counts no bytes: each table that a statement reads is at
least 10 MB; of `runs` and `superseded_runs` the columns that it names, of the partitions that it names, where a run is
about the day of its start or the day before. *by its dates*: as a dry run says it; *by their start*: what is left where
the table is clustered by it, an hour at most of each partition.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bigquery_costs import MINUTE, SIZES
from benchmarks.history import DAYS
from bot.adapters.sources.bigquery_cost import MONTH, USD_A_TIB, billed, size
from bot.adapters.warehouse.engine import Parameters
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from tests.contracts.bqemulator import emulator
from tests.contracts.partitions import PARTITIONED, Noting, dates_named, scope_of
from tests.contracts.stories import FIRST
from tests.contracts.warehouses import Played, Step
from tests.support.builders import World, run

WIDTHS = {"error_message": 40, "run_id": 38, "processor_name": 22, "status": 9, "failure_category": 14, "trigger": 10,
          "recorded": 12, "hinted": 12}  # fmt: skip
"""Bytes of a text, of any other column 8."""


@dataclass(frozen=True)
class Read:
    """A place where a table is read: bytes of a row, and how many dates; 0: a small table."""

    width: int = 0
    dates: int = 0


def reads(statement: str, parameters: Parameters) -> Iterator[Read]:
    from sqlglot import exp, parse_one

    tree = parse_one(statement, dialect="bigquery")
    made = {each.alias for each in tree.find_all(exp.CTE)}
    small = set[str]()
    for table in tree.find_all(exp.Table):
        if isinstance(table.parent, exp.Schema | exp.Insert | exp.Create) or table.name in made:
            continue
        if table.name not in PARTITIONED:
            small.add(table.name)
            continue
        scope = scope_of(table)
        columns = {column.name for column in scope.find_all(exp.Column)} | {"data_date"}
        named = dates_named(scope, parameters)
        dates = DAYS if named is None else min(DAYS, (named[1] - named[0]).days + 1)
        yield Read(sum(WIDTHS.get(name, 8) for name in columns), dates)
    yield from (Read() for _ in small)


def statements_of_a_load() -> list[tuple[str, Parameters]]:
    """Runs with ids of their own, all new, after the newest row of any table."""
    whole = FIRST.but(runs=[row for row in FIRST.runs if row["run_id"]])
    with tempfile.TemporaryDirectory() as folder, emulator.running(Path(folder) / "log") as endpoint:
        engine = Noting(emulator.PROJECT, "loads", endpoint=endpoint)
        played = Played(SqlWarehouse(engine), Path(folder))
        played.load(Step(whole))
        for number in range(2):
            engine.asked.clear()
            played.load(Step(World([run(f"new {number}", start=36 + number / 10)], processors=whole.processors)))
        engine.close()
    return engine.asked


def main() -> None:
    asked = statements_of_a_load()
    found = [list(reads(*each)) for each in asked]
    tables = [read for each in found for read in each]
    of_runs = [read for read in tables if read.width]
    print(f"{len(asked)} statements, {len(tables)} tables, {len(of_runs)} of them runs\n")
    print("| runs in 30 days | all partitions | by its dates | by their start | every minute, a month |")
    print("|---|---|---|---|---|")
    for runs in SIZES:
        whole = _billed(tables, lambda _: DAYS, runs / DAYS)
        dated = _billed(tables, lambda read: read.dates, runs / DAYS)
        hours = _billed(tables, lambda read: min(read.dates, 2) / 24, runs / DAYS)
        usd = hours * (MONTH / MINUTE) / 1024**4 * USD_A_TIB
        print(f"| {runs:,} | {size(whole)} | {size(dated)} | {size(hours)} | {usd:,.0f} USD |")


def _billed(tables: Iterable[Read], days: Callable[[Read], float], a_day: float) -> int:
    return sum(billed(round(read.width * days(read) * a_day)) for read in tables)


if __name__ == "__main__":
    main()
