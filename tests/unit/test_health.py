"""Windows and tallies: every hour belongs to exactly one part, every failed run to exactly one class."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.warehouse.health_rows import parameters_of
from bot.domain.evidence.runs import Category, DateState, Input, InputKind, Status, Traits
from bot.domain.health.model import RunCount, Tally, Window
from bot.views.health_words import notes
from tests.support.health_reports import report

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds it)
DAYS = st.integers(1, 400)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def parts_holding(hour: datetime, bound: dict[str, Any]) -> int:
    """In how many of the three parts that the live queries add up an hour lies."""
    whole = bound["whole_from"] <= hour.date() < bound["whole_until"]
    head = bound["since"] <= hour < bound["head_until"]
    tail = bound["tail_since"] <= hour < bound["until"]
    return int(whole) + int(head or tail)


@given(MOMENTS, st.integers(1, 40))
def test_head_whole_days_and_tail_hold_every_hour_exactly_once(as_of: datetime, days: int) -> None:
    window = Window.live(as_of, days)
    bound = dict(parameters_of(window))
    hour = window.since - timedelta(hours=30)
    while hour < window.until + timedelta(hours=30):
        assert parts_holding(hour, bound) == (window.since <= hour < window.until), hour
        hour += timedelta(hours=1)


@given(MOMENTS, st.integers(0, 60))
def test_the_parts_also_fit_spans_within_a_day(since: datetime, hours: int) -> None:
    since = since.replace(minute=0, second=0, microsecond=0)
    until = since + timedelta(hours=hours)
    bound = dict(parameters_of(Window(since, until, until, 1, exact=False)))
    for offset in range(-30, hours + 30):
        hour = since + timedelta(hours=offset)
        assert parts_holding(hour, bound) == (since <= hour < until), hour


@given(MOMENTS, DAYS)
def test_a_live_window_is_rounded_outward_by_less_than_an_hour(as_of: datetime, days: int) -> None:
    window = Window.live(as_of, days)
    for edge in (window.since, window.until):
        assert edge == edge.replace(minute=0, second=0, microsecond=0)
    assert timedelta() <= as_of - timedelta(days=days) - window.since < timedelta(hours=1)
    assert timedelta() < window.until - as_of <= timedelta(hours=1)
    assert not window.exact


@given(MOMENTS, DAYS)
def test_an_exact_window_is_not_rounded(as_of: datetime, days: int) -> None:
    window = Window.at(as_of, days)
    assert (window.since, window.until, window.as_of) == (as_of - timedelta(days=days), as_of, as_of)
    assert window.exact


@given(MOMENTS, DAYS, st.booleans())
def test_the_baseline_is_thirty_whole_days_before_the_window(as_of: datetime, days: int, exact: bool) -> None:
    window = Window.at(as_of, days) if exact else Window.live(as_of, days)
    before = window.baseline()
    assert before.of_whole_days
    assert before.until - before.since == timedelta(days=30)
    assert timedelta() <= window.since - before.until < timedelta(days=1)
    assert before.exact == exact
    assert before.as_of <= as_of


COUNTS = st.builds(
    RunCount,
    processor=st.just("Box"),
    phase=st.just(2),
    status=st.sampled_from(Status),
    recorded=st.sampled_from([None, *Category]),
    hinted=st.sampled_from([None, *Category]),
    input=st.sampled_from(Input),
    zero_records=st.booleans(),
    state=st.builds(DateState, *[st.sampled_from([True, False, None])] * 2, st.booleans()),
    runs=st.integers(1, 1_000),
)


@given(st.lists(COUNTS, max_size=30), st.booleans(), st.sampled_from(InputKind))
def test_a_tally_adds_up(counts: list[RunCount], sporadic: bool, kind: InputKind) -> None:
    tally, traits = Tally(), Traits(sporadic=sporadic, input_kind=kind)
    for count in counts:
        tally.add(count, traits)
    assert tally.runs == sum(count.runs for count in counts)
    assert tally.failed == tally.expected + tally.real + tally.unknown == sum(tally.by_category.values())
    assert tally.runs >= tally.succeeded + tally.skipped + tally.failed
    assert tally.masked <= tally.real
    assert tally.zero_on_game_days <= tally.succeeded
    assert tally.by_category.get(Category.UPSTREAM_FAILURE, 0) <= tally.real
    rate = tally.success_rate
    tried = tally.succeeded + tally.real + tally.unknown
    assert rate == (tally.succeeded / tried if tried else None)


@given(st.lists(COUNTS, max_size=20), st.integers(0, 20))
def test_merging_tallies_is_tallying_together(counts: list[RunCount], cut: int) -> None:
    together, left, right = Tally(), Tally(), Tally()
    for place, count in enumerate(counts):
        together.add(count, Traits())
        (left if place < cut else right).add(count, Traits())
    left.merge(right)
    assert left == together


def test_columns_that_lack_are_named_together() -> None:
    """What each costs was said when it was loaded."""
    lacking = [f"runs has no column {name}: cannot tell {name}" for name in ("attempt", "trigger")]
    found = replace(
        report(), warnings=(*lacking, "3 rows were set aside", "raw_files has no column size_bytes: cannot")
    )
    assert notes(found) == [
        "3 rows were set aside",
        "runs has no columns attempt, trigger: `fireline health --json` says what that costs",
        "raw_files has no column size_bytes: `fireline health --json` says what that costs",
    ]
