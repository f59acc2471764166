"""What Fireline keeps of its own: how findings stand, what was decided, incidents, silences and planned windows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.errors import BadInput, FirelineError
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.feedback import Feedback
from bot.domain.incidents.incident import AlertState, Incident, MessageRef


class StateUnavailable(FirelineError):
    """The database cannot be reached just now, or is held by another process."""

    retryable = True


class StateUnfit(BadInput):
    """The database is not one that this release can work with: older, newer, or something else."""


class Committed(StrEnum):
    """What became of a commit; only the first has changed anything."""

    APPLIED = "applied"
    ALREADY = "not applied, because this tick had been applied before"
    OVERTAKEN = "not applied, because the state was changed by another process meanwhile"


class State(Protocol):
    """Times are aware UTC. Every change is one transaction. Raises StateUnavailable, and BadInput for a naive time."""

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        """What the gate goes by at `now`: open incidents, what has held within the window, silences, windows."""
        ...

    def commit(self, tick: datetime, result: GateResult, version: int) -> Committed:
        """Keep what the gate decided at a tick, all of it or nothing. `version` is that of the memory it went by."""
        ...

    def last_tick(self) -> datetime | None: ...

    def decisions(self, since: datetime, until: datetime) -> list[Decision]:
        """Those from `since` to before `until`, in order of time and fingerprint."""
        ...

    def incident(self, incident_id: str) -> Incident | None: ...

    def open_incidents(self) -> list[Incident]:
        """In order of when they were announced."""
        ...

    def members(self, incident_id: str) -> list[AlertState]:
        """The findings that belong to an incident now, in order of fingerprint."""
        ...

    def history(self, incident_id: str) -> list[Decision]:
        """What was decided of an incident, in order of time and fingerprint."""
        ...

    def say(self, incident_id: str, said: Feedback) -> bool:
        """Keep a person's word on an incident in place of an earlier one; False if there is no such incident."""
        ...

    def feedback(self, incident_id: str) -> list[Feedback]:
        """The last word of each person, in order of person."""
        ...

    def set_message(self, incident_id: str, message: MessageRef, version: int) -> bool:
        """Note where an incident's message stands; False, and no change, if the incident has another version by now."""
        ...

    def add_silence(self, silence: Silence) -> bool:
        """False, and no change, if there is one of that id."""
        ...

    def end_silence(self, silence_id: str, at: datetime) -> bool:
        """End it early; False if it is unknown, or over by then."""
        ...

    def silences(self, now: datetime) -> list[Silence]:
        """Those that hold or are still to come, in order of their end."""
        ...

    def add_windows(self, windows: Iterable[PlannedWindow]) -> int:
        """Keep planned windows; returns how many were not known yet."""
        ...

    def close(self) -> None: ...
