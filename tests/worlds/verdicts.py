"""What is true of each kind of incident: cause, action, severity, and the kinds a detector may call it."""

from __future__ import annotations

from tests.worlds.fleet import downstream, fleet
from tests.worlds.model import Fault

# kind: (root cause, other accepted causes, accepted kinds besides its own, action)
KINDS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], str]] = {
    "perf_degradation": ("performance_degradation", (), ("slow_drift",), "investigate_performance"),
    "slow_drift": ("performance_degradation", (), ("perf_degradation",), "watch"),
    "upstream_cascade": ("processing_error", (), ("repeated_failure",), "fix_and_rerun_processor"),
    "phase_down": (
        "timeout", (), ("repeated_failure", "slo_burn", "timeout", "upstream_cascade"), "restart_coordinator",
    ),
    "stuck_run": ("stuck_run", ("timeout",), ("timeout",), "kill_and_rerun"),
    "timeout": ("timeout", (), ("repeated_failure",), "raise_timeout_or_fix"),
    "repeated_failure": ("processing_error", (), ("failure_spike",), "open_circuit_and_fix"),
    "failure_spike": ("processing_error", (), ("repeated_failure",), "investigate"),
    "validation_failed": ("validation_failed", (), ("repeated_failure",), "inspect_data"),
    "zero_records_processor": ("processor_failed", ("masked_failure",), ("zero_records",), "processor_rerun"),
    "zero_records_scraper": (
        "scraper_failed", ("scraper_timeout", "timeout"),
        ("missing_raw", "repeated_failure", "timeout", "zero_records"), "scraper_rerun",
    ),
    "idempotency_block": ("idempotency_bug", (), ("zero_records",), "clear_marker_and_rerun"),
    "missing_run": ("missing_run", ("scheduler_failure",), ("sla_miss",), "trigger_run"),
    "sla_miss": ("late_run", ("missing_run", "scheduler_failure"), ("missing_run",), "chase"),
    "partial_coverage": ("partial_data", (), ("volume_drop",), "rerun_after_source_check"),
    "alert_storm": (
        "infrastructure", ("processing_error", "rate_limit"),
        ("failure_spike", "repeated_failure", "retry_storm"), "wait_or_rollback",
    ),
    "retry_storm": ("retry_storm", ("rate_limit",), ("alert_storm", "failure_spike"), "add_backoff"),
}  # fmt: skip
ALWAYS = {
    "perf_degradation": ("P1", "P2"),
    "slow_drift": ("P3", "P2"),
    "phase_down": ("P0", "P1"),
    "idempotency_block": ("P1", "P2"),
    "partial_coverage": ("P1", "P2"),
    "alert_storm": ("P1", "P0"),
    "retry_storm": ("P1", "P2"),
    "validation_failed": ("P2", "P1"),
}


def severity(fault: Fault, impact: list[str]) -> tuple[str, list[str]]:
    """The severity by the default policy, and those accepted (sorted)."""
    root = fleet()[fault.processors[0]]
    serious = root.criticality in ("CRITICAL", "HIGH")
    predictions = "PredictionCoordinator" in downstream(root.name)
    if fault.kind == "upstream_cascade":
        exact = "P0" if root.criticality == "CRITICAL" or predictions else "P1" if serious else "P2"
        accepted = {"P0": {"P0", "P1"}, "P1": {"P0", "P1"}, "P2": {"P1", "P2"}}[exact]
    elif fault.kind in ALWAYS:
        exact, other = ALWAYS[fault.kind]
        accepted = {exact, other}
    elif fault.kind == "stuck_run":
        exact = "P0" if predictions else "P1" if serious else "P2"
        accepted = {"P0", "P1", "P2"}
    else:
        exact = "P1" if serious else "P2"
        accepted = {"P1", "P2"}
    if impact and (serious or predictions):
        accepted |= {"P0"}
    return exact, sorted(accepted)


def accepted_kinds(fault: Fault, impact: list[str]) -> list[str]:
    own = {fault.kind, *KINDS[fault.kind][2]}
    return sorted(own | ({"upstream_cascade"} if impact else set()))


def accepted_causes(fault: Fault) -> list[str]:
    return sorted({KINDS[fault.kind][0], *KINDS[fault.kind][1]})
