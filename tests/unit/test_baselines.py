"""Baselines by day of the week: what is slow, what fails more, where failures cluster; and what says nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import ceil, log
from zoneinfo import ZoneInfo

import pytest

from bot.domain.evidence.weekdays import Alike, alike
from bot.domain.health.baselines import FailedHours, ProcessorDays, baseline_of
from bot.domain.health.sketch import GAMMA, Sketch
from bot.domain.health.usual import Baseline, DayOfRuns
from bot.views import baseline_words

TUESDAY = date(2026, 1, 20)
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
ET = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def sketch(*values: float) -> Sketch:
    return Sketch.merged(Sketch((ceil(log(value) / log(GAMMA)),), (1,)) for value in values)


def days(took: Callable[[date], float], now: float | None, back: int = 30, runs: int = 1) -> list[DayOfRuns]:
    """A run or more a day; `now`: how long those of the newest day took."""
    found = [TUESDAY - timedelta(days=n) for n in range(back, 0, -1)]
    made = [DayOfRuns(day, runs, 0, sketch(*[took(day)] * runs), sketch(*[523] * runs)) for day in found]
    return made if now is None else [*made, DayOfRuns(TUESDAY, runs, 0, sketch(*[now] * runs))]


def of(days_of_runs: list[DayOfRuns], failures: list[FailedHours] | None = None, active: int = 7) -> Baseline:
    return baseline_of(ProcessorDays("Box", days_of_runs, failures or [], active), NOW, ET)


def by_weekday(day: date) -> float:
    """Mondays take four times as long; the days differ by some seconds."""
    return (1_000 if day.weekday() == 0 else 260) + day.day % 5


def test_slower_than_its_tuesdays() -> None:
    found = of(days(by_weekday, 320))
    assert found.slower is not None
    assert found.slower.alike is Alike.WEEKDAY
    assert baseline_words.moves(found) == ["22% slower than its Tuesdays (p50 321 s, usual 262 s, n=4)"]


@pytest.mark.parametrize("took", [300, 262, 200])
def test_within_a_fifth_is_as_usual(took: float) -> None:
    assert not of(days(by_weekday, took)).moved


def test_a_slow_day_among_days_that_differ_as_much_is_as_usual() -> None:
    wild = {TUESDAY - timedelta(days=n): 100.0 + 300 * (n * 7 % 10) / 10 for n in range(31)}
    assert of(days(lambda day: wild[day], 320)).slower is None


def test_by_working_days_while_few_of_its_weekday_are_known() -> None:
    found = of(days(lambda _: 260, 400, back=15))
    assert found.slower is not None
    assert (found.slower.alike, found.slower.days) == (Alike.WORKING, 11)
    assert "slower than its working days" in baseline_words.moves(found)[0]


@pytest.mark.parametrize("back", [0, 1, 4, 7])
def test_of_too_few_days_nothing_is_said(back: int) -> None:
    assert not of(days(lambda _: 260, 4_000, back=back)).moved


def test_what_it_did_days_ago_is_no_news() -> None:
    old = [replace(each, day=each.day - timedelta(days=3)) for each in days(by_weekday, 900)]
    assert not of(old).moved
    assert of(old).newest is not None
    assert of([]).weekdays == ()


def test_failing_more_than_its_tuesdays_needs_enough_runs() -> None:
    before = [replace(each, succeeded=95, failed=5) for each in days(by_weekday, None)]
    worse = of([*before, DayOfRuns(TUESDAY, 80, 20)])
    assert baseline_words.moves(worse) == ["failure rate 5.0% on its Tuesdays (n=400) -> 20.0% (n=100)"]
    assert of([*before, DayOfRuns(TUESDAY, 94, 6)]).failing is None
    assert of([*before, DayOfRuns(TUESDAY, 0, 19)]).failing is None


def test_what_is_usual_of_each_weekday() -> None:
    found = of([replace(each, failed=1) for each in days(by_weekday, 262, runs=3)])
    monday, tuesday = found.weekdays[:2]
    assert (monday.days, tuesday.days, tuesday.runs, tuesday.failed, tuesday.volume) == (5, 4, 16, 4, 4)
    assert monday.p50 == pytest.approx(1_002, rel=0.02)
    said = baseline_words.lines(found)[0]
    assert said.startswith("Usual Tuesday (UTC): p50 262 s, p95 ")
    assert "25.0% of 16 fail (95 %: 10.2% to 49.5%); 4 runs a day, 518 records" in said
    assert said.endswith("records a run; n=4")


def monday_nights(count: int, others: int) -> list[FailedHours]:
    """At 03:00 in New York on Mondays, and at other hours of other days."""
    night = datetime(2026, 1, 19, 8, tzinfo=UTC)
    there = [FailedHours(night - timedelta(weeks=n % 4), 1) for n in range(count)]
    return [*there, *(FailedHours(night - timedelta(days=n % 6 + 1, hours=n), 1) for n in range(others))]


def test_failures_that_cluster_in_an_hour_of_the_week() -> None:
    found = of([], monday_nights(9, 5), active=168)
    assert baseline_words.moves(found) == ["failures cluster on Mondays 03:00, 9 of 14 in 4 weeks"]
    later = [FailedHours(each.hour + HOUR, 4) for each in monday_nights(4, 0)]
    assert "Mondays 03:00 to 05:00, 25 of 30" in baseline_words.moves(of([], [*monday_nights(9, 5), *later], 168))[0]


@pytest.mark.parametrize(
    ("failures", "active"),
    [
        (monday_nights(4, 1), 168),
        (monday_nights(9, 0), 1),
        (monday_nights(9, 40), 7),
        ([FailedHours(NOW, 50)], 168),
        ([], 0),
    ],
    ids=["too few", "it runs at that hour alone", "no more than by chance", "one night", "none"],
)
def test_what_is_no_cluster(failures: list[FailedHours], active: int) -> None:
    assert of([], failures, active).cluster is None


def test_few_dates_of_its_weekday_are_none() -> None:
    assert alike(TUESDAY, [], lambda day: day) == (Alike.FEW, [])
    saturday = date(2026, 1, 17)
    working = [date(2026, 1, 12) + timedelta(days=n) for n in range(5)]
    assert alike(saturday, working, lambda day: day) == (Alike.FEW, [])
    assert alike(TUESDAY, working, lambda day: day) == (Alike.WORKING, working)
