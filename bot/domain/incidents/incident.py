"""An incident: one trouble, one message. An alert: a finding's state at the gate."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from bot.domain.findings.finding import Family, Finding, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome, Reason


class IncidentState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    EXPIRED = "expired"
    """Given up because its dates are too old to be watched; what was missing is still missing."""


class Gathered(StrEnum):
    """Why the gate itself put unlike findings into one message."""

    SAME_CLASS = "same_class"
    OVER_CAP = "over_cap"


@dataclass(frozen=True, order=True)
class Part:
    """One thing that is or was wrong: a kind, for a data date if it concerns one."""

    kind: FindingKind
    data_date: date | None = None


@dataclass(frozen=True)
class MessageRef:
    """Where the message is in Slack; filled in by whoever posts it."""

    channel: str
    ts: str


@dataclass(frozen=True, kw_only=True)
class Incident:
    """All times aware UTC. `fingerprint` is that of the finding it was opened for.

    `number` counts the incidents as they are announced (0: not announced). `headline` is the gravest finding since it
    was opened: what it is called by. `severity` is the worst since it was opened, for `severity_reason`; `members` are
    the fingerprints that ever belonged to it, `parts` what its roots had; `unsaid` is why its message is due for an
    update, `news` what that update has to say; `flips` are the recent moments when it began or ceased to hold;
    `version` counts the changes that are stored: 0 for an incident that is not stored yet.
    """

    id: str
    fingerprint: str
    kind: FindingKind
    family: Family
    severity: Severity
    processors: tuple[str, ...]
    data_dates: tuple[date, ...]
    impact: tuple[str, ...]
    members: tuple[str, ...]
    first_seen: datetime
    announced_at: datetime
    last_update_at: datetime
    headline: Finding
    severity_reason: str = ""
    parts: tuple[Part, ...] = ()
    news: tuple[str, ...] = ()
    number: int = 0
    state: IncidentState = IncidentState.OPEN
    resolved_at: datetime | None = None
    merged_into: str = ""
    gathered: Gathered | None = None
    error_class: str = ""
    unsaid: Reason | None = None
    flapping: bool = False
    flips: tuple[datetime, ...] = ()
    message: MessageRef | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.state is IncidentState.OPEN

    @property
    def expired(self) -> bool:
        return self.state is IncidentState.EXPIRED

    @property
    def root(self) -> str:
        return self.processors[0] if self.processors and self.headline.of_processor else self.headline.root

    @property
    def has_data(self) -> bool:
        """Or is it only what somebody has declared, of no processor?"""
        return bool(self.processors) or not self.headline.declared

    @property
    def label(self) -> str:
        """What people call it by; a note for the digest has no number."""
        return f"INC-{self.number}" if self.number else "Note"


@dataclass(frozen=True, kw_only=True)
class AlertState:
    """A finding as last seen, and what was last decided of it.

    `is_root`: the incident goes on for as long as this holds; else it only joined. `announced_in` is the incident that
    was announced for it: where it goes when it comes back.
    """

    finding: Finding
    outcome: Outcome
    reason: Reason
    first_held_at: datetime
    last_held_at: datetime
    holding: bool = True
    incident: str = ""
    is_root: bool = False
    announced_in: str = ""
    hidden_by: str = ""

    @cached_property
    def fingerprint(self) -> str:
        return self.finding.fingerprint

    @property
    def visible(self) -> bool:
        """Does it hold, with nothing hiding it?"""
        return self.holding and self.outcome is not Outcome.KEEP_QUIET


def numbered(incidents: Iterable[Incident], last: int) -> list[Incident]:
    """All of them. What people are told of and has no number yet gets the next after `last`, the worst first; a P3 is
    left to the digest without one, and gets it when it becomes more.
    """
    listed = list(incidents)
    without = [each for each in listed if each.version == 0 or not each.number]
    told = [each for each in without if each.severity is not Severity.P3]
    new = sorted(told, key=lambda each: (each.announced_at, each.severity, each.id))
    numbers = {each.id: number for number, each in enumerate(new, start=last + 1)}
    return [replace(each, number=numbers.get(each.id, each.number)) for each in listed]
