"""What the gate goes by besides the findings of the tick, and what a tick changes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.gate.noise_ledger import LedgerEntry
from bot.domain.gate.policy import GatePolicy
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.incident import AlertState, Incident
from bot.domain.platform.lineage import Lineage


@dataclass(frozen=True)
class GateRules:
    """What does not change from tick to tick. `phases` is the phase of each processor."""

    policy: GatePolicy
    lineage: Lineage
    phases: Mapping[str, int | None]


@dataclass(frozen=True)
class GateMemory:
    """Alert states by fingerprint, incidents by id: those that hold or are open, and those of the last repeat window.

    `version` is that of the stored state: a commit that goes by it is refused when another came first.
    """

    alerts: Mapping[str, AlertState] = field(default_factory=dict)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    windows: tuple[PlannedWindow, ...] = ()
    version: int = 0
    elsewhere: Mapping[str, datetime] = field(default_factory=dict)
    """By fingerprint: when what the other gate decides on, that of shadow or that of what people are told, first held.
    What goes over from one to the other is the same finding.
    """

    @cached_property
    def idle(self) -> bool:
        """Nothing holds and nothing is open: a tick without findings has nothing to decide."""
        return not any(alert.holding for alert in self.alerts.values()) and not any(
            incident.is_open for incident in self.incidents.values()
        )

    def with_windows(self, windows: Iterable[PlannedWindow]) -> "GateMemory":
        """With further windows: those that the platform's data announces."""
        return replace(self, windows=(*self.windows, *windows))


@dataclass(frozen=True)
class GateResult:
    """What a tick decided and changed, in a fixed order. Incidents carry the version they were read with."""

    decisions: tuple[Decision, ...] = ()
    alerts: tuple[AlertState, ...] = ()
    incidents: tuple[Incident, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    """What the tick adds to the noise ledger."""


def is_remembered(alert: AlertState, incidents: Mapping[str, Incident], horizon: datetime) -> bool:
    """What holds, as far as is known, or belongs to an open incident is remembered however long nobody looked."""
    opened = incidents.get(alert.incident)
    return alert.holding or alert.last_held_at >= horizon or (opened is not None and opened.is_open)


def standing(memory: GateMemory, horizon: datetime) -> dict[str, AlertState]:
    """How findings stand: those that hold, as far as is known, or have held since `horizon`. Where no root of an open
    incident has, nobody has looked since: then all of them stand.
    """
    fresh = {name: each for name, each in memory.alerts.items() if each.holding or each.last_held_at >= horizon}
    followed = {each.incident for each in fresh.values() if each.is_root}
    left = {name: each for name, each in memory.alerts.items() if each.incident not in followed}
    return {name: each for name, each in left.items() if is_remembered(each, memory.incidents, horizon)} | fresh


def first_held(memory: GateMemory, horizon: datetime) -> dict[str, datetime]:
    """When each finding that stands first held."""
    return {name: each.first_held_at for name, each in standing(memory, horizon).items()}


def after(memory: GateMemory, result: GateResult, horizon: datetime) -> GateMemory:
    """The memory as the next tick finds it; what has not held since `horizon`, and is over, is forgotten."""
    alerts = {**memory.alerts, **{alert.fingerprint: alert for alert in result.alerts}}
    stored = {incident.id: replace(incident, version=incident.version + 1) for incident in result.incidents}
    incidents = {**memory.incidents, **stored}
    kept = {name: alert for name, alert in alerts.items() if is_remembered(alert, incidents, horizon)}
    announced_ids = {alert.announced_in for alert in kept.values()}
    return replace(
        memory,
        alerts=kept,
        incidents={
            name: incident
            for name, incident in incidents.items()
            if incident.resolved_at is None or incident.resolved_at >= horizon or name in announced_ids
        },
        version=memory.version + 1,
    )
