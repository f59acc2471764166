"""Who has an incident, and what comes next: what a card says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Incident, IncidentState
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.timeline import Entry


@dataclass(frozen=True)
class Coming:
    """`people` are paged at `at` (aware UTC), unless somebody acknowledges it before; without people the team is told
    that nobody has answered.
    """

    at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """`coming`: the next pages, soonest first; none when nobody is to be paged. `unfilled`: the rotas of its ladder
    that have nobody now. `grants`: what the button of an act says, by its word; without one it says the incident.
    """

    response: Response
    coming: tuple[Coming, ...] = ()
    grants: Mapping[str, str] = field(default_factory=dict)
    unfilled: tuple[str, ...] = ()


def graded(incident: Incident, response: Response | None) -> Incident:
    """As bad as a person has said, for their reason; as the facts are, where nobody has said it."""
    word = None if response is None else response.set_severity
    if word is None:
        return incident
    return replace(incident, severity=word.severity, severity_reason=f"set by {word.by}: {word.because}")


@dataclass(frozen=True)
class Overview:
    """`timeline` in the order in which it was noted; `watched_until`: nothing of it holds any more, and from then on it
    counts as resolved.
    """

    incident: Incident
    standing: Standing | None
    timeline: tuple[Entry, ...]
    watched_until: datetime | None = None

    @property
    def severity(self) -> Severity:
        return graded(self.incident, None if self.standing is None else self.standing.response).severity

    @property
    def state(self) -> ResponseState | IncidentState:
        """The response's; where there is none, the incident's own."""
        return self.incident.state if self.standing is None else self.standing.response.state
