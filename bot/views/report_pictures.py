"""The pictures of reports: kept as they are to be drawn, with the words for those who cannot see them."""

import json
from dataclasses import asdict

from bot.domain.reports.daily import DailyReport
from bot.domain.reports.monthly import MonthlyReport
from bot.domain.reports.weekly import WeeklyReport
from bot.views.charts import Picture, budgets, storm, success
from bot.views.text import escape


def daily(report: DailyReport) -> str:
    """How each phase did in seven days; "" where all is well, or nothing is known."""
    return _written() if report.all_clear or not report.success else _written(success(report.days, report.success))


def weekly(report: WeeklyReport) -> str:
    """What is left of the budgets, and the storm of most findings; "" where nothing is known and none was."""
    first, *more = report.storms or (None,)
    return _written(_budgets(report), None if first is None else storm(first, report.zone, more))


def monthly(report: MonthlyReport) -> str:
    """What is left of the budgets; "" where nothing is known of any."""
    return _written(_budgets(report))


def _budgets(report: WeeklyReport | MonthlyReport) -> Picture | None:
    return None if report.slo is None else budgets(report.slo)


def _written(*pictures: Picture | None) -> str:
    """One alone is no list: an earlier release that runs beside this one reads it."""
    kept = [asdict(each) for each in pictures if each is not None]
    return json.dumps(kept if len(kept) > 1 else kept[0]) if kept else ""


def read(kept: str) -> list[Picture]:
    """None of ""."""
    found = json.loads(kept) if kept else []
    return [Picture(**each) for each in (found if isinstance(found, list) else [found])]


def words(kept: str) -> str:
    """Where the pictures themselves are not taken."""
    return escape(" ".join(each.alt_text for each in read(kept)))
