"""What is kept of findings in shadow, apart from what people are told."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.incidents.incident import Incident


class ShadowRecord(Protocol):
    """The shadow's part of a transaction."""

    def keep(self, result: GateResult) -> None:
        """What the gate made of findings in shadow. Its incidents are numbered among themselves."""
        ...


class Shadow(Protocol):
    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        """As `State.remembered`, without silences, windows and version."""
        ...

    def incidents(self, since: datetime, until: datetime) -> list[Incident]:
        """Those that were open at any time from `since` to before `until`, in order of when they would have been
        announced.
        """
        ...
