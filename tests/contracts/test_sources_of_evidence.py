"""What every source of evidence keeps to: each fact once, what changed again, and one part that fails alone."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import SourceFailed, SourcePlan
from bot.ports.sources import Source
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService, SyncReport
from tests.contracts.bqemulator.proxy import proxied
from tests.contracts.sources.evidence import KINDS, SPAN, CountedTables, EvidenceRig, evidence_of
from tests.support.builders import NOW, RULES, registry, rows_of, warehouse

TODAY, YESTERDAY, LONG_AGO = date(2026, 1, 20), date(2026, 1, 19), date(2026, 1, 2)


@pytest.fixture(params=KINDS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EvidenceRig]:
    with evidence_of(request.param, tmp_path, request) as found:
        yield found


@pytest.fixture
def made(bigquery_endpoint: str) -> Iterator[CountedTables]:
    with closing(CountedTables(bigquery_endpoint)) as found:
        yield found


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


@contextmanager
def service(into: SqlWarehouse, source: Source, *, later: timedelta = timedelta()) -> Iterator[SourcesService]:
    plan = SourcePlan("evidence", "any", None, SPAN.every, SPAN.lateness)
    connected = Connected(plan, source, hints_of(RULES, Vocabulary.standard()))
    with closing(SourcesService(into, [connected], registry, lambda: NOW + later)) as sources:
        yield sources


def synced(source: Source, into: SqlWarehouse, hours: float = 0) -> SyncReport:
    with service(into, source, later=timedelta(hours=hours)) as sources:
        return sources.sync("evidence")


def test_everything_first_then_what_is_new(rig: EvidenceRig, held: SqlWarehouse) -> None:
    rig.put(LONG_AGO)
    rig.put(YESTERDAY)
    assert synced(rig.again(), held).added == 2
    rig.put(TODAY)
    assert synced(rig.again(), held, 1).added == 1
    assert synced(rig.again(), held, 2).added == 0


def test_what_changes_is_reported_again(rig: EvidenceRig, held: SqlWarehouse) -> None:
    rig.put(TODAY)
    synced(rig.again(), held)
    rig.put(TODAY)
    assert synced(rig.again(), held, 1).added == 1


def test_the_position_is_stored_with_the_rows(rig: EvidenceRig, held: SqlWarehouse) -> None:
    rig.put(TODAY)
    source = rig.again()
    with source.batches(None, NOW) as batches:
        next(batches)
    source.close()
    assert synced(source, held).added == 1, "what was given and not stored is given again"
    (mark,) = held.source_marks().values()
    assert (mark.source, mark.rows, mark.rejected) == ("evidence", 1, 0)


def test_one_part_that_is_missing_is_named_and_the_others_go_on(rig: EvidenceRig, held: SqlWarehouse) -> None:
    rig.put(TODAY)
    with service(held, rig.part()) as sources:
        report = sources.sync("evidence")
        (status,) = sources.statuses()
    assert report.added == 1
    assert "not_there" in report.warnings[0]
    assert status.warnings == report.warnings[:1]
    assert status.failing_since is None


def test_a_place_that_is_not_there_is_named_with_a_remedy(rig: EvidenceRig, held: SqlWarehouse) -> None:
    with service(held, rig.broken()) as sources:
        with pytest.raises(SourceFailed, match="not_there") as failure:
            sources.sync("evidence")
        assert failure.value.remedy
        with pytest.raises(SourceFailed):
            sources.check("evidence")
    assert held.source_marks() == {}


def test_it_can_be_checked_without_storing_anything(rig: EvidenceRig, held: SqlWarehouse) -> None:
    rig.put(TODAY)
    with service(held, rig.again()) as sources:
        assert sources.check("evidence")
    assert held.source_marks() == {}


@pytest.mark.parametrize("table", ["box", "plain"])
def test_rows_that_are_gone_count_as_none(made: CountedTables, held: SqlWarehouse, table: str) -> None:
    made.put(TODAY, table, rows=3)
    synced(made.source(table), held)
    made.run(f"DELETE FROM {made.dataset}.{table} WHERE TRUE")  # noqa: S608 (our own)
    assert synced(made.source(table), held, 1).added == 1
    counts = sorted((moment, rows) for _, _, rows, moment in rows_of(held, "table_loads"))
    assert [rows for _, rows in counts] == [3, 0]


def test_a_table_without_its_date_column_says_which_one_is_wrong(made: CountedTables) -> None:
    with pytest.raises(SourceFailed, match=r"its dates should be in day, but it has no such column") as failure:
        made.source("box", column="day").check(NOW)
    assert "date_column" in failure.value.remedy


def test_every_count_is_capped_and_looks_at_the_dates_in_lateness_only(
    bigquery_endpoint: str, made: CountedTables, held: SqlWarehouse
) -> None:
    made.put(TODAY, "plain")
    with proxied(bigquery_endpoint) as proxy:
        synced(made.source("plain", endpoint=proxy.address), held)
        proxy.queries.clear()
        synced(made.source("plain", endpoint=proxy.address), held, 1)
    partitions, counted = (query["query"] for query in proxy.queries)
    assert "INFORMATION_SCHEMA.PARTITIONS" in partitions["query"]
    bound = {each["name"]: each["parameterValue"].get("value") for each in counted["queryParameters"]}
    assert bound == {"oldest": "2026-01-17"}
    assert {partitions["maximumBytesBilled"], counted["maximumBytesBilled"]} == {"1000000000"}
