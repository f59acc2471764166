"""What became known at one moment, with no loads to tell: the newest run counts, and the version that is kept."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import Engine, Parameters, Session
from bot.adapters.warehouse.evidence_table import RunFacts
from bot.domain.evidence.answers import END_OF_TIME, Span
from tests.contracts.bqemulator.emulator import PROJECT
from tests.support.builders import DAY, Row, at, failed, run

AT_ONCE = at(40, DAY).replace(tzinfo=UTC)
ENDED, GOES_ON = Span(AT_ONCE, AT_ONCE), Span(AT_ONCE)
SPAN: Parameters = {"first_date": DAY, "last_date": DAY, "as_of": END_OF_TIME, "names": ""}
FACTS: Parameters = {
    "expects": "per_game",
    "input_kind": "none",
    "file_is_output": False,
    "runs_on_no_game_days": False,
}
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


LATER = AT_ONCE + timedelta(hours=10)
VERSIONS = {
    "alone": ([("success", AT_ONCE)], [Span(AT_ONCE, LATER)]),
    "with a failure": ([("success", AT_ONCE), ("failed", AT_ONCE)], []),
    "with a start": ([("success", AT_ONCE), ("running", AT_ONCE)], [Span(AT_ONCE, LATER)]),
    "after a start": ([("running", AT_ONCE - timedelta(hours=1)), ("success", AT_ONCE)], [Span(AT_ONCE, LATER)]),
    "twice": (
        [("success", AT_ONCE - timedelta(hours=1)), ("success", AT_ONCE)],
        [Span(AT_ONCE - timedelta(hours=1), AT_ONCE), Span(AT_ONCE, LATER)],
    ),
    "with the failure that is kept": ([("success", LATER)], []),
}


@pytest.mark.parametrize("kind", ["duckdb", "bigquery"])
def test_a_run_worked_until_the_version_that_is_kept_says_otherwise(kind: str, request: pytest.FixtureRequest) -> None:
    """A success counts from its moment to the next one of its run, and never beside a failure of the same moment."""
    superseded = [
        _version(name, status, known) for name, (versions, _) in VERSIONS.items() for status, known in versions
    ]
    with closing(_engine(kind, request)) as engine, engine.write() as session:
        _fill(session, list(VERSIONS), [_version(name, "failed", LATER) for name in VERSIONS])
        session.fill("superseded_runs", tuple(superseded[0]), (tuple(row.values()) for row in superseded))
        worked = RunFacts.read(session, SPAN).worked
    found = {name: sorted(worked.get((name, DAY), []), key=lambda span: span.since) for name in VERSIONS}
    assert found == {name: spans for name, (_, spans) in VERSIONS.items()}


def _version(name: str, status: str, known: datetime) -> Row:
    made = failed if status == "failed" else run
    return made("a", name, start=30, inserted_at=known) | {"status": status, "recorded": "", "hinted": ""}


@pytest.mark.parametrize("kind", ["duckdb", "bigquery"])
def test_failing_is_what_the_newest_run_says(kind: str, request: pytest.FixtureRequest) -> None:
    """Whichever of them comes first, and whichever id is the smaller: the later start counts, then the greater id."""
    rows = [row for name, case in CASES.items() for row in _runs(name, *case)]
    with closing(_engine(kind, request)) as engine, engine.write() as session:
        _fill(session, list(CASES), rows)
        failing = RunFacts.read(session, SPAN).failing
    assert failing == {(name, DAY): [ENDED if first == "failed" else GOES_ON] for name, (first, *_) in CASES.items()}


def _engine(kind: str, request: pytest.FixtureRequest) -> Engine:
    if kind == "duckdb":
        return DuckDBEngine(None)
    return BigQueryEngine(PROJECT, "known_at_one_moment", endpoint=request.getfixturevalue("bigquery_endpoint"))


def _fill(session: Session, names: list[str], runs: list[Row]) -> None:
    session.fill("processors", ("processor_name", *FACTS), [(name, *FACTS.values()) for name in names])
    session.fill("runs", tuple(runs[0]), (tuple(row.values()) for row in runs))
