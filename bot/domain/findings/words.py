"""What is wrong, in the fewest words that a reader needs at night."""

from collections.abc import Iterable
from datetime import date

from bot.domain.counts import plural
from bot.domain.findings.finding import Family, Finding, FindingKind, RootCause
from bot.domain.platform.names import some_of

MOST_DAYS = 3

WRONG = {
    FindingKind.UPSTREAM_CASCADE: "runs fail, dependents blocked",
    FindingKind.PHASE_DOWN: "nothing that is due works",
    FindingKind.STUCK_RUN: "a run hangs",
    FindingKind.TIMEOUT: "runs time out",
    FindingKind.REPEATED_FAILURE: "runs fail",
    FindingKind.FAILURE_SPIKE: "fails too often",
    FindingKind.VALIDATION_FAILED: "validation fails",
    FindingKind.ZERO_RECORDS_PROCESSOR: "no data",
    FindingKind.ZERO_RECORDS_SCRAPER: "nothing scraped",
    FindingKind.IDEMPOTENCY_BLOCK: "idempotency block",
    FindingKind.MISSING_RUN: "did not run",
    FindingKind.SLA_MISS: "late, deadline missed",
    FindingKind.PARTIAL_COVERAGE: "data incomplete",
    FindingKind.PERF_DEGRADATION: "far slower than usual",
    FindingKind.SLOW_DRIFT: "slowing down",
    FindingKind.ALERT_STORM: "many processors fail",
    FindingKind.RETRY_STORM: "many retries",
    FindingKind.STALE_TABLE: "table not updated",
    FindingKind.SLO_BURN: "burns its budget",
    FindingKind.SOURCE_BLIND: "shows nothing",
    FindingKind.TRACKING_BUG: "run history is wrong",
    FindingKind.DECLARED: "declared by a person",
}


def cause(root: RootCause) -> str:
    """An idempotency block has one name, be it the kind, the verdict or the cause."""
    return wrong(FindingKind.IDEMPOTENCY_BLOCK) if root is RootCause.IDEMPOTENCY_BUG else root.replace("_", " ")


def wrong(kind: FindingKind) -> str:
    return WRONG.get(kind, kind.replace("_", " "))


def what(finding: Finding) -> str:
    """Of a finding: that a table is empty says more than that its runs fail."""
    if finding.kind is FindingKind.SOURCE_BLIND and finding.error_class:
        return finding.error_class
    if finding.declared:
        return finding.explanation
    empty = finding.kind is FindingKind.UPSTREAM_CASCADE and finding.rows == 0
    return WRONG[FindingKind.ZERO_RECORDS_PROCESSOR] if empty else wrong(finding.kind)


def called(finding: Finding) -> str:
    """What it is about, and what is wrong with it."""
    return what(finding) if finding.declared and not finding.processors else f"{finding.subject}: {what(finding)}"


def failed_runs(finding: Finding) -> str:
    """How many runs failed behind it, of several processors of how many; "" without any. Every surface says it so."""
    if not finding.failures:
        return ""
    runs = plural(finding.failures, "failed run")
    several = finding.family is Family.STORM
    return f"{runs} of {plural(len(finding.processors), 'processor')}" if several else runs


def short_day(day: date) -> str:
    """30 Nov"""
    return f"{day.day} {day:%b}"


def short_days(days: Iterable[date]) -> str:
    """30 Nov; three or more that follow each other: 9 to 15 Apr; others the newest first: 15 Apr, 12 Apr, 9 Apr and 2
    more.
    """
    listed = sorted(days, reverse=True)
    newest, oldest = listed[0], listed[-1]
    if len(listed) == 1:
        return short_day(newest)
    if len(listed) > 2 and (newest - oldest).days == len(listed) - 1:
        one_month = (newest.year, newest.month) == (oldest.year, oldest.month)
        return f"{oldest.day if one_month else short_day(oldest)} to {short_day(newest)}"
    return some_of([short_day(day) for day in listed], MOST_DAYS)
