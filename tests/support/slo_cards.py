"""Service levels: a budget that burns, one that is kept, one of which nothing is known."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.health.missing import DueOutcome
from bot.domain.reports.named_objectives import DayValues, query_objective, unknown
from bot.domain.reports.objectives import Counts, PlatformStanding, SloReport, objective_of
from bot.domain.slo import CustomQuery, Measure, PlatformObjective, ServiceLevel
from bot.views import slo
from bot.views.blocks import Card

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ZONE = ZoneInfo("America/New_York")


def outcomes(a_day: int, bad: int) -> list[DueOutcome]:
    """97 days; of the last day `bad` are missing."""
    found = []
    for back in range(97):
        settled = NOW - back * DAY - timedelta(hours=1)
        for n in range(a_day):
            good = back > 0 or n >= bad
            filled = settled - timedelta(hours=4) if good else None
            found.append(DueOutcome(f"P{n}", settled.date() - DAY, settled, good, filled))
    return found


def report() -> SloReport:
    levels = [(ServiceLevel(2, 0.95, time(3), 1), outcomes(33, 9)), (ServiceLevel(3, 0.99), outcomes(7, 0))]
    levels.append((ServiceLevel(5, 0.95, time(17)), []))
    available = PlatformObjective("availability", 0.995, 30, measure=Measure.AVAILABILITY)
    complete = PlatformObjective("data_completeness", 0.999, 1, measure=Measure.COMPLETENESS)
    platform = (
        PlatformStanding(available, late=timedelta(hours=1.5), budget=timedelta(hours=3.6)),
        PlatformStanding(complete, Counts(31, 9, 2)),
        PlatformStanding(PlatformObjective("prediction_hit_rate", 0.55, 30)),
    )
    coverage = PlatformObjective("prediction_coverage", 0.9, 30, measure=Measure.QUERY)
    rows = [DayValues((NOW - back * DAY).date(), 47 if back else 30, 50) for back in range(90)]
    graded = replace(coverage, name="<graded>")
    return SloReport(
        NOW,
        tuple(objective_of(level, those, NOW, ZONE) for level, those in levels),
        platform,
        ("<!here>",),
        (
            query_objective(coverage, CustomQuery("", ""), rows, NOW.date()),
            unknown(graded, "its query names column hit, which is not there"),
        ),
    )


def messages() -> dict[str, Card]:
    whole = report()
    return {"slo": slo.card(whole), "slo_phase": slo.card(SloReport(NOW, whole.phases[:1], ()))}
