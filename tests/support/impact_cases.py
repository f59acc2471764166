"""Impacts from a handful of processors, worked out as in production."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.evidence.freshness import DateFreshness
from bot.domain.health.model import Durations
from bot.domain.impact.deadlines import Basis, Pace
from bot.domain.impact.report import FreshnessFacts, Impact, ImpactMap
from bot.domain.platform.registry import Registry
from tests.support.health_reports import NASTY

DAY = date(2026, 1, 15)
NOW = datetime(2026, 1, 16, 7, 30, tzinfo=UTC)
"""02:30 in New York, in the night after DAY."""
DUE = datetime(2026, 1, 16, 6, 20, tzinfo=UTC)


def ten_minutes(_name: str) -> Pace:
    return Pace(600.0, Basis.OWN)


PIPELINE: Sequence[Mapping[str, Any]] = (
    {"name": "NbacScraper", "kind": "scraper", "phase": 1, "source": "nbac", "schedule_hours_et": [23]},
    {
        "name": "NbacGamebookProcessor",
        "phase": 2,
        "source": "nbac",
        "criticality": "CRITICAL",
        "schedule_hours_et": [25],
        "sla_completion_time": "03:00 ET",
        "owner": "raw-team",
        "bigquery_table": "raw.gamebook",
    },
    {
        "name": "NbacSummary",
        "phase": 3,
        "dependencies": ["NbacGamebookProcessor"],
        "criticality": "HIGH",
        "schedule_hours_et": [26, 27],
        "sla_completion_time": "04:00 ET",
        "bigquery_table": "an.summary",
    },
    {"name": "NbacFeatures", "phase": 4, "dependencies": ["NbacSummary"], "criticality": "MEDIUM"},
    {
        "name": "NbacPredictions",
        "phase": 5,
        "dependencies": ["NbacFeatures", "NbacSummary"],
        "criticality": "CRITICAL",
        "schedule_hours_et": [34],
        "sla_completion_time": "17:00 ET",
    },
    {"name": "NbacOldExport", "phase": 6, "dependencies": ["NbacSummary"], "criticality": "LOW"},
)


def registry(processors: Iterable[Mapping[str, Any]] = PIPELINE) -> Registry:
    return Registry.model_validate({"processors": list(processors)})


def names() -> list[str]:
    return [str(entry["name"]) for entry in PIPELINE]


def freshness(name: str, *, filled: bool | None = False, last_run: date | None = DAY, **other: Any) -> DateFreshness:
    """Due at DUE, not there, unless told otherwise."""
    given: dict[str, Any] = {"expected": True, "settled_at": DUE, "filled": filled, "last_run": last_run, **other}
    return DateFreshness(name, **given)


def impact(
    name: str = "NbacGamebookProcessor",
    *freshness_by_name: DateFreshness,
    processors: Registry | None = None,
    now: datetime = NOW,
    history_from: date | None = date(2025, 10, 1),
    pace: Callable[[str], Pace] = ten_minutes,
) -> Impact:
    """As of NOW for DAY: every processor due and empty but those whose freshness is given."""
    known = processors or registry()
    by_name = {processor.name: freshness(processor.name) for processor in known.processors}
    by_name |= {item.processor: item for item in freshness_by_name}
    return ImpactMap(known).impact_of(known.get(name), DAY, now, FreshnessFacts(by_name, pace, history_from))


def took(name: str | None, p95: float, phase: int | None = None) -> Durations:
    return Durations(name, phase, p95 / 2, p95, p95 * 2)


def wide(count: int) -> Registry:
    """One processor that feeds `count` others, in three layers."""
    found: list[dict[str, Any]] = [{"name": "P00", "phase": 1, "criticality": "HIGH", "schedule_hours_et": [20]}]
    levels = ("CRITICAL", "HIGH", "MEDIUM", "LOW", None)
    for at in range(1, count + 1):
        found.append(
            {
                "name": f"P{at:02}",
                "phase": 2 + at % 3,
                "dependencies": [f"P{max(0, at - 2) // 3:02}"] if at % 3 else ["P00"],
                "criticality": levels[at % 5],
                "schedule_hours_et": [26 + at % 3],
                "sla_completion_time": "05:00 ET",
            }
        )
    return registry(found)


def nasty() -> Registry:
    """Names and owners that try to be markup."""
    first = {"name": NASTY[0], "phase": 2, "schedule_hours_et": [25], "sla_completion_time": "03:00 ET"}
    others = [{"name": name, "phase": 3, "owner": name, "dependencies": [NASTY[0]]} for name in NASTY[1:]]
    return registry([first, *others])
