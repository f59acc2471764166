"""A digest as JSON: the health reports as `fireline health --json` gives them, and what is around them."""

import json
from typing import Any

from bot.cli.health_json import baseline_json, findings_json, health_json, iso
from bot.cli.review_json import own_json
from bot.cli.slo_json import slo_json
from bot.domain.health.model import HealthReport
from bot.domain.impact.readiness import Readiness, StepLeft
from bot.domain.incidents.standing import Overview
from bot.domain.oncall.overview import Turn
from bot.domain.reports.daily import DailyReport, Need
from bot.views import daily_words
from bot.views.incident import plain_in


def daily_json(report: DailyReport) -> str:
    answer = {
        "date": report.day.isoformat(),
        "as_of": iso(report.as_of),
        "zone": report.zone.key,
        "late_seconds": report.late.total_seconds(),
        "overall": None if report.health is None else report.health.overall,
        "all_clear": report.all_clear,
        "change": daily_words.change(report),
        "unavailable": dict(report.unavailable),
        "needs": [_need(report, each) for each in report.needs],
        "deadlines": None if report.tonight is None else [readiness_json(each) for each in report.tonight],
        "incidents": None if report.incidents is None else [_incident(each) for each in report.incidents],
        "on_call": None if report.duty is None else [_turn(each) for each in report.duty.turns],
        "gaps": None if report.duty is None else len(report.duty.gaps),
        "findings": None if report.ledger is None else findings_json(report.ledger),
        "silences": None if report.silences is None else [each.what for each in report.silences],
        "success_by_day": {name: list(rates) for name, rates in report.success.items()},
        "days": [day.isoformat() for day in report.days],
        "moved": None if report.moved is None else [baseline_json(each) for each in report.moved],
        "service_levels": None if report.slo is None else slo_json(report.slo),
        "fireline": None if report.own is None else own_json(report.own),
        "health": _health(report.health),
        "last_day": _health(report.last_day),
    }
    return json.dumps(answer, indent=2)


def readiness_json(found: Readiness) -> dict[str, Any]:
    return {
        "data_date": found.data_date.isoformat(),
        "needed": found.needed,
        "done": found.done,
        "deadlines": {name: iso(due) for name, due in found.due.items()},
        "left": [_step(each) for each in found.left],
    }


def _step(step: StepLeft) -> dict[str, Any]:
    return {
        "processor": step.processor,
        "state": step.state.name.lower(),
        "at_risk": step.state.at_risk,
        "latest_start": iso(step.latest.start),
        "deadline_of": step.latest.target,
        "due_at": iso(step.latest.due_at),
        "seconds": step.latest.pace.seconds,
        "basis": step.latest.pace.basis,
        "next_slot": None if step.slot is None else iso(step.slot),
    }


def _health(report: HealthReport | None) -> Any:
    return None if report is None else json.loads(health_json(report))


def _need(report: DailyReport, each: Need) -> dict[str, Any]:
    return {"kind": each.kind.name.lower(), "text": daily_words.need(report, each, plain_in(report.zone))}


def _incident(found: Overview) -> dict[str, Any]:
    return {"name": found.incident.label, "severity": found.severity, "state": found.state}


def _turn(turn: Turn) -> dict[str, Any]:
    shift, then = turn.shift, turn.following
    until = None if shift.until is None else iso(shift.until)
    return {"rota": shift.rota, "person": shift.person, "until": until, "next": None if then is None else then.person}
