"""Moments without a zone: of whose clock they are is said, or what is assumed is; and cursors go by the instant."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.adapters.warehouse.plain_rows import PlainRows
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.adapters.warehouse.values import Meaning
from bot.config.settings import Settings
from bot.domain.evidence.columns import RUNS
from bot.domain.evidence.vocabulary import Vocabulary
from bot.services.sources import SourcesService
from bot.source_adapters import connected_sources
from tests.support.builders import registry, rows_of, warehouse

CURSOR = "CREATE TABLE history (run_id, processor_name, data_date, started_at, completed_at, status, inserted_at)"
SAID = "have no zone and are read as UTC"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""The clocks of Berlin change at 01:00 UTC."""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


def put(path: Path, *moments: str, day: str = "2026-01-06") -> None:
    """A run for each moment, at which it began, ended and became known."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(CURSOR.replace("TABLE", "TABLE IF NOT EXISTS"))
        rows = [(moment, "Box", day, moment, moment, "success", moment) for moment in moments]
        connection.executemany("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def service(folder: Path, into: SqlWarehouse, clock: Clock, kind: str = "sql", **fields: str) -> SourcesService:
    place = {
        "sql": {
            "feeds": "runs", "url": f"sqlite:///{folder}/history.db", "query": "SELECT * FROM history",
            "cursor": "inserted_at",
        },
        "files": {"feeds": "runs", "path": str(folder / "exports")},
    }  # fmt: skip
    entry = {"name": "history", "kind": kind, **place[kind], **fields}
    (folder / "sources.yaml").write_text(json.dumps({"sources": [entry]}))
    (folder / "policy.yaml").write_text("{}")
    settings = Settings(home=folder / "home", config=folder)
    return SourcesService(into, connected_sources(settings, registry), registry, clock)


def starts(into: SqlWarehouse) -> dict[str, datetime]:
    return {str(name): start for name, start in rows_of(into, "(SELECT run_id, started_at FROM runs)")}


def test_moments_without_a_zone_are_of_the_clock_that_is_named(held: SqlWarehouse, tmp_path: Path) -> None:
    moments = ["2026-07-01 12:00:00", "2026-01-06T12:00:00Z", "2026-01-06 12:00:00", "20260107T120000"]
    put(tmp_path / "history.db", *moments)
    with closing(service(tmp_path, held, Clock(), timezone="Europe/Berlin")) as reading:
        assert SAID not in reading.check("history")
        assert not [text for text in reading.sync("history").warnings if SAID in text]
    found = dict(zip(moments, (10, 12, 11, 11), strict=True))
    assert {name: start.hour for name, start in starts(held).items()} == found


def test_local_times_that_come_twice_or_never_are_those_of_the_schedule(held: SqlWarehouse, tmp_path: Path) -> None:
    """The first of two, and for one that is skipped the next there is: as for slots."""
    moments = [f"{SPRING} 02:30:05", f"{SPRING} 03:00:00", f"{AUTUMN} 02:30:05", f"{AUTUMN} 03:00:00"]
    put(tmp_path / "history.db", *moments)
    with closing(service(tmp_path, held, Clock(), timezone="Europe/Berlin")) as reading:
        reading.sync("history")
    utc = [f"{SPRING} 01:00:00", f"{SPRING} 01:00:00", f"{AUTUMN} 00:30:05", f"{AUTUMN} 02:00:00"]
    assert {name: str(start) for name, start in starts(held).items()} == dict(zip(moments, utc, strict=True))


def test_without_a_zone_utc_is_assumed_and_said_with_the_way_out(held: SqlWarehouse, tmp_path: Path) -> None:
    put(tmp_path / "history.db", "2026-01-06 12:00:00")
    with closing(service(tmp_path, held, Clock())) as reading:
        text = f"started_at, completed_at, inserted_at of runs {SAID}"
        remedy = "write its zone at the source in sources.yaml, such as `timezone: Europe/Berlin`"
        assert all(part in reading.check("history") for part in (text, remedy))
        (warning,) = (text for text in reading.sync("history").warnings if SAID in text)
        put(tmp_path / "history.db", "2026-01-06 13:00:00")
        again = reading.sync("history")
    assert warning.startswith(f"source history: {text}")
    assert (again.added, [text for text in again.warnings if SAID in text]) == (1, [])


def test_files_have_clocks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.source_adapters.epoch_seconds", lambda: 4e9)  # they have settled
    exports = tmp_path / "exports"
    exports.mkdir()
    with duckdb.connect() as connection:
        row = "'a' AS run_id, 'Box' AS processor_name, TIMESTAMP '2026-01-06 02:00:00' AS data_date"
        moment = "TIMESTAMP '2026-01-06 03:00:00' AS started_at, 'success' AS status"
        connection.execute(f"COPY (SELECT {row}, {moment}) TO '{exports}/runs.parquet'")
    for fields, hour, said in (({}, 3, True), ({"timezone": "America/New_York"}, 8, False)):
        with closing(warehouse()) as into, closing(service(tmp_path, into, Clock(), "files", **fields)) as reading:
            assert (SAID in reading.check("history")) == said
            reading.sync("history")
            ((started, day),) = rows_of(into, "(SELECT started_at, data_date FROM runs)")
        assert (started.hour, day) == (hour, date(2026, 1, 6)), "the date is as it is written"


def test_a_cursor_of_many_forms_goes_by_the_instant(held: SqlWarehouse, tmp_path: Path) -> None:
    """As texts the first sorts after all that come later."""
    path = tmp_path / "history.db"
    put(path, "2026-01-06T05:00:00Z")
    with closing(service(tmp_path, held, Clock(), lateness="1s")) as reading:
        assert reading.sync("history").added == 1
        later = ["2026-01-06 05:00:30", "2026-01-06T07:01:00+02:00", "2026-01-06T00:02:00-05:00"]
        put(path, *later)
        assert reading.sync("history").added == 3
        held_cursor = json.loads(held.source_marks()["history"].cursor)
        put(path, "2026-01-06 05:03:00")
        assert reading.sync("history").added == 1
    assert held_cursor == {"value": later[-1]}, "the newest by the instant"


@pytest.mark.parametrize("first", ["02:59:00", "02:10:00"])
def test_no_row_is_lost_in_the_hour_that_comes_twice(held: SqlWarehouse, tmp_path: Path, first: str) -> None:
    path = tmp_path / "history.db"
    put(path, f"{AUTUMN} {first}")
    with closing(service(tmp_path, held, Clock(), lateness="1s", timezone="Europe/Berlin")) as reading:
        assert reading.sync("history").added == 1
        put(path, f"{AUTUMN} 02:05:00")
        assert (reading.sync("history").added, reading.sync("history").added) == (1, 0)


def test_a_clock_ahead_of_utc_does_not_make_its_rows_wait(held: SqlWarehouse, tmp_path: Path) -> None:
    put(tmp_path / "history.db", "2026-12-01 00:59:00")
    with closing(service(tmp_path, held, Clock(), timezone="Europe/Berlin")) as reading:
        assert reading.sync("history").added == 1
        assert json.loads(held.source_marks()["history"].cursor) == {"value": "2026-12-01 00:59:00"}


def plain(types: dict[str, str], clock: str | None) -> PlainRows:
    return PlainRows(RUNS, types, Meaning(Vocabulary.standard(), "UTC", Clock()(), clock=clock), "given")


def test_in_bigquery_only_moments_that_come_once_are_plain() -> None:
    """What the clock change repeats or skips is read by the rules of every other source."""
    names: Sequence[Any] = ("processor_name", "data_date", "started_at", "completed_at", "status")
    types = dict(zip(names, ("STRING", "DATE", "DATETIME", "STRING", "STRING"), strict=True))
    of_utc, of_berlin = plain(types, None), plain(types, "Europe/Berlin")
    assert of_utc.zoneless() == ("started_at",)
    assert of_utc.values()["started_at"] == "TIMESTAMP(`started_at`)"
    assert of_berlin.values()["started_at"] == 'TIMESTAMP(`started_at`, "Europe/Berlin")'
    assert "INTERVAL -60 MINUTE" in of_berlin.test()
    assert "(Z|\\+00:00)?$" not in of_berlin.test()
    assert "(Z|\\+00:00)$" in of_berlin.test()
