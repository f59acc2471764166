"""What a report keeps for the next one of its kind, as JSON."""

import json
from dataclasses import asdict
from datetime import date

from bot.domain.health.model import Colour
from bot.domain.reports.daily import Summary
from bot.domain.reports.monthly import MonthSummary
from bot.domain.reports.weekly import WeekSummary


def written(summary: Summary | WeekSummary | MonthSummary) -> str:
    return json.dumps({**asdict(summary), "day": summary.day.isoformat()}, sort_keys=True)


def summary_of(text: str) -> Summary:
    given = json.loads(text)
    opened = given["open"]
    return Summary(
        date.fromisoformat(given["day"]),
        None if given["overall"] is None else Colour(given["overall"]),
        None if opened is None else tuple(opened),
        given["without_data"],
        given["real"],
    )


def week_of(text: str) -> WeekSummary:
    given = json.loads(text)
    return WeekSummary(date.fromisoformat(given["day"]), given["pages"], given["night"], given["incidents"])


def month_of(text: str) -> MonthSummary:
    given = json.loads(text)
    return MonthSummary(date.fromisoformat(given["day"]), given["incidents"])
