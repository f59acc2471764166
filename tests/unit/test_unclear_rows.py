"""Rows of tables and raw files that cannot be used: something came, so nobody can say that nothing did."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.expectation import Evidence
from bot.domain.evidence.freshness import Staleness, staleness
from bot.domain.evidence.known import Seen, Sight, Trail, Unclear, UnclearRows
from bot.domain.evidence.runs import InputKind
from bot.domain.health.model import Window
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Verdict
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.health import HealthService
from bot.services.validation import ValidationService
from tests.support.builders import DAY, World, failed, game, load, loaded, raw_file, registry, run, warehouse

LATER = datetime(2026, 1, 18, 12, tzinfo=UTC)
DAYS = [DAY + timedelta(days=ahead) for ahead in range(3)]
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
ODD_LOADS: list[dict[str, Any]] = [
    {"row_count": "many"},
    {"row_count": None},
    {"row_count": -3},
    {"loaded_at": "soon"},
    {"loaded_at": "2031-01-01 00:00:00"},
    {"data_date": "2026-02-31"},
]


def with_last(odd: dict[str, Any], *more: dict[str, Any]) -> World:
    """Loads of three dates, the last one with a value that cannot be used."""
    good = [loaded(day=day, hours=30.1) for day in DAYS]
    return World(
        runs=[run(f"{day}", start=30, day=day, records_processed=100) for day in DAYS],
        table_loads=[*good[:2], {**good[2], **odd}, *more],
        raw_files=[raw_file(day=day) for day in DAYS],
        game_schedule=[game(f"G{day}", day) for day in DAYS],
    )


def holding(directory: Path, world: World, into: SqlWarehouse | None = None) -> SqlWarehouse:
    into = into or warehouse()
    load(into, world.write(directory, ".csv"), now=LATER)
    return into


def of(held: SqlWarehouse, name: str = "Box", day: date = DAYS[2], at: datetime = LATER) -> Evidence:
    [found] = held.evidence(name, day, day, at)
    return found


@pytest.mark.parametrize("odd", ODD_LOADS, ids=str)
def test_a_load_that_cannot_be_used_is_no_absence_on_any_surface(tmp_path: Path, odd: dict[str, Any]) -> None:
    held = holding(tmp_path, with_last(odd))
    assert (of(held).filled, of(held).rows) == (True, None), "its run says that it brought records"
    known = registry()
    validation = ValidationService(held, known, HealthService(held, known, ServiceLevels(())), AcceptedLosses())
    rows = validation.of(ValidationRequest(first=DAYS[0], last=DAYS[2], as_of=LATER), LATER).rows
    assert {row.data_date: row.verdict for row in rows if row.processor.name == "Box"}[DAYS[2]] is Verdict.OK
    [due] = [due for due in held.health_due(Window.at(LATER, 30)) if due.processor == "Box"]
    assert (due.due, due.filled) == (3, 3)
    [fresh] = [item for item in held.freshness(DAYS[2], LATER) if item.processor == "Box"]
    assert staleness(None, fresh, LATER) is Staleness.FRESH
    assert of(held, "Summary").input_kind is InputKind.NONE, "nobody knows whether its table was there"


@pytest.mark.parametrize("odd", ODD_LOADS, ids=str)
def test_without_a_run_that_tells_it_is_unknown(tmp_path: Path, odd: dict[str, Any]) -> None:
    world = with_last(odd)
    held = holding(tmp_path, world.but(runs=world.runs[:2]))
    assert [of(held, day=day).filled for day in DAYS] == [True, True, None]
    [due] = [due for due in held.health_due(Window.live(LATER, 30)) if due.processor == "Box"]
    assert (due.due, due.filled, due.unknown) == (3, 2, 1)


def test_a_first_row_that_cannot_be_used_is_no_absence(tmp_path: Path) -> None:
    """As it is once another row of its table has come. Without any row, a date that only failed is not filled."""
    world = World([failed("f", start=30)], [loaded("raw.daily", day=DAYS[0])], [], [game()])
    held = holding(tmp_path / "none", world)
    assert of(held, day=DAYS[0]).filled is False
    odd = {**loaded(hours=31), "row_count": "many"}
    holding(tmp_path / "odd", world.but(table_loads=[*world.table_loads, odd]), held)
    assert of(held, day=DAYS[0]).filled is None


@pytest.mark.parametrize("odd", ODD_LOADS, ids=str)
@pytest.mark.parametrize("rows", [0, 100])
def test_a_good_row_tells_again(tmp_path: Path, odd: dict[str, Any], rows: int) -> None:
    held = holding(tmp_path, with_last(odd, loaded(day=DAYS[2], hours=34, rows=rows)))
    assert (of(held).rows, of(held).filled) == (rows, rows > 0)


def test_rows_before_one_that_cannot_be_used_tell_of_their_time(tmp_path: Path) -> None:
    """How many there were before is known; how many there are now is not."""
    held = holding(tmp_path, with_last({"row_count": "many"}, loaded(day=DAYS[2], hours=28, rows=50)))
    before, after = (datetime(2026, 1, 18, hour, tzinfo=UTC) for hour in (5, 7))
    assert (of(held, at=before).rows, of(held, at=after).rows) == (50, None)


def test_a_load_without_a_date_says_nothing_of_what_was_judged_before_nor_of_later_dates(tmp_path: Path) -> None:
    world = with_last({"data_date": "soon", "loaded_at": NOON + timedelta(hours=44)})
    loads = [world.table_loads[0], world.table_loads[2]]
    held = holding(tmp_path, world.but(runs=world.runs[:1], table_loads=loads))
    after = [DAYS[1], DAYS[2], DAYS[2] + timedelta(days=1)]
    assert [of(held, "Box", day).filled for day in after] == [False, None, False]


def test_the_corrected_row_makes_a_table_known_again(tmp_path: Path) -> None:
    """The date that it names turns out to be another one than the one that was looked for."""
    world = with_last({"data_date": "soon"})
    world = world.but(runs=world.runs[:2], table_loads=[world.table_loads[0], world.table_loads[2]])
    held = holding(tmp_path / "odd", world)
    assert of(held, day=DAYS[2]).filled is None
    corrected = {**world.table_loads[1], "data_date": DAYS[1]}
    holding(tmp_path / "good", world.but(table_loads=[world.table_loads[0], corrected]), held)
    assert [of(held, day=day).filled for day in DAYS] == [True, True, False]


def test_loaded_again_it_is_kept_once(tmp_path: Path) -> None:
    held = holding(tmp_path / "one", with_last({"row_count": "many"}))
    holding(tmp_path / "two", with_last({"row_count": "lots"}), held)
    assert len(held.observed(LATER - timedelta(days=1), LATER).seen.unclear_loads["raw.box"][DAYS[2]]) == 1  # type: ignore[union-attr]


class TestRawFiles:
    def test_an_odd_size_costs_the_size_alone(self, tmp_path: Path) -> None:
        world = with_last({})
        files = [*world.raw_files[:2], {**world.raw_files[2], "size_bytes": -1}]
        held = holding(tmp_path, world.but(raw_files=files))
        assert of(held, "BoxScraper").filled is True
        assert (of(held).first_file_at, of(held).empty_file) == (datetime(2026, 1, 18, 4, tzinfo=UTC), False)
        assert any("1 value of size_bytes is unknown" in warning for warning in held.history().warnings)

    @pytest.mark.parametrize("odd", [{"created_at": "soon"}, {"data_date": "2026-02-31"}, {"path": ""}], ids=str)
    def test_a_file_that_cannot_be_placed_is_no_absence(self, tmp_path: Path, odd: dict[str, Any]) -> None:
        world = with_last({})
        held = holding(tmp_path, world.but(raw_files=[*world.raw_files[:2], {**world.raw_files[2], **odd}]))
        assert [of(held, "BoxScraper", day).filled for day in DAYS] == [True, True, None]

    def test_a_file_that_came_stays(self) -> None:
        unclear: UnclearRows = {DAY: (Unclear(DAY, NOON + timedelta(hours=2), LATER),)}
        came, empty = ((NOON, 5_000),), ((NOON, 10),)
        sight = Seen(sources={"box": NOON}, unclear_files={"box": unclear}).source("box")
        assert Trail(came, sight).tells(DAY, LATER)
        assert not Trail(empty, sight).tells(DAY, LATER)


def test_of_a_row_without_date_and_time_only_the_table_is_known() -> None:
    sight = Sight(NOON, unclear={None: (Unclear(None, None, LATER),)})
    assert not sight.tells(DAY, NOON)
    assert sight.tells(LATER.date() + timedelta(days=3), LATER + timedelta(days=4))
