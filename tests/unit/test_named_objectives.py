"""Objectives of processors and of queries: what counts, what is good, and what nobody can tell."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.health.missing import DueOutcome
from bot.domain.platform.registry import Registry
from bot.domain.reports.named_objectives import DayValues, named_objective, query_objective
from bot.domain.reports.objectives import Counts, Objective, RuleKind
from bot.domain.slo import CustomQuery, Measure, PlatformObjective
from bot.views import slo_words

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REGISTRY = Registry.model_validate(
    {
        "timezone": "UTC",
        "processors": [
            {"name": "A", "schedule_hours_et": [2], "sla_completion_time": "04:00", "freshness_hours": 12},
            {"name": "B", "schedule_hours_et": [2]},
        ],
    }
)
OBJECTIVE = PlatformObjective("a_and_b", 0.95, 30, measure=Measure.COMPLETENESS, processors=("A", "B"))
QUERY = CustomQuery("hit_rate", "SELECT 1")


def outcome(back: int, name: str = "A", *, at: float | None = 3, good: bool | None = True) -> DueOutcome:
    """Of a date so many days ago, filled at an hour of it, settled at 02:20."""
    day = (NOW - back * DAY).date()
    midnight = datetime.combine(day, time(), UTC)
    filled = midnight + at * HOUR if at is not None and good else None
    return DueOutcome(name, day, midnight + 6 * HOUR, good, filled)


def kept(objective: PlatformObjective, outcomes: list[DueOutcome]) -> Objective:
    return named_objective(objective, outcomes, NOW, REGISTRY)


def test_of_some_processors_only_their_dates_count() -> None:
    dates = [outcome(back, name) for back in range(1, 20) for name in "AB"]
    found = kept(OBJECTIVE, [*dates, outcome(0, good=False), outcome(0, "B", good=None)])
    assert found.month == Counts(38, 1, 1)
    assert (found.label, found.phase, list(found.months)) == ("a and b", None, ["2026-01"])
    assert kept(replace(OBJECTIVE, processors=("B",)), [*dates, outcome(0, good=False)]).month == Counts(19, 0, 0)
    assert kept(replace(OBJECTIVE, window_days=7), dates).month.known == 12


def test_by_the_deadline() -> None:
    objective = replace(OBJECTIVE, name="in_time", measure=Measure.DEADLINE, processors=())
    dates = [outcome(1), outcome(2, at=5), outcome(3, good=False), outcome(4, good=None), outcome(1, "B")]
    assert kept(objective, dates).month == Counts(1, 2, 1)


def test_a_date_that_still_has_time_does_not_count() -> None:
    objective = replace(OBJECTIVE, measure=Measure.DEADLINE)
    early = NOW.replace(hour=3)
    lacking = outcome(0, good=False)._replace(settled_at=early)
    assert named_objective(objective, [lacking], early, REGISTRY).month == Counts()
    assert named_objective(objective, [lacking], NOW, REGISTRY).month == Counts(bad=1)


def test_how_old_the_newest_data_is_as_its_last_slot_is_judged() -> None:
    objective = replace(OBJECTIVE, name="fresh", measure=Measure.FRESHNESS)
    dates = [outcome(3), outcome(2, good=False), outcome(1), outcome(0, good=None), outcome(1, "B")]
    assert kept(objective, dates).month == Counts(2, 1, 1)
    assert kept(replace(objective, freshness_hours=40), dates).month == Counts(5, 0, 0)
    assert kept(replace(objective, freshness_hours=1), dates).month == Counts(0, 4, 1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"processors": ("A", "C")}, "the registry has no processor C"),
        ({"processors": ("B",), "measure": Measure.DEADLINE}, "no processor of it has an `sla_completion_time`"),
        ({"processors": ("B",), "measure": Measure.FRESHNESS}, "no processor of it has `freshness_hours`"),
        ({"processors": ("A",)}, "no date of it was due"),
    ],
)
def test_what_nobody_can_tell_says_why(changed: dict[str, object], why: str) -> None:
    found = named_objective(replace(OBJECTIVE, **changed), [outcome(1, "B")], NOW, REGISTRY)  # type: ignore[arg-type]
    assert (found.month, found.spent, found.burns) == (Counts(), None, False)
    assert slo_words.left(found).startswith(f"unknown: {why}")
    assert slo_words.described_by_history(found).startswith(f"a and b: unknown: {why}")


def asked(rows: list[DayValues], threshold: float | None = None) -> Objective:
    objective = PlatformObjective("prediction_hit_rate", 0.55, 30, measure=Measure.QUERY)
    return query_objective(objective, replace(QUERY, threshold=threshold), rows, NOW.date())


def days(good: float, total: float | None, last: float | None = None) -> list[DayValues]:
    found = [DayValues(NOW.date() - n * DAY, good, total) for n in range(1, 97)]
    return [*found, DayValues(NOW.date(), good if last is None else last, total)]


def test_good_of_total_by_day() -> None:
    found = asked(days(120, 200))
    assert (found.month, found.day, found.rule.kind) == (Counts(3_600, 2_400), Counts(120, 80), RuleKind.FIRES)
    assert (found.burns, found.fired) == (False, 0)
    assert list(found.months)[:2] == ["2026-01", "2025-12"]
    assert asked(days(120, 200, last=60)).burns


def test_a_value_counts_from_its_threshold_on() -> None:
    found = asked([*days(0.95, None)[:2], DayValues(NOW.date(), 0.89)], 0.9)
    assert found.month == Counts(2, 1)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "its query gives no row"),
        ([DayValues(date(2026, 1, 1), 3, 2)], "its query says 3 of 2 for 2026-01-01: give 0 <= good <= total"),
        ([DayValues(date(2026, 1, 1), 0.5, 2)], "its query says 0.5 of 2"),
        ([DayValues(date(2026, 1, 1), -1, 2)], "its query says -1 of 2"),
    ],
)
def test_rows_that_make_no_sense_leave_it_unknown(rows: list[DayValues], why: str) -> None:
    found = asked(rows)
    assert (found.month, found.burns) == (Counts(), False)
    assert found.why.startswith(why)


def test_a_day_without_a_value_is_unknown_and_one_to_come_does_not_count() -> None:
    assert asked([DayValues(NOW.date(), None, 5), DayValues(NOW.date(), 5, None)]).month == Counts(unknown=2)
    assert asked([DayValues(NOW.date() + DAY, 1, 5), DayValues(NOW.date(), 4, 5)]).month == Counts(4, 1)
