"""Which findings of a tick are one trouble: the same fingerprint, then the same root on dates that are near."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from bot.domain.findings.finding import IMPLIES_NO_DATA, NO_DATA, Family, Finding, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Part

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
        finding.one_text,
    )


def worst(severities: Iterable[Severity]) -> Severity:
    return min(severities, key=lambda severity: severity.value)


def headlines(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The finding that stands for each fingerprint, in order of rank."""
    found: dict[str, Finding] = {}
    for finding in sorted(findings, key=rank):
        found.setdefault(finding.fingerprint, finding)
    return found


ALIKE = (
    frozenset(
        {
            FindingKind.UPSTREAM_CASCADE,
            FindingKind.REPEATED_FAILURE,
            FindingKind.FAILURE_SPIKE,
            FindingKind.TIMEOUT,
            FindingKind.VALIDATION_FAILED,
        }
    ),
    NO_DATA | IMPLIES_NO_DATA,
)
"""Kinds that may be the same trouble going on, from one date to the next."""


def near(part: Part, others: Iterable[Part], most: int) -> bool:
    """Is it about the data date of one of the others, or alike and within `most` days of it? What has no date belongs
    to any.
    """
    return part.data_date is None or any(_near(part, other, most) for other in others)


def _near(part: Part, other: Part, most: int) -> bool:
    if part.data_date is None or other.data_date is None or part.data_date == other.data_date:
        return True
    alike = part.kind is other.kind or any({part.kind, other.kind} <= kinds for kinds in ALIKE)
    return alike and abs((part.data_date - other.data_date).days) <= most


def part_of(finding: Finding) -> Part:
    return Part(finding.kind, finding.data_date)


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
    def parts(self) -> tuple[Part, ...]:
        return tuple(part_of(finding) for finding in self.findings)

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
        chain = next((chain for chain in chains if near(part_of(finding), map(part_of, chain), most_days)), None)
        if chain is None:
            chains.append([finding])
        else:
            chain.append(finding)
    groups = [Group(tuple(sorted(chain, key=rank))) for chains in by_key.values() for chain in chains]
    return sorted(groups, key=lambda group: rank(group.headline))
