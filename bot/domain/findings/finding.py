"""What a detector says: one problem, its root, what it touches, and the sentence that explains it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from bot.domain.findings.hands import HANDS, Hand
from bot.domain.findings.severity import Severity


class FindingKind(StrEnum):
    UPSTREAM_CASCADE = "upstream_cascade"
    PHASE_DOWN = "phase_down"
    STUCK_RUN = "stuck_run"
    TIMEOUT = "timeout"
    REPEATED_FAILURE = "repeated_failure"
    FAILURE_SPIKE = "failure_spike"
    VALIDATION_FAILED = "validation_failed"
    ZERO_RECORDS_PROCESSOR = "zero_records_processor"
    ZERO_RECORDS_SCRAPER = "zero_records_scraper"
    IDEMPOTENCY_BLOCK = "idempotency_block"
    MISSING_RUN = "missing_run"
    SLA_MISS = "sla_miss"
    PARTIAL_COVERAGE = "partial_coverage"
    PERF_DEGRADATION = "perf_degradation"
    SLOW_DRIFT = "slow_drift"
    ALERT_STORM = "alert_storm"
    RETRY_STORM = "retry_storm"
    STALE_TABLE = "stale_table"
    SLO_BURN = "slo_burn"
    SOURCE_BLIND = "source_blind"
    TRACKING_BUG = "tracking_bug"
    DECLARED = "declared"
    """Said by a person, and found by no detector."""


class RootCause(StrEnum):
    PROCESSING_ERROR = "processing_error"
    TIMEOUT = "timeout"
    STUCK_RUN = "stuck_run"
    VALIDATION_FAILED = "validation_failed"
    PROCESSOR_FAILED = "processor_failed"
    MASKED_FAILURE = "masked_failure"
    SCRAPER_FAILED = "scraper_failed"
    SCRAPER_TIMEOUT = "scraper_timeout"
    IDEMPOTENCY_BUG = "idempotency_bug"
    MISSING_RUN = "missing_run"
    SCHEDULER_FAILURE = "scheduler_failure"
    LATE_RUN = "late_run"
    PARTIAL_DATA = "partial_data"
    PERFORMANCE_DEGRADATION = "performance_degradation"
    INFRASTRUCTURE = "infrastructure"
    RATE_LIMIT = "rate_limit"
    RETRY_STORM = "retry_storm"
    STALE_DATA = "stale_data"
    TRACKING_BUG = "tracking_bug"
    UNKNOWN = "unknown"


class Family(StrEnum):
    """Kinds that are faces of one trouble share a family, and with it a fingerprint."""

    OUTCOME = "outcome"
    SPEED = "speed"
    STORM = "storm"
    NOTE = "note"
    SOURCE = "source"
    """Of Fireline's own sight, not of the pipeline."""
    BUDGET = "budget"
    """Of an objective, not of one processor."""
    DECLARED = "declared"
    """What a person says: it explains nothing that is found, and nothing explains it."""


_FAMILIES = {
    FindingKind.PERF_DEGRADATION: Family.SPEED,
    FindingKind.SLOW_DRIFT: Family.NOTE,
    FindingKind.ALERT_STORM: Family.STORM,
    FindingKind.RETRY_STORM: Family.STORM,
    FindingKind.PHASE_DOWN: Family.STORM,
    FindingKind.SLO_BURN: Family.BUDGET,
    FindingKind.SOURCE_BLIND: Family.SOURCE,
    FindingKind.TRACKING_BUG: Family.NOTE,
    FindingKind.DECLARED: Family.DECLARED,
}
"""A drift is a line for the digest: what is slow enough to act on must not hide behind it."""

FLEET = "whole fleet"
"""The root of a silence of all processors, whatever it is that stopped."""
OF_ONE_DATE = frozenset(
    {
        FindingKind.UPSTREAM_CASCADE,
        FindingKind.ZERO_RECORDS_PROCESSOR,
        FindingKind.ZERO_RECORDS_SCRAPER,
        FindingKind.IDEMPOTENCY_BLOCK,
        FindingKind.MISSING_RUN,
        FindingKind.SLA_MISS,
        FindingKind.PARTIAL_COVERAGE,
        FindingKind.TRACKING_BUG,
    }
)
"""Kinds that concern one data date: the date is part of their fingerprint."""

NO_DATA = frozenset({FindingKind.ZERO_RECORDS_PROCESSOR, FindingKind.ZERO_RECORDS_SCRAPER})
"""What is left of a loss when its date is old: that there is no data."""
IMPLIES_NO_DATA = frozenset(
    {FindingKind.UPSTREAM_CASCADE, FindingKind.MISSING_RUN, FindingKind.IDEMPOTENCY_BLOCK, FindingKind.PHASE_DOWN}
)
"""Kinds that say of their date, with more, that its data is not there."""

ACTIONS = {
    FindingKind.UPSTREAM_CASCADE: "fix_and_rerun_processor",
    FindingKind.PHASE_DOWN: "restart_coordinator",
    FindingKind.STUCK_RUN: "kill_and_rerun",
    FindingKind.TIMEOUT: "raise_timeout_or_fix",
    FindingKind.REPEATED_FAILURE: "open_circuit_and_fix",
    FindingKind.FAILURE_SPIKE: "investigate",
    FindingKind.VALIDATION_FAILED: "inspect_data",
    FindingKind.ZERO_RECORDS_PROCESSOR: "processor_rerun",
    FindingKind.ZERO_RECORDS_SCRAPER: "scraper_rerun",
    FindingKind.IDEMPOTENCY_BLOCK: "clear_marker_and_rerun",
    FindingKind.MISSING_RUN: "trigger_run",
    FindingKind.SLA_MISS: "chase",
    FindingKind.PARTIAL_COVERAGE: "rerun_after_source_check",
    FindingKind.PERF_DEGRADATION: "investigate_performance",
    FindingKind.SLOW_DRIFT: "watch",
    FindingKind.ALERT_STORM: "wait_or_rollback",
    FindingKind.RETRY_STORM: "add_backoff",
    FindingKind.STALE_TABLE: "investigate",
    FindingKind.SLO_BURN: "review_budget",
    FindingKind.SOURCE_BLIND: "check_source",
    FindingKind.TRACKING_BUG: "none",
    FindingKind.DECLARED: "investigate",
}
"""The one recommended action of each kind."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One problem as it is at a tick. It is found again at every tick for as long as it holds.

    `processors` are the roots, the first the one that stands for all; none where it is about a `source` of facts, and
    `held` says how many findings wait for that. `impact` are dependents blocked by it;
    `since` is when the trouble itself began, `evident_at` when the evidence for it sufficed (aware UTC);
    `explanation` is one sentence with its figures;
    `error_class` tells alike failures of different processors from unlike ones ("" when it is unknown); of a phase that
    is down, or whose budget burns, it names the phase;
    `failures` are the failed runs behind it, the first of them of `failed_since`, and `error` the text of the newest,
    which all of them have where there is `one_text`;
    `rows` is what the table had for its date (None: no table is looked at). `declared` is the id of what a person `by`
    that name has declared: it may name no processor.
    """

    kind: FindingKind
    processors: tuple[str, ...]
    root_cause: RootCause
    severity: Severity
    severity_reason: str
    since: datetime
    evident_at: datetime
    explanation: str
    data_date: date | None = None
    impact: tuple[str, ...] = ()
    error_class: str = ""
    failures: int = 0
    failed_since: datetime | None = None
    error: str = ""
    one_text: bool = False
    rows: int | None = None
    source: str = ""
    held: int = 0
    declared: str = ""
    by: str = ""

    @property
    def root(self) -> str:
        if self.declared and not self.processors:
            return "no processor"
        if self.kind is FindingKind.SLO_BURN:
            return self.error_class
        if self.kind is FindingKind.SOURCE_BLIND:
            return f"source {self.source}" if self.source else FLEET
        return self.processors[0] if self.processors else f"source {self.source}"

    @property
    def of_processor(self) -> bool:
        """Is its root one that data can be asked of? A source, or the whole fleet, is none."""
        return self.root in self.processors

    @property
    def seen_since(self) -> datetime:
        """What its sentence counts from: the first of its failed runs; without any, when the trouble began."""
        return self.failed_since or self.since

    @property
    def subject(self) -> str:
        """What it is about, as it is called: a phase, else its root."""
        return self.error_class if self.kind is FindingKind.PHASE_DOWN else self.root

    @property
    def action(self) -> str:
        return ACTIONS[self.kind]

    @property
    def wants_rerun(self) -> bool:
        """Is there a date of a processor to run once more?"""
        return Hand.RERUN in HANDS[self.action] and self.data_date is not None and self.of_processor

    @property
    def family(self) -> Family:
        return _FAMILIES.get(self.kind, Family.OUTCOME)

    @cached_property
    def fingerprint(self) -> str:
        """The same trouble has the same fingerprint, whatever face it shows."""
        if self.declared:
            return f"{self.kind}:{self.declared}"
        if self.kind is FindingKind.PHASE_DOWN:
            return f"{self.kind}:{self.error_class}:{self.data_date}"
        if self.family is Family.STORM:
            return f"{self.kind}"
        day = f":{self.data_date}" if self.data_date is not None and self.kind in OF_ONE_DATE else ""
        return f"{self.root}:{self.family}{day}"
