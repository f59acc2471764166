"""The pictures of reports: kept as they are to be drawn, with the words for those who cannot see them."""

import json
from dataclasses import asdict

from bot.domain.reports.daily import DailyReport
from bot.domain.reports.monthly import MonthlyReport
from bot.domain.reports.weekly import WeeklyReport
from bot.views.charts import Picture, budgets, success
from bot.views.text import escape


def daily(report: DailyReport) -> str:
    """How each phase did in seven days; "" where all is well, or nothing is known."""
    return "" if report.all_clear or not report.success else _written(success(report.days, report.success))


def of_budgets(report: WeeklyReport | MonthlyReport) -> str:
    """What is left of the budgets; "" where nothing is known of any."""
    return _written(None if report.slo is None else budgets(report.slo))


def _written(picture: Picture | None) -> str:
    return "" if picture is None else json.dumps(asdict(picture))


def read(kept: str) -> Picture:
    return Picture(**json.loads(kept))


def words(kept: str) -> str:
    """Where the picture itself is not taken."""
    return escape(read(kept).alt_text)
