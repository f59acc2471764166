"""What a digest keeps for the next one, as JSON."""

import json
from dataclasses import asdict
from datetime import date

from bot.domain.health.model import Colour
from bot.domain.reports.daily import Summary


def written(summary: Summary) -> str:
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
