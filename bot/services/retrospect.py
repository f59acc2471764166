"""Looking back: the figures of a window, an incident as a whole, and those like it before. Only reads."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.errors import BadInput
from bot.domain.gate.shadow_policy import NOTHING, ShadowPolicy
from bot.domain.incidents.figures import Figures, episodes, figures
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.retrospect import Past, Retrospect
from bot.domain.incidents.standing import graded
from bot.domain.incidents.timeline import EntryKind
from bot.domain.reports.shadow import ShadowReport
from bot.ports.state import State
from bot.services.shadow import shadow_within

LIKE_IT = timedelta(days=180)
SECOND = timedelta(seconds=1)
MOST_LIKE_IT = 3
LONGEST_WINDOW = 365
"""Days."""


class RetrospectService:
    """`state` None: this process keeps none. `shadow`: what is in shadow now."""

    def __init__(self, state: State | None, shadow: Callable[[], ShadowPolicy] = lambda: NOTHING) -> None:
        self._state, self._shadow = state, shadow

    def figures(self, days: int, now: datetime) -> list[Figures]:
        """Of the episodes of the last days, each as bad as people have said. Raises BadInput for a window that makes no
        sense.
        """
        _check(days)
        state, since, until = self._required(), now - timedelta(days=days), now + SECOND
        known = state.announced(since - LIKE_IT, until)  # an older one may have begun again within the window
        graded_now = (graded(each, state.response(each.id)) for each in known)
        return figures(((each, state.timeline(each.id)) for each in graded_now), since, until)

    def shadow(self, days: int, now: datetime) -> ShadowReport:
        """What was found in shadow in the last days. Raises BadInput for a window that makes no sense."""
        _check(days)
        return shadow_within(self._required(), self._shadow(), now - timedelta(days=days), now + SECOND)

    def of(self, incident: Incident, now: datetime) -> Retrospect:
        incident = graded(incident, self._required().response(incident.id))
        timeline = tuple(self._required().timeline(incident.id))
        return Retrospect(incident, timeline, tuple(episodes(incident, timeline)), self.similar(incident, now), now)

    def similar(self, incident: Incident, now: datetime) -> tuple[Past, ...]:
        """Those of its root and family before it, newest first, as they were known at `now`."""
        if not incident.has_data:
            return ()
        before = self._required().announced(incident.announced_at - LIKE_IT, incident.announced_at)
        alike = [each for each in before if (each.root, each.family) == (incident.root, incident.family)]
        others = [each for each in reversed(alike) if each.id != incident.id]
        return tuple(self._past(each, now) for each in others[:MOST_LIKE_IT])

    def _past(self, incident: Incident, now: datetime) -> Past:
        known = [each for each in self._required().timeline(incident.id) if each.at <= now]
        changes = [each for each in known if each.kind in (EntryKind.RESOLVED, EntryKind.OPENED, EntryKind.REOPENED)]
        last = changes[-1] if changes else None
        if last is None or last.kind is not EntryKind.RESOLVED:
            return Past(incident, None, "")
        return Past(incident, last.at, last.text)

    def _required(self) -> State:
        if self._state is None:
            raise BadInput("This process has no state: ask the process that runs detection for incidents.")
        return self._state


def _check(days: int) -> None:
    if not 1 <= days <= LONGEST_WINDOW:
        raise BadInput(f"A window of {days} days makes no sense. Give 1 to {LONGEST_WINDOW}.")
