"""What people were notified of over a span of time."""

from dataclasses import replace
from datetime import datetime

from bot.domain.health.notified import Notified, in_shadow, notified_of
from bot.domain.incidents.notice import NOTIFYING
from bot.domain.incidents.standing import graded
from bot.ports.state import State
from bot.services.noise_ledger import ledger_within
from bot.services.watched import Watched


def notified_within(state: State, watched: Watched, since: datetime, until: datetime) -> Notified:
    """From `since` to before `until`, aware UTC; and what was announced by then and is open now."""
    said = {each.incident: each for each in state.responses_open()}
    opened = (graded(incident, said.get(incident.id)) for incident in state.open_incidents())
    known = [incident for incident in opened if incident.announced_at <= until]
    decisions = state.decisions(since, until)
    notified = {decision.incident for decision in decisions if decision.outcome in NOTIFYING}
    posted = {incident.id: incident.message is not None for incident in known}
    for name in notified - posted.keys():
        over = state.incident(name)
        posted[name] = over is not None and over.message is not None
    arrived = {name for name, there in posted.items() if there}
    back = watched(known)
    found = notified_of(decisions, known, arrived, state.first_tick())
    apart = in_shadow(state.shadow.incidents(since, until))
    return replace(found, watched=back, findings=ledger_within(state, since, until), shadow=apart)
