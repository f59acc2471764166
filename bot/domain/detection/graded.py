"""How bad a trouble is, by a policy: its facts are the same whatever the policy says."""

from dataclasses import replace
from datetime import datetime

from bot.domain.detection.trouble import Trouble
from bot.domain.findings.finding import Finding
from bot.domain.findings.severity_policy import SeverityPolicy, blocks_predictions, severity_of
from bot.domain.platform.registry import Registry


def graded(trouble: Trouble, finding: Finding, policy: SeverityPolicy, registry: Registry, now: datetime) -> Finding:
    """`finding` has the trouble's facts."""
    criticality = registry.by_name[trouble.processors[0]].criticality
    blocks = trouble.blocks and blocks_predictions((*trouble.processors, *finding.impact), registry, policy)
    age = now - trouble.lost_since if trouble.lost_since is not None else None
    severity, reason = severity_of(trouble.kind, criticality, blocks, age, policy)
    return replace(finding, severity=severity, severity_reason=reason)
