"""What spent budgets say of health: one reason, worst first, and when they are kept again."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.health.model import Because, Colour, HealthReason
from bot.domain.reports.objectives import Counts, Objective, PlatformStanding, SloReport, counted
from bot.domain.reports.spent_budgets import days_until_kept, spent_budgets
from bot.domain.slo import Measure, PlatformObjective
from tests.support.builders import NOW
from tests.support.health_reports import ran, report

WELL = [ran("NbacScraper", 100)]
UP = PlatformObjective("availability", 0.995, 30, measure=Measure.AVAILABILITY)


def objective(bad: int, a_day: int = 10, target: float = 0.95, name: str = "orders") -> Objective:
    """Of 30 days, all bad ones on the tenth day before now."""
    days = {back: Counts(a_day - (bad if back == 10 else 0), bad if back == 10 else 0) for back in range(30)}
    found = counted(days, target, 0.05, {})
    return replace(found, name=name)


def said(*objectives: Objective, late: float | None = None, phase: int | None = None) -> list[tuple[str, str]]:
    budget = timedelta(hours=3.6)
    platform = () if late is None else (PlatformStanding(UP, late=timedelta(hours=late), budget=budget),)
    found = spent_budgets(SloReport(NOW, (), platform, named=objectives), phase)
    return [(each.name, each.text) for each in found]


def test_a_budget_that_is_kept_says_nothing() -> None:
    assert said(objective(14), objective(0, a_day=0), late=3.5) == []


def test_one_that_is_spent_says_when_it_is_kept_again() -> None:
    text = "orders: its budget is spent: 16 misses in 30 days, 15.0 allowed; kept again after 20 days without another."
    assert said(objective(16)) == [("budget_spent", text)]


def test_several_are_one_reason_the_worst_first() -> None:
    found = said(objective(16), objective(45, name="loads"), objective(17, name="stock"), objective(15, name="tax"))
    named = "loads (45 misses in 30 days, 15.0 allowed), stock (17 misses in 30 days, 15.0 allowed)"
    text = f"4 budgets are spent: {named}, orders (16 misses in 30 days, 15.0 allowed) and 1 more."
    assert found == [("budget_spent", text)]


def test_a_budget_of_time_is_another_reason() -> None:
    text = "availability: its budget of time is spent: 7.2 h late in 30 days, 3.6 h allowed."
    assert said(objective(14), late=7.2) == [("budget_of_time_spent", text)]


def test_one_without_room_for_a_miss_is_another_reason() -> None:
    text = "orders: its budget has no room for a miss: 1 miss in 30 days, 0.3 allowed."
    assert said(objective(1, a_day=1, target=0.99)) == [("budget_without_room", text)]


def test_of_a_phase_only_its_own() -> None:
    own = replace(objective(16), phase=2)
    found = spent_budgets(SloReport(NOW, (own,), (), named=(objective(99),)), 2)
    assert [each.subject for each in found] == ["phase 2"]
    assert said(objective(99), late=99, phase=2) == []


def test_a_spent_budget_is_red_and_one_without_room_is_yellow() -> None:
    spent = HealthReason(Because.BUDGET_SPENT, "orders", "orders: its budget is spent.")
    small = HealthReason(Because.BUDGET_WITHOUT_ROOM, "loads", "loads: its budget has no room for a miss.")
    red = report(WELL, day=WELL, budgets=[small, spent])
    assert (red.overall, [reason.name for reason in red.reasons]) == (
        Colour.RED,
        ["budget_spent", "budget_without_room"],
    )
    yellow, green = report(WELL, day=WELL, budgets=[small]), report(WELL, day=WELL)
    assert (yellow.overall, green.overall) == (Colour.YELLOW, Colour.GREEN)


@given(st.lists(st.integers(0, 5), min_size=30, max_size=30), st.sampled_from([0.9, 0.95, 0.99]))
def test_it_is_kept_again_after_so_many_days_and_no_fewer(bad: list[int], target: float) -> None:
    found = counted({back: Counts(5 - each, each) for back, each in enumerate(reversed(bad))}, target, 0.05, {})
    days = days_until_kept(found)
    assert sum(bad[days:]) <= found.budget
    assert days == 0 or sum(bad[days - 1 :]) > found.budget
