"""Say what the gate has decided: nothing is lost and nothing said twice, whatever stops this process. P3 is left to
the digest.

The decisions in the state are what has to be said; each message carries the stamp of the last one that it shows.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.gate_decisions import Decision, Outcome
from bot.domain.incidents import Incident, MessageRef
from bot.domain.notices import SAID, Notice
from bot.domain.registry import Criticality, Registry
from bot.domain.severity import Severity
from bot.ports.notifier import Notifier, NotifierUnavailable
from bot.ports.state import State

log = logging.getLogger("fireline.messages")
BACK = timedelta(hours=24)
"""So far back a new process looks for what has not been said."""
OVERLAP = timedelta(minutes=15)
"""Another process may keep a decision a little after the tick that it was made at."""
MOMENT = timedelta(microseconds=1)
WORST_FIRST = (Criticality.CRITICAL, Criticality.HIGH, Criticality.MEDIUM, Criticality.LOW, None)


class IncidentMessages:
    def __init__(self, state: State, notifier: Notifier, registry: Registry) -> None:
        self._state, self._notifier, self._registry = state, notifier, registry
        self._since: datetime | None = None
        self._said: dict[str, str] = {}
        self._not_before: datetime | None = None

    def deliver(self, now: datetime, asked_at: datetime) -> None:
        """Say what was decided until `now`. What cannot be said is tried again at the next call.

        `asked_at` is the machine's time, by which the channel's wish to wait is honoured.
        """
        if self._not_before is not None and asked_at < self._not_before:
            return
        self._not_before = None
        since = self._since if self._since is not None else self._oldest_unsaid(now)
        by_incident: dict[str, list[Decision]] = {}
        for decision in self._state.decisions(since, now + MOMENT):
            if decision.outcome in SAID and decision.severity is not Severity.P3:
                by_incident.setdefault(decision.incident, []).append(decision)
        failed = []
        for name, decisions in sorted(by_incident.items(), key=lambda item: (item[1][-1].severity, item[1][-1].at)):
            try:
                self._catch_up(name, decisions)
            except NotifierUnavailable as error:
                log.warning("incident %s is not told yet, it will be tried again: %s", name, error)
                failed.append(decisions[0].at)
                if error.retry_after:
                    self._not_before = asked_at + timedelta(seconds=error.retry_after)
                    break
        self._since = min([now - OVERLAP, *failed]) if self._not_before is None else since
        self._said = {name: stamp for name, stamp in self._said.items() if name in by_incident}

    def _oldest_unsaid(self, now: datetime) -> datetime:
        silent = (each for each in self._state.open_incidents() if each.message is None)
        return min([now - BACK, *(each.announced_at for each in silent if each.severity is not Severity.P3)])

    def _catch_up(self, name: str, decisions: Sequence[Decision]) -> None:
        incident = self._state.incident(name)
        if incident is None:
            return
        if incident.message is None:
            incident = self._posted(incident, decisions)
        message = incident.message
        if message is None:
            return
        shown = self._said.get(name) or self._notifier.stamp(message)
        if shown is None:
            return
        unsaid = [decision for decision in decisions if decision.at > datetime.fromisoformat(shown)]
        for decision in unsaid:
            if decision.outcome is Outcome.UPDATE:
                self._notifier.reply(message, self._notice(incident, decision))
        if unsaid:
            self._notifier.edit(message, self._notice(incident, unsaid[-1]))
        self._said[name] = unsaid[-1].at.isoformat() if unsaid else shown

    def _posted(self, incident: Incident, decisions: Sequence[Decision]) -> Incident:
        """The incident with its message: the one that is there already, else a new one."""
        message = self._notifier.find(incident.id, incident.announced_at)
        if message is None:
            newest = decisions[-1]
            if newest.outcome is Outcome.RESOLVE and len(decisions) == 1:
                return incident
            message = self._notifier.post(self._notice(incident, newest))
            self._said[incident.id] = newest.at.isoformat()
        return self._noted(incident, message)

    def _noted(self, incident: Incident, message: MessageRef) -> Incident:
        """Kept with the incident; a tick that changes it meanwhile wins, and the message is found again later."""
        self._state.set_message(incident.id, message, incident.version)
        return replace(incident, message=message)

    def _notice(self, incident: Incident, decision: Decision) -> Notice:
        return Notice(incident, decision, tuple(sorted(incident.impact, key=self._rank)))

    def _rank(self, name: str) -> tuple[int, str]:
        processor = self._registry.by_name.get(name)
        return WORST_FIRST.index(processor.criticality if processor is not None else None), name
