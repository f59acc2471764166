"""The handful of processors of the small pipeline: one of each sort that behaves in its own way."""

from bot.domain.platform.registry import Registry

GAMES = 5
"""Games of a date, all over at 22:30 ET."""
HEALTHY_SECONDS = 90.0
POST = [14.0, 23.0, 24.5, 25.5]
HOURLY = [float(hour) for hour in range(8, 24)]
SHARES = {
    "post": (0.0, 0.6, 0.9, 1.0),
    "daily": (0.5, 1.0),
    "hourly": tuple((place + 1) / len(HOURLY) for place in range(len(HOURLY))),
    "scrape": (0.4, 0.8, 1.0),
    "once": (1.0, 1.0),
}
"""By expected_frequency: the part of a date's rows that is there after each slot; no more than before is a skip."""


def fleet() -> Registry:
    return Registry.model_validate({"processors": [_entry(*processor) for processor in _PROCESSORS]})


Entry = tuple[str, int, str, str, list[float], dict[str, object]]
_PROCESSORS: list[Entry] = [
    ("BoxScores", 2, "MEDIUM", "post", POST, {"source": "box", "sla_completion_time": "03:00 ET"}),
    ("PlayByPlay", 2, "LOW", "post", POST, {"source": "plays"}),
    ("Injuries", 2, "HIGH", "post", POST, {"source": "injuries"}),
    ("Referees", 2, "LOW", "post", POST, {"source": "referees"}),
    ("Shots", 2, "LOW", "post", POST, {"source": "shots"}),
    ("Tracking", 2, "LOW", "post", POST, {"source": "tracking"}),
    ("Gamebook", 2, "HIGH", "post", POST, {"source": "gamebook"}),
    ("Poller", 2, "MEDIUM", "post", POST, {"source": "feed", "polling": True}),
    ("Standings", 2, "MEDIUM", "daily", [6.0, 18.0], {"source": "standings", "per_game": False}),
    ("Odds", 2, "HIGH", "hourly", HOURLY, {"source": "odds"}),
    ("NewsScraper", 1, "MEDIUM", "scrape", [22.75, 24.25, 25.25], {"source": "news", "kind": "scraper"}),
    ("News", 2, "MEDIUM", "post", POST, {"source": "news"}),
    ("Roster", 2, "LOW", "daily", [7.5, 7.75], {"source": "roster", "sporadic": True}),
    ("Summary", 3, "HIGH", "once", [26.0, 26.75], {"dependencies": ["Gamebook"]}),
    ("Features", 4, "HIGH", "once", [27.0, 27.75], {"dependencies": ["Summary"], "sla_completion_time": "05:00 ET"}),
    ("Coordinator", 5, "CRITICAL", "once", [38.0, 39.5], {"dependencies": ["Features"]}),
    ("Exporter", 6, "MEDIUM", "once", [40.5, 41.0], {"dependencies": ["Coordinator"]}),
]


def _entry(
    name: str, phase: int, criticality: str, frequency: str, hours: list[float], more: dict[str, object]
) -> dict[str, object]:
    table = {} if more.get("kind") == "scraper" else {"bigquery_table": f"data.{name.lower()}"}
    return {
        "name": name,
        "phase": phase,
        "criticality": criticality,
        "expected_frequency": frequency,
        "schedule_hours_et": hours,
        "timeout_seconds": 1800,
        "expected_records": {"per_game": more.get("per_game", True), "typical": 20},
        **table,
        **more,
    }
