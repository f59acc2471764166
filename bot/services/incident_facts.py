"""What a message about an incident shows besides its decision: its impact, and the proof that it is over."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.blindness import Because
from bot.domain.errors import FirelineError
from bot.domain.findings.finding import Finding
from bot.domain.gate.policy import GatePolicy
from bot.domain.impact.reach import ReachMap
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import SAID, Notice, Proof, Restored
from bot.domain.incidents.standing import Standing
from bot.domain.platform.registry import Registry
from bot.domain.sources import SourceStatus
from bot.domain.verdicts.judge import SOUND
from bot.domain.verdicts.validation import Validated
from bot.ports.state import State
from bot.services.blindness import no_sources
from bot.services.watched import Watched, watched_in

log = logging.getLogger("fireline.messages")
MOST_DATES = 3
REST = GatePolicy().resolve_after
Judge = Callable[[str, date, datetime], Validated]
"""The verdict on (processor, data date) as of a moment."""


class IncidentFacts:
    """`judge` None: nobody can be asked for a proof. `sources`: how each is now. `watched`: until when an incident of
    which nothing holds is. `standing`: who has it; `fits`: is there a runbook for it.
    """

    def __init__(
        self,
        state: State,
        registry: Registry,
        judge: Judge | None = None,
        sources: Callable[[], Sequence[SourceStatus]] = no_sources,
        watched: Watched | None = None,
        standing: Callable[[str, datetime], Standing | None] = lambda _incident, _now: None,
        fits: Callable[[Incident, datetime], bool] = lambda _incident, _now: False,
    ) -> None:
        self._state, self._registry, self._judge, self._sources = state, registry, judge, sources
        self._reach, self._standing, self._fits = ReachMap(registry), standing, fits
        self._watched = watched or watched_in(state, lambda: REST)

    def notice(self, incident: Incident, decision: Decision, now: datetime) -> Notice:
        lead = self._reach.gravest_first(incident.processors)[0] if incident.gathered else incident.headline.root
        standing = self._standing(incident.id, now)
        made = Notice(incident, decision, now, lead, self._reach.of(incident, now), standing=standing)
        made = replace(made, has_runbook=not made.resolved and self._fits(incident, now))
        if not made.resolved:
            until = self._watched([incident]).get(incident.id)
            return (
                made if until is None else replace(made, watched_until=until, proof=tuple(self._proof(incident, now)))
            )
        into = self._state.incident(incident.merged_into) if incident.merged_into else None
        proof = () if into is not None else tuple(self._proof(incident, now))
        restored = self._restored(incident.headline) if into is None and incident.headline.source else None
        return replace(made, proof=proof, into=into.label if into is not None else "", restored=restored)

    def latest(self, incident: Incident, now: datetime) -> Notice | None:
        """What its message says, as of now; None: it was not announced."""
        said = [each for each in self._state.history(incident.id) if each.outcome in SAID]
        return self.notice(incident, said[-1], now) if said else None

    def _restored(self, finding: Finding) -> Restored | None:
        """How a source that was blind shows that it works."""
        status = next((each for each in self._sources() if each.plan.name == finding.source), None)
        if status is None:
            return None
        if finding.error_class == Because.SILENT or status.back is None:
            return None if status.newest is None else Restored(status.newest, None)
        return Restored(status.back.at, status.back.rows)

    def _proof(self, incident: Incident, now: datetime) -> Iterator[Proof]:
        """Of the newest dates of its first root, the one that it is called by first."""
        headline = incident.headline
        days = sorted(incident.data_dates, key=lambda day: (day != headline.data_date, -day.toordinal()))
        if self._judge is None or headline.root not in self._registry.by_name:
            return
        for day in days[:MOST_DATES]:
            try:
                found = self._judge(headline.root, day, now)
            except FirelineError as error:
                log.warning("%s is resolved without proof for %s: %s", incident.label, day, error)
                return
            were = headline.rows if day == headline.data_date else None
            yield Proof(day, found.proof.rows, were, found.verdict in SOUND, found.judged.because)
