"""What a silence would have hidden, before anyone sets it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.gate.silences import PREVIEW, Silence, SilencePreview, hidden_counts, preview
from bot.ports.state import State


class SilenceService:
    """`phases` is the phase of each processor."""

    def __init__(self, state: State, phases: Mapping[str, int | None]) -> None:
        self._state, self._phases = state, phases

    def preview(self, silence: Silence, now: datetime) -> SilencePreview:
        """Of the decisions of the last seven days."""
        decisions = self._state.decisions(now - PREVIEW, now + timedelta(microseconds=1))
        return preview(silence, decisions, self._phases, now)

    def hidden(self, since: datetime, until: datetime) -> dict[str, int]:
        """How many findings each silence and window has hidden, by its name."""
        return hidden_counts(self._state.decisions(since, until))
