"""The latest start of each step, against every path through the graph; and how the steps of a date stand."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.evidence.freshness import DateFreshness
from bot.domain.impact.deadlines import Basis, Forecast, Pace
from bot.domain.impact.latest_starts import LatestStart, latest_starts
from bot.domain.impact.readiness import Readiness, StepLeft, StepState, deadlines_within, readiness
from bot.domain.impact.report import FreshnessFacts
from bot.domain.platform.registry import Registry
from bot.views.incident import plain_in
from bot.views.readiness import lines

BEGIN = datetime(2026, 1, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NAMES = "abcdef"
Graph = Mapping[str, tuple[str, ...]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Each name may depend on those before it."""
    edges = draw(st.sets(st.sampled_from(list(combinations(NAMES, 2)))))
    return {name: tuple(sorted(on for on, by in edges if by == name)) for name in NAMES}


def paths(needs: Graph, name: str, done: set[str]) -> Iterator[list[str]]:
    """Every chain of steps that are left from `name` on, to each end."""
    yield [name]
    for by, on in needs.items():
        if name in on and by not in done:
            yield from ([name, *rest] for rest in paths(needs, by, done))


@settings(max_examples=60, deadline=None)
@given(
    graphs(),
    st.dictionaries(st.sampled_from(NAMES), st.integers(1, 900)),
    st.sets(st.sampled_from(NAMES)),
    st.lists(st.integers(1, 90), min_size=len(NAMES), max_size=len(NAMES)),
)
def test_every_path_to_a_deadline_is_met_and_one_only_just(
    needs: Graph, due: dict[str, int], done: set[str], minutes: list[int]
) -> None:
    took = dict(zip(NAMES, minutes, strict=True))
    moments = {name: BEGIN + at * MINUTE for name, at in due.items()}
    found = latest_starts(needs, moments, done, lambda name: Pace(took[name] * 60.0, Basis.OWN))
    for name in NAMES:
        ends = [path for path in paths(needs, name, done) if path[-1] in due] if name not in done else []
        if not ends:
            assert name not in found
            continue
        starts = [moments[path[-1]] - sum(took[each] for each in path) * MINUTE for path in ends]
        assert found[name].start == min(starts)
        assert found[name].due_at == moments[found[name].target]


REGISTRY = Registry.model_validate(
    {
        "timezone": "America/New_York",
        "processors": [
            {"name": "Raw", "schedule_hours_et": [25], "expected_records": {"per_game": False}},
            {"name": "Odds", "schedule_hours_et": [26]},
            {
                "name": "Sum",
                "dependencies": ["Raw", "Odds"],
                "schedule_hours_et": [27],
                "sla_completion_time": "04:00",
            },
            {"name": "Aside", "schedule_hours_et": [27]},
        ],
    }
)
DAY = date(2026, 1, 15)
DUE = datetime(2026, 1, 16, 9, tzinfo=UTC)
"""04:00 in New York on the day after."""
PACE = Pace(60.0, Basis.OWN)


def ready(now: datetime, seconds: float = 1200.0, **filled: bool | None) -> Readiness | None:
    slots = {name: REGISTRY.schedules[name].slots(DAY)[-1] for name in REGISTRY.by_name}
    states = {
        name: DateFreshness(name, expected=True, settled_at=slots[name] + 20 * MINUTE, filled=filled.get(name, False))
        for name in REGISTRY.by_name
    }
    known = FreshnessFacts(states, lambda _: Pace(seconds, Basis.OWN), None)
    due = deadlines_within(REGISTRY, now, now + timedelta(days=1))[DAY]
    return readiness(REGISTRY, Forecast(REGISTRY).needs, DAY, due, known, now)


def states_of(found: Readiness | None) -> dict[str, StepState]:
    assert found is not None
    return {step.processor: step.state for step in found.left}


def test_a_step_is_at_risk_by_its_slot_or_by_its_latest_start() -> None:
    early = ready(DUE - timedelta(hours=8))
    assert states_of(early) == dict.fromkeys(("Raw", "Odds", "Sum"), StepState.TO_COME)
    assert early is not None
    assert (early.needed, early.done, early.first_due) == (3, 0, DUE)
    late = ready(DUE - 90 * MINUTE, Odds=True)
    assert late is not None
    assert states_of(late) == {"Raw": StepState.LATE, "Sum": StepState.TO_COME}
    assert (late.needed, late.done) == (3, 1)
    [raw] = late.at_risk
    assert raw.latest.start == DUE - 40 * MINUTE
    missed = ready(DUE - 50 * MINUTE, 3600.0, Odds=True, Raw=True)
    assert states_of(missed) == {"Sum": StepState.MISSED}


def test_what_nobody_can_tell_is_neither_done_nor_late() -> None:
    found = ready(DUE - 130 * MINUTE, Odds=None, Raw=True)
    assert states_of(found) == {"Odds": StepState.TO_COME, "Sum": StepState.TO_COME}
    later = ready(DUE - 30 * MINUTE, Odds=None, Raw=True)
    assert states_of(later)["Odds"] is StepState.UNKNOWN
    assert later is not None
    assert [step.processor for step in later.unknown] == ["Odds"]


def said(left: Iterable[tuple[str, StepState]], due: Iterable[tuple[str, datetime]]) -> list[str]:
    steps = tuple(StepLeft(name, state, LatestStart(DUE - 40 * MINUTE, name, DUE, PACE), None) for name, state in left)
    found = Readiness(DAY, BEGIN, dict(due), steps, needed=4, done=4 - len(steps))
    return list(lines(found, plain_in(REGISTRY.zone)))


def test_a_deadline_that_is_met_is_not_said_to_be_due() -> None:
    due = [("Raw", DUE - 3 * MINUTE), ("Sum", DUE), ("Aside", DUE + MINUTE)]
    left = [("Sum", StepState.TO_COME), ("Aside", StepState.TO_COME)]
    first, calm = said(left, due)
    assert first == "Data of 15 Jan: 2 of 4 steps done; Sum is due 04:00 EST, the first of 2 deadlines"
    assert calm == "Nothing at risk; Sum must start first, by 03:20 EST"
    assert said([], due) == ["Data of 15 Jan: 4 of 4 steps done; Raw is due 03:57 EST, the first of 3 deadlines"]


def test_what_is_unknown_is_not_said_to_be_safe() -> None:
    left = [("Sum", StepState.UNKNOWN), ("Aside", StepState.TO_COME)]
    assert said(left, [("Sum", DUE)])[1:] == [
        "Cannot tell of 1: Sum",
        "Nothing known to be at risk; Aside must start first, by 03:20 EST",
    ]
    assert said(left[:1], [("Sum", DUE)])[1:] == ["Cannot tell of 1: Sum"]


def test_a_slot_after_the_latest_start_is_a_risk_before_it_comes() -> None:
    slow = FreshnessFacts(
        {name: DateFreshness(name, expected=True, filled=False) for name in REGISTRY.by_name},
        lambda _: Pace(7200.0, Basis.OWN),
        None,
    )
    now = DUE - timedelta(hours=8)
    found = readiness(REGISTRY, Forecast(REGISTRY).needs, DAY, {"Sum": DUE}, slow, now)
    assert states_of(found)["Sum"] is StepState.TOO_LATE


def test_a_date_on_which_nothing_is_due_has_no_deadline() -> None:
    states = {name: DateFreshness(name, expected=False) for name in REGISTRY.by_name}
    idle = FreshnessFacts(states, lambda _: Pace(1.0, Basis.OWN), None)
    assert readiness(REGISTRY, Forecast(REGISTRY).needs, DAY, {"Sum": DUE}, idle, BEGIN) is None
