"""What the gate decided of a finding, and the named reason, in words that can be shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.findings.finding import Finding
from bot.domain.findings.severity import Severity


class Outcome(StrEnum):
    ANNOUNCE = "announce"
    """A new message."""
    UPDATE = "update"
    """The message of its incident is edited, with an update in its thread."""
    JOIN = "join"
    """Part of an incident that is or will be announced; the incident's own update follows its own rules."""
    HOLD = "hold"
    KEEP_QUIET = "keep_quiet"
    RESOLVE = "resolve"
    EDIT = "edit"
    """The message of its incident is edited, and nobody is notified."""


class Reason(StrEnum):
    P0 = "announced at once because it is P0"
    NEW = "announced because nothing open explains it"
    STILL_HOLDS = "announced because it still holds after what explained it was resolved"
    CLASS_STORM = "announced as one storm because many processors fail with the same error"
    CAP_STORM = "announced as one message because this hour's messages are used up"

    WORSE = "updated at once because it became worse"
    BACK = "updated because it came back soon after it last held"
    FLAPPING = "updated because it comes and goes"
    STEADY = "updated because it no longer comes and goes"
    CHANGED = "updated because something was added"

    WATCHED = "edited because nothing of it holds any more"
    HOLDS_AGAIN = "edited because it holds again"

    SAME_ROOT = "joined because its root has an open incident"
    DOWNSTREAM = "joined because what it depends on has an open incident"
    TAKEN_IN = "joined because what causes it was found"
    IN_STORM = "joined because it is part of a storm"
    SAME_CLASS = "joined because it fails like the others of a storm"
    SAME_TEXT = "joined because it fails with the same error text"
    CAPPED = "joined because this hour's messages are used up"
    SHOWN_AGAIN = "joined because nothing hides it any more"

    GROUPING = "held because what belongs to it may still come"
    ROOT_RESOLVED = "held because what it depends on was resolved just now"

    BLIND = "held until the source that would tell of it has been read"

    SILENCED = "suppressed because a silence covers it"
    IN_WINDOW = "suppressed because it falls into a planned window"
    WINDOW_SETTLES = "suppressed because it began in a planned window that has just ended"
    ROOT_QUIET = "suppressed because what it depends on is suppressed"
    OVER = "suppressed because it was over before it was announced"

    SHADOW = "kept in shadow by policy"

    DECLARED = "announced because a person declared it"

    RESOLVED = "resolved because nothing of it has held for a while"
    CLOSED = "resolved because a person said so"
    MERGED = "resolved because it became part of another incident"
    EXPIRED = "expired because its dates are too old to be watched; what was missing is still missing"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One a tick and fingerprint, and only when something changes. `at` is the tick, aware UTC.

    `finding` is the one decided on (for an incident the one that stands for it); `severity` is the incident's, if it
    has one; `escalated`: worse than was last posted; `hidden_by` names the silence or window; `members` is how many
    findings the incident holds; `detail` says who or what the reason speaks of.
    """

    at: datetime
    fingerprint: str
    outcome: Outcome
    reason: Reason
    finding: Finding
    severity: Severity
    incident: str = ""
    escalated: bool = False
    hidden_by: str = ""
    members: int = 0
    detail: str = ""

    @property
    def because(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else f"{self.reason}"

    @property
    def news(self) -> str:
        """What it says: of an update what is new, else the finding."""
        return self.detail if self.outcome is Outcome.UPDATE and self.detail else self.finding.explanation
