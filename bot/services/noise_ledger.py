"""The noise ledger over a window: the one function behind every total of findings that anybody is shown."""

from datetime import datetime

from bot.domain.gate.noise_ledger import NoiseLedger, noise_ledger
from bot.ports.state import State


def ledger_within(state: State, since: datetime, until: datetime) -> NoiseLedger:
    """Of the findings first seen from `since` to before `until`, aware UTC, as they had ended by then."""
    return noise_ledger(state.ledger_entries(since, until), since, until)
