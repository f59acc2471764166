"""The cause that a finding names of a date, by the verdict on it: one rule for verdicts and for what is reported."""

from enum import StrEnum
from typing import NamedTuple

from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.verdicts.judge import Judged, Verdict


class Loss(NamedTuple):
    kind: FindingKind
    cause: RootCause


_UNEXPLAINED = Loss(FindingKind.ZERO_RECORDS_PROCESSOR, RootCause.PROCESSOR_FAILED)
"""The data is lost, and nobody can tell why: that is treated as real, and as its processor's."""
_LOSSES = {
    Verdict.PROCESSOR_FAILED: _UNEXPLAINED,
    Verdict.CONFLICT: _UNEXPLAINED,
    Verdict.MASKED_FAILURE: Loss(FindingKind.ZERO_RECORDS_PROCESSOR, RootCause.MASKED_FAILURE),
    Verdict.SCRAPER_FAILED: Loss(FindingKind.ZERO_RECORDS_SCRAPER, RootCause.SCRAPER_FAILED),
    Verdict.PARTIAL: Loss(FindingKind.PARTIAL_COVERAGE, RootCause.PARTIAL_DATA),
}
OWN = frozenset(
    {
        RootCause.PROCESSOR_FAILED,
        RootCause.PROCESSING_ERROR,
        RootCause.TIMEOUT,
        RootCause.VALIDATION_FAILED,
        RootCause.STUCK_RUN,
    }
)
"""That a processor failed, and how."""
SAME: dict[Verdict, frozenset[RootCause]] = {
    Verdict.PROCESSOR_FAILED: OWN,
    Verdict.MASKED_FAILURE: frozenset({RootCause.MASKED_FAILURE}),
    Verdict.SCRAPER_FAILED: frozenset({RootCause.SCRAPER_FAILED, RootCause.SCRAPER_TIMEOUT}),
    Verdict.IDEMPOTENCY_BLOCK: frozenset({RootCause.IDEMPOTENCY_BUG}),
    Verdict.MISSING_RUN: frozenset({RootCause.MISSING_RUN}),
    Verdict.PARTIAL: frozenset({RootCause.PARTIAL_DATA}),
    Verdict.TRACKING_BUG: frozenset({RootCause.TRACKING_BUG}),
}
"""The causes that say of a date what its verdict says; some of them say more."""


class Differs(StrEnum):
    """Why a finding names a cause that the verdict on its date does not."""

    NOT_JUDGED = "the date is not judged yet: its runs tell, or its deadline"
    RUNS_FAIL = "its data is there, or in part: its runs fail all the same"
    SOURCES_DISAGREE = "the sources contradict each other: it is treated as its processor's failure"
    NOBODY_CAN_TELL = "what would tell the cause is missing: it is treated as its processor's failure"
    WAITS_TOO = "what it is made from is not there, and its runs fail besides"
    HANGS = "a run of it hangs, whatever its date lacks"
    HELD = "what the verdict says is not reported yet, or as its upstream's; that its runs fail is"


_REASONS = {
    Verdict.NOT_YET: Differs.NOT_JUDGED,
    Verdict.OK: Differs.RUNS_FAIL,
    Verdict.PARTIAL: Differs.RUNS_FAIL,
    Verdict.TRACKING_BUG: Differs.RUNS_FAIL,
    Verdict.OFF_DAY: Differs.RUNS_FAIL,
    Verdict.LEGITIMATE_ZERO: Differs.RUNS_FAIL,
    Verdict.CONFLICT: Differs.SOURCES_DISAGREE,
    Verdict.UNKNOWN: Differs.NOBODY_CAN_TELL,
    Verdict.UPSTREAM: Differs.WAITS_TOO,
}


def loss_of(judged: Judged) -> Loss | None:
    """What the verdict says is lost, None when it says no such thing."""
    return _LOSSES.get(judged.verdict, _UNEXPLAINED if judged.lost else None)


def why_differs(verdict: Verdict, cause: RootCause) -> Differs | None:
    """None where a finding of the cause says what the verdict says."""
    if cause in SAME.get(verdict, ()):
        return None
    return Differs.HANGS if cause is RootCause.STUCK_RUN else _REASONS.get(verdict, Differs.HELD)
