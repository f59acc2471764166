"""The evidence of an incident."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback
from bot.domain.incidents.incident import AlertState, Incident
from bot.domain.verdicts.validation import Validated


@dataclass(frozen=True)
class IncidentEvidence:
    """`verdicts` of what its roots have, the newest dates first, `left_out` of them not; `said` in order of time."""

    incident: Incident
    members: tuple[AlertState, ...]
    verdicts: tuple[Validated, ...]
    left_out: int
    said: tuple[Decision, ...]
    feedback: tuple[Feedback, ...]
    now: datetime
