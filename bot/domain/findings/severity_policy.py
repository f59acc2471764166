"""How bad a finding is: ordered rules from `policy.yaml`, the first that fits decides and is the named reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.platform.registry import Criticality, Registry


@dataclass(frozen=True, kw_only=True)
class SeverityRule:
    """What is left out (empty, False, None) does not restrict. `because` completes "P1, because …"."""

    severity: Severity
    because: str
    kinds: frozenset[FindingKind] = frozenset()
    criticality: frozenset[Criticality] = frozenset()
    blocks_predictions: bool = False
    loss_older_than: timedelta | None = None

    @property
    def fits_everything(self) -> bool:
        return not (self.kinds or self.criticality or self.blocks_predictions or self.loss_older_than is not None)

    def fits(
        self, kind: FindingKind, criticality: Criticality | None, blocks: bool, loss_age: timedelta | None
    ) -> bool:
        if self.loss_older_than is not None and (loss_age is None or loss_age <= self.loss_older_than):
            return False
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.criticality or criticality in self.criticality)
            and (not self.blocks_predictions or blocks)
        )


CRITICAL, HIGH = Criticality.CRITICAL, Criticality.HIGH
DEFAULT_RULES = (
    SeverityRule(
        severity=Severity.P0,
        kinds=frozenset({FindingKind.UPSTREAM_CASCADE}),
        criticality=frozenset({CRITICAL}),
        because="it cascades from a CRITICAL processor",
    ),
    SeverityRule(
        severity=Severity.P0,
        kinds=frozenset({FindingKind.UPSTREAM_CASCADE, FindingKind.STUCK_RUN}),
        blocks_predictions=True,
        because="it blocks predictions",
    ),
    SeverityRule(severity=Severity.P0, kinds=frozenset({FindingKind.PHASE_DOWN}), because="a whole phase is down"),
    SeverityRule(
        severity=Severity.P0,
        criticality=frozenset({CRITICAL, HIGH}),
        loss_older_than=timedelta(hours=24),
        because="data of a CRITICAL or HIGH processor has been lost for more than 24 h",
    ),
    SeverityRule(
        severity=Severity.P1,
        kinds=frozenset({FindingKind.ALERT_STORM, FindingKind.RETRY_STORM}),
        because="it is a storm",
    ),
    SeverityRule(
        severity=Severity.P1,
        kinds=frozenset({FindingKind.SOURCE_BLIND}),
        because="what it brings is not known",
    ),
    SeverityRule(
        severity=Severity.P1,
        kinds=frozenset({FindingKind.IDEMPOTENCY_BLOCK, FindingKind.PARTIAL_COVERAGE}),
        because="data is lost that looks done",
    ),
    SeverityRule(
        severity=Severity.P1,
        kinds=frozenset({FindingKind.PERF_DEGRADATION}),
        because="it takes more than twice its usual time",
    ),
    SeverityRule(
        severity=Severity.P2,
        kinds=frozenset({FindingKind.VALIDATION_FAILED}),
        because="a quality gate refused the data",
    ),
    SeverityRule(
        severity=Severity.P2,
        kinds=frozenset({FindingKind.SLO_BURN}),
        because="more fails than its objective allows",
    ),
    SeverityRule(
        severity=Severity.P3,
        kinds=frozenset({FindingKind.SLOW_DRIFT, FindingKind.TRACKING_BUG}),
        because="it is a note, nothing is broken",
    ),
    SeverityRule(
        severity=Severity.P1,
        criticality=frozenset({CRITICAL, HIGH}),
        because="the processor is CRITICAL or HIGH",
    ),
    SeverityRule(severity=Severity.P2, because="the processor is neither CRITICAL nor HIGH"),
)


@dataclass(frozen=True)
class SeverityPolicy:
    """`rules` are tried in order, and the last fits everything; `prediction_phase` is where predictions are made."""

    prediction_phase: int = 5
    rules: tuple[SeverityRule, ...] = DEFAULT_RULES


def severity_of(
    kind: FindingKind,
    criticality: Criticality | None,
    blocks_predictions: bool,
    loss_age: timedelta | None,
    policy: SeverityPolicy,
) -> tuple[Severity, str]:
    """The severity and its reason. `loss_age`: how long data has been lost, None when none is."""
    rule = next(rule for rule in policy.rules if rule.fits(kind, criticality, blocks_predictions, loss_age))
    return rule.severity, rule.because


def blocks_predictions(processors: Iterable[str], registry: Registry, policy: SeverityPolicy) -> bool:
    """Is one of them (the roots and what they block) a CRITICAL processor of the phase that makes predictions?"""
    known = (registry.by_name.get(name) for name in processors)
    return any(
        processor is not None and processor.phase == policy.prediction_phase and processor.criticality is CRITICAL
        for processor in known
    )
