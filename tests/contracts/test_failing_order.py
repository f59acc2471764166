"""Runs that became known at one moment, in tables that no loads tell of: failing or not is what the newest run says."""

from contextlib import closing
from datetime import UTC
from itertools import product

import pytest

from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import Engine, Parameters
from bot.adapters.warehouse.evidence_table import RunFacts
from bot.domain.evidence.answers import END_OF_TIME, Span
from tests.contracts.bqemulator.emulator import PROJECT
from tests.support.builders import DAY, Row, at, failed, run

AT_ONCE = at(40, DAY).replace(tzinfo=UTC)
ENDED, GOES_ON = Span(AT_ONCE, AT_ONCE), Span(AT_ONCE)
CASES = {
    f"{first} first, {arrives} arrives first, {by}": (first, arrives, by)
    for first, arrives, by in product(("failed", "success"), ("first", "second"), ("by start", "by id"))
}


def _runs(name: str, first: str, arrives: str, by: str) -> list[Row]:
    second = "success" if first == "failed" else "failed"
    ids, hours = (("a", "b"), (0, 0)) if by == "by id" else (("b", "a"), (0, 1))
    rows = [
        (failed if status == "failed" else run)(run_id, name, start=30 + later, inserted_at=AT_ONCE)
        | {"recorded": "", "hinted": ""}
        for status, run_id, later in zip((first, second), ids, hours, strict=True)
    ]
    return rows if arrives == "first" else rows[::-1]


@pytest.mark.parametrize("kind", ["duckdb", "bigquery"])
def test_failing_is_what_the_newest_run_says(kind: str, request: pytest.FixtureRequest) -> None:
    """Whichever of them comes first, and whichever id is the smaller: the later start counts, then the greater id."""
    engine: Engine = (
        DuckDBEngine(None)
        if kind == "duckdb"
        else BigQueryEngine(PROJECT, "failing_order", endpoint=request.getfixturevalue("bigquery_endpoint"))
    )
    facts: Parameters = {
        "expects": "per_game",
        "input_kind": "none",
        "file_is_output": False,
        "runs_on_no_game_days": False,
    }
    rows = [row for name, case in CASES.items() for row in _runs(name, *case)]
    with closing(engine), engine.write() as session:
        session.fill("processors", ("processor_name", *facts), [(name, *facts.values()) for name in CASES])
        session.fill("runs", tuple(rows[0]), (tuple(row.values()) for row in rows))
        span: Parameters = {"first_date": DAY, "last_date": DAY, "as_of": END_OF_TIME, "names": ""}
        failing = RunFacts.read(session, span).failing
    assert failing == {(name, DAY): [ENDED if first == "failed" else GOES_ON] for name, (first, *_) in CASES.items()}
