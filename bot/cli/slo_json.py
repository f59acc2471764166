"""Service levels as JSON."""

from typing import Any

from bot.cli.health_json import iso
from bot.domain.reports.objectives import Counts, Objective, PlatformStanding, SloReport


def slo_json(report: SloReport) -> dict[str, Any]:
    """Rates and shares as fractions, times in hours."""
    return {
        "as_of": iso(report.as_of),
        "phases": [_objective(each) for each in report.phases],
        "named": [_objective(each) for each in report.named],
        "platform": [_platform(each) for each in report.platform],
        "notes": list(report.notes),
    }


def _objective(each: Objective) -> dict[str, Any]:
    return {
        "phase": each.phase,
        "name": each.name or each.label,
        "days": each.days,
        "unknown_because": each.why or None,
        "target": each.target,
        "budget": each.budget,
        "spent": each.spent,
        "burns": each.burns,
        "rule": {**vars(each.rule), "false_alarms": each.false_alarms, "fired_of_90_days": each.fired},
        "late_hours": None if each.late is None else each.late.total_seconds() / 3600,
        "deadlines": each.deadlines,
        "month": _counts(each.month),
        "week": _counts(each.week),
        "day": _counts(each.day),
        "months": {month: _counts(counts) for month, counts in each.months.items()},
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {**counts._asdict(), "rate": counts.rate}


def _platform(each: PlatformStanding) -> dict[str, Any]:
    return {
        "name": each.objective.name,
        "target": each.objective.objective,
        "window_days": each.objective.window_days,
        "kept": each.kept,
        "counts": None if each.counts is None else _counts(each.counts),
        "late_hours": None if each.late is None else each.late.total_seconds() / 3600,
        "budget_hours": None if each.budget is None else each.budget.total_seconds() / 3600,
    }
