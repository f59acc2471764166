"""Deadlines: the instant they fall on, the critical path, the latest start of each step."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.impact.deadlines import ASSUMED_SECONDS, Basis, Deadline, Forecast, Pace, next_deadline, paces
from bot.domain.platform.deadline import due_at
from bot.domain.platform.lineage import Lineage
from tests.support.impact_cases import DAY, NOW, registry, took
from tests.unit.test_lineage import graphs


def at(hour: int, minute: int = 0, day: int = 16, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def due(slots: list[float], deadline: str | None, day: date = DAY) -> datetime | None:
    entry = {"name": "A", "phase": 1, "schedule_hours_et": slots, "sla_completion_time": deadline}
    known = registry([entry])
    return due_at(known.processors[0], day, known)


@pytest.mark.parametrize(
    ("slots", "deadline", "expected"),
    [
        ([26.0, 26.75], "04:00 ET", at(9)),
        ([3.0], "03:00 ET", at(8, day=15)),
        ([3.0], "02:59 ET", at(7, 59)),
        ([10.0, 50.0], "02:00 ET", at(7, day=17)),
        ([50.5], "02:00 ET", at(7, day=18)),
        ([22.0], "00:00 ET", at(5)),
        ([], "04:00 ET", None),
        ([26.0], None, None),
    ],
)
def test_the_next_time_at_or_after_the_last_slot(
    slots: list[float], deadline: str | None, expected: datetime | None
) -> None:
    assert due(slots, deadline) == expected


def test_across_both_clock_changes() -> None:
    spring, autumn = date(2026, 3, 7), date(2026, 10, 31)
    assert due([26.0], "04:00 ET", spring) == at(8, day=8, month=3)  # EDT since 02:00
    assert due([25.0], "02:30 ET", spring) == at(7, day=8, month=3)  # 02:30 does not exist: 03:00 EDT
    assert due([25.0], "01:30 ET", autumn) == at(5, 30, day=1, month=11)  # the first of two
    assert due([26.0], "04:00 ET", autumn) == at(9, day=1, month=11)


def chain(
    seconds: dict[str, float], dependencies: dict[str, list[str]], *done: str, root: str = "a"
) -> Mapping[str, Any]:
    clock = {"schedule_hours_et": [26], "sla_completion_time": "04:00 ET"}
    known = registry([{"name": name, "phase": 1, "dependencies": on, **clock} for name, on in dependencies.items()])
    down = Lineage(known).down(root)
    return Forecast(known).of(root, down, DAY, NOW, pace=lambda name: Pace(seconds[name], Basis.OWN), done=set(done))


DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}
SECONDS = {"a": 60.0, "b": 600.0, "c": 120.0, "d": 300.0}


def test_the_slowest_way_sets_the_latest_starts() -> None:
    found = chain(SECONDS, DIAMOND)["d"]
    assert found.due_at == at(9)
    assert [(step.processor, step.latest_start) for step in found.critical_path] == [
        ("a", at(8, 44)),
        ("b", at(8, 45)),
        ("d", at(8, 55)),
    ]
    assert (found.latest_start, found.minutes_to_start, found.minutes_to_breach) == (at(8, 44), 74.0, 90.0)


def test_what_is_done_takes_no_time_and_nothing_waits_for_it() -> None:
    assert [step.processor for step in chain(SECONDS, DIAMOND, "b")["d"].critical_path] == ["a", "c", "d"]
    assert [step.processor for step in chain(SECONDS, DIAMOND, "a", "b")["d"].critical_path] == ["c", "d"]
    assert [step.processor for step in chain(SECONDS, DIAMOND, "b", "c")["d"].critical_path] == ["d"]
    assert set(chain(SECONDS, DIAMOND, "d")) == {"a", "b", "c"}


def test_a_step_that_takes_no_time_is_on_the_path() -> None:
    found = chain({"a": 0.0, "b": 0.0}, {"a": [], "b": ["a"]})["b"]
    assert [step.processor for step in found.critical_path] == ["a", "b"]


def test_dependencies_outside_do_not_delay() -> None:
    found = chain({**SECONDS, "x": 9_000.0}, {**DIAMOND, "x": [], "d": ["b", "x"]})["d"]
    assert found.seconds_of_work == 960


def test_breached() -> None:
    known = registry([{"name": "a", "phase": 1, "schedule_hours_et": [20], "sla_completion_time": "02:00 ET"}])
    found = Forecast(known).of("a", [], DAY, NOW, pace=lambda _: Pace(600, Basis.OWN))["a"]
    assert (found.minutes_to_breach, found.minutes_to_start) == (-30.0, -40.0)


def test_durations_own_of_the_phase_or_assumed() -> None:
    known = registry([{"name": name, "phase": phase} for name, phase in (("a", 1), ("b", 1), ("c", 2))])
    pace = paces([took("a", 70), took(None, 90, phase=1), took("stranger", 5)], known)
    assert pace("a") == Pace(70, Basis.OWN)
    assert pace("b") == Pace(90, Basis.PHASE)
    assert pace("c") == Pace(ASSUMED_SECONDS, Basis.ASSUMED)


def one(name: str, due: datetime, seconds: float) -> Deadline:
    clock = {"name": name, "phase": 1, "schedule_hours_et": [0], "sla_completion_time": "00:00"}
    found = Forecast(registry([clock])).of(name, [], DAY, NOW, pace=lambda _: Pace(seconds, Basis.OWN))[name]
    return found._replace(due_at=due)


def test_the_next_deadline_is_the_one_that_must_start_first() -> None:
    soon, long = one("soon", at(8), 60), one("long", at(9), 7_200)
    missed, earlier = one("missed", at(7), 60), one("earlier", at(6), 60)
    assert next_deadline([soon, missed], NOW) is soon
    assert next_deadline([soon, long, missed], NOW) is long
    assert next_deadline([missed, earlier], NOW) is earlier
    assert next_deadline([], NOW) is None


@given(graphs(), st.data())
def test_latest_starts_follow_the_longest_chain(dependencies: dict[str, list[str]], data: st.DataObject) -> None:
    durations = data.draw(st.fixed_dictionaries({name: st.integers(0, 5_000) for name in dependencies}))
    root = "p0"
    found = chain({name: float(value) for name, value in durations.items()}, dependencies, root=root)
    graph = networkx.DiGraph([(on, name) for name, ons in dependencies.items() for on in ons])
    graph.add_nodes_from(dependencies)
    for name, deadline in found.items():
        ways = networkx.all_simple_paths(graph, root, name) if name != root else [[root]]
        assert deadline.seconds_of_work == max(sum(durations[step] for step in way) for way in ways)
        path = deadline.critical_path
        starts = [step.latest_start for step in path]
        assert starts == sorted(starts)
        assert (path[0].processor, path[-1].processor) == (root, name)
        assert all(graph.has_edge(a.processor, b.processor) for a, b in pairwise(path))
        ends = [step.latest_start + timedelta(seconds=step.pace.seconds) for step in path]
        assert ends == [*starts[1:], deadline.due_at]


@given(graphs(), st.integers(0, 600), st.integers(1, 600))
def test_a_slower_step_never_starts_later(dependencies: dict[str, list[str]], seconds: int, more: int) -> None:
    before = chain(dict.fromkeys(dependencies, float(seconds)), dependencies, root="p0")
    after = chain({**dict.fromkeys(dependencies, float(seconds)), "p0": float(seconds + more)}, dependencies, root="p0")
    assert all(after[name].latest_start < before[name].latest_start for name in before)
