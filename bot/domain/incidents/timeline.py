"""What has happened around an incident, in order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.audit import Record, record


class EntryKind(StrEnum):
    OPENED = "opened"
    WORSE = "worse"
    PAGED = "paged"
    UNREACHED = "unreached"
    """A step that found nobody, or a page that no channel could deliver."""
    EXHAUSTED = "exhausted"
    ASKED = "asked"
    EXPIRED = "acknowledgement expired"
    ACKNOWLEDGED = "acknowledged"
    GRADED = "severity set"
    """A person has lowered it; what raises it is WORSE."""
    HANDED_OVER = "handed over"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NOTE = "note"
    RUNBOOK = "runbook"
    OPERATION = "operation"
    """Something was done to a service."""


_OF_PAGES = {EntryKind.PAGED, EntryKind.UNREACHED, EntryKind.ASKED}
_CHANGE_NOTHING = {*_OF_PAGES, EntryKind.NOTE, EntryKind.RUNBOOK, EntryKind.OPERATION}
CHANGES = frozenset(EntryKind) - _CHANGE_NOTHING
"""What makes another state of it."""


@dataclass(frozen=True)
class Entry:
    """`actor` is a Slack id or a name, "" for Fireline itself; `text` is one plain sentence."""

    incident: str
    at: datetime
    kind: EntryKind
    text: str
    actor: str = ""


def record_of(entry: Entry) -> Record:
    """What happens to an incident is audited as it is told."""
    return record(entry.at, entry.actor, entry.kind.name.lower(), f"incident:{entry.incident}", {"text": entry.text})
