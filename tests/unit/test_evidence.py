"""Evidence per (processor, date): what is expected, what is there, and what cannot be told."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.expectation import Evidence, Expects, expectation, input_kind
from bot.domain.evidence.rules import input_seen
from bot.domain.evidence.runs import Category, Input, InputKind
from bot.domain.health.model import HealthRequest, Window
from bot.domain.slo import ServiceLevels
from bot.services.health import HealthService
from tests.support.builders import (
    DAY,
    PROCESSORS,
    Row,
    World,
    failed,
    game,
    load,
    loaded,
    raw_file,
    registry,
    run,
    warehouse,
)

LATER = datetime(2026, 1, 19, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


WORLD = World([run("a"), run("d", "Daily", start=1)], [loaded(hours=31)], [raw_file(hours=28)], [game()])


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> SqlWarehouse:
    """WORLD, loaded."""
    return holding(tmp_path_factory.mktemp("usual"), WORLD)


def holding(directory: Path, world: World) -> SqlWarehouse:
    into = warehouse()
    load(into, world.write(directory), world.processors)
    return into


def evidence_of(held: SqlWarehouse, processor: str = "Box", day: date = DAY, as_of: datetime = LATER) -> Evidence:
    (found,) = held.evidence(processor, day, day, as_of)
    return found


def input_of(seen: Evidence, started_at: datetime) -> Input:
    return input_seen(seen.input_kind, seen.input_ready_at, seen.emptied_at, started_at)


@pytest.mark.parametrize(
    ("changes", "expects"),
    [
        ({"per_game": True}, Expects.PER_GAME),
        ({"per_game": False}, Expects.PER_SLOT),
        ({"per_game": True, "sporadic": True}, Expects.NEVER),
        ({}, Expects.UNKNOWN),
    ],
)
def test_what_the_registry_says_of_expectation(changes: Row, expects: Expects) -> None:
    (processor,) = registry([{"name": "P", "phase": 2, **changes}]).processors
    assert expectation(processor) is expects


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"kind": "scraper", "source": "s"}, InputKind.NONE),
        ({"source": "s"}, InputKind.FILE),
        ({"dependencies": ["Q"]}, InputKind.UPSTREAM),
        ({"source": "s", "dependencies": ["Q"]}, InputKind.FILE),
        ({}, InputKind.NONE),
    ],
)
def test_where_the_input_leaves_its_trace(changes: Row, kind: InputKind) -> None:
    processor = registry([{"name": "P", "phase": 2, **changes}, {"name": "Q", "phase": 1}]).processors[0]
    assert input_kind(processor) is kind


def test_per_game_follows_the_calendar(usual: SqlWarehouse, tmp_path: Path) -> None:
    assert evidence_of(usual).expected is True
    assert evidence_of(usual, day=NEXT).expected is False
    none = holding(tmp_path / "none", WORLD.but(game_schedule=()))
    assert evidence_of(none).expected is None, "no calendar, nothing can be told"
    early = holding(tmp_path / "early", WORLD.but(game_schedule=[game(day=NEXT)]))
    assert evidence_of(early).expected is None, "before the calendar begins, nothing can be told"


def daily(**changes: object) -> list[Row]:
    return [{**entry, **changes} if entry["name"] == "Daily" else entry for entry in PROCESSORS]


def test_per_slot_is_every_date_that_has_a_slot(usual: SqlWarehouse, tmp_path: Path) -> None:
    assert evidence_of(usual, "Daily", NEXT).expected is True
    only_games = holding(tmp_path / "games", WORLD.but(processors=daily(runs_on_no_game_days=False)))
    assert evidence_of(only_games, "Daily", NEXT).expected is False
    assert evidence_of(only_games, "Daily").expected is True
    no_slots = holding(tmp_path / "slots", WORLD.but(processors=daily(schedule_hours_et=[])))
    assert evidence_of(no_slots, "Daily").expected is False


def test_a_calendar_that_is_unknown_does_not_make_slots_vanish(tmp_path: Path) -> None:
    world = WORLD.but(processors=daily(runs_on_no_game_days=False), game_schedule=())
    assert evidence_of(holding(tmp_path, world), "Daily").expected is None


def test_sporadic_is_never_expected(usual: SqlWarehouse) -> None:
    assert evidence_of(usual, "Roster").expected is False


def test_judged_twenty_minutes_after_the_last_slot(usual: SqlWarehouse) -> None:
    judged_at = datetime(2026, 1, 16, 6, 20, tzinfo=UTC)
    found = evidence_of(usual, as_of=judged_at)
    assert found.judged_at == judged_at
    assert found.state.judged
    assert not evidence_of(usual, as_of=judged_at - timedelta(seconds=1)).state.judged


def test_only_what_was_known_counts(usual: SqlWarehouse) -> None:
    before = datetime(2026, 1, 16, 3, 59, tzinfo=UTC)
    found = evidence_of(usual, as_of=before)
    assert (found.first_file_at, found.rows, found.filled) == (None, None, False), (
        "the table was never seen, no run had begun"
    )
    after = evidence_of(usual, as_of=before + timedelta(minutes=1))
    assert after.first_file_at == before + timedelta(minutes=1)
    assert after.games == after.games_final == 1, "final by its own time"
    assert evidence_of(usual, as_of=datetime(2026, 1, 16, 2, tzinfo=UTC)).games_final == 0


def test_a_small_file_is_an_empty_one(tmp_path: Path) -> None:
    files = [raw_file(size=199), raw_file("daily", size=200)]
    held = holding(tmp_path, WORLD.but(raw_files=files))
    for processor, there in (("Box", False), ("Daily", True)):
        found = evidence_of(held, processor)
        assert (found.first_file_at is not None, found.empty_file) == (there, not there)


def test_the_latest_load_says_what_is_in_the_table(tmp_path: Path) -> None:
    emptied = holding(tmp_path, WORLD.but(table_loads=[loaded(rows=100, hours=31), loaded(rows=0, hours=32)]))
    assert evidence_of(emptied).state.filled is False
    assert evidence_of(emptied, as_of=datetime(2026, 1, 16, 7, 30, tzinfo=UTC)).rows == 100


def test_a_scraper_is_filled_by_its_file(usual: SqlWarehouse) -> None:
    assert evidence_of(usual, "BoxScraper").filled is True
    assert evidence_of(usual, "BoxScraper", NEXT).filled is False


def test_upstream_is_ready_when_every_table_has_rows(usual: SqlWarehouse, tmp_path: Path) -> None:
    found = evidence_of(usual, "Summary")
    assert found.input_kind is InputKind.UPSTREAM
    assert found.input_ready_at == datetime(2026, 1, 16, 7, tzinfo=UTC)
    assert input_of(found, found.input_ready_at) is Input.READY
    assert input_of(found, found.input_ready_at - timedelta(seconds=1)) is Input.ABSENT
    two = [{**entry, "dependencies": ["Box", "Daily"]} if entry["name"] == "Summary" else entry for entry in PROCESSORS]
    seen = [loaded(hours=31), loaded("raw.daily", day=DAY - timedelta(days=1))]
    waits = holding(tmp_path, WORLD.but(processors=two, table_loads=seen))
    assert evidence_of(waits, "Summary").input_ready_at is None


def test_upstream_is_ready_while_its_tables_have_rows(tmp_path: Path) -> None:
    emptied = holding(tmp_path, WORLD.but(table_loads=[loaded(hours=31), loaded(rows=0, hours=32)]))
    assert evidence_of(emptied, "Summary").input_ready_at is None
    before = evidence_of(emptied, "Summary", as_of=datetime(2026, 1, 16, 7, 30, tzinfo=UTC))
    assert before.input_ready_at == datetime(2026, 1, 16, 7, tzinfo=UTC)


def categories(directory: Path, world: World) -> dict[Category, int]:
    """What the failed runs of a world are taken for."""
    into = holding(directory, world)
    service = HealthService(into, registry(world.processors), ServiceLevels(()))
    return dict(service.of(HealthRequest(days=7, as_of=LATER), LATER).noise.by_category)


SILENT = failed("b", start=32)
"""Failed without category or text on a date when data was due."""


def test_an_unknown_failure_is_not_silenced_by_a_file_kind_that_was_never_loaded(tmp_path: Path) -> None:
    """Without any raw_files nobody knows whether the file was there: its absence explains nothing."""
    assert categories(tmp_path, WORLD.but(runs=[SILENT], raw_files=())) == {Category.UNKNOWN: 1}


def test_a_table_is_not_empty_because_table_loads_were_never_loaded(tmp_path: Path) -> None:
    recorded = failed("b", start=32, category="no_data_available")
    assert categories(tmp_path, WORLD.but(runs=[recorded], table_loads=())) == {Category.NO_DATA_AVAILABLE: 1}


def test_upstream_without_tables_explains_nothing(tmp_path: Path) -> None:
    """A dependency that fills no table leaves no trace: a failure is not put down to it."""
    bare = [{**entry, "dependencies": ["Plain"]} if entry["name"] == "Summary" else entry for entry in PROCESSORS]
    bare = [{**entry, "phase": 2} if entry["name"] == "Plain" else entry for entry in bare]
    world = WORLD.but(runs=[failed("b", "Summary", start=34)], processors=bare)
    assert categories(tmp_path, world) == {Category.UNKNOWN: 1}


def test_evidence_and_roll_up_agree(tmp_path: Path) -> None:
    """The one model: what a run is counted as follows from the evidence that is shown."""
    world = WORLD.but(runs=[failed("b", start=32, category="no_data_available")], table_loads=[loaded(rows=0)])
    into = holding(tmp_path, world)
    (shown,) = into.evidence("Box", DAY, DAY, LATER)
    (count,) = into.health_counts(Window.live(LATER, 7))
    assert count.state == shown.state
    assert count.input is input_of(shown, datetime(2026, 1, 16, 8, tzinfo=UTC))
    assert count.recorded is Category.NO_DATA_AVAILABLE
