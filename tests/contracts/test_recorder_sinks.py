"""What every sink of the recorder keeps to: a run once, an end that stays, and an answer to "is it done?"."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import create_engine, text

from bot.adapters.clock import system_clock
from bot.adapters.sources.sql import Question, SqlSource
from bot.domain.sources import Feed
from bot.recorder import Recorder
from bot.recorder.sinks import Sink, sink_of
from bot.recorder.sinks.bigquery import TYPES, BigQuerySink
from bot.recorder.sinks.endpoint import EndpointSink
from bot.recorder.sinks.rows import COLUMNS
from bot.recorder.spool import REFUSED, Spool
from tests.contracts.bqemulator.emulator import PROJECT, emulated
from tests.contracts.postgres import new_database
from tests.contracts.sources.rigs import LATENESS
from tests.contracts.test_source_faults import reading
from tests.support.builders import rows_of, warehouse
from tests.support.intake_bench import TOKEN, intake_bench
from tests.support.local_server import served

DAY = "2026-01-15"
_datasets = count(1)


@dataclass(frozen=True)
class Kept:
    """`rows`: of each run its status and records, as a reader finds them; `down`: one that is not there."""

    sink: Sink
    rows: Callable[[], list[tuple[Any, ...]]]
    down: Sink
    rows_a_run: int


def asked(table: str) -> str:
    order = "inserted_at, CASE status WHEN 'running' THEN 0 ELSE 1 END"
    return f"SELECT run_id, status, records_processed FROM {table} ORDER BY {order}"  # noqa: S608


def in_duckdb(folder: Path) -> Iterator[Kept]:
    def rows() -> list[tuple[Any, ...]]:
        with duckdb.connect(str(folder / "jobs.duckdb")) as connection:
            return connection.execute(asked("processor_run_history")).fetchall()

    sink, down = (
        sink_of(f"duckdb:////{str(folder).strip('/')}/jobs.duckdb"),
        sink_of("duckdb:////nowhere/at/all.duckdb"),
    )
    assert sink
    assert down
    yield Kept(sink, rows, down, 2)


def in_database(url: str, nowhere: str) -> Iterator[Kept]:
    engine = create_engine(url)

    def rows() -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(asked("job_runs")))]

    sink, down = sink_of(f"{url}?table=job_runs"), sink_of(nowhere)
    assert sink
    assert down
    yield Kept(sink, rows, down, 2)
    engine.dispose()


def in_bigquery(endpoint: str) -> Iterator[Kept]:
    with closing(emulated(endpoint)) as client:
        dataset = f"recorded_{next(_datasets)}"
        client.create_dataset(dataset)
        columns = ", ".join(f"`{name}` {TYPES.get(name, 'STRING')}" for name in COLUMNS)
        client.query(f"CREATE TABLE {dataset}.runs ({columns})").result()
        table = f"{PROJECT}.{dataset}.runs"

        def rows() -> list[tuple[Any, ...]]:
            return [tuple(row.values()) for row in client.query(asked(f"{dataset}.runs")).result()]

        yield Kept(BigQuerySink(table, client), rows, BigQuerySink(f"{PROJECT}.{dataset}.none", client), 2)


def at_endpoint(folder: Path) -> Iterator[Kept]:
    with intake_bench(folder) as bench, bench.serving() as address:

        def rows() -> list[tuple[Any, ...]]:
            bench.sync()
            return [(run["run_id"], run["status"], run["records_processed"]) for run in bench.runs()]

        class Read(EndpointSink):
            """As soon as it is told, it is read: within a second."""

            def done(self, processor: str, data_date: str) -> Any:
                bench.sync()
                return super().done(processor, data_date)

        yield Kept(Read(address, TOKEN), rows, EndpointSink("http://127.0.0.1:9", TOKEN), 1)


KINDS = ("duckdb", "sqlite", "postgresql", "bigquery", "endpoint")


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "duckdb":
        yield from in_duckdb(tmp_path)
    elif request.param == "sqlite":
        yield from in_database(f"sqlite:///{tmp_path}/jobs.db", f"sqlite:///{tmp_path}/no/jobs.db")
    elif request.param == "postgresql":
        found = new_database(request.getfixturevalue("postgres_folder")).replace(
            "postgresql://", "postgresql+psycopg://"
        )
        yield from in_database(found, "postgresql+psycopg://127.0.0.1:9/none")
    elif request.param == "bigquery":
        yield from in_bigquery(request.getfixturevalue("bigquery_endpoint"))
    else:
        yield from at_endpoint(tmp_path)


def told(kept: Kept, folder: Path, run_id: str, **ends: Any) -> list[dict[str, Any]]:
    """The events of a run, as the recorder tells them."""
    events: list[dict[str, Any]] = []

    class Heard:
        def send(self, some: list[dict[str, Any]]) -> list[dict[str, Any]]:
            events.extend(some)
            return []

        def done(self, processor: str, data_date: str) -> Any:
            return kept.sink.done(processor, data_date)

    made = Recorder(Heard(), str(folder / "spool"))
    with made.record_run("Box", DAY, run_id=run_id, attempt=1, phase=2) as run:
        if "fail" in ends:
            run.fail("boom", "timeout")
        run.records = ends.get("records")
    assert made.flush()
    return events


def test_a_run_is_kept_once_however_often_it_is_told(kept: Kept, tmp_path: Path) -> None:
    start, end = told(kept, tmp_path, "r1", records=12)
    assert kept.sink.send([start]) == []
    assert kept.sink.send([start, end]) == []
    assert kept.sink.send([end, start]) == []
    rows = kept.rows()
    assert (len(rows), rows[-1]) == (kept.rows_a_run, ("r1", "success", 12))


def test_bigquery_takes_many_events_with_one_statement(bigquery_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes about a second. It reads the partitions of those events alone, whichever column makes them."""
    run, asked = BigQuerySink._run, list[str]()

    def noted(sink: BigQuerySink, text: str, *given: Any, **options: Any) -> list[tuple[Any, ...]]:
        asked.append(text)
        return run(sink, text, *given, **options)

    monkeypatch.setattr(BigQuerySink, "_run", noted)
    for kept in in_bigquery(bigquery_endpoint):
        event = {"kind": "start", "at": "2026-01-15T08:00:00+00:00", "processor_name": "Box"}
        events = [{**event, "run_id": f"r{number}", "data_date": day} for number in range(99) for day in (DAY, None)]
        assert kept.sink.send([*events, *events[:9]]) == []
        assert kept.sink.send(events) == []
        assert len(asked) == 2
        assert len(kept.rows()) == len(events)
        dateless = [event for event in events if event["data_date"] is None]
        dated = [event for event in events if event["data_date"] is not None]
        assert kept.sink.send(dateless) == []
        assert kept.sink.send(dated) == []
        assert len(kept.rows()) == len(events)
        by_start = "there.started_at BETWEEN @first_start AND @last_start"
        by_date = "there.data_date BETWEEN @first_date AND @last_date"
        no_date = "there.data_date IS NULL"
        either = f"{by_start} AND ({by_date} OR {no_date})"
        wanted = [either, either, f"{by_start} AND ({no_date})", f"{by_start} AND ({by_date})"]
        assert [within in text for within, text in zip(wanted, asked, strict=True)] == [True] * 4


def test_a_date_is_done_once_a_run_has_brought_records(kept: Kept, tmp_path: Path) -> None:
    assert kept.sink.done("Box", DAY).state == "not done"
    for run_id, ends in {"none": {"records": 0}, "failed": {"fail": 1, "records": 5}}.items():
        kept.sink.send(told(kept, tmp_path, run_id, **ends))
        assert kept.sink.done("Box", DAY).state == "not done"
    assert kept.sink.done("Box", DAY).why == "its runs succeeded without records: nothing was brought"
    kept.sink.send(told(kept, tmp_path, "good", records=7))
    assert kept.sink.done("Box", DAY)
    assert kept.sink.done("Box", DAY).why == "a run succeeded with 7 records"
    assert kept.sink.done("Box", "2026-01-16").state == "not done"


def test_a_sink_that_is_not_there_loses_nothing_and_says_nothing(kept: Kept, tmp_path: Path) -> None:
    folder = str(tmp_path / "held")
    made = Recorder(kept.down, folder)
    with made.record_run("Box", DAY, run_id="r1") as run:
        run.records = 3
    assert not made.flush()
    assert made.is_done("Box", DAY).state == "unknown"
    made._sink = kept.sink
    assert made.flush()
    assert made.is_done("Box", DAY)
    assert kept.rows()[-1] == ("r1", "success", 3)


EVENT = {
    "kind": "start", "processor_name": "Box", "data_date": DAY, "at": f"{DAY}T03:00:00+00:00",
    "started_at": f"{DAY}T03:00:00+00:00",
}  # fmt: skip
MOMENTS = ("at", "started_at")
POISON: list[tuple[str, Any, bool]] = [
    ("records_processed", 10**30, False),
    ("records_processed", -(10**30), False),
    ("records_processed", float("nan"), False),
    ("records_processed", float("inf"), False),
    ("records_processed", "12", False),
    ("attempt", 2**63, False),
    ("phase", float("nan"), False),
    ("run_id", "a\ud800b", False),
    ("run_id", "a\0b", False),
    ("run_id", "x" * 10_000_000, False),
    ("run_id", "", False),
    ("run_id", None, False),
    ("processor_name", "Bo\0x", False),
    ("processor_name", ["Box"], False),
    ("trigger", "\udfff", False),
    ("failure_category", {"a": 1}, False),
    ("kind", "ended", False),
    ("data_date", "0000-01-01", False),
    ("data_date", "9999-12-31", False),
    ("data_date", "soon", False),
    ("data_date", 20_260_115, False),
    *((field, "2026-01-15T03:00:00", False) for field in MOMENTS),
    *((field, "0000-00-00T00:00:00Z", False) for field in MOMENTS),
    *((field, "0001-01-01T00:00:00+14:00", False) for field in MOMENTS),
    *((field, "9999-12-31T23:59:59-14:00", False) for field in MOMENTS),
    *((field, float("inf"), False) for field in MOMENTS),
    ("error_message", "x" * 10_000_000, True),
    ("error_message", "a\ud800b\0c", True),
]
"""A field, what no table takes in it, and whether the event is worth keeping all the same."""


def test_what_no_sink_takes_is_put_aside_and_the_others_go_on(
    kept: Kept, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    start, end = told(kept, tmp_path, "r1", records=12)
    spool = Spool(str(tmp_path / "poisoned"))
    spool.append(start)
    for n, (field, value, _) in enumerate(POISON):
        spool.append(end | {"run_id": f"p{n}", "kind": "failed", "records_processed": 1, field: value})
    spool.append(end)
    made = Recorder(kept.sink, str(tmp_path / "poisoned"))
    made._spool = spool
    assert made.flush(60)
    fitting = sum(fits for _, _, fits in POISON)
    assert made.refused == len(POISON) - fitting
    refused = [json.loads(line) for line in (tmp_path / "poisoned" / REFUSED).read_text().splitlines()]
    assert all(each["refused"] for each in refused)
    assert len(refused) == made.refused
    assert len([each for each in caplog.records if "make no sense to the sink" in each.getMessage()]) == 1
    rows = kept.rows()
    assert ("r1", "success", 12) in rows
    assert len(rows) == kept.rows_a_run + fitting


class _Between(BaseHTTPRequestHandler):
    """Something between that answers everything with one status; `small`: what is shorter it lets through."""

    status: int
    body: bytes
    small = 0

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.rfile.read(length)
        passes = length < self.small
        self.send_response(200 if passes else self.status)
        answer = b'{"accepted": 1, "refused": []}' if passes else self.body
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None: ...


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422, 502])
@pytest.mark.parametrize("body", [b"<html>Bad Request</html>", b'{"error": "bad request"}', b"[]"])
def test_an_answer_that_is_not_firelines_sets_nothing_aside(status: int, body: bytes) -> None:
    with served(_Between, status=status, body=body) as port, pytest.raises(OSError, match=str(status)):
        EndpointSink(f"http://127.0.0.1:{port}", TOKEN).send([{**EVENT, "run_id": f"r{n}"} for n in range(3)])


def test_what_is_too_large_for_what_lies_between_is_sent_in_pieces() -> None:
    events = [{**EVENT, "run_id": f"r{n}"} for n in range(8)]
    one = len(json.dumps(events[0]))
    with served(_Between, status=413, body=b"<html>", small=2 * one + 500) as port:
        assert EndpointSink(f"http://127.0.0.1:{port}", TOKEN).send(events) == []


def test_a_table_that_is_narrower_than_ours_holds_up_what_fits_in_no_way(tmp_path: Path) -> None:
    columns = ", ".join(f'"{name}" VARCHAR' for name in COLUMNS if name != "run_id")
    made = f"CREATE TABLE processor_run_history (run_id VARCHAR CHECK (length(run_id) < 9), {columns})"
    with duckdb.connect(str(tmp_path / "jobs.duckdb")) as held:
        held.execute(made)
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as held:
        held.execute(made)
    for address in (f"duckdb:////{tmp_path}/jobs.duckdb", f"sqlite:///{tmp_path}/jobs.db"):
        sink = sink_of(address)
        assert sink is not None
        events = [{**EVENT, "run_id": name} for name in ("r1", "r" * 30, "r3")]
        [refused] = sink.send(events)
        assert (refused["run_id"], "CHECK constraint" in refused["refused"]) == ("r" * 30, True)
        assert sink.send(events) == [refused]


def test_fireline_reads_what_the_recorder_writes(tmp_path: Path) -> None:
    [kept] = in_database(f"sqlite:///{tmp_path}/jobs.db", "sqlite:///none.db")
    for run_id, ends in {"good": {"records": 7}, "bad": {"fail": 1}}.items():
        kept.sink.send(told(kept, tmp_path, run_id, **ends))
    question = Question("SELECT * FROM job_runs", None, "time", LATENESS)
    source = SqlSource("history", Feed.RUNS, f"sqlite:///{tmp_path}/jobs.db", question, {})
    with closing(warehouse()) as held:
        with reading(held, system_clock, history=source) as sources:
            sources.sync("history")
        assert [(row[0], row[6], row[9], row[15]) for row in rows_of(held, "runs")] == [
            ("bad", "failed", "timeout", "timeout"),
            ("good", "success", None, ""),
        ]
