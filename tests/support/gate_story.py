"""A small platform and a gate over it, for stories that are told tick by tick."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.findings.finding import Finding, FindingKind, RootCause
from bot.domain.findings.severity import Severity
from bot.domain.gate.decide import decide
from bot.domain.gate.memory import GateMemory, GateRules, after
from bot.domain.gate.policy import GatePolicy
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import Incident
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Processor, Registry

START = datetime(2026, 3, 3, 6, tzinfo=UTC)
DAY = date(2026, 3, 2)
OTHERS = tuple(f"Raw{number:02}" for number in range(1, 31))
REGISTRY = Registry(
    processors=(
        Processor(name="Gamebook", phase=2),
        Processor(name="Boxscores", phase=2),
        Processor(name="Summary", phase=3, dependencies=("Gamebook", "Boxscores")),
        Processor(name="Factors", phase=4, dependencies=("Summary",)),
        Processor(name="Coordinator", phase=5, dependencies=("Factors",)),
        *(Processor(name=name, phase=2) for name in OTHERS),
    )
)
RULES = GateRules(GatePolicy(), Lineage(REGISTRY), {each.name: each.phase for each in REGISTRY.processors})


def finding(root: str, kind: FindingKind = FindingKind.ZERO_RECORDS_PROCESSOR, **changes: Any) -> Finding:
    """Trouble that began at START and was evident at once; `severity` may be given as text."""
    facts: dict[str, Any] = {
        "kind": kind,
        "processors": (root,),
        "root_cause": RootCause.PROCESSOR_FAILED,
        "severity": Severity.P2,
        "severity_reason": "the processor is neither CRITICAL nor HIGH",
        "since": START - timedelta(minutes=10),
        "evident_at": START - timedelta(minutes=5),
        "explanation": f"{root} brought nothing.",
        "data_date": DAY,
    }
    facts.update(changes)
    return Finding(**{**facts, "severity": Severity(facts["severity"])})


class Story:
    """Ticks are told in minutes after START; what the gate decided is kept."""

    def __init__(
        self,
        *,
        silences: tuple[Silence, ...] = (),
        windows: tuple[PlannedWindow, ...] = (),
        rules: GateRules = RULES,
        **policy: Any,
    ) -> None:
        self.rules = replace(rules, policy=replace(rules.policy, **policy))
        self.memory = GateMemory(silences=silences, windows=windows)
        self.decisions: list[Decision] = []

    def at(self, minutes: float, *findings: Finding) -> list[Decision]:
        now = START + timedelta(minutes=minutes)
        result = decide(findings, self.memory, self.rules, now)
        self.memory = after(self.memory, result, now - self.rules.policy.repeat_window)
        self.decisions += result.decisions
        return list(result.decisions)

    def during(self, minutes: Iterable[float], *findings: Finding) -> list[Decision]:
        """The same findings at every tick; returns all that was decided."""
        return [decision for minute in minutes for decision in self.at(minute, *findings)]

    def incident(self, root: str) -> Incident:
        """The one open incident of a root."""
        (found,) = [each for each in self.memory.incidents.values() if each.is_open and each.root == root]
        return found

    @property
    def open(self) -> list[str]:
        return sorted(each.root for each in self.memory.incidents.values() if each.is_open)


def told(decisions: Iterable[Decision]) -> list[tuple[str, str]]:
    """(outcome, root) of what reaches people."""
    wanted = (Outcome.ANNOUNCE, Outcome.UPDATE, Outcome.RESOLVE)
    return [(decision.outcome.value, decision.finding.root) for decision in decisions if decision.outcome in wanted]


def outcomes(decisions: Iterable[Decision]) -> list[tuple[str, str, str]]:
    """(outcome, root, reason's name), in order of root."""
    found = [(each.outcome.value, each.finding.root, each.reason.name) for each in decisions]
    return sorted(found, key=lambda one: one[1])
