"""How bad people say that an incident is: their word holds until the facts show more than they knew of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import AlertState


@dataclass(frozen=True)
class SetSeverity:
    """`by` a person, for the reason `because`, at a moment (aware UTC). `seen` is what they knew of: the severity of
    each finding of the incident then, by its fingerprint.
    """

    severity: Severity
    by: str
    because: str
    at: datetime
    seen: tuple[tuple[str, Severity], ...] = ()


class Outranked(StrEnum):
    """Why a person's word holds no longer, in words that can be shown."""

    WORSE = "what was known then is graver now"
    NEW = "something graver was found since"


def seen_in(members: Iterable[AlertState]) -> tuple[tuple[str, Severity], ...]:
    return tuple(sorted((each.fingerprint, each.finding.severity) for each in members))


def outranked(word: SetSeverity, alerts: Iterable[AlertState]) -> Outranked | None:
    """Do the findings that hold in the incident, and nothing hides, say more than the word and whoever gave it knew?"""
    known = dict(word.seen)
    found = None
    for alert in alerts:
        severity, before = alert.finding.severity, known.get(alert.fingerprint)
        if not alert.visible or severity >= word.severity:
            continue
        if before is None:
            return Outranked.NEW
        if severity < before:
            found = Outranked.WORSE
    return found
