"""A registry drafted from run history: slots, polling, ranges and limits, and that the draft loads."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.registry import load_registry
from bot.domain.platform.draft import ProcessorFacts, compare, frequency_label, infer, slots_of, timeout_from
from bot.services.registry_draft import draft
from tests.support.replay_worlds import WORLDS

SEEN = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 30, tzinfo=UTC)
LATE = (0.0, 0.01, 0.02, 0.04, 0.06)
"""Hours after its slot at which a run may start."""
HISTORY = """
    select processor_name, any_value(phase), count(*),
        list((epoch(timezone('America/New_York', timezone('UTC', started_at))) - epoch(data_date::timestamp)) / 3600)
            filter (trigger = 'schedule'),
        count(distinct data_date) filter (trigger = 'schedule'),
        quantile_disc(duration_seconds, 0.95) filter (status = 'success')
    from read_parquet(?) group by 1
"""


def facts(name: str = "A", runs: int = 30, dates: int = 30, **known: object) -> ProcessorFacts:
    values = {"phase": 2, "first_start": SEEN[0], "last_start": SEEN[1], **known}
    return ProcessorFacts(name=name, runs=runs, dates=dates, **values)  # type: ignore[arg-type]


def starts(slots: tuple[float, ...], dates: int) -> tuple[float, ...]:
    return tuple(slot + LATE[date % len(LATE)] for slot in slots for date in range(dates))


def test_slots_are_found_to_five_minutes() -> None:
    assert slots_of(starts((14, 23, 24.5, 25.5), 30), 30) == (14, 23, 24.5, 25.5)
    assert slots_of(starts((22.75, 38.25), 12), 12) == (22.75, 38.25)


def test_a_few_stray_starts_neither_make_a_slot_nor_move_one() -> None:
    stray = (13.8, 13.95, 18.2, 23.3, 24.0, 25.0, -20.0, 80.0)
    assert slots_of((*starts((14, 24.5), 30), *stray), 30) == (14, 24.5)


def test_a_start_that_is_there_on_some_dates_only_is_no_slot() -> None:
    assert slots_of((*starts((14,), 30), *starts((20,), 12)), 30) == (14,)


def test_without_starts_there_are_no_slots() -> None:
    assert slots_of((), 0) == ()
    assert slots_of((-1.0, 72.0, 90.0), 3) == ()


@given(
    st.lists(st.integers(0, 142), min_size=1, max_size=12, unique=True),
    st.integers(5, 40),
    st.randoms(use_true_random=False),
)
def test_any_timetable_of_half_hours_is_found_again(half_hours: list[int], dates: int, random: object) -> None:
    slots = tuple(sorted(half / 2 for half in half_hours))
    shuffled = list(starts(slots, dates))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert slots_of(shuffled, dates) == slots


@given(st.lists(st.floats(-100, 100), max_size=200), st.integers(0, 60))
def test_slots_of_any_history_are_valid(hours: list[float], dates: int) -> None:
    slots = slots_of(hours, dates)
    assert list(slots) == sorted(set(slots))
    assert all(0 <= slot < 72 for slot in slots)


def test_many_more_attempts_than_slots_are_polling() -> None:
    assert infer(facts(runs=30 * 200, start_hours=starts((7.5,), 30))).polling is True
    assert infer(facts(runs=30, start_hours=starts((7.5,), 30))).polling is False
    retried = infer(facts(runs=70, start_hours=starts((7.5,), 30)))
    assert (retried.polling, retried.expected_frequency) == (False, "daily")


def test_a_history_of_polls_without_triggers_gives_no_slots() -> None:
    every_half_hour = tuple(hour / 2 for hour in range(144)) * 30
    entry = infer(facts(runs=len(every_half_hour), start_hours=every_half_hour))
    assert (entry.slots, entry.polling, entry.expected_frequency) == ((), True, "polling")


def test_a_frequency_is_a_word() -> None:
    told = [frequency_label(slots, polling) for slots, polling in [(0, False), (1, False), (2, True), (16, False)]]
    assert told == ["irregular", "daily", "twice_daily_and_polling", "16_times_daily"]


@given(st.floats(0, 100_000))
def test_a_time_limit_is_at_least_twice_the_p95_in_whole_minutes(p95: float) -> None:
    limit = timeout_from(p95)
    assert limit is not None
    assert limit >= max(60, 2 * p95)
    assert limit % 60 == 0
    assert limit < 2 * p95 + 120


def test_nothing_is_proposed_where_the_history_says_nothing() -> None:
    entry = infer(facts(runs=2, dates=2, phase=None, no_data_share=0.95))
    assert (entry.slots, entry.records, entry.timeout_seconds, entry.runs_on_no_game_days) == ((), None, None, None)
    assert entry.doubts == (
        "phase: the history does not tell it",
        "only 2 dates with runs: slots may be chance",
        "expected_records: no run reported any; check the table before believing it",
        "timeout_seconds: no run succeeded",
        "95% of its runs found no data: is it sporadic?",
    )


def test_runs_on_dates_without_games_are_told_apart() -> None:
    assert infer(facts(dates_without_games=0)).runs_on_no_game_days is False
    assert infer(facts(dates_without_games=3)).runs_on_no_game_days is True


def test_the_draft_is_text_for_people_and_loads(tmp_path: Path) -> None:
    told = facts(
        "NbacGamebookProcessor", 60, 30, start_hours=starts((14, 24.5), 30), dates_without_games=4,
        records_p5=99.5, records_p50=240.0, records_p95=499.2, duration_p95=310.0,
    )  # fmt: skip
    text = draft([facts("Z", 2, 1, phase=1), told], "America/New_York").text
    assert text.endswith(
        '  - name: "NbacGamebookProcessor"\n    phase: 2\n    expected_frequency: "twice_daily"\n'
        "    schedule_hours_et: [14, 24.5]\n    polling: false\n    runs_on_no_game_days: true\n"
        "    expected_records: {min: 99, typical: 240, max: 500}  # a run\n    timeout_seconds: 660\n"
        "    proposal: true\n"
    )
    assert "# Runs from 2026-01-01 to 2026-01-30." in text
    (tmp_path / "registry.yaml").write_text(text)
    loaded = load_registry(tmp_path / "registry.yaml")
    assert [entry.name for entry in loaded.registry.processors] == ["Z", "NbacGamebookProcessor"]
    assert all(entry.proposal for entry in loaded.registry.processors)
    assert loaded.warnings == ()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=150))
def test_the_draft_loads_whatever_a_processor_is_called(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("draft") / "registry.yaml"
    path.write_text(draft([facts(name)], "America/New_York").text, encoding="utf-8")
    assert [entry.name for entry in load_registry(path).registry.processors] == [name]


def test_the_draft_of_an_empty_history_loads(tmp_path: Path) -> None:
    (tmp_path / "registry.yaml").write_text(draft([], "Europe/Zurich").text)
    loaded = load_registry(tmp_path / "registry.yaml").registry
    assert (loaded.timezone, loaded.processors) == ("Europe/Zurich", ())


def test_registered_and_seen_are_compared_both_ways() -> None:
    comparison = compare(["B", "A", "C"], ["C", "E", "D"])
    assert (comparison.not_registered, comparison.never_seen) == (("D", "E"), ("A", "B"))


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_timetable_of_a_recorded_world_is_found_again(world: Path) -> None:
    registry = load_registry(world / "registry.yaml").registry
    with duckdb.connect() as warehouse:
        rows = warehouse.execute(HISTORY, [str(world / "runs.parquet")]).fetchall()
    known = [
        ProcessorFacts(name, phase, runs, *SEEN, start_hours=tuple(hours), dates=dates, duration_p95=p95)
        for name, phase, runs, hours, dates, p95 in rows
    ]
    drafted = {entry.name: entry for entry in draft(known, registry.timezone).processors}
    assert set(drafted) == set(registry.by_name)
    for processor in registry.processors:
        assert drafted[processor.name].polling == processor.polling
        assert drafted[processor.name].slots == pytest.approx(processor.schedule_hours_et, abs=0.05)
