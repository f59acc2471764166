"""What is to be said of an incident: the incident as it is, and the decision that has it said."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import ResponseState
from bot.domain.incidents.set_severity import SetSeverity
from bot.domain.incidents.standing import Standing

SAID = frozenset({Outcome.ANNOUNCE, Outcome.UPDATE, Outcome.RESOLVE, Outcome.EDIT})
"""Outcomes that change what a channel shows."""
NOTIFYING = frozenset({Outcome.ANNOUNCE, Outcome.UPDATE})
"""Outcomes that notify: the end of an incident, and that nothing of it holds any more, only change its message."""


@dataclass(frozen=True)
class Due:
    """A deadline (aware UTC) that an incident endangers."""

    processor: str
    at: datetime


@dataclass(frozen=True)
class Reach:
    """Whom an incident blocks: the one that matters most, and how many `more`; the deadline that comes next.

    `blocked` "": nobody; `dependents` is how many depend on its roots, blocked or not; None: nobody knows.
    """

    blocked: str = ""
    more: int = 0
    due: Due | None = None
    dependents: int | None = 0


@dataclass(frozen=True)
class Proof:
    """The state of a data date when nothing of an incident holds any more: rows, and how many there `were`; None where
    nobody can tell.

    `sound`: nothing is wrong with the date any more; `because` is the sentence of its verdict.
    """

    data_date: date
    rows: int | None
    were: int | None
    sound: bool
    because: str


@dataclass(frozen=True)
class Restored:
    """A source shows something again: it was read at `at`, with so many rows; None: its newest row is of then."""

    at: datetime
    rows: int | None


@dataclass(frozen=True)
class Notice:
    """`now` is when it is said; `lead` the processor it is named after; `into` the incident that took it in;
    `restored` proves the end of one about a source; `watched_until`: nothing that it is about holds any more, and from
    then on it counts as resolved; `standing` is what people do about it; `has_runbook`: one fits it.

    The same decision has the same `stamp`.
    """

    incident: Incident
    decision: Decision
    now: datetime
    lead: str
    reach: Reach = Reach()
    proof: tuple[Proof, ...] = ()
    into: str = ""
    restored: Restored | None = None
    watched_until: datetime | None = None
    standing: Standing | None = None
    has_runbook: bool = False

    @property
    def stamp(self) -> str:
        return self.decision.at.isoformat()

    @property
    def word(self) -> SetSeverity | None:
        """What a person has said of how bad it is."""
        return None if self.standing is None else self.standing.response.set_severity

    @property
    def severity(self) -> Severity:
        return self.decision.severity if self.word is None else self.word.severity

    @property
    def resolved(self) -> bool:
        return self.decision.outcome is Outcome.RESOLVE

    @property
    def reopened(self) -> bool:
        """A person says that it is not over, though nothing of it is seen any more."""
        again = self.standing is not None and self.standing.response.state is not ResponseState.RESOLVED
        return self.resolved and not self.into and again

    @property
    def watched(self) -> bool:
        return self.watched_until is not None
