"""Evidence that is partial: what was never seen, not seen yet, not seen any more, or is not covered says nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.expectation import Evidence
from bot.domain.evidence.feeds import SHOWN_WITHIN, Claim, gaps_of, on_runs_alone
from bot.domain.evidence.game_calendar import GameCalendar
from bot.domain.evidence.known import Gap, Sight, Trail
from bot.domain.evidence.observation import Game
from bot.domain.evidence.runs import InputKind
from bot.domain.health.model import Window
from tests.support.builders import DAY, World, at, game, load, loaded, raw_file, run, warehouse

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
LATER = datetime(2026, 1, 30, tzinfo=UTC)
DAYS = [DAY + timedelta(days=ahead) for ahead in range(10)]


def hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


def end_of(day: date) -> datetime:
    """The end of a game of the date."""
    return datetime.combine(day, time(4), UTC) + timedelta(days=1)


def evidence_of(held: SqlWarehouse, name: str, day: date, as_of: datetime = LATER) -> Evidence:
    [found] = held.evidence(name, day, day, as_of)
    return found


def holding(directory: Path, world: World) -> SqlWarehouse:
    into = warehouse()
    load(into, world.write(directory), now=LATER)
    return into


class TestSight:
    def test_a_table_is_known_from_the_day_of_its_first_row_on(self) -> None:
        sight = Sight(NOON)
        assert sight.tells(DAY, NOON)
        assert not sight.tells(DAY, NOON - timedelta(seconds=1))
        assert not sight.tells(DAY - timedelta(days=1), LATER)

    def test_a_row_speaks_for_its_own_date(self) -> None:
        before = DAY - timedelta(days=3)
        assert Trail(((NOON, 10),), Sight(NOON)).tells(before, NOON)
        assert not Trail(((NOON, 10),), Sight(NOON)).tells(before, NOON - timedelta(seconds=1))

    def test_what_was_never_seen_says_nothing(self) -> None:
        assert not Trail().tells(DAY, LATER)


def claims(*moments: tuple[float, float], owner: str = "raw.box") -> list[Claim]:
    """Of one table: (hours to the start, to when the run was known)."""
    return [Claim(owner, hours(started), hours(known)) for started, known in moments]


class TestGaps:
    def test_loads_of_a_single_table_that_end_while_runs_bring_records(self) -> None:
        [gap] = gaps_of([NOON], claims((20, 20.1), (50, 50.1), (60, 61)))
        assert gap == Gap(NOON, None, hours(50.1))
        assert not gap.hides(DAYS[1], hours(50))
        assert gap.hides(DAYS[1], hours(51))
        assert not gap.hides(DAY - timedelta(days=1), LATER)

    @pytest.mark.parametrize(("known", "is_gap"), [(50, True), (49.99, True), (48.9, False)])
    def test_a_run_of_the_future_shows_no_gap_a_clock_ahead_does(self, known: float, is_gap: bool) -> None:
        assert gaps_of([NOON], claims((50, known))) == ((Gap(NOON, None, hours(known)),) if is_gap else ())
        assert gaps_of([hours(-1), NOON], claims((0.5, -0.1), (0.5, 0))) == ()

    def test_rows_that_come_again_end_the_gap(self) -> None:
        [gap] = gaps_of([NOON, hours(100)], claims((50, 50.1)))
        assert gap.until == hours(100)
        assert [gap.hides(day, LATER) for day in DAYS[:6]] == [True, True, True, True, False, False]

    def test_a_pipeline_that_rests_leaves_no_gap(self) -> None:
        assert gaps_of([NOON, hours(200)], claims((10, 11), (200, 201))) == ()

    @pytest.mark.parametrize(("tables", "is_feed"), [(1, False), (2, False), (3, True), (9, True)])
    def test_none_of_many_is_the_feed_one_of_many_is_a_loss(self, tables: int, is_feed: bool) -> None:
        made = [claim for n in range(tables) for claim in claims((n + 1, n + 1.1), owner=f"raw.{n}")]
        gaps = gaps_of([NOON], made)
        assert gaps == ((Gap(NOON, None, hours(3.1) + SHOWN_WITHIN),) if is_feed else ())
        others = [hours(n + 1.05) for n in range(1, tables)]
        assert gaps_of([NOON, *others], made) == ()

    def test_rows_may_follow_their_runs(self) -> None:
        made = [claim for n in range(9) for claim in claims((1, 1.1), owner=f"raw.{n}")]
        assert gaps_of([NOON, hours(1.1) + SHOWN_WITHIN], made) == ()

    def test_what_a_run_within_it_brought_is_hidden_whatever_date_it_is_about(self) -> None:
        gap = Gap(NOON, hours(5), hours(3))
        before, judged = DAY - timedelta(days=1), hours(2)
        assert not gap.hides(before, LATER, judged, claimed_at=None)
        assert gap.hides(before, LATER, judged, claimed_at=hours(4))
        assert not gap.hides(before, hours(2.9), judged, claimed_at=hours(2))
        assert not gap.hides(before, LATER, judged, claimed_at=hours(6))

    def test_rows_from_before_it_say_nothing_of_what_was_brought_since(self) -> None:
        sight = Sight(NOON, (Gap(NOON, hours(5), hours(3)),))
        assert Trail(((NOON, 10),), sight).tells(DAY, LATER)
        assert not Trail(((NOON, 10),), sight, claimed=(hours(2),)).tells(DAY, LATER)
        assert Trail(((NOON, 10), (hours(6), 20)), sight, claimed=(hours(2),)).tells(DAY, LATER)


class TestCalendar:
    def test_where_no_calendar_was_loaded_nothing_is_known(self) -> None:
        assert GameCalendar((), NEW_YORK, loaded=False).day(DAY).counting(LATER) is None

    def test_an_empty_calendar_says_that_there_are_no_games(self) -> None:
        assert GameCalendar((), NEW_YORK).day(DAY).counting(LATER) == 0

    def test_before_its_first_game_it_says_nothing_after_its_last_one_a_season_has_ended(self) -> None:
        calendar = GameCalendar([Game(DAYS[1], None)], NEW_YORK)
        assert [calendar.day(day).counting(LATER) for day in DAYS[:3]] == [None, 1, 0]

    def test_data_per_game_for_a_later_date_shows_that_it_ends_too_early(self) -> None:
        calendar = GameCalendar([Game(DAY, None)], NEW_YORK, ended_at=hours(48))
        assert calendar.day(DAYS[5]).counting(hours(47)) == 0
        assert calendar.day(DAYS[5]).counting(hours(48)) is None
        assert calendar.day(DAY).counting(LATER) == 1

    def test_ends_that_are_reported_only_from_some_date_on(self) -> None:
        calendar = GameCalendar([Game(day, None if day < DAYS[3] else end_of(day)) for day in DAYS], NEW_YORK)
        assert [calendar.day(day).counting(LATER) for day in DAYS[:4]] == [1, 1, 1, 1]

    def test_ends_that_are_not_reported_any_more(self) -> None:
        calendar = GameCalendar([Game(day, end_of(day) if day < DAYS[4] else None) for day in DAYS], NEW_YORK)
        assert [calendar.day(day).counting(LATER) for day in DAYS[3:8]] == [1, 0, 0, None, None]


@pytest.mark.parametrize(("lacks", "there"), [("raw.box", "raw.daily"), ("raw.daily", "raw.box")])
def test_one_table_of_several_was_never_seen(tmp_path: Path, lacks: str, there: str) -> None:
    """Its processor's date is judged by its runs, or by there being none; the others' by their tables."""
    names = {"raw.box": "Box", "raw.daily": "Daily"}
    world = World(
        runs=[run(f"{name}{day}", name, start=30, day=day) for name in names.values() for day in DAYS[:3]],
        table_loads=[loaded(there, day=DAYS[0])],
        game_schedule=[game(f"G{day}", day) for day in DAYS[:3]],
    )
    held = holding(tmp_path, world)
    fourth = False if lacks == "raw.daily" else None  # no run for it; whether Box was due depends on games not known
    assert [evidence_of(held, names[lacks], day).filled for day in DAYS[:4]] == [True, True, True, fourth]
    assert [evidence_of(held, names[there], day).filled for day in DAYS[1:3]] == [False, False]
    summary = evidence_of(held, "Summary", DAYS[1])
    assert summary.input_kind is (InputKind.UPSTREAM if there == "raw.box" else InputKind.NONE)


def test_loads_that_end_before_the_runs_do(tmp_path: Path) -> None:
    """For two days they may be losses; then nobody can tell any more."""
    world = World(
        runs=[
            *(run(f"{day}", start=30, day=day, records_processed=100) for day in DAYS),
            run("s", "Summary", start=33, records_processed=0),
        ],
        table_loads=[loaded(day=day, hours=30.1) for day in DAYS[:3]],
        game_schedule=[game(f"G{day}", day) for day in DAYS],
    )
    held = holding(tmp_path, world)
    third = DAYS[3]
    assert evidence_of(held, "Box", third, datetime(2026, 1, 19, 12, tzinfo=UTC)).filled is False
    assert [evidence_of(held, "Box", day).filled for day in DAYS[2:6]] == [True] * 4, "their runs say so"
    [due] = [due for due in held.health_due(Window.live(LATER, 30)) if due.processor == "Summary"]
    assert (due.filled, due.unknown) == (0, 1), "no table; of the date with a run nobody knows what it brought"


@pytest.mark.parametrize("records", [100, None])
def test_a_run_of_the_future_takes_no_sign_from_the_others(tmp_path: Path, records: int | None) -> None:
    """And runs that usually leave a row are a sign though they do not say how many they brought."""
    runs = [run(f"{day}", start=30, day=day, records_processed=records) for day in DAYS]
    world = World(runs=runs, table_loads=[loaded(day=day, hours=30.1) for day in DAYS[:3]])
    early = run("early", start=30, day=DAYS[9], inserted_at=at(31, DAYS[3]), records_processed=records)
    seen = holding(tmp_path / "seen", world).history().gaps
    assert [each.gap.evident_at for each in seen] == [at(30, DAYS[5]).replace(tzinfo=UTC) + timedelta(seconds=61)]
    assert holding(tmp_path / "odd", replace(world, runs=[*runs, early])).history().gaps == seen


@pytest.mark.parametrize("records", [100, None])
@pytest.mark.parametrize("before", ["nothing", "runs", "loads"])
def test_a_feed_that_stops_as_a_whole(tmp_path: Path, records: int | None, before: str) -> None:
    """None of three tables shows anything though their runs bring data: their runs tell, and every answer says so. One
    of three is a loss. Whichever is loaded first.
    """
    names = {"Box": "raw.box", "Daily": "raw.daily", "Summary": "an.summary"}
    runs = [
        run(f"{name}{day}", name, start=30 + place, day=day, records_processed=records)
        for place, name in enumerate(names)
        for day in DAYS[:5]
    ]
    loads = [
        loaded(table, day=day, hours=30.01 + place) for place, table in enumerate(names.values()) for day in DAYS[:5]
    ]
    seen = [each for each in loads if each["data_date"] < DAYS[3]]
    alone = [each for each in loads if each["table_name"] != "raw.box" or each["data_date"] < DAYS[3]]
    games = [game(f"G{day}", day) for day in DAYS[:5]]
    held = warehouse()
    whole = World(runs=runs, table_loads=seen, game_schedule=games)
    parts = {"runs": World(runs=runs), "loads": World(runs=runs[:1], table_loads=seen)}
    if before in parts:
        load(held, parts[before].write(tmp_path / "part"), now=LATER)
    load(held, whole.write(tmp_path / "whole"), now=LATER)
    [known] = held.history().gaps
    assert known.gap.evident_at < datetime.combine(DAYS[5], time(12), UTC)
    filled = True if records else None
    assert [evidence_of(held, "Box", day).filled for day in DAYS[2:5]] == [True, filled, filled]
    [said] = on_runs_alone(held.history().gaps, DAYS[3], DAYS[3], LATER)
    assert said.startswith("Feed table_loads: no table has shown a row since 2026-01-")
    assert list(on_runs_alone(held.history().gaps, DAYS[0], DAYS[0], LATER)) == []
    lost = holding(tmp_path / "lost", World(runs=runs, table_loads=alone, game_schedule=games))
    assert lost.history().gaps == ()
    assert evidence_of(lost, "Box", DAYS[3]).filled is False


def test_a_source_that_is_seen_only_later(tmp_path: Path) -> None:
    world = World(
        runs=[run("a", day=DAYS[0])],
        raw_files=[raw_file("other", day=DAYS[0]), *(raw_file(day=day) for day in DAYS[4:6])],
        game_schedule=[game(f"G{day}", day) for day in DAYS],
    )
    held = holding(tmp_path, world)
    assert [evidence_of(held, "BoxScraper", day).filled for day in DAYS[2:8]] == [None, None, True, True, False, False]
    assert [evidence_of(held, "Box", day).input_kind for day in DAYS[3:5]] == [InputKind.NONE, InputKind.FILE]


@pytest.mark.parametrize(
    ("name", "text"),
    [("game_schedule.csv", "game_id,game_date,start_utc,final_utc,status\n"), ("game_schedule.json", "[]")],
)
def test_an_empty_calendar_file_says_that_there_are_no_games(tmp_path: Path, name: str, text: str) -> None:
    directory = World(runs=[run("a")]).write(tmp_path, ".csv")
    (directory / name).write_text(text)
    (directory / "raw_files.csv").write_text("source,data_date,path,size_bytes,created_at\n")
    held = warehouse()
    said = load(held, directory).warnings
    assert f"{name} has no rows: no date has games, until data per game comes" in said
    assert "raw_files.csv has no rows: it says nothing, as if it were absent" in said
    assert evidence_of(held, "Box", DAY).expected is False
    assert evidence_of(holding(tmp_path / "none", World(runs=[run("a")])), "Box", DAY).expected is None
    (directory / name).unlink()
    (directory / "game_schedule.csv").write_text(f"game_id,game_date,start_utc,final_utc,status\nG,{DAY},,,\n")
    assert not any("has no rows" in text for text in load(held, directory).warnings)
    assert evidence_of(held, "Box", DAY).expected is True


def test_an_empty_calendar_beside_data_of_games_says_nothing(tmp_path: Path) -> None:
    directory = World(runs=[run("a")], table_loads=[loaded(day=DAY, hours=30.1)]).write(tmp_path, ".csv")
    (directory / "game_schedule.csv").write_text("game_id,game_date,start_utc,final_utc,status\n")
    held = warehouse()
    load(held, directory)
    assert [evidence_of(held, "Box", day).expected for day in (DAY, *DAYS[1:3])] == [None] * 3


def test_a_calendar_that_ends_before_the_data_does(tmp_path: Path) -> None:
    world = World(
        runs=[run(f"{day}", start=30, day=day) for day in DAYS[:5]],
        table_loads=[loaded(day=day, hours=30.1) for day in DAYS[:5]],
        game_schedule=[game(f"G{day}", day) for day in DAYS[:3]],
    )
    held = holding(tmp_path, world)
    expected = [evidence_of(held, "Box", day).expected for day in DAYS[:7]]
    assert expected == [True, True, True, None, None, None, None]
    assert evidence_of(held, "Box", DAYS[3], datetime(2026, 1, 18, 12, tzinfo=UTC)).expected is False
