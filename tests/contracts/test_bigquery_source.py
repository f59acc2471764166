"""What reading BigQuery costs and refuses: the real client against an emulator, with a proxy that counts between."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.cloud.bigquery import QueryJob
from typer.testing import CliRunner, Result

from bot.adapters.sources.bigquery import BigQuerySource
from bot.adapters.sources.bigquery_cost import LEAST_BYTES, usd_a_month
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.cli.app import app
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import SourceFailed, SourcePlan
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService, SyncReport
from tests.contracts.bqemulator.emulator import PROJECT
from tests.contracts.bqemulator.proxy import Proxy, proxied
from tests.contracts.partitions import Noting
from tests.contracts.sources.rigs import LATENESS, BigQueryTable
from tests.support.builders import DAY, NOW, RULES, registry, run, warehouse
from tests.support.local_server import served

CAP = 1_000_000_000


@pytest.fixture
def proxy(bigquery_endpoint: str) -> Iterator[Proxy]:
    with proxied(bigquery_endpoint) as found:
        yield found


@pytest.fixture
def table(bigquery_endpoint: str) -> Iterator[BigQueryTable]:
    with closing(BigQueryTable(bigquery_endpoint)) as made:
        yield made


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


def synced(source: BigQuerySource, into: SqlWarehouse, *, later: timedelta = timedelta()) -> SyncReport:
    plan = SourcePlan("history", "bigquery", None, timedelta(minutes=1), LATENESS)
    connected = Connected(plan, source, hints_of(RULES, Vocabulary.standard()))
    with closing(SourcesService(into, [connected], registry, lambda: NOW + later)) as sources:
        return sources.sync("history")


def bound(query: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["parameterValue"]["value"] for each in query["query"]["queryParameters"]}


def test_every_query_is_capped_binds_its_values_and_filters_the_partition_column(
    proxy: Proxy, table: BigQueryTable, held: SqlWarehouse
) -> None:
    table.put([run("a")])
    synced(table.source(proxy.address), held)
    table.put([run("b", start=31)])
    synced(table.source(proxy.address), held)
    first, second = proxy.queries
    assert bound(first) == {"dates_from": "2025-12-21"}
    assert bound(second)["dates_from"] == "2026-01-13", "the cursor, less the lateness and the reach"
    assert bound(second)["since"].startswith("2026-01-16 05:46:01")
    for query in (first, second):
        assert query["query"]["maximumBytesBilled"] == str(CAP)
        assert "`data_date` >= @dates_from" in query["query"]["query"]
        assert "2026" not in query["query"]["query"]


def test_columns_that_tell_nothing_are_not_paid_for(proxy: Proxy, table: BigQueryTable, held: SqlWarehouse) -> None:
    table.put([run("a")])
    synced(table.source(proxy.address), held)
    assert "source_metadata" not in proxy.queries[0]["query"]["query"]


def test_what_a_read_billed_is_counted_with_its_rows(proxy: Proxy, table: BigQueryTable, held: SqlWarehouse) -> None:
    table.put([run("a")])
    proxy.reads = 20_000_000
    source = table.source(proxy.address)
    assert synced(source, held).bytes_billed == 20_000_000
    assert synced(source, held).bytes_billed == 0, "nothing is stored, so nothing is counted yet"
    table.put([run("b", start=31)])
    assert synced(source, held).bytes_billed == 40_000_000
    (mark,) = held.source_marks().values()
    assert mark.bytes_billed == 60_000_000


def test_what_a_load_billed_is_counted_beside_its_read(
    table: BigQueryTable, bigquery_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger is asked before the load begins. Small tables that are listed bill nothing."""
    monkeypatch.setattr(QueryJob, "total_bytes_billed", property(lambda _: 1))
    table.put([run("a")])
    engine = Noting(PROJECT, "billed", endpoint=bigquery_endpoint)
    with closing(SqlWarehouse(engine)) as into:
        engine.asked.clear()
        report = synced(table.source(bigquery_endpoint), into)
        (mark,) = into.source_marks().values()
    of_load = next(at for at, (text, _) in enumerate(engine.asked) if "source_marks" in text) - 1
    assert (report.bytes_billed, of_load > 20) == (1, True)
    assert mark.bytes_billed == report.bytes_billed + of_load


def test_reads_that_bill_much_come_less_often_and_say_so(
    proxy: Proxy, table: BigQueryTable, held: SqlWarehouse
) -> None:
    table.put([run("a")])
    source = table.source(proxy.address)
    synced(source, held)
    proxy.reads = 250_000_000
    synced(source, held, later=timedelta(minutes=1))
    table.put([run("b", start=31)])
    paused = synced(source, held, later=timedelta(minutes=5))
    assert paused.added == 0
    assert "is read again at 12:10 UTC: a read bills 250 MB, and usd_a_month is 10" in paused.warnings[0]
    assert "Partition the table by the hour of its cursor" in paused.warnings[0]
    assert synced(source, held, later=timedelta(minutes=11)).added == 1


def test_a_first_read_that_is_large_comes_in_pieces(proxy: Proxy, table: BigQueryTable, held: SqlWarehouse) -> None:
    table.put([run("a"), run("b", day=DAY - timedelta(days=10)), run("c", day=DAY - timedelta(days=40))])
    proxy.reads = CAP
    assert synced(table.source(proxy.address), held).added == 2
    assert len(proxy.queries) == 4
    spans = [bound(query) for query in proxy.queries]
    assert [span.get("dates_until") for span in spans] == [*(each["dates_from"] for each in spans[1:]), None]


def test_a_row_of_an_old_partition_is_found_within_hours(
    proxy: Proxy, table: BigQueryTable, held: SqlWarehouse
) -> None:
    table.put([run("a")])
    source = table.source(proxy.address)
    synced(source, held)
    backfilled = run("old", day=date(2026, 1, 2), inserted_at=run("a")["inserted_at"] + timedelta(minutes=5))
    table.put([backfilled])
    assert synced(source, held, later=timedelta(hours=1)).added == 0
    assert synced(source, held, later=timedelta(hours=7)).added == 1
    proxy.queries.clear()
    assert synced(source, held, later=timedelta(hours=8)).added == 0
    assert len(proxy.queries) == 1, "it has been looked through"


def test_a_clock_that_runs_ahead_hides_no_later_row(proxy: Proxy, table: BigQueryTable, held: SqlWarehouse) -> None:
    table.put([run("a"), run("ahead", inserted_at=NOW.replace(tzinfo=None) + timedelta(days=300))])
    source = table.source(proxy.address)
    synced(source, held)
    late = run("b", day=NOW.date(), start=13.0)
    table.put([late])
    assert synced(source, held, later=timedelta(hours=2)).added == 1


def test_a_check_says_what_a_read_bills_and_refuses_what_is_over_the_cap(proxy: Proxy, table: BigQueryTable) -> None:
    proxy.reads = 20_000_000
    found = table.source(proxy.address).check(NOW)
    assert "partitioned by data_date" in found
    assert "a read bills 20 MB; every 1 min, that is at most 4.91 USD a month, without loads" in found
    proxy.reads = 250_000_000
    assert "a read bills 250 MB; every 9 min, that is at most 6.67 USD a month" in table.source(proxy.address).check(
        NOW
    )
    proxy.reads = 2_000_000_000
    with pytest.raises(SourceFailed, match="a read would bill 2 GB, and max_bytes is 1 GB"):
        table.source(proxy.address).check(NOW)


REFUSALS: dict[str, tuple[int, str, str, str]] = {
    "jobs": (403, "accessDenied", "Access Denied: Project p: User does not have bigquery.jobs.create permission in"
             " project p.", "gcloud projects add-iam-policy-binding fireline-test --member=user:WHO@EXAMPLE.COM"
             " --role=roles/bigquery.jobUser"),
    "table": (403, "accessDenied", "Access Denied: Table p:d.history: User does not have permission to query table"
              " p:d.history, or perhaps it does not exist.", "bq add-iam-policy-binding --member=user:WHO@EXAMPLE.COM"
              " --role=roles/bigquery.dataViewer --table=true p:d.history"),
    "dataset": (403, "accessDenied", "Access Denied: Dataset other:d: Permission bigquery.datasets.get denied",
                "gcloud projects add-iam-policy-binding other --member="),
    "not there": (404, "notFound", "Not found: Table p:d.history was not found in location US", "bq ls p:d"),
    "quota": (403, "quotaExceeded", "Quota exceeded: Your project exceeded quota for free query bytes scanned.",
              "quotas of fireline-test"),
    "cap": (400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 1000. 20971520 required.",
            "Raise `max_bytes`"),
    "filter": (400, "invalidQuery", "Cannot query over table 'd.history' without a filter over column(s) 'data_date'"
               " that can be used for partition elimination", "Set `partition: data_date`"),
    "credentials": (401, "authError", "Request had invalid authentication credentials.",
                    "gcloud auth application-default login"),
    "perimeter": (403, "policyViolation", "VPC Service Controls: Request is prohibited by organization's policy.",
                  "ingress rule"),
    "api": (403, "accessNotConfigured", "BigQuery API has not been used in project 1 before or it is disabled.",
            "gcloud services enable bigquery.googleapis.com --project=fireline-test"),
}  # fmt: skip
"""(status, reason, message, what the remedy names)"""


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_says_which_command_mends_it(proxy: Proxy, table: BigQueryTable, what: str) -> None:
    status, reason, message, remedy = REFUSALS[what]
    proxy.refusal, proxy.of_tables = (status, reason, message), what == "not there"
    with pytest.raises(SourceFailed) as failure:
        table.source(proxy.address).check(NOW)
    assert remedy in failure.value.remedy
    assert "http" not in failure.value.reason


def test_without_credentials_the_login_is_named(monkeypatch: pytest.MonkeyPatch, table: BigQueryTable) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    with pytest.raises(SourceFailed, match=r"key\.json") as failure:
        table.source("").check(NOW)
    assert "gcloud auth application-default login" in failure.value.remedy


class _Tokens(BaseHTTPRequestHandler):
    """Gives a token to whoever is not called `old`."""

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        claims = asked["assertion"][0].split(".")[1]
        is_old = "old@" in base64.urlsafe_b64decode(claims + "==").decode()
        said = {"error": "invalid_grant"} if is_old else {"access_token": "token", "expires_in": 3600}
        content = json.dumps(said).encode()
        self.send_response(400 if is_old else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def test_renewed_credentials_count_without_a_restart(
    proxy: Proxy, table: BigQueryTable, held: SqlWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.put([run("a")])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = tmp_path / "key.json"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", proxy.address)
    with served(_Tokens) as port:
        about = {
            "type": "service_account",
            "private_key": private,
            "token_uri": f"http://127.0.0.1:{port}",
            "project_id": PROJECT,
        }
        path.write_text(json.dumps({**about, "client_email": "old@example.com"}))
        source = table.source("")
        with pytest.raises(SourceFailed, match="gives no identity"):
            synced(source, held)
        path.write_text(json.dumps({**about, "client_email": "new@example.com"}))
        assert synced(source, held).added == 1


def test_a_minute_of_a_small_table_costs_the_least_that_is_billed() -> None:
    minute = timedelta(minutes=1)
    assert usd_a_month(0, minute) == usd_a_month(LEAST_BYTES, minute) == pytest.approx(2.575, abs=0.01)


def test_a_configuration_is_drafted_from_a_table(
    bigquery_endpoint: str, table: BigQueryTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.first_draft.system_clock", lambda: NOW)
    made = "job STRING, data_date DATE, started_at TIMESTAMP, completed_at TIMESTAMP, status STRING, colour STRING"
    table.run(f"CREATE TABLE {table.dataset}.ours (processor_name STRING, {made})")
    values = ", ".join(
        f"('Nightly', 'x', DATE '{day}', TIMESTAMP '{day + timedelta(days=1)} 02:00:10+00',"
        f" TIMESTAMP '{day + timedelta(days=1)} 02:01:00+00', 'success', 'red')"
        for day in (DAY - timedelta(days=back) for back in range(20))
    )
    table.run(f"INSERT INTO {table.dataset}.ours VALUES {values}")  # noqa: S608 (our own)
    environment = {"FIRELINE_BIGQUERY_ENDPOINT": bigquery_endpoint, "FIRELINE_BIGQUERY_PROJECT": PROJECT}
    place = f"{PROJECT}.{table.dataset}.ours"

    def init(folder: str) -> Result:
        return CliRunner().invoke(app, ["init", "--from", place, "--out", str(tmp_path / folder)], env=environment)

    begun = init("config")
    assert begun.exit_code == 0, begun.output
    assert "Read 20 runs of 1 processor." in begun.stdout
    assert "columns job, colour are not read: Fireline has no such column" in begun.stdout
    drafted = (tmp_path / "config" / "registry.yaml").read_text()
    assert 'schedule: ["0 2 * * *"]' in drafted
    assert "data_lag_days: 1" in drafted
    monkeypatch.setattr("bot.first_draft.system_clock", lambda: NOW + timedelta(days=60))
    assert "runs: none was read, so the registry is empty; a first read goes back 30 days" in init("later").stdout
