"""Looking back: the figures of a window, an incident as a whole, and those like it before. Only reads."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from bot.domain.errors import BadInput
from bot.domain.findings.finding import Finding
from bot.domain.gate.shadow_policy import NOTHING, ShadowPolicy
from bot.domain.incidents.decisions import Outcome
from bot.domain.incidents.figures import Figures, episodes, figures
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.retrospect import IncidentMemory, Past, Retrospect, alike, remembered, what_ended
from bot.domain.incidents.standing import graded
from bot.domain.incidents.timeline import EntryKind
from bot.domain.reports.shadow import ShadowReport
from bot.domain.reprocessing.repair import Repair
from bot.ports.state import State
from bot.services.acts import acts_within
from bot.services.shadow import shadow_within

LIKE_IT = timedelta(days=180)
SECOND = timedelta(seconds=1)
MOST_LIKE_IT = 3
MOST_REMEMBERED, MOST_REPAIRS = 30, 300
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
        return self.figures_within(now - timedelta(days=days), now + SECOND, now + SECOND)

    def figures_within(self, since: datetime, until: datetime, as_of: datetime) -> list[Figures]:
        """Of the episodes that began in that time, by what was noted before `as_of`."""
        state = self._required()
        known = state.announced(since - LIKE_IT, until)  # an older one may have begun again within the window
        graded_now = (graded(each, state.response(each.id)) for each in known)
        noted = ((each, [one for one in state.timeline(each.id) if one.at < as_of]) for each in graded_now)
        return figures(noted, since, until)

    def shadow(self, days: int, now: datetime) -> ShadowReport:
        """What was found in shadow in the last days. Raises BadInput for a window that makes no sense."""
        _check(days)
        return shadow_within(self._required(), self._shadow(), now - timedelta(days=days), now + SECOND)

    def of(self, incident: Incident, now: datetime) -> Retrospect:
        incident = graded(incident, self._required().response(incident.id))
        timeline = tuple(self._required().timeline(incident.id))
        return Retrospect(
            incident,
            timeline,
            tuple(episodes(incident, timeline)),
            self.similar(incident, now),
            now,
            self.memory(incident),
        )

    def similar(self, incident: Incident, now: datetime) -> tuple[Past, ...]:
        """Those like it before it, newest first, as they were known at `now`."""
        return tuple(self._past(each, now, ()) for each in islice(self._alike(incident), MOST_LIKE_IT))

    def memory(self, incident: Incident) -> IncidentMemory | None:
        """What ended those like it, as it was known when this one was announced; None of fewer than two."""
        then = incident.announced_at
        repairs = self._required().repairs.latest(MOST_REPAIRS) if incident.has_data else ()
        found = islice(self._alike(incident), MOST_REMEMBERED)
        return remembered([self._past(each, then, repairs) for each in found])

    def _alike(self, incident: Incident) -> Iterator[Incident]:
        """The newest first. Those of its root count by that alone: the rest of what is known of them may be newer."""
        if not incident.has_data:
            return
        known = self._required().announced(incident.announced_at - LIKE_IT, incident.announced_at)
        before = [each for each in reversed(known) if each.id != incident.id and each.family is incident.family]
        others = [each for each in before if each.root != incident.root]
        firsts = self._firsts([incident, *others]) if others else {}
        yield from (
            each for each in before if each.root == incident.root or alike(firsts[incident.id], firsts[each.id])
        )

    def _firsts(self, incidents: Sequence[Incident]) -> dict[str, Finding]:
        """Each as it was announced, by id: what was found later is not compared."""
        said = self._required().history(*(each.id for each in incidents))
        first = {each.incident: each.finding for each in reversed(said) if each.outcome is Outcome.ANNOUNCE}
        return {each.id: first.get(each.id, each.headline) for each in incidents}

    def _past(self, incident: Incident, now: datetime, repairs: Sequence[Repair]) -> Past:
        known = [each for each in self._required().timeline(incident.id) if each.at <= now]
        changes = [each for each in known if each.kind in (EntryKind.RESOLVED, EntryKind.OPENED, EntryKind.REOPENED)]
        last = changes[-1] if changes else None
        if last is None or last.kind is not EntryKind.RESOLVED:
            return Past(incident, None, "")
        begun = [each.at for each in changes if each.kind is not EntryKind.RESOLVED]
        began_at = begun[-1] if begun else incident.announced_at
        acts = acts_within(self._required(), incident, began_at, repairs)
        how = what_ended(acts, last, expired=incident.expired and (incident.resolved_at or last.at) <= last.at)
        return Past(incident, last.at, last.text, began_at, how)

    def _required(self) -> State:
        if self._state is None:
            raise BadInput("This process has no state: ask the process that runs detection for incidents.")
        return self._state


def _check(days: int) -> None:
    if not 1 <= days <= LONGEST_WINDOW:
        raise BadInput(f"A window of {days} days makes no sense. Give 1 to {LONGEST_WINDOW}.")
