"""A weekly report and a monthly review as JSON: rates as fractions, times in seconds, each with its n."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.cli.health_json import findings_json, iso
from bot.cli.slo_json import slo_json
from bot.domain.gate.folded import Folded
from bot.domain.incidents.figures import Figures, Spread
from bot.domain.reports.cost import Cost
from bot.domain.reports.monthly import Capacity, MonthlyReport, Precision
from bot.domain.reports.noisiest import Noisy
from bot.domain.reports.paging import OwnLine, Paging
from bot.domain.reports.report import Report
from bot.domain.reports.weekly import Hid, Untried, WeeklyReport
from bot.views import monthly_report, weekly_words


def weekly_json(report: WeeklyReport) -> str:
    answer = {
        **_head(report),
        "since": iso(report.since),
        "change": weekly_words.lead(report),
        "service_levels": None if report.slo is None else slo_json(report.slo),
        "below_target": [each.name if each.phase is None else each.phase for each in report.missed],
        "incidents": report.incidents,
        "how_soon": None if report.figures is None else figures_json(report.figures),
        "pages": None if report.paging is None else _paging(report.paging),
        "noisiest": None if report.noisiest is None else [_noisy(each) for each in report.noisiest],
        "storms": None if report.storms is None else [_storm(each) for each in report.storms],
        "silences_that_hid": None if report.hid is None else [_hid(each) for each in report.hid],
        "runbooks_to_try": None if report.untried is None else [_untried(each) for each in report.untried],
        "drifts": None if report.drifts is None else list(report.drifts),
        "drifts_off": report.drifts_off,
        "findings": None if report.ledger is None else findings_json(report.ledger),
        "fireline": None if report.own is None else own_json(report.own),
    }
    return json.dumps(answer, indent=2)


def monthly_json(report: MonthlyReport) -> str:
    kinds = report.kinds
    answer = {
        **_head(report),
        "month": f"{report.month:%Y-%m}",
        "change": monthly_report.lead(report),
        "service_levels": None if report.slo is None else slo_json(report.slo),
        "capacity": None if report.capacity is None else _capacity(report.capacity),
        "incidents": report.incidents,
        "incidents_by_kind": None if kinds is None else {str(kind): count for kind, count in kinds.items()},
        "how_soon": None if report.figures is None else figures_json(report.figures),
        "precision": None if report.precision is None else _precision(report.precision),
        "cost": None if report.cost is None else _cost(report.cost),
    }
    return json.dumps(answer, indent=2)


def figures_json(found: Sequence[Figures]) -> list[dict[str, Any]]:
    """Seconds; null where nothing is known."""
    return [
        {
            "severity": each.severity,
            "episodes": each.episodes,
            "mttd": _spread(each.to_detect),
            "mtta": _spread(each.to_acknowledge),
            "mttr": _spread(each.to_resolve),
        }
        for each in found
    ]


def _spread(one: Spread) -> dict[str, float | int | None]:
    return {"count": one.count, "median": _seconds(one.median), "p90": _seconds(one.p90)}


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _head(report: Report) -> Mapping[str, Any]:
    return {
        "date": report.day.isoformat(),
        "as_of": iso(report.as_of),
        "zone": report.zone.key,
        "late_seconds": report.late.total_seconds(),
        "unavailable": dict(report.unavailable),
    }


def _paging(found: Paging) -> dict[str, Any]:
    people = {
        name: {"pages": len(calls), "night": sum(each.night for each in calls), "left": calls[0].left}
        for name, calls in found.by_person.items()
    }
    return {"all": len(found.calls), "night": found.at_night, "by_hour": list(found.by_hour), "by_person": people}


def _noisy(each: Noisy) -> dict[str, Any]:
    found = each.proposal
    return {
        "processor": each.root,
        "kind": each.kind,
        "told": each.told,
        "change": found.change.name.lower(),
        "by_seconds": _seconds(found.by),
        "why": found.why,
        "messages_30_days": found.messages,
        "spared": found.spared,
        "spared_p0": found.p0,
        "taken_as_real": list(found.real),
    }


def _storm(each: Folded) -> dict[str, Any]:
    return {
        "incident": each.incident.label,
        "since": iso(each.findings[0]),
        "one_by_one": len(each.findings),
        "sent": len(each.sent),
        "told_before": each.told_before,
    }


def _hid(each: Hid) -> dict[str, Any]:
    what = None if each.silence is None else each.silence.what
    findings = [{"processor": one.root, "kind": one.kind, "severity": one.severity} for one in each.findings]
    return {"id": each.name, "of": what, "findings": findings}


def _untried(each: Untried) -> dict[str, Any]:
    tried = None if each.tried_at is None else iso(each.tried_at)
    return {"runbook": each.runbook.id, "tried_at": tried, "reviewed_on": each.runbook.reviewed_on.isoformat()}


def own_json(found: OwnLine) -> dict[str, Any]:
    return {
        "pages_sent": found.sent,
        "p99_seconds": _seconds(found.p99),
        "not_sent": found.unsent,
        "tried_again": found.again,
        "watchdog": list(found.watchdog),
    }


def _capacity(found: Capacity) -> dict[str, Any]:
    compared = [{**vars(each), "ratio": each.ratio, "grows": each.grows} for each in found.compared]
    return {"compared": compared, "too_few_runs": found.few}


def _precision(found: Precision) -> dict[str, Any]:
    interval = None if found.interval is None else list(found.interval)
    kinds = {str(kind): {"useful": each.useful, "noise": each.noise} for kind, each in found.by_kind.items()}
    return {
        "incidents": found.incidents,
        "useful": found.useful,
        "noise": found.noise,
        "interval_95": interval,
        "by_kind": kinds,
    }


def _cost(found: Cost) -> dict[str, Any]:
    of_each = [
        {
            "processor": each.processor,
            "hung_runs": each.hung_runs,
            "hung_seconds": each.hung_s,
            "repeated_runs": each.repeated_runs,
            "repeated_seconds": each.repeated_s,
            "vcpu_seconds": each.vcpu_seconds,
            "gib_seconds": each.gib_seconds,
            "price": each.price(found.prices),
        }
        for each in found.found
    ]
    return {
        "currency": found.prices.currency,
        "price": found.total,
        "runs": found.runs,
        "seconds": found.seconds,
        "seconds_of_all_runs": found.all_seconds,
        "assumptions": list(found.assumptions()),
        "processors": of_each,
    }
