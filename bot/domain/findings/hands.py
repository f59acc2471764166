"""The hand behind each recommended action: what Fireline itself can do about a finding, or that it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Hand(StrEnum):
    RERUN = "rerun"
    FALLBACK = "fallback"
    """Run what can stand in for its source."""
    RESTART = "restart"
    TIMEOUT = "timeout"
    CANCEL = "cancel"
    """End a job's execution that hangs."""
    MAINTENANCE = "maintenance"
    """Run a job that puts something right, such as runs recorded as running that are not."""
    CLEAR_MARKER = "clear_marker"
    ROLLBACK = "rollback"
    OPEN_CIRCUIT = "open_circuit"
    """Fireline repairs it no more until somebody closes it."""
    BY_HAND = "investigate by hand"


BY_HAND = (Hand.BY_HAND,)
HANDS: Mapping[str, tuple[Hand, ...]] = {
    "fix_and_rerun_processor": (Hand.RERUN,),
    "restart_coordinator": (Hand.RESTART, Hand.ROLLBACK),
    "kill_and_rerun": (Hand.CANCEL, Hand.RESTART, Hand.MAINTENANCE, Hand.RERUN),
    "raise_timeout_or_fix": (Hand.TIMEOUT, Hand.ROLLBACK),
    "open_circuit_and_fix": (Hand.OPEN_CIRCUIT, Hand.ROLLBACK),
    "investigate": BY_HAND,
    "inspect_data": BY_HAND,
    "processor_rerun": (Hand.RERUN,),
    "scraper_rerun": (Hand.RERUN, Hand.FALLBACK),
    "clear_marker_and_rerun": (Hand.CLEAR_MARKER, Hand.RERUN),
    "trigger_run": (Hand.RERUN,),
    "chase": BY_HAND,
    "review_budget": BY_HAND,
    "rerun_after_source_check": (Hand.RERUN, Hand.FALLBACK),
    "investigate_performance": BY_HAND,
    "watch": BY_HAND,
    "wait_or_rollback": (Hand.ROLLBACK,),
    "add_backoff": BY_HAND,
    "check_source": BY_HAND,
    "none": (),
}
"""In the order in which they are offered. Where none of an action's hands is there, it is to be done by hand."""


def hands_of(action: str, *, deployed: bool) -> tuple[Hand, ...]:
    """Those behind a recommended action; the rollback too where facts speak for a deployment (`deployed`)."""
    behind = HANDS[action]
    return (Hand.ROLLBACK, *(each for each in behind if each is not Hand.ROLLBACK)) if deployed else behind


@dataclass(frozen=True)
class Offer:
    """`about` is the name of the processor or of the service that it is done to, for `data_date` where there is one."""

    hand: Hand
    about: str = ""
    data_date: date | None = None
