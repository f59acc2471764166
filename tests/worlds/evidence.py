"""When the evidence for an incident suffices under the as-of rules, and when the incident starts and ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil, log, sqrt

from tests.worlds.clock import at, deadline, minute, slots
from tests.worlds.fleet import fleet
from tests.worlds.model import Fault, Run

LEAD = timedelta(minutes=6)
SILENCE = timedelta(minutes=30)
SETTLE = timedelta(minutes=4)
STORM_SIZE = 6
STORM_WINDOW = timedelta(minutes=25)
NOISE_BOUND = 0.08
DRIFT_SIGMAS = 2.5
SPREAD = 0.24  # of log durations


def first_slot(fault: Fault) -> datetime:
    """The first slot of the root at which data is due."""
    root = fleet()[fault.processors[0]]
    moments = slots(root, fault.days[0])
    late = root.frequency == "post" and fault.kind not in ("timeout", "missing_run", "sla_miss")
    return moments[1] if late else moments[0]


def last_slot(fault: Fault) -> datetime:
    return slots(fleet()[fault.processors[0]], fault.days[0])[-1]


def arrivals(rows: list[Run]) -> list[datetime]:
    return sorted(row.inserted for row in rows)


def detectable(fault: Fault) -> datetime:
    """The earliest instant at which the rows known then prove the incident (rounded up to the minute)."""
    return minute(_detectable(fault))


def _detectable(fault: Fault) -> datetime:
    known = arrivals(fault.rows)
    if fault.kind in ("repeated_failure", "validation_failed", "upstream_cascade"):
        return known[min(2, len(known) - 1)]
    if fault.kind in ("timeout", "phase_down"):
        return known[1]
    if fault.kind == "stuck_run":
        return fault.rows[0].heartbeat + SILENCE
    if fault.kind in ("zero_records_processor", "zero_records_scraper"):
        final = [row.inserted for row in fault.rows if row.processor == fault.processors[0]]
        return max(last_slot(fault) + LEAD, max(final))
    if fault.kind == "idempotency_block":
        return known[0]
    if fault.kind == "missing_run":
        return first_slot(fault) + timedelta(minutes=45)
    if fault.kind == "sla_miss":
        return deadline(fleet()[fault.processors[0]], fault.days[0])
    if fault.kind == "partial_coverage":
        return max(last_slot(fault) + timedelta(minutes=20), max(row.completed for row in fault.rows))
    return _by_clock(fault, known)


def _by_clock(fault: Fault, known: list[datetime]) -> datetime:
    begin = fault.window[0] if fault.window else known[0]
    if fault.kind == "perf_degradation":
        of_first_date = sum(row.day == min(one.day for one in fault.rows) for row in fault.rows)
        return known[min(len(known) - 1, max(1, min(2, of_first_date)))]
    if fault.kind == "slow_drift":
        needed = ceil((DRIFT_SIGMAS * SPREAD / log(fault.factor)) ** 2)
        return max(begin + timedelta(days=3), known[min(needed, len(known)) - 1])
    if fault.kind == "retry_storm":
        return begin + timedelta(hours=1)
    if fault.kind == "alert_storm":
        return _storm(fault)
    return _spike(fault, begin)


def _storm(fault: Fault) -> datetime:
    """When six processors have failed with the shared error within 25 minutes."""
    rows = sorted(fault.rows, key=lambda row: row.inserted)
    for last, row in enumerate(rows):
        recent = {one.processor for one in rows[: last + 1] if row.inserted - one.inserted <= STORM_WINDOW}
        if len(recent) >= STORM_SIZE:
            return row.inserted
    raise ValueError(f"the alert storm of {fault.days[0]} never reached {STORM_SIZE} processors in {STORM_WINDOW}")


def _spike(fault: Fault, begin: datetime) -> datetime:
    """When the failing slots exceed what 2 % noise allows: at least three, Wilson lower bound over 8 %."""
    slots_so_far = [hour for first in (0, 24) for hour in range(first, first + 16)]
    first_rows = {(row.started - begin) // timedelta(hours=1): row for row in fault.rows if row.attempt == 1}
    for failed, hour in enumerate(sorted(first_rows), 1):
        tried = sum(one <= hour for one in slots_so_far)
        if failed >= 3 and wilson(failed, tried) > NOISE_BOUND:
            return max(first_rows[hour].inserted, begin + timedelta(hours=3))
    raise ValueError(f"the failure spike of {fault.processors[0]} on {fault.days[0]} left too little evidence")


def wilson(hits: int, tries: int, z: float = 1.96) -> float:
    """Lower bound of the share of hits."""
    hits = min(hits, tries)
    share, square = hits / tries, z * z / tries
    return (share + square / 2 - z * sqrt((share * (1 - share) + square / 4) / tries)) / (1 + square)


def span(fault: Fault, last_blocked: datetime | None) -> tuple[datetime, datetime]:
    """Start and end of the incident; `last_blocked` is the last downstream row it caused."""
    start, end = _shown(fault)
    starts = [row.started for row in fault.rows]
    end = max(end, _detectable(fault) + SETTLE)
    if last_blocked is not None:
        end = max(end, last_blocked + timedelta(hours=1))
    return min([start, *starts]), end


def _shown(fault: Fault) -> tuple[datetime, datetime]:
    """Start and end by the kind of the fault alone."""
    day, root = fault.days[0], fleet()[fault.processors[0]]
    if fault.kind in ("perf_degradation", "slow_drift", "failure_spike") and fault.window:
        start, end = fault.window
    elif fault.kind == "alert_storm" and fault.window:
        start, end = fault.window[0], fault.window[1] + timedelta(hours=1)
    elif fault.kind == "retry_storm" and fault.window:
        start, end = fault.window[0], fault.window[1] + timedelta(hours=2)
    elif fault.kind == "stuck_run":
        start, end = first_slot(fault), fault.rows[0].completed
    elif fault.kind == "sla_miss":
        start, end = first_slot(fault), fault.rows[-1].inserted + timedelta(hours=1)
    elif fault.kind == "zero_records_scraper" and len(fault.processors) > 1:
        start, end = slots(fleet()[fault.processors[1]], day)[0] - LEAD, at(day, 51)
    elif fault.kind in ("zero_records_processor", "zero_records_scraper", "idempotency_block", "missing_run"):
        start, end = first_slot(fault) - LEAD, at(day, 51 if root.slots[-1] > 20 else 42)
    elif fault.kind == "partial_coverage":
        start, end = first_slot(fault), at(day, 47)
    elif fault.kind == "phase_down":
        start, end = first_slot(fault) - LEAD, slots(root, fault.days[-1])[0] + timedelta(hours=24)
    else:
        start, end = first_slot(fault) - LEAD, first_slot(fault) + timedelta(hours=8)
        end = max(end, max(arrivals(fault.rows)) + timedelta(hours=1))
    return start, end
