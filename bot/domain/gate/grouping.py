"""Which findings of a tick are one trouble: the same fingerprint, then the same root on dates that are near."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from bot.domain.findings.finding import Family, Finding, FindingKind
from bot.domain.findings.severity import Severity

_KINDS = {kind: position for position, kind in enumerate(FindingKind)}
"""FindingKind names causes before their consequences: of equals the cause stands for the trouble."""


def rank(finding: Finding) -> tuple[object, ...]:
    """The worst first, then causes, then the oldest; total, so that the order of arrival never matters."""
    return (
        finding.severity.value,
        _KINDS[finding.kind],
        finding.evident_at,
        finding.since,
        finding.data_date or date.min,
        finding.fingerprint,
        finding.processors,
        finding.explanation,
        finding.root_cause.value,
        finding.impact,
        finding.error_class,
        finding.severity_reason,
        finding.failures,
        finding.error,
    )


def worst(severities: Iterable[Severity]) -> Severity:
    return min(severities, key=lambda severity: severity.value)


def headlines(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The finding that stands for each fingerprint, in order of rank."""
    found: dict[str, Finding] = {}
    for finding in sorted(findings, key=rank):
        found.setdefault(finding.fingerprint, finding)
    return found


def near(day: date | None, days: Iterable[date | None], most: int) -> bool:
    """Does a data date follow one of the others within `most` days? What has no date belongs to any."""
    return day is None or any(other is None or abs((day - other).days) <= most for other in days)


@dataclass(frozen=True)
class Group:
    """Findings of one root and family, in order of rank: the first stands for all."""

    findings: tuple[Finding, ...]

    @property
    def headline(self) -> Finding:
        return self.findings[0]

    @property
    def key(self) -> tuple[str, Family]:
        return key_of(self.headline)

    @cached_property
    def dates(self) -> tuple[date | None, ...]:
        return tuple(finding.data_date for finding in self.findings)

    @cached_property
    def evident_at(self) -> datetime:
        return min(finding.evident_at for finding in self.findings)

    @cached_property
    def critical(self) -> bool:
        return any(finding.severity is Severity.P0 for finding in self.findings)


def key_of(finding: Finding) -> tuple[str, Family]:
    """Storms have no root of their own: each kind is one trouble."""
    return (finding.fingerprint if finding.family is Family.STORM else finding.root, finding.family)


def grouped(findings: Iterable[Finding], most_days: int) -> list[Group]:
    """Groups in order of rank of their headlines."""
    by_key: dict[tuple[str, Family], list[list[Finding]]] = {}
    for finding in sorted(findings, key=lambda finding: (finding.data_date or date.min, rank(finding))):
        chains = by_key.setdefault(key_of(finding), [])
        chain = next((chain for chain in chains if near(finding.data_date, _dates(chain), most_days)), None)
        if chain is None:
            chains.append([finding])
        else:
            chain.append(finding)
    groups = [Group(tuple(sorted(chain, key=rank))) for chains in by_key.values() for chain in chains]
    return sorted(groups, key=lambda group: rank(group.headline))


def _dates(chain: list[Finding]) -> list[date | None]:
    return [finding.data_date for finding in chain]
