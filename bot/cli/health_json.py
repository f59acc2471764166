"""A health report as JSON. Durations in seconds, rates as fractions, times in UTC."""

import json
from datetime import datetime
from typing import Any

from bot.domain.gate.noise_ledger import NoiseLedger
from bot.domain.health.model import HealthReport, HealthRow, Tally
from bot.domain.health.sketch import RELATIVE_ERROR
from bot.domain.health.usual import WEEKDAYS, Baseline, Moved, WeekdayUsual
from bot.domain.incidents.incident import Incident
from bot.domain.sources import SourceStatus
from bot.views import baseline_words


def health_json(report: HealthReport) -> str:
    window = report.window
    answer = {
        "as_of": iso(window.as_of),
        "window_days": window.days,
        "window": {
            "since": iso(window.since),
            "until": iso(window.ends_at),
            "exact": window.exact,
            "percentile_relative_error": 0.0 if window.exact else RELATIVE_ERROR,
        },
        "overall": report.overall,
        "reasons": [vars(finding) for finding in report.reasons],
        "phases": [{"phase": row.phase, **_row(row)} for row in report.phases],
        "processors": [{"name": row.name, "phase": row.phase, **_row(row)} for row in report.processors],
        "dates_without_data": vars(report.without),
        "baseline": None if report.baseline is None else baseline_json(report.baseline),
        "noise": {
            "raw_failures": report.noise.raw_failures,
            "kept_quiet": report.noise.kept_quiet,
            "real": report.noise.real,
            "in_incidents": report.noise.in_incidents,
            "in_no_incident": report.noise.in_none,
            "unexplained": report.noise.unexplained,
            "by_category": report.noise.by_category,
            "alerts": report.noise.alerts,
            "undelivered": report.noise.undelivered,
            "findings": None if report.noise.findings is None else findings_json(report.noise.findings),
        },
        "open_incidents": None if report.open is None else [_incident(report, each) for each in report.open],
        "sources": [_source(status) for status in report.sources],
        "warnings": list(report.warnings),
    }
    return json.dumps(answer, indent=2)


def _row(row: HealthRow) -> dict[str, Any]:
    tally, durations, usual = row.tally, row.durations, row.baseline_durations
    return {
        "status": row.status,
        "runs": tally.runs,
        "succeeded": tally.succeeded,
        "skipped": tally.skipped,
        "failed": tally.failed,
        "expected": tally.expected,
        "real": tally.real,
        "unknown": tally.unknown,
        "masked": tally.masked,
        "success_rate": tally.success_rate,
        "p50_s": durations.p50 if durations else None,
        "p95_s": durations.p95 if durations else None,
        "p99_s": durations.p99 if durations else None,
        "zero_on_game_days": tally.zero_on_game_days,
        "dates_due": row.due.due,
        "dates_filled": row.due.filled,
        "dates_unknown": row.due.unknown,
        "dates_undecided": row.due.undecided,
        "target": row.target,
        "last_day": None if row.day is None else _day(row.day),
        "baseline": {"success_rate": row.baseline.success_rate, "p95_s": usual.p95 if usual else None},
        "findings": [vars(finding) for finding in row.findings],
    }


def baseline_json(found: Baseline) -> dict[str, Any]:
    """By day of the week (UTC), and what has moved away from it."""
    return {
        "processor": found.processor,
        "newest_day": None if found.newest is None else found.newest.day.isoformat(),
        "weekdays": [_weekday(each) for each in found.weekdays],
        "slower": None if found.slower is None else _moved(found.slower),
        "failing": None if found.failing is None else _moved(found.failing),
        "cluster": None
        if found.cluster is None
        else {**vars(found.cluster), "weekday": WEEKDAYS[found.cluster.weekday]},
        "text": baseline_words.moves(found),
    }


def _weekday(each: WeekdayUsual) -> dict[str, Any]:
    low, high = each.failure_bounds
    return {
        "weekday": WEEKDAYS[each.weekday],
        "days": each.days,
        "runs": each.runs,
        "p50_s": each.p50,
        "p95_s": each.p95,
        "failed": each.failed,
        "failure_rate": each.failure_rate,
        "failure_rate_95": [low, high],
        "runs_a_day": each.volume,
        "records_p50": each.records,
    }


def _moved(each: Moved) -> dict[str, Any]:
    return {**vars(each), "day": each.day.isoformat(), "alike": each.alike}


def _day(tally: Tally) -> dict[str, Any]:
    return {"success_rate": tally.success_rate, "real": tally.real, "unknown": tally.unknown}


def _incident(report: HealthReport, incident: Incident) -> dict[str, Any]:
    watched_until = report.watched.get(incident.id)
    return {
        "id": incident.id,
        "name": incident.label,
        "severity": incident.severity,
        "kind": incident.kind,
        "processors": incident.processors,
        "since": iso(incident.first_seen),
        "watched_until": None if watched_until is None else iso(watched_until),
    }


def _source(status: SourceStatus) -> dict[str, Any]:
    return {
        "source": status.plan.name,
        "age_seconds": None if status.age is None else status.age.total_seconds(),
        "newest": None if status.newest is None else iso(status.newest),
        "failing_since": None if status.failing_since is None else iso(status.failing_since),
        "error": status.error,
    }


def findings_json(found: NoiseLedger) -> dict[str, Any]:
    """As JSON: the totals, the reasons, and each finding."""
    return {
        "since": iso(found.since),
        "until": iso(found.until),
        "all": found.findings,
        **{str(ending): count for ending, count in found.totals.items()},
        "reasons": {ending: {str(why): count for why, count in each.items()} for ending, each in found.reasons.items()},
        "listed": [
            {
                "found_at": iso(each.found_at),
                "about": each.root,
                "kind": each.kind,
                "severity": each.severity,
                "data_date": None if each.data_date is None else each.data_date.isoformat(),
                "ended": each.ending,
                "reason": str(each.reason),
            }
            for each in found.ended
        ],
    }


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
