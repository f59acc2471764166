"""What explains what: a failure downstream of another for the same data, a finding that is part of a storm."""

from collections.abc import Mapping

from bot.domain.findings.finding import OF_ONE_DATE, Family, Finding, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.policy import GatePolicy
from bot.domain.platform.lineage import Lineage

WANT_OF_DATA = frozenset(
    {
        FindingKind.PARTIAL_COVERAGE,
        FindingKind.ZERO_RECORDS_PROCESSOR,
        FindingKind.VALIDATION_FAILED,
        FindingKind.MISSING_RUN,
        FindingKind.SLA_MISS,
    }
)
"""What comes of data that is there in part: dependents that have less, too, and none that crash or hang."""


def hops(cause: Finding, effect: Finding, lineage: Lineage) -> int | None:
    """How far downstream of one trouble the other is, None when the one does not explain the other."""
    if cause.family is not Family.OUTCOME or effect.family is not Family.OUTCOME:
        return None
    if cause.kind is FindingKind.PARTIAL_COVERAGE and effect.kind not in WANT_OF_DATA:
        return None
    above: Mapping[str, int] = lineage.up(effect.root)
    found = min((above[name] for name in cause.processors if name in above), default=None)
    return found if found is not None and _of_the_same_data(cause, effect) else None


def _of_the_same_data(cause: Finding, effect: Finding) -> bool:
    """Trouble that goes on from date to date explains later dates too, but nothing that began before it did."""
    if cause.data_date is not None and cause.data_date == effect.data_date:
        return True
    if effect.since < cause.since:
        return False
    if cause.data_date is None or effect.data_date is None:
        return True
    return cause.kind not in OF_ONE_DATE and effect.data_date > cause.data_date


def turned_into(cause: Finding, effect: Finding) -> bool:
    """Is the source's trouble what the other one, of a processor that is made from it, was about?"""
    if cause.kind is not FindingKind.ZERO_RECORDS_SCRAPER or effect.family is not Family.OUTCOME:
        return False
    return effect.root in cause.processors and cause.data_date == effect.data_date


def in_storm(storm: Finding, finding: Finding, policy: GatePolicy) -> bool:
    """Is it one of the failures of a storm that a detector has seen? In an alert storm P0 keeps its own message; a
    phase that is down is one trouble of one date.
    """
    if storm.family is not Family.STORM or finding.family is not Family.OUTCOME:
        return False
    if storm.kind is FindingKind.PHASE_DOWN and finding.data_date not in (None, storm.data_date):
        return False
    if storm.kind is FindingKind.ALERT_STORM and finding.severity is Severity.P0:
        return False
    return finding.root in storm.processors and finding.since >= storm.since - policy.storm.window
