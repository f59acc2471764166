"""A registry drafted from run history: slots, polling, ranges and limits, and that the draft loads."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.registry import load_registry
from bot.domain.evidence.expectation import Expects, expectation
from bot.domain.platform.calendar import slot_instant
from bot.domain.platform.draft import (
    Confidence,
    DraftProcessor,
    ProcessorFacts,
    compare,
    frequency_label,
    infer,
    slots_of,
    timeout_from,
)
from bot.domain.platform.draft_dues import PER_GAME, Brought
from bot.domain.platform.draft_zone import zone_of
from bot.domain.platform.registry import Registry
from bot.services.registry_draft import draft
from tests.support.replay_worlds import WORLDS

SEEN = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 30, tzinfo=UTC)
LATE = (0.0, 0.01, 0.02, 0.04, 0.06)
"""Hours after its slot at which a run may start."""
HISTORY = """
    select processor_name, any_value(phase), count(*), min(started_at), max(started_at),
        list(data_date) filter (trigger = 'schedule'), list(started_at) filter (trigger = 'schedule'),
        count(distinct data_date) filter (trigger = 'schedule'),
        quantile_disc(duration_seconds, 0.95) filter (status = 'success')
    from read_parquet(?) group by 1
"""


NEW_YORK, UTC_ZONE = ZoneInfo("America/New_York"), ZoneInfo("UTC")
ZONES = {name: ZoneInfo(name) for name in available_timezones()}
FIRST = date(2026, 1, 1)


def facts(
    name: str = "A", runs: int = 30, dates: int = 30, start_hours: tuple[float, ...] = (), **known: object
) -> ProcessorFacts:
    """`start_hours`: in New York, the dates in turn."""
    days = [FIRST + timedelta(days=at % max(dates, 1)) for at in range(len(start_hours))]
    started = [(day, slot_instant(day, hour, NEW_YORK)) for day, hour in zip(days, start_hours, strict=True)]
    values = {"phase": 2, "first_start": SEEN[0], "last_start": SEEN[1], "starts": tuple(started), **known}
    return ProcessorFacts(name=name, runs=runs, dates=dates, **values)  # type: ignore[arg-type]


def of(*days: tuple[date, float], zone: ZoneInfo = UTC_ZONE, runs_a_day: int = 1, **known: object) -> ProcessorFacts:
    """A processor with a start at that hour of each date."""
    started = tuple((day, slot_instant(day, hour, zone)) for day, hour in days)
    dates = len({day for day, _ in days})
    values = {"phase": None, "first_start": started[0][1], "last_start": started[-1][1], "starts": started, **known}
    return ProcessorFacts(runs=len(days) * runs_a_day, dates=dates, **{"name": "A", **values})  # type: ignore[arg-type]


def daily(first: date, count: int, hour: float) -> list[tuple[date, float]]:
    return [(first + timedelta(days=at), hour) for at in range(count)]


def inferred(found: ProcessorFacts) -> DraftProcessor:
    return infer(found, NEW_YORK)


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
    assert inferred(facts(runs=30 * 200, start_hours=starts((7.5,), 30))).polling is True
    assert inferred(facts(runs=30, start_hours=starts((7.5,), 30))).polling is False
    retried = inferred(facts(runs=70, start_hours=starts((7.5,), 30)))
    assert (retried.polling, retried.expected_frequency) == (False, "daily")


def test_a_history_of_polls_without_triggers_gives_no_slots() -> None:
    every_half_hour = tuple(hour / 2 for hour in range(144)) * 30
    entry = inferred(facts(runs=len(every_half_hour), start_hours=every_half_hour))
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
    entry = inferred(facts(runs=6, dates=6, phase=None, no_data_share=0.95))
    assert (entry.slots, entry.records, entry.timeout_seconds, entry.runs_on_no_game_days) == ((), None, None, None)
    assert entry.doubts == (
        "phase: the history does not tell it",
        "schedule: no start time is there on most dates",
        "expected_records: too few dates have a count of records (0); if every slot brings data, add per_game: false",
        "95% of its runs found no data: is it sporadic?",
        "expected_records: no run reported any; check the table before believing it",
        "timeout_seconds: no duration of a run that succeeded is known",
    )


@pytest.mark.parametrize("dates", [1, 2, 4])
def test_a_few_runs_show_neither_a_rhythm_nor_a_range(dates: int) -> None:
    entry = inferred(
        facts(
            runs=dates, dates=dates, start_hours=starts((7,), dates),
            records_p5=100.0, records_p50=100.0, records_p95=101.0, duration_p95=60.0,
        )
    )  # fmt: skip
    assert (entry.expected_frequency, entry.slots, entry.polling) == ("unknown", (), None)
    assert (entry.records, entry.timeout_seconds) == (None, None)
    noun = "date" if dates == 1 else "dates"
    assert f"schedule: only {dates} {noun} with runs show no rhythm" in entry.doubts
    assert str(entry.evidence["expected_frequency"]).startswith("low confidence: ")


def test_a_short_history_with_dates_without_runs_shows_no_daily_job() -> None:
    weekdays = [day for day in daily(FIRST, 12, 6) if day[0].weekday() < 5]
    entry = infer(of(*weekdays), UTC_ZONE)
    assert (entry.expected_frequency, entry.slots) == ("irregular", ())
    assert infer(of(*daily(FIRST, 12, 6)[:7], *daily(FIRST, 12, 6)[8:]), UTC_ZONE).slots == (6,), "one date was missed"


def test_runs_on_dates_without_games_are_told_apart() -> None:
    assert inferred(facts(dates_without_games=0)).runs_on_no_game_days is False
    assert inferred(facts(dates_without_games=3)).runs_on_no_game_days is True


def test_the_draft_is_text_for_people_and_loads(tmp_path: Path) -> None:
    told = facts(
        "NbacGamebookProcessor", 60, 30, start_hours=starts((14, 24.5), 30), dates_without_games=4,
        records_p5=99.5, records_p50=240.0, records_p95=499.2, duration_p95=310.0,
    )  # fmt: skip
    known = Registry.model_validate({"processors": [{"name": "NbacGamebookProcessor"}]})
    text = draft([facts("Z", 2, 1, phase=1), told], known).text
    assert text.endswith(
        '  - name: "NbacGamebookProcessor"\n'
        "    phase: 2  # high confidence: its runs name it\n"
        '    expected_frequency: "twice_daily"  # high confidence: 60 runs on 30 dates\n'
        "    schedule_hours_et: [14, 24.5]  # high confidence: each starts on 100% of 30 dates\n"
        "    polling: false  # high confidence: 60 runs on 30 dates, 2 slots a date\n"
        "    runs_on_no_game_days: true  # high confidence: 4 of 30 dates had no games\n"
        "    expected_records: {min: 99, typical: 240, max: 500}"
        "  # high confidence: p5, p50 and p95 of the runs with records, within 1 %\n"
        "    timeout_seconds: 660  # high confidence: twice the p95 of 310.0 s\n"
        "    proposal: true\n"
    )
    assert 'timezone: "America/New_York"  # not shown by the history; as in the registry it was loaded with' in text
    assert "# Runs from 2026-01-01 to 2026-01-30." in text
    (tmp_path / "registry.yaml").write_text(text)
    loaded = load_registry(tmp_path / "registry.yaml")
    assert [entry.name for entry in loaded.registry.processors] == ["Z", "NbacGamebookProcessor"]
    assert all(entry.proposal for entry in loaded.registry.processors)
    assert loaded.warnings == ()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_the_draft_loads_whatever_a_processor_is_called(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("draft") / "registry.yaml"
    drafted = draft([facts(name)], Registry())
    path.write_text(drafted.text, encoding="utf-8")
    assert [entry.name for entry in load_registry(path).registry.processors] + list(drafted.left_out) == [name]
    assert bool(drafted.left_out) is (len(name) > 255 or not name.strip())


def test_the_draft_of_an_empty_history_loads(tmp_path: Path) -> None:
    (tmp_path / "registry.yaml").write_text(draft([], Registry(timezone="Europe/Zurich")).text)
    loaded = load_registry(tmp_path / "registry.yaml").registry
    assert (loaded.timezone, loaded.processors) == ("Europe/Zurich", ())


def test_registered_and_seen_are_compared_both_ways() -> None:
    comparison = compare(["B", "A", "C"], ["C", "E", "D"])
    assert (comparison.not_registered, comparison.never_seen) == (("D", "E"), ("A", "B"))


def world_facts(name: str, phase: int, runs: int, first: datetime, last: datetime, *rest: Any) -> ProcessorFacts:
    """Times of a recorded world are UTC without saying so."""
    days, moments, dates, p95 = rest
    started = zip(days, (moment.replace(tzinfo=UTC) for moment in moments), strict=True)
    ends = first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
    return ProcessorFacts(name, phase, runs, *ends, tuple(started), dates=dates, duration_p95=p95)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_timetable_of_a_recorded_world_is_found_again(world: Path) -> None:
    registry = load_registry(world / "registry.yaml").registry
    with duckdb.connect() as warehouse:
        rows = warehouse.execute(HISTORY, [str(world / "runs.parquet")]).fetchall()
    known = [world_facts(*row) for row in rows]
    drafted = {entry.name: entry for entry in draft(known, registry).processors}
    assert set(drafted) == set(registry.by_name)
    for processor in registry.processors:
        assert drafted[processor.name].polling == processor.polling
        assert drafted[processor.name].slots == pytest.approx(processor.schedule_hours_et, abs=0.05)


SPRING = date(2026, 3, 1)
"""New York's clocks change on 8 March 2026, Berlin's on 29 March."""


@pytest.mark.parametrize(
    ("zone", "count", "named"),
    [("Europe/Berlin", 60, "Europe/London"), ("America/Chicago", 25, "America/New_York"), ("UTC", 60, "UTC")],
)
def test_the_zone_is_one_in_which_starts_stay_where_they_are(zone: str, count: int, named: str) -> None:
    """Which of the zones with the same changes, a daily job does not show: it says so."""
    found = zone_of([of(*daily(SPRING, count, 5.5), zone=ZoneInfo(zone))], ZONES, None)
    assert (found.name, bool(found.others), found.evidence is not None) == (named, True, True)
    again = zone_of([of(*daily(SPRING, count, 5.5), zone=ZoneInfo(zone))], ZONES, zone)
    assert again.name == zone


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles", "UTC"])
def test_polls_around_the_clock_show_the_zone(zone: str) -> None:
    polls = [(SPRING + timedelta(days=day), quarter / 4) for day in range(10) for quarter in range(96)]
    found = zone_of([of(*polls, zone=ZoneInfo(zone))], ZONES, None)
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert noon.astimezone(ZoneInfo(found.name)).utcoffset() == noon.astimezone(ZoneInfo(zone)).utcoffset()
    assert found.evidence is not None


def test_a_drafted_zone_is_as_sure_when_it_is_drafted_again(tmp_path: Path) -> None:
    seen = [of(*daily(SPRING, 60, 5.5), zone=ZoneInfo("Europe/Berlin"))]
    first = draft(seen, Registry())
    (tmp_path / "registry.yaml").write_text(first.text.replace(first.zone.name, "Europe/Berlin"))
    drafted = load_registry(tmp_path / "registry.yaml").registry
    again = draft(seen, drafted).zone
    assert (again.name, again.evidence) == ("Europe/Berlin", first.zone.evidence)
    assert str(again.evidence).startswith("low confidence")
    said = drafted.with_processors(entry.model_copy(update={"proposal": False}) for entry in drafted.processors)
    assert str(draft(seen, said).zone.evidence).startswith("high confidence"), "the team has looked at it"


def test_a_zone_that_the_history_does_not_show_is_not_proposed() -> None:
    winter = [of(*daily(FIRST, 30, 5.5), zone=NEW_YORK)]
    assert zone_of(winter, ZONES, None).name == "UTC"
    assert zone_of(winter, ZONES, None).evidence is None
    assert zone_of([], ZONES, "Asia/Tokyo").name == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("weekdays", "label"),
    [({0, 1, 2, 3, 4}, "weekdays"), ({6}, "weekly"), ({1, 3}, "some_weekdays"), (set(range(7)), "daily")],
)
def test_what_does_not_run_every_day_is_due_on_its_days_only(weekdays: set[int], label: str) -> None:
    days = [day for day in daily(FIRST, 35, 6) if day[0].weekday() in weekdays]
    entry = infer(of(*days), UTC_ZONE)
    assert (entry.expected_frequency, entry.slots) == (label, (6,))
    assert set(entry.weekdays) == (set() if label == "daily" else weekdays)


def test_a_draft_says_on_which_days_and_since_when_a_job_is_due(tmp_path: Path) -> None:
    """Whatever is due by it has run."""
    worked = of(*[day for day in daily(FIRST, 60, 6) if day[0].weekday() < 5], name="Worked")
    ended, begun = of(*daily(FIRST, 20, 7), name="Ended"), of(*daily(FIRST + timedelta(days=40), 20, 8), name="Begun")
    once = of((FIRST + timedelta(days=30), 9.0), name="Once")
    (tmp_path / "registry.yaml").write_text(draft([worked, ended, begun, once], Registry(timezone="UTC")).text)
    registry = load_registry(tmp_path / "registry.yaml").registry
    for fact in (worked, ended, begun, once):
        span = [FIRST + timedelta(days=ahead) for ahead in range(60)]
        due = {day for day in span if registry.schedules[fact.name].slots(day)}
        assert due == (set() if fact is once else set(fact.days))


def test_what_has_ended_is_due_no_more() -> None:
    gone = of(*daily(FIRST, 20, 6))
    known = gone.first_start, gone.last_start + timedelta(days=30)
    assert infer(gone, UTC_ZONE, (gone.first_start, gone.last_start)).slots == (6,)
    entry = infer(gone, UTC_ZONE, known)
    assert (entry.slots, entry.last) == ((6,), gone.days[-1])
    assert "no run after 2026-01-20, while the history goes on to 2026-02-19: has it ended?" in " ".join(entry.doubts)


def test_an_impossible_phase_is_not_proposed(tmp_path: Path) -> None:
    text = draft([facts("A", phase=150), facts("B", phase=-1), facts("C", phase=None)], Registry()).text
    assert "phase:" not in [line.strip()[:6] for line in text.splitlines() if not line.strip().startswith("#")]
    (tmp_path / "registry.yaml").write_text(text)
    assert len(load_registry(tmp_path / "registry.yaml").registry.processors) == 3


@pytest.mark.parametrize(
    ("brought", "games", "due"),
    [
        (Brought(30, 30), None, False),
        (Brought(30, 29), None, False),
        (Brought(30, 20), None, None),
        (Brought(4, 4), None, None),
        (Brought(), None, None),
        (Brought(30, 30), 4, None),
    ],
)
def test_data_is_due_on_every_slot_where_every_date_got_records(
    brought: Brought, games: int | None, due: bool | None
) -> None:
    """Only where there is no game calendar, which would say more."""
    entry = inferred(of(*daily(FIRST, 30, 2.0), brought=brought, dates_without_games=games))
    assert entry.per_game is due
    assert any("add per_game: false" in doubt for doubt in entry.doubts) is (due is None and games is None)


def test_the_draft_says_when_data_is_due_and_what_that_rests_on(tmp_path: Path) -> None:
    known = of(*daily(FIRST, 30, 2.0), brought=Brought(30, 29), records_p5=9.0, records_p50=10.0, records_p95=11.0)
    made = draft([known], Registry())
    assert (
        "    expected_records: {per_game: false, min: 9, typical: 10, max: 11}  # high confidence: p5, p50 and p95 of "
        "the runs with records, within 1 %; high confidence: 29 of 30 dates with a succeeded run got records"
    ) in made.text.splitlines()
    (tmp_path / "registry.yaml").write_text(made.text)
    (entry,) = load_registry(tmp_path / "registry.yaml").registry.processors
    assert expectation(entry) is Expects.PER_SLOT
    assert made.processors[0].evidence[PER_GAME].confidence is Confidence.HIGH


def test_slots_are_cron_expressions_where_there_is_no_game_calendar(tmp_path: Path) -> None:
    weekdays = [(FIRST + timedelta(days=at), 6.5) for at in range(42) if (FIRST + timedelta(days=at)).weekday() < 5]
    made = draft([of(*weekdays)], Registry())
    (line,) = [line for line in made.text.splitlines() if "schedule" in line]
    assert line.startswith('    schedule: ["30 6 * * mon,tue,wed,thu,fri"]  # high confidence: each starts on 100%')
    assert "runs on Mon, Tue, Wed, Thu, Fri" in line
    assert "calendar" not in made.text
    (tmp_path / "registry.yaml").write_text(made.text)
    known = load_registry(tmp_path / "registry.yaml").registry
    due = [day for day in (FIRST + timedelta(days=at) for at in range(7)) if known.schedules["A"].slots(day)]
    assert [day.weekday() for day in due] == [3, 4, 0, 1, 2]
    assert "schedule_hours_et: [6.5]" in draft([of(*weekdays, dates_without_games=3)], Registry()).text
