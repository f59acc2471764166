"""What rests on absence counts only once everything that could show it has been read: until then it is held."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from bot.domain.blindness import OF_RHYTHM, Blind, Sight
from bot.domain.evidence.unseen import DATA, RUNS, names_of
from bot.domain.findings.finding import Finding, FindingKind, RootCause
from bot.domain.findings.severity_policy import SeverityPolicy, severity_of
from bot.domain.platform.registry import Registry
from bot.domain.sources import Feed

RESTS_ON = {
    FindingKind.MISSING_RUN: RUNS,
    FindingKind.SOURCE_BLIND: RUNS,
    FindingKind.STUCK_RUN: RUNS,
    FindingKind.PHASE_DOWN: RUNS,
    FindingKind.STALE_TABLE: DATA,
    FindingKind.SLA_MISS: RUNS | DATA,
    FindingKind.ZERO_RECORDS_PROCESSOR: RUNS | DATA,
    FindingKind.ZERO_RECORDS_SCRAPER: RUNS | DATA,
    FindingKind.PARTIAL_COVERAGE: RUNS | DATA,
    FindingKind.IDEMPOTENCY_BLOCK: RUNS | DATA,
}
"""Kinds that say that something has not come. The others say what has."""


class Absences:
    """Remembers since when each finding was seen, and which were not held: those go on while a source is blind.

    `announced`: fingerprints that another process has announced.
    """

    def __init__(self, announced: Iterable[str]) -> None:
        self._passed = set(announced)
        self._seen_at: dict[str, datetime] = {}

    def sorted_out(
        self, findings: Iterable[Finding], sight: Sight, registry: Registry, now: datetime
    ) -> tuple[list[Finding], Mapping[str, int], list[Finding]]:
        """Those that count, how many are held because of each blind source, and all that are held."""
        passed: list[Finding] = []
        unseen: list[Finding] = []
        held: Counter[str] = Counter()
        current: set[str] = set()
        for finding in findings:
            name = finding.fingerprint
            current.add(name)
            if name in self._passed or self._is_known(finding, sight, registry, now):
                self._passed.add(name)
                passed.append(finding)
                continue
            unseen.append(finding)
            blind = sight.blind_to_any(rests_on(finding, registry))
            held.update([blind.source] if blind is not None else [])
        self._passed &= current
        self._seen_at = {name: at for name, at in self._seen_at.items() if name in current - self._passed}
        return passed, held, unseen

    def _is_known(self, finding: Finding, sight: Sight, registry: Registry, now: datetime) -> bool:
        """Has everything that it rests on been read since it was first seen?"""
        seen_at = min(now, self._seen_at.setdefault(finding.fingerprint, now))
        until = (sight.known_until(feed, name) for feed, name in rests_on(finding, registry))
        return all(moment is None or moment >= seen_at for moment in until)


def rests_on(finding: Finding, registry: Registry) -> Iterator[tuple[Feed, str]]:
    """(feed, the name that it tells of) without which it cannot be known. Of a feed that shows nothing: any name."""
    if finding.source in OF_RHYTHM:
        yield Feed(finding.source), ""
    for name in finding.processors:
        yield from names_of(name, registry, RESTS_ON.get(finding.kind, frozenset()))


def source_findings(sight: Sight, held: Mapping[str, int], policy: SeverityPolicy) -> list[Finding]:
    """One for each blind source."""
    return [_finding(blind, held.get(blind.source, 0), policy) for blind in sight.blind]


def _finding(blind: Blind, held: int, policy: SeverityPolicy) -> Finding:
    severity, reason = severity_of(FindingKind.SOURCE_BLIND, None, False, None, policy)
    return Finding(
        kind=FindingKind.SOURCE_BLIND,
        processors=(),
        root_cause=RootCause.INFRASTRUCTURE,
        severity=severity,
        severity_reason=reason,
        since=blind.since,
        evident_at=blind.evident_at,
        explanation=f"source {blind.source}: {blind.detail or f'it {blind.because}'}",
        error_class=str(blind.because),
        source=blind.source,
        held=held,
    )
