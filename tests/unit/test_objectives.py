"""Budgets and alert thresholds counted in outcomes, against sums of exact fractions."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import comb
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.health.missing import DueOutcome
from bot.domain.reports.early_deadlines import early_deadlines
from bot.domain.reports.objectives import Counts, RuleKind, merged, objective_of, rule_of
from bot.domain.slo import ServiceLevel
from bot.domain.statistics import binomial_tail, fewest_hits
from tests.support.builders import registry

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")
A_LOOK = 1 - 0.95 ** (1 / 30)


def exact(hits: int, trials: int, percent: int) -> Fraction:
    """The tail as a fraction, with no logarithm in it."""
    share = Fraction(percent, 1000)
    return sum(
        (comb(trials, each) * share**each * (1 - share) ** (trials - each) for each in range(hits, trials + 1)),
        Fraction(0),
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 1000))
def test_a_tail_is_the_sum_of_its_terms(hits: int, trials: int, percent: int) -> None:
    assert binomial_tail(hits, trials, percent / 1000) == pytest.approx(float(exact(hits, trials, percent)), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 300), st.sampled_from([0.0017, 0.01, 0.2]))
def test_the_threshold_is_the_smallest_below_the_rate(trials: int, percent: int, rate: float) -> None:
    found = fewest_hits(trials, percent / 1000, rate)
    below = [hits for hits in range(1, trials + 1) if exact(hits, trials, percent) < Fraction(rate)]
    assert found == (below[0] if below else None)


def test_thresholds_of_the_platform() -> None:
    """33 processors at 95 %, one at 95 %, one at 90 %, 7 at 99 %, 3 at 95 %, one at 99.9 %."""
    assert pytest.approx(0.00171, abs=1e-5) == A_LOOK
    phase_2 = rule_of(33, 0.05, 0.05)
    assert (phase_2.kind, phase_2.day) == (RuleKind.FIRES, 7)
    assert rule_of(1, 0.05, 0.05).day is None
    assert rule_of(1, 0.1, 0.05).day is None
    assert rule_of(7, 0.01, 0.05).kind is RuleKind.REPORT_ONLY
    assert rule_of(3, 0.05, 0.05).kind is RuleKind.REPORT_ONLY
    assert rule_of(1, 0.001, 0.05).kind is RuleKind.ONE_FAILURE
    assert rule_of(0, 0.05, 0.05).kind is RuleKind.NEVER
    assert rule_of(1, 0.5, 0.05).kind is RuleKind.NEVER


def outcome(back: float, *, good: bool | None = True, name: str = "A", late: float | None = None) -> DueOutcome:
    """Settled so many days ago; `late` hours after midnight of its date it was filled."""
    settled = NOW - back * DAY
    day = settled.astimezone(NEW_YORK).date()
    midnight = datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
    filled = None if good is not True else midnight + timedelta(hours=late if late is not None else 1)
    return DueOutcome(name, day, settled, good, filled)


LEVEL = ServiceLevel(2, 0.95, time(2), 0)


def many(bad: int, unknown: int = 0, of: int = 33) -> list[DueOutcome]:
    """97 days of `of` a day, all good but those of the last day."""
    days = [outcome(back + 0.5, name=f"P{n}") for back in range(1, 97) for n in range(of)]
    last = [outcome(0.5, good=None if n < unknown else n >= unknown + bad, name=f"P{n}") for n in range(of)]
    return days + last


@pytest.mark.parametrize(("bad", "burns"), [(6, False), (7, True), (33, True)])
def test_it_burns_from_the_threshold_on(bad: int, burns: bool) -> None:
    found = objective_of(LEVEL, many(bad), NOW, NEW_YORK)
    assert found.burns is burns
    assert found.day == Counts(33 - bad, bad, 0)
    assert found.budget == pytest.approx(49.5)
    assert found.spent == pytest.approx(bad / 49.5)
    assert (found.fired > 0) is burns


def test_unknown_is_neither_good_nor_bad_and_is_shown() -> None:
    found = objective_of(LEVEL, many(5, unknown=20), NOW, NEW_YORK)
    assert found.day == Counts(8, 5, 20)
    assert found.month.known == 33 * 30 - 20
    nothing = objective_of(LEVEL, [], NOW, NEW_YORK)
    assert (nothing.spent, nothing.burns, nothing.month.rate, nothing.rule.kind) == (None, False, None, RuleKind.NEVER)


def test_compliance_by_month() -> None:
    found = objective_of(LEVEL, many(3), NOW, NEW_YORK)
    assert list(found.months)[:2] == ["2026-01", "2025-12"]
    assert found.months["2026-01"].bad == 3
    assert sum(each.known for each in found.months.values()) == 33 * 97


def test_how_long_it_was_late_counts_overlaps_once() -> None:
    late = [outcome(3.5, late=5, name="A"), outcome(3.5, late=4, name="B"), outcome(2.5, late=1.5)]
    found = objective_of(LEVEL, late, NOW, NEW_YORK)
    assert (found.late, found.deadlines) == (timedelta(hours=3), 2)
    lost = objective_of(LEVEL, [outcome(0.5, good=False)], NOW, NEW_YORK)
    assert lost.late is not None
    assert lost.late > timedelta(hours=20)
    assert objective_of(LEVEL, [outcome(0.5, good=None)], NOW, NEW_YORK).late == timedelta()
    assert objective_of(ServiceLevel(2, 0.95), late, NOW, NEW_YORK).late is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_merged_spans_are_as_long_as_the_hours_that_they_cover(spans: list[tuple[int, int]]) -> None:
    hours = timedelta(hours=1)
    given_spans = [(NOW + a * hours, NOW + max(a, b) * hours) for a, b in spans]
    covered = {hour for a, b in spans for hour in range(a, max(a, b))}
    assert merged(given_spans) == len(covered) * hours
    assert date(2026, 1, 20) == NOW.date()


def test_tails_of_many_trials_are_cut_where_nothing_is_left() -> None:
    """Predictions are counted in thousands."""
    assert binomial_tail(2_250, 5_000, 0.45) == pytest.approx(0.505, abs=0.01)
    found = fewest_hits(35_000, 0.45, A_LOOK)
    assert found is not None
    assert binomial_tail(found, 35_000, 0.45) < A_LOOK <= binomial_tail(found - 1, 35_000, 0.45)


NIGHTLY = {"phase": 5, "runs_on_no_game_days": True}


@pytest.mark.parametrize(
    ("clock", "days_after", "late"),
    [
        (time(17), 0, "2 of 3 processors (Nightly, Weekly)"),
        (time(17), 1, ""),
        (time(14), 1, "1 of 3 processors (Nightly)"),
    ],
)
def test_a_phase_due_before_its_work_begins_is_named(clock: time, days_after: int, late: str) -> None:
    """The one without slots is never named: nobody knows when it begins."""
    known = registry(
        [
            {**NIGHTLY, "name": "Nightly", "schedule_hours_et": [38.0, 39.5]},
            {**NIGHTLY, "name": "Weekly", "schedule": "0 20 * * 3"},
            {**NIGHTLY, "name": "Any"},
        ]
    )
    level = ServiceLevel(5, 0.95, clock, days_after)
    said = list(early_deadlines((level,), known, date(2026, 1, 6)))
    assert (late in said[0]) if late else said == []
