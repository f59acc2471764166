"""Which incidents people took as real: one rule for what-if and for what a report proposes."""

from bot.domain.incidents.feedback import Word
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import EntryKind
from bot.ports.state import State


def is_confirmed(incident: Incident, state: State) -> bool:
    """They called it useful, and nobody called it noise; or, where nobody said anything, somebody acknowledged it."""
    words = {each.word for each in state.feedback(incident.id)}
    if words:
        return Word.NOISE not in words
    return any(each.kind is EntryKind.ACKNOWLEDGED for each in state.timeline(incident.id))
