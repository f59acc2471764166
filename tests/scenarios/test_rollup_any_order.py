"""Whatever the order in which rows arrive or are corrected, the warehouse holds what one load of all would give."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.runs import Category
from bot.domain.evidence.text_rules import TextRule
from bot.domain.health.model import Window
from tests.support.builders import (
    DAY,
    PROCESSORS,
    RULES,
    Row,
    World,
    at,
    contents,
    game,
    load,
    loaded,
    raw_file,
    run,
    warehouse,
)

DAYS = [DAY + timedelta(days=offset) for offset in range(3)]
NAMES = ["BoxScraper", "Box", "Poller", "Roster", "Daily", "Summary", "Plain", "Stranger"]
TEXTS = [
    None,
    "no data at all",
    "timed out",
    f"KeyError on {DAY}",
    "something odd",
    "no data for 2026-01-16 or 2026-01-17",
]
OTHER_RULES = (
    TextRule(Category.VALIDATION_FAILED, ("odd",)),
    TextRule(Category.NO_DATA_AVAILABLE, ("timed", "no data")),
)
OTHER_PROCESSORS = [
    {**entry, "phase": entry["phase"] + (entry["name"] == "Plain"), "schedule_hours_et": [20.0], "timeout_seconds": 100}
    for entry in PROCESSORS
    if entry["name"] != "Daily"
]


@st.composite
def versions(draw: st.DrawFn) -> Row:
    """One row of the history: any of a few runs, in any state it may have been recorded in."""
    number = draw(st.integers(0, 7))
    status = draw(st.sampled_from(["success", "failed", "failed", "skipped", "running"]))
    return run(
        f"run-{number}",
        NAMES[number],
        start=20 + 7.25 * number,
        data_date=draw(st.sampled_from(DAYS)),
        status=status,
        records_processed=draw(st.sampled_from([None, 0, 0, 100, 250])),
        duration_seconds=draw(st.sampled_from([None, 0.0, 12.5, 60.0, 700.0])),
        failure_category=draw(st.sampled_from([None, "no_data_available", "error", "unknown", "weird"])),
        error_message=draw(st.sampled_from(TEXTS)),
        inserted_at=at(24 + draw(st.integers(0, 5))),
    )


EVIDENCE = st.fixed_dictionaries(
    {
        "table_loads": st.lists(
            st.builds(
                lambda table, rows, hours, day: loaded(table, rows=rows, hours=hours, day=day),
                st.sampled_from(["raw.box", "raw.daily", "an.summary"]),
                st.sampled_from([0, 100]),
                st.sampled_from([10.0, 26.0, 29.0, 40.0]),
                st.sampled_from(DAYS),
            ),
            max_size=3,
        ),
        "raw_files": st.lists(
            st.builds(
                lambda source, size, hours, day: raw_file(source, size=size, hours=hours, day=day),
                st.sampled_from(["box", "daily"]),
                st.sampled_from([50, 5_000]),
                st.sampled_from([10.0, 25.0, 31.0]),
                st.sampled_from(DAYS),
            ),
            max_size=3,
        ),
        "game_schedule": st.lists(st.builds(game, st.sampled_from(["G1", "G2"]), st.sampled_from(DAYS)), max_size=1),
    }
)
BATCHES = st.lists(st.tuples(st.lists(versions(), min_size=1, max_size=6), EVIDENCE), min_size=2, max_size=4)


def examples(count: int) -> settings:
    """A load takes a third of a second, so a failing example is reported as found, not shrunk for minutes."""
    return settings(
        max_examples=count, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
    )


def world_of(runs: list[Row], evidence: dict[str, list[Row]]) -> World:
    """With a file of the first day, so that the calendar begins there whatever comes first."""
    return World(runs, **{**evidence, "raw_files": [*evidence["raw_files"], raw_file("another", day=DAYS[0])]})


def load_batches(
    batches: Sequence[tuple[list[Row], dict[str, list[Row]]]], registries: Sequence[list[Row]], rules: Sequence[Any]
) -> SqlWarehouse:
    """One load after another; the later registries and rules come with the later loads."""
    into = warehouse()
    with TemporaryDirectory() as folder:
        for place, batch in enumerate(batches):
            directory = world_of(*batch).write(Path(folder) / str(place), ".csv")
            load(into, directory, registries[min(place, len(registries) - 1)], rules[min(place, len(rules) - 1)])
    return into


def all_of(batches: Sequence[tuple[list[Row], dict[str, list[Row]]]]) -> tuple[list[Row], dict[str, list[Row]]]:
    stems = ("table_loads", "raw_files", "game_schedule")
    together = {stem: [row for _, evidence in batches for row in evidence[stem]] for stem in stems}
    return [row for runs, _ in batches for row in runs], together


def answers(into: SqlWarehouse) -> list[set[Any]]:
    moments = [datetime(2026, 1, 16, 12, tzinfo=UTC) + timedelta(hours=hours) for hours in (0, 17, 90)]
    windows = [kind(moment, 4) for moment in moments for kind in (Window.live, Window.at)]
    return [
        set(ask(window)) for window in windows for ask in (into.health_counts, into.health_durations, into.health_due)
    ]


def assert_same(left: SqlWarehouse, right: SqlWarehouse) -> None:
    one, other = contents(left), contents(right)
    laid = {row[1] for row in one["evidence"]} & {row[1] for row in other["evidence"]}
    assert {row[3] for row in one["runs"]} <= laid, "every date with runs is in the calendar"
    for table, rows in one.items():
        if table == "evidence":  # how far the calendar is laid beyond the data depends on when it was
            assert [row for row in rows if row[1] in laid] == [row for row in other[table] if row[1] in laid]
        else:
            assert rows == other[table], table
    assert answers(left) == answers(right)
    assert left.history().runs == right.history().runs == len(one["runs"])


@examples(5)
@given(BATCHES)
def test_loads_in_any_order_equal_one_load_of_everything(batches: list[tuple[list[Row], dict[str, list[Row]]]]) -> None:
    step_by_step = load_batches(batches, [PROCESSORS], [RULES])
    at_once = load_batches([all_of(batches)], [PROCESSORS], [RULES])
    assert_same(step_by_step, at_once)
    before = contents(step_by_step)
    step_by_step.rebuild()
    assert contents(step_by_step) == before


@examples(3)
@given(BATCHES, st.booleans(), st.booleans())
def test_a_changed_registry_or_rules_hold_for_old_rows_too(
    batches: list[tuple[list[Row], dict[str, list[Row]]]], registry_changes: bool, rules_change: bool
) -> None:
    registries = [PROCESSORS, OTHER_PROCESSORS] if registry_changes else [OTHER_PROCESSORS]
    rules = [RULES, OTHER_RULES] if rules_change else [OTHER_RULES]
    assert_same(
        load_batches(batches, registries, rules), load_batches([all_of(batches)], [OTHER_PROCESSORS], [OTHER_RULES])
    )


@examples(3)
@given(BATCHES)
def test_answers_are_not_stale_while_loads_come_in(batches: list[tuple[list[Row], dict[str, list[Row]]]]) -> None:
    """One process serves and loads: what it has answered before must not hide what has come since."""
    into = warehouse()
    with TemporaryDirectory() as folder:
        for place, batch in enumerate(batches):
            load(into, world_of(*batch).write(Path(folder) / str(place), ".csv"))
            answers(into)
    assert answers(into) == answers(load_batches([all_of(batches)], [PROCESSORS], [RULES]))
