"""Repairs as JSON."""

from typing import Any

from bot.domain.reprocessing.plan import Deadline, Offer, Step
from bot.domain.reprocessing.progress import Progress
from bot.domain.reprocessing.repair import Circuit, Repair, RepairStep


def plan_json(found: Repair) -> dict[str, Any]:
    """A plan: everything that is approved, row by row."""
    made = found.plan
    return {
        **listed_json(found),
        "hash": made.hash,
        "expires_at": found.expires_at.isoformat(),
        "to_run": len(made.running),
        "skipped": {str(reason): count for reason, count in made.skipped.items()},
        "estimate_seconds": round(made.estimate.seconds),
        "unknown_durations": list(made.estimate.unknown),
        "needs_second": list(made.needs_second),
        "again": [{"processor": key.processor, "data_date": f"{key.data_date}"} for key in made.again],
        "deadlines": [_deadline(each) for each in made.deadlines],
        "by_deadlines": made.by_deadlines,
        "upstream_not_in_it": _offer(made.upstream),
        "downstream_not_in_it": _offer(made.downstream),
        "steps": [_step(each) for each in made.steps],
    }


def progress_json(found: Repair, at: Progress) -> dict[str, Any]:
    """One that was started."""
    counts = ("total", "done", "proved", "failed", "running", "checking", "left", "skipped", "cancelled")
    return {
        **listed_json(found),
        **{name: getattr(at, name) for name in counts},
        "eta": at.eta.isoformat() if at.eta else None,
        "next": [_at(each) for each in at.next],
        "trouble": [{**_at(each), "reason": each.reason} for each in at.trouble],
        "unclear": [{**_at(each), "reason": each.reason} for each in at.unclear],
        "untold": [{**_at(each), "reason": each.reason} for each in at.untold],
    }


def listed_json(found: Repair) -> dict[str, Any]:
    asked = found.plan.request
    return {
        "id": found.id,
        "repair": found.label if found.number else None,
        "state": found.state.value,
        "processors": list(asked.processors),
        "first": f"{asked.first}",
        "last": f"{asked.last}",
        "mode": asked.mode.value,
        "downstream": asked.downstream,
        "asked_by": found.asked_by.name,
        "approved_by": found.approved_by.name if found.approved_by else None,
        "started_at": found.started_at.isoformat() if found.started_at else None,
        "ended_at": found.ended_at.isoformat() if found.ended_at else None,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "processor": step.processor,
        "data_date": f"{step.data_date}",
        "skip": step.skip.value if step.skip else None,
        "because": step.because,
        "verdict": step.verdict.value,
        "rows": step.rows,
        "seconds": step.seconds,
        "after": list(step.after),
    }


def _at(step: RepairStep) -> dict[str, Any]:
    return {"processor": step.processor, "data_date": f"{step.data_date}"}


def _offer(offer: Offer | None) -> list[str]:
    return list(offer.processors) if offer else []


def _deadline(each: Deadline) -> dict[str, Any]:
    times = {"due_at": each.due_at.isoformat(), "ends_at": each.ends_at.isoformat()}
    return {
        "processor": each.processor,
        "data_date": f"{each.data_date}",
        **times,
        "spare_seconds": round(each.spare.total_seconds()),
    }


def circuit_json(circuit: Circuit) -> dict[str, Any]:
    return {
        "processor": circuit.processor,
        "opened_at": circuit.opened_at.isoformat(),
        "opened_by": circuit.opened_by,
        "because": circuit.because,
    }
