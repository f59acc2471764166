"""A run whose start is told only after its end: stored under another start, it is one run, counted where it began."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.sources.push import PushSource
from bot.adapters.warehouse import loading
from bot.domain.errors import StateUnavailable
from bot.domain.evidence.observation import DateSpan
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import SourceFailed
from bot.ports.warehouse import DataFile, MovedStart, SourceMark, Warehouse
from bot.services.loading import hints_of
from tests.contracts.warehouses import KINDS, opened
from tests.support.builders import DAY, NOW, RULES, at, contents, failed, registry, run, write_rows
from tests.support.intake_bench import IntakeBench, intake_bench, told

DATES = DateSpan(DAY, DAY)
LATE, REAL = 33.0, 30.5
"""Hours: when its failure was heard of, and when it had begun."""


@pytest.fixture(params=[kind for kind in KINDS if kind != "duckdb on file"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    endpoint = lambda: str(request.getfixturevalue("bigquery_endpoint"))  # noqa: E731
    with opened(request.param, tmp_path, tmp_path / "sql", endpoint) as made:
        yield made


def aware(hours: float) -> datetime:
    return at(hours).replace(tzinfo=UTC)


def load(into: Warehouse, path: Path, rows: list[dict[str, Any]], *moved: MovedStart) -> None:
    write_rows(path, rows)
    part = DataFile(path, "runs", "pushed", part=True, once=False, moved=moved)
    facts, hints = platform_facts(registry()), hints_of(RULES, Vocabulary.standard())
    into.load([part], facts, hints, NOW, lambda _step, _rows: None, SourceMark("pushed", path.name, NOW))


def test_it_is_one_run_and_the_roll_up_is_that_of_its_start(held: Warehouse, tmp_path: Path) -> None:
    ended = at(LATE)
    other = run("other", start=LATE)
    first = failed("r", start=LATE, text="boom", completed_at=ended, inserted_at=ended, duration_seconds=None)
    load(held, tmp_path / "one.ndjson", [first, other])
    moved = MovedStart("Box", "r", DAY, aware(LATE), aware(REAL))
    known = ended + timedelta(seconds=2)
    whole = first | {"started_at": at(REAL), "inserted_at": known}
    load(held, tmp_path / "two.ndjson", [whole], moved, moved._replace(run_id="never there"))
    found = held.observed_dates(DATES, DAY, NOW).runs
    assert ("r", aware(REAL), aware(LATE)) in {(each.run_id, each.started_at, each.ended_at) for each in found}
    assert {each.started_at for each in found if each.run_id == "r"} == {aware(REAL)}
    hours = held.start_hours(aware(0), NOW)
    assert hours == [aware(30), aware(33)]
    held.rebuild()
    assert held.start_hours(aware(0), NOW) == hours


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[IntakeBench]:
    with intake_bench(tmp_path) as made:
        yield made


EVENTS = [
    told("start", 0),
    told("heartbeat", 5, data_date=None),
    told("failed", 70, error_message="boom"),
    told("success", 69),
    told("start", 1, run_id="r2", processor_name="Poller"),
    told("success", 130, run_id="r2", processor_name="Poller", records_processed=0),
]


def final(bench: IntakeBench) -> dict[str, list[tuple[object, ...]]]:
    """Everything but when what became known."""
    names = ("hourly_counts", "daily_counts", "hourly_sketches", "daily_sketches")
    tables = {name: rows for name, rows in contents(bench.held).items() if name in names}
    return {**tables, "runs": [(*row[:14],) for row in contents(bench.held)["runs"]]}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    """Where all events come at once."""
    with intake_bench(tmp_path_factory.mktemp("at once")) as at_once:
        at_once.intake.runs(body(EVENTS))
        at_once.sync()
        return final(at_once)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(EVENTS), st.lists(st.booleans(), min_size=6, max_size=6))
def test_in_any_order_and_read_at_any_time_the_warehouse_ends_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    expected: dict[str, list[tuple[object, ...]]],
    order: list[dict[str, Any]],
    reads: list[bool],
) -> None:
    with intake_bench(tmp_path_factory.mktemp("bit by bit")) as bench:
        for event, read in zip(order, reads, strict=True):
            bench.intake.runs(body([event]))
            if read:
                bench.sync()
        bench.sync()
        assert final(bench) == expected
        bench.held.rebuild()
        assert final(bench) == expected


def body(events: list[dict[str, Any]]) -> bytes:
    return json.dumps(events).encode()


class Gone:
    """A state that cannot be reached."""

    def last(self) -> int:
        raise StateUnavailable("The state database is gone.")

    def newest_aside(self, *_: object) -> list[object]:
        raise StateUnavailable("The state database is gone.")


def test_a_load_that_is_cut_off_is_made_again_from_where_it_was(
    bench: IntakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.intake.runs(body(EVENTS[:2]))
    bench.sync()
    bench.intake.runs(body(EVENTS[2:]))

    def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "_move", fails)
        for _ in range(2):
            with pytest.raises(SourceFailed, match="the disk is gone"):
                bench.sync()
    assert bench.sync().rows == 2
    assert [run["status"] for run in bench.runs()] == ["failed", "success"]
    assert bench.sync().rows == 0


def test_a_state_that_is_gone_is_said_and_one_that_is_another_is_read_from_its_beginning(
    bench: IntakeBench, tmp_path: Path
) -> None:
    gone: Any = Gone()
    source = PushSource("pushed", lambda: gone)
    with pytest.raises(SourceFailed, match=r"The state database is gone\. What was sent is kept"):
        source.check(NOW)
    assert not source.nothing_new()
    nowhere = PushSource("pushed", lambda: None)
    assert nowhere.check(NOW) == "no event so far"
    with nowhere.batches(None, NOW) as batches:
        assert list(batches) == []
    bench.intake.runs(body(EVENTS))
    bench.sync()
    (tmp_path / "other").mkdir()
    with intake_bench(tmp_path / "other") as other:
        other.intake.runs(body([told("start", run_id="r3")]))
        cursor = bench.held.source_marks()["pushed"].cursor
        with PushSource("pushed", lambda: other.pushed).batches(cursor, NOW) as batches:
            assert [batch.cursor for batch in batches] == ['{"seq": 1}']
