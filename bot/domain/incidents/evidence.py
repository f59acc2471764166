"""The evidence of an incident."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback
from bot.domain.incidents.incident import AlertState, Incident
from bot.domain.incidents.retrospect import IncidentMemory, Past
from bot.domain.verdicts.validation import Validated


@dataclass(frozen=True)
class IncidentEvidence:
    """`verdicts` of what its roots have, the newest dates first, `left_out` of them not; `said` in order of time;
    `similar` came before it, the newest first, `memory` is what ended those like it.
    """

    incident: Incident
    members: tuple[AlertState, ...]
    verdicts: tuple[Validated, ...]
    left_out: int
    said: tuple[Decision, ...]
    feedback: tuple[Feedback, ...]
    now: datetime
    similar: tuple[Past, ...] = ()
    memory: IncidentMemory | None = None


@dataclass(frozen=True)
class Checked:
    """What the data says now: `dates` were judged, `wrong` has a sentence for each that is not right. `repaired`: dates
    that a run of the incident's own processors repairs.
    """

    incident: Incident
    dates: int
    wrong: tuple[str, ...]
    repaired: tuple[date, ...] = ()
