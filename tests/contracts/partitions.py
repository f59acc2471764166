"""Which partitions of its partitioned tables a BigQuery warehouse is asked for."""

from datetime import date
from typing import Any

from sqlglot import exp

from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.engine import Parameters

PARTITIONED = ("runs", "superseded_runs")


class Noting(BigQueryEngine):
    """Notes each statement that it runs, and what that binds."""

    def __init__(self, *given: str, endpoint: str) -> None:
        self.asked: list[tuple[str, Parameters]] = []
        super().__init__(*given, endpoint=endpoint)

    def _bound(self, statement: str, parameters: Parameters) -> Any:
        self.asked.append((statement, parameters))
        return super()._bound(statement, parameters)


def scope_of(table: exp.Table) -> exp.Expression:
    """The SELECT or DELETE that reads it."""
    scope = table.find_ancestor(exp.Select, exp.Delete)
    assert scope is not None
    return scope


def dates_named(scope: exp.Expression, parameters: Parameters) -> tuple[date, date] | None:
    """The first and the last partition that its WHERE names; None: it names none, and reads all."""
    where = scope.args.get("where")
    found = [] if where is None else [each for each in where.find_all(exp.Between) if each.this.name == "data_date"]
    if not found:
        return None
    first, last = (parameters[found[0].args[side].sql("bigquery").removeprefix("@")] for side in ("low", "high"))
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first, last
