"""How far from its start the date may lie of which a run tells what should be seen: the rules and the store agree."""

from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.evidence.feeds import CLAIMS_WITHIN, dates_claimed, may_claim
from bot.domain.evidence.known import AHEAD
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.sighted import seen_in
from bot.services.replay import ALWAYS
from tests.support.builders import NOW, World, at, contents, load, loaded, registry, run, warehouse

TABLES = ("raw.one", "raw.two", "raw.three")
FLEET = [{"name": table, "phase": 2, "table": table, "schedule_hours_et": [8.0], "per_game": False} for table in TABLES]
FURTHEST = CLAIMS_WITHIN.days
SPANS = st.timedeltas(timedelta(), timedelta(days=90))
MOMENTS = st.datetimes(at(-1_000), at(1_000))


@given(MOMENTS, SPANS, SPANS, st.integers(-100, 100))
def test_no_run_tells_of_a_date_outside_of_what_a_store_looks_at(
    first: datetime, started: timedelta, width: timedelta, days: int
) -> None:
    """Of those that begin within a span without rows, and by clocks that may differ."""
    until = first + width
    start = min(first + started, until + AHEAD)
    data_date = start.date() + timedelta(days=days)
    earliest, latest = dates_claimed(first, until)
    assert dates_claimed(first, None) == (earliest, date.max)
    assert not may_claim(data_date, start) or earliest <= data_date <= latest


@pytest.mark.parametrize(
    ("days", "gaps"), [(0, 1), (-FURTHEST, 1), (FURTHEST, 1), (-FURTHEST - 1, 0), (FURTHEST + 1, 0)]
)
@pytest.mark.parametrize("together", [True, False])
def test_the_store_finds_the_gaps_that_the_rules_find(tmp_path: Path, days: int, gaps: int, together: bool) -> None:
    """Each table shows a row for its run, then runs go on and no table shows any."""
    later = at(31).date() + timedelta(days=days)
    before = World(
        [run(f"a{table}", table, start=30) for table in TABLES], [loaded(table, hours=30.5) for table in TABLES]
    )
    after = [run(f"b{table}", table, start=31, day=later, started_at=at(31), completed_at=at(31.1)) for table in TABLES]
    after = [{**row, "inserted_at": at(31.2)} for row in after]
    worlds = [before.but(runs=[*before.runs, *after])] if together else [before, World(after)]
    held, known = warehouse(), registry(FLEET)
    for number, world in enumerate(worlds):
        load(held, world.but(processors=FLEET).write(tmp_path / str(number), ".ndjson"), FLEET, now=NOW)
    observed = held.observed(ALWAYS, NOW)
    facts = {processor.name: processor for processor in platform_facts(known).processors}
    assert observed.seen is not None
    assert observed.seen.table_gaps == seen_in(observed, facts).table_gaps
    assert len(observed.seen.table_gaps) == gaps
    held.close()


@st.composite
def rows(draw: st.DrawFn) -> World:
    """Some hours of a fleet whose tables show nothing for a while, and runs of earlier dates among them."""
    runs, loads = [], []
    name = draw(st.uuids())
    for number in range(draw(st.integers(2, 9))):
        hours = 30 + number * draw(st.sampled_from([0.5, 4.0, 9.0]))
        table, back = draw(st.sampled_from(TABLES)), draw(st.sampled_from([0, 0, 0, 1, 3, 30]))
        day = at(hours).date() - timedelta(days=back)
        known = {"started_at": at(hours), "completed_at": at(hours + 0.1), "inserted_at": at(hours + 0.2)}
        runs.append(run(f"{name}-{number}", table, start=hours, day=day, **known))
        if draw(st.booleans()):
            loads.append(loaded(table, hours=hours + 0.15, day=day))
    return World(runs, loads, processors=FLEET)


@settings(max_examples=10, deadline=None)
@given(st.lists(rows(), min_size=2, max_size=4))
def test_gaps_that_open_and_close_leave_what_one_load_of_all_would_give(parts: list[World]) -> None:
    """Runs come before the rows of their tables: first of a part, then of all."""
    steps = [World(runs=parts[0].runs, processors=FLEET)]
    for part in parts:
        steps += [World(part.runs, processors=FLEET), World([], part.table_loads, processors=FLEET)]
    with TemporaryDirectory() as folder, closing(warehouse()) as one, closing(warehouse()) as other:
        for number, step in enumerate(each for each in steps if each.runs or each.table_loads):
            load(other, step.write(Path(folder) / str(number), ".ndjson"), FLEET, now=NOW)
        whole = World([row for part in parts for row in part.runs], [row for part in parts for row in part.table_loads])
        load(one, whole.but(processors=FLEET).write(Path(folder) / "whole", ".ndjson"), FLEET, now=NOW)
        assert contents(other) == contents(one)
