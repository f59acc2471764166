"""What spent budgets say of health: docs/adr/0019-spent-budgets-in-health.md."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.domain.counts import plural
from bot.domain.health.model import Because, HealthReason
from bot.domain.platform.names import some_of
from bot.domain.reports.objectives import Objective, PlatformStanding, SloReport

HOUR = timedelta(hours=1)
MOST_NAMED = 3
WORDS = {
    Because.BUDGET_SPENT: ("its budget is spent", "budgets are spent"),
    Because.BUDGET_OF_TIME_SPENT: ("its budget of time is spent", "budgets of time are spent"),
    Because.BUDGET_WITHOUT_ROOM: ("its budget has no room for a miss", "budgets have no room for a miss"),
}
"""Of one, and of several."""


class _Spent(NamedTuple):
    """`share` of the budget; `then`: what brings it back."""

    share: float
    label: str
    used: str
    allowed: str
    then: str = ""


def spent_budgets(report: SloReport, phase: int | None = None) -> Iterator[HealthReason]:
    """A reason for each kind, of everything or of one phase: of outcomes, which is RED; of time; and of those that have
    no room for a single miss, as any miss spends them. Outcomes that nobody knows spend nothing.
    """
    objectives = [each for each in report.objectives if each.is_spent and phase in (None, each.phase)]
    late = [each for each in report.platform if phase is None and each.is_spent]
    yield from _told(Because.BUDGET_SPENT, [_of_outcomes(each) for each in objectives if each.budget >= 1])
    yield from _told(Because.BUDGET_OF_TIME_SPENT, [_of_time(each) for each in late])
    yield from _told(Because.BUDGET_WITHOUT_ROOM, [_of_outcomes(each) for each in objectives if each.budget < 1])


def days_until_kept(objective: Objective) -> int:
    """After so many days without a miss no more is used than the budget of now; 0: it is not overspent."""
    bad, days = objective.month.bad, 0
    for counts in objective.daily:
        if bad <= objective.budget:
            break
        bad, days = bad - counts.bad, days + 1
    return days


def _of_outcomes(each: Objective) -> _Spent:
    bad, days = each.month.bad, days_until_kept(each)
    then = f"; kept again after {plural(days, 'day')} without another" if days and each.budget >= 1 else ""
    used = f"{bad:,} miss{'' if bad == 1 else 'es'} in {plural(each.days, 'day')}"
    return _Spent(each.spent or 0, each.label, used, f"{each.budget:,.1f} allowed", then)


def _of_time(each: PlatformStanding) -> _Spent:
    late, budget = each.late or timedelta(), each.budget or timedelta()
    used = f"{late / HOUR:,.1f} h late in {plural(each.objective.window_days, 'day')}"
    share = late / budget if budget else float("inf")
    return _Spent(share, each.label, used, f"{budget / HOUR:,.1f} h allowed")


def _told(name: Because, found: Sequence[_Spent]) -> Iterator[HealthReason]:
    if not found:
        return
    (one, several), worst = WORDS[name], sorted(found, key=lambda each: -each.share)
    first = worst[0]
    text = f"{first.label}: {one}: {first.used}, {first.allowed}{first.then}."
    if len(worst) > 1:
        named = [f"{each.label} ({each.used}, {each.allowed})" for each in worst]
        text = f"{len(worst)} {several}: {some_of(named, MOST_NAMED)}."
    yield HealthReason(name, first.label, text)
