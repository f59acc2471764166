"""Sources whose server takes connections and never answers, or stands still in a query: the others go on."""

import logging
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import psycopg
import pytest

from bot.adapters.sources import bigquery_asked, bigquery_client, google_buckets, sql_engine, sql_errors
from bot.adapters.sources.bigquery import BigQuerySource
from bot.adapters.sources.bigquery_client import BigQuery, Place
from bot.adapters.sources.bigquery_cost import Budget
from bot.adapters.sources.bigquery_tables import BigQueryTablesSource, Span
from bot.adapters.sources.files import FilesSource
from bot.adapters.sources.google_buckets import GoogleBuckets
from bot.adapters.sources.sql import SqlSource
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.sources import Feed, SourceFailed
from bot.ports.sources import Source
from bot.services import source_steps
from bot.source_adapters import places
from tests.contracts.postgres import new_database, standing_still
from tests.contracts.sources import rigs
from tests.contracts.test_source_faults import QUESTION, ROWS, Clock, database, reading, synced
from tests.contracts.test_source_faults import held as held
from tests.support.builders import run
from tests.support.local_server import served


def bigquery_at(port: int) -> Source:
    client = BigQuery("history", Place("p", 10**9, f"http://127.0.0.1:{port}"))
    asked = bigquery_asked.Question(
        "p.team.history", False, "inserted_at", None, rigs.LATENESS, rigs.LATENESS, 30, timedelta(minutes=1),
        Budget(10**9, 10.0),
    )  # fmt: skip
    return BigQuerySource("history", Feed.RUNS, client, asked, {}, lambda names: names)


def bucket_at(port: int, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    return FilesSource("gs://exports/runs", Feed.RUNS, rigs.LATENESS, {}, lambda: 0.0, bucket=GoogleBuckets())


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("postgresql", r"no answer within 2 s\. Check the host, the port and the network\."),
        ("bucket", r"gs://exports does not answer within 0\.3 s\. Check the network\. It is tried again\."),
        ("bigquery", r"p\.team\.history: BigQuery does not answer: .* Check the network\. It is tried again\."),
    ],
)
def test_a_server_that_takes_connections_and_never_answers_is_one_line_and_the_others_go_on(
    held: SqlWarehouse,
    tmp_path: Path,
    kind: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sql_engine, "CONNECT_S", 2)
    monkeypatch.setattr(sql_errors, "CONNECT_S", 2)
    monkeypatch.setattr(google_buckets, "TIMEOUT_S", (0.3, 0.3))
    monkeypatch.setattr(bigquery_client, "PATIENCE_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        silent_one: dict[str, Callable[[], Source]] = {
            "postgresql": lambda: SqlSource("history", Feed.RUNS, f"postgresql://u@127.0.0.1:{port}/x", QUESTION, {}),
            "bucket": lambda: bucket_at(port, monkeypatch),
            "bigquery": lambda: bigquery_at(port),
        }
        other = database(tmp_path / "other.db", ROWS)
        with reading(held, Clock(), history=silent_one[kind](), other=other) as service:
            for _ in range(2):
                with pytest.raises(SourceFailed, match=said):
                    service.sync("history")
            assert synced(service, "other") == len(ROWS)
    lines = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert [line.startswith("source history cannot be read, the others go on: ") for line in lines] == [True]


def test_a_database_that_stands_still_in_a_query_is_given_up_on_and_read_again_when_it_goes_on(
    held: SqlWarehouse, postgres_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_engine, "ANSWER_S", 1.0)
    address = new_database(postgres_folder)
    with rigs.postgresql(address) as rig:
        rig.put(ROWS)
        with reading(held, Clock(), history=rig.again()) as service:
            assert synced(service) == len(ROWS)
            with psycopg.connect(address, autocommit=True) as connection:
                others = (
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                ((pid,),) = connection.execute(others).fetchall()
            with standing_still(pid), pytest.raises(SourceFailed, match=r"no answer within 1 s\. Check the host"):
                service.sync("history")
            rig.put([run("late", start=34)])
            assert synced(service) == 1


class Drips(BaseHTTPRequestHandler):
    """Sends a byte now and then: no limit between two pieces of an answer is ever reached."""

    over: Event

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.over.wait(0.05):
            self.wfile.write(b" ")
            self.wfile.flush()

    do_POST = do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


class Hangs(Drips):
    def do_GET(self) -> None:
        self.over.wait(60)

    do_POST = do_HEAD = do_GET


def tables_at(port: int) -> Source:
    client = BigQuery("tables", Place("p", 10**9, f"http://127.0.0.1:{port}"))
    span = Span(rigs.LATENESS, 3, timedelta(minutes=1))
    return BigQueryTablesSource("tables", client, lambda: {"p.team.box": "data_date"}, span)


def s3_at(port: int, monkeypatch: pytest.MonkeyPatch) -> Source:
    named = {"ENDPOINT_URL": f"http://127.0.0.1:{port}", "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "x"}
    for name, value in {**named, "DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return FilesSource("s3://exports/runs", Feed.RUNS, rigs.LATENESS, {}, lambda: 0.0, bucket=places()("s3"))


def steps() -> int:
    """Threads of steps that are under way."""
    return [thread.name for thread in threading.enumerate()].count("source step")


@pytest.mark.parametrize("server", [Drips, Hangs])
@pytest.mark.parametrize("kind", ["gs", "s3", "bigquery", "bigquery_tables", "sql"])
def test_however_a_server_stands_still_a_step_ends_in_one_line_the_others_go_on_and_no_thread_is_left_for_each_read(
    held: SqlWarehouse,
    tmp_path: Path,
    kind: str,
    server: type[Drips],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The limits of the drivers are those of every day: minutes."""
    over, before = Event(), steps()
    with served(server, over=over) as port:
        made: dict[str, Callable[[], Source]] = {
            "gs": lambda: bucket_at(port, monkeypatch),
            "s3": lambda: s3_at(port, monkeypatch),
            "bigquery": lambda: bigquery_at(port),
            "bigquery_tables": lambda: tables_at(port),
            "sql": lambda: SqlSource("history", Feed.RUNS, f"postgresql://u@127.0.0.1:{port}/x", QUESTION, {}),
        }
        with reading(held, Clock(), history=made[kind](), other=database(tmp_path / "other.db", ROWS)) as service:
            for _ in range(4):
                wanted = r"no answer within 0\.2 s(, and still waits)?\. Check the server"
                with monkeypatch.context() as hurry:
                    hurry.setattr(source_steps, "STEP_S", 0.2)
                    with pytest.raises(SourceFailed, match=wanted):
                        service.sync("history")
            assert steps() <= before + 1
            assert synced(service, "other") == len(ROWS)
        over.set()
    lines = [each.message for each in caplog.records if each.name == "fireline.sources" and each.levelno >= 30]
    said = "no answer within 0.2 s. Check the server and the network. It is tried again."
    assert lines == [f"source history cannot be read, the others go on: {said}"]
