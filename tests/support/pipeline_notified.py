"""What Fireline says of an incident in the small pipeline: the messages of a replay, and their facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.evidence.observation import Observed
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.policy import GatePolicy
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Registry
from bot.services.replay import ReplayService, ReplaySpan
from tests.support.pipeline_days import AFTER, PipelineDays

STEP = timedelta(minutes=10)
NONE_ACCEPTED = AcceptedLosses()


class Facts(NamedTuple):
    """What a message says, without its time and its sentence."""

    kind: FindingKind
    processors: tuple[str, ...]
    root_cause: RootCause
    severity: Severity
    action: str
    impact: frozenset[str]


def decisions(
    registry: Registry,
    observed: Observed,
    first: datetime,
    last: datetime,
    step: timedelta = STEP,
    accepted: AcceptedLosses = NONE_ACCEPTED,
) -> list[Decision]:
    span = ReplaySpan(first=first, last=last, step=step)
    return list(ReplayService(SeverityPolicy(), GatePolicy(), accepted).run(registry, observed, span))


def replayed(days: PipelineDays, *, ahead: int = 0, step: timedelta = STEP) -> list[Decision]:
    """Decisions from the noon before the incident's day until all of its slots are over; `ahead`: days more."""
    noon = days.slots("Standings")[0]
    return decisions(days.registry, days.observed(), noon, noon + timedelta(days=AFTER + ahead), step)


def messages(days: PipelineDays, *, ahead: int = 0) -> list[Decision]:
    return [each for each in replayed(days, ahead=ahead) if each.outcome is Outcome.ANNOUNCE]


def facts(decision: Decision) -> Facts:
    finding = decision.finding
    return Facts(
        finding.kind,
        finding.processors,
        finding.root_cause,
        decision.severity,
        finding.action,
        frozenset(finding.impact),
    )


def the_one(told: Sequence[Decision]) -> Decision:
    """The only message. Fails with all of them otherwise."""
    assert len(told) == 1, [f"{each.at:%d %H:%M} {each.severity.name} {each.finding.explanation}" for each in told]
    return told[0]


def minutes_after(moment: datetime, decision: Decision) -> float:
    return (decision.at - moment) / timedelta(minutes=1)
