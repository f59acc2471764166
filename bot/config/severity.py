"""`severity:` of `policy.yaml`: ordered rules; without them the defaults hold."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.documents import load_part
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import DEFAULT_RULES, SeverityPolicy, SeverityRule
from bot.domain.platform.registry import Criticality, Frozen, Number, Whole


class SeverityRuleEntry(Frozen):
    severity: Severity
    because: Annotated[str, Field(min_length=1)]
    kinds: tuple[FindingKind, ...] = ()
    criticality: tuple[Criticality, ...] = ()
    blocks_predictions: bool = False
    loss_older_than_hours: Annotated[Number | None, Field(ge=0, le=10_000)] = None

    def rule(self) -> SeverityRule:
        hours = self.loss_older_than_hours
        return SeverityRule(
            severity=self.severity,
            because=self.because,
            kinds=frozenset(self.kinds),
            criticality=frozenset(self.criticality),
            blocks_predictions=self.blocks_predictions,
            loss_older_than=None if hours is None else timedelta(hours=hours),
        )


def _last_fits_everything(entries: tuple[SeverityRuleEntry, ...]) -> tuple[SeverityRuleEntry, ...]:
    if entries and not entries[-1].rule().fits_everything:
        raise ValueError("ends with a rule that has conditions; end with one that has `severity` and `because` alone")
    return entries


class SeverityEntry(Frozen):
    prediction_phase: Annotated[Whole, Field(ge=0, le=99)] = SeverityPolicy().prediction_phase
    rules: Annotated[tuple[SeverityRuleEntry, ...], AfterValidator(_last_fits_everything)] = ()

    def policy(self) -> SeverityPolicy:
        rules = tuple(entry.rule() for entry in self.rules)
        return SeverityPolicy(self.prediction_phase, rules or DEFAULT_RULES)


class SeverityPart(Frozen):
    severity: SeverityEntry = SeverityEntry()


def load_severity(path: Path) -> SeverityPolicy:
    """Of `policy.yaml`, for who needs no more of it: its patterns take a twentieth of `fireline health`."""
    return load_part(path, SeverityPart).severity.policy()
