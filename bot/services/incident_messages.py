"""Say what the gate has decided: nothing is lost and nothing said twice, whatever stops this process. P3 is left to
the digest.

The decisions in the state are what has to be said; each message carries the stamp of the last one that it shows. Where
that is not seen, everything since the announcement is said again: rather twice than never.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import Incident, MessageRef
from bot.domain.incidents.notice import SAID, Notice
from bot.ports.notifier import Notifier, NotifierBusy, NotifierRefused, NotifierUnavailable
from bot.ports.state import State
from bot.services.incident_facts import IncidentFacts

T = TypeVar("T")
log = logging.getLogger("fireline.messages")
BACK = timedelta(hours=24)
"""So far back a new process looks for what has not been said."""
OVERLAP = timedelta(minutes=15)
"""Another process may keep a decision a little after the tick that it was made at."""
MOMENT = timedelta(microseconds=1)
LONGEST = 60.0
"""Seconds between two tries of what fails again and again, unless the channel names more."""
PATIENCE = 5
"""So often, about a minute, looking may fail before an incident is told without."""


@dataclass
class _Known:
    """What this process knows of an incident's message: the decision that it shows, and the last that its thread was
    told; and when to try again what has failed `tries` times.
    """

    message: MessageRef | None = None
    shown: datetime | None = None
    below: datetime | None = None
    tries: int = 0
    not_before: datetime | None = None


class IncidentMessages:
    def __init__(self, state: State, notifier: Notifier, facts: IncidentFacts) -> None:
        self._state, self._notifier, self._facts = state, notifier, facts
        self._since: datetime | None = None
        self._known: dict[str, _Known] = {}
        self._not_before: datetime | None = None
        self._reasons: set[str] = set()

    def deliver(self, now: datetime, asked_at: datetime) -> None:
        """Say what was decided until `now`. What cannot be said is tried again at a later call.

        `asked_at` is the machine's time, by which the channel's wish to wait is honoured.
        """
        if self._not_before is not None and asked_at < self._not_before:
            return
        self._not_before = None
        since = self._since if self._since is not None else self._oldest_unsaid(now)
        by_incident = self._due(since, now)
        failed = []
        for name, decisions in sorted(by_incident.items(), key=lambda item: (item[1][-1].severity, item[1][-1].at)):
            known = self._known.setdefault(name, _Known())
            try:
                if not self._tried(known, name, decisions, now, asked_at):
                    failed.append(decisions[0].at)
            except NotifierBusy as error:
                self._not_before = asked_at + timedelta(seconds=error.retry_after)
                failed.append(since)
                break
        self._since = min([now - OVERLAP, *failed])
        self._known = {name: known for name, known in self._known.items() if name in by_incident}
        if not failed:
            self._reasons.clear()

    def _due(self, since: datetime, now: datetime) -> dict[str, list[Decision]]:
        by_incident: dict[str, list[Decision]] = {}
        for decision in self._state.decisions(since, now + MOMENT):
            if decision.outcome in SAID and decision.severity is not Severity.P3:
                by_incident.setdefault(decision.incident, []).append(decision)
        return by_incident

    def _tried(
        self, known: _Known, name: str, decisions: Sequence[Decision], now: datetime, asked_at: datetime
    ) -> bool:
        """One incident that is refused holds back no other: it waits for itself, longer each time."""
        if known.not_before is not None and asked_at < known.not_before:
            return False
        try:
            self._catch_up(known, name, decisions, now)
        except NotifierUnavailable as error:
            if str(error) not in self._reasons:
                self._reasons.add(str(error))
                log.warning("incident %s is not told yet, it will be tried again: %s", name, error)
            if isinstance(error, NotifierBusy):
                raise
            known.tries += 1
            wait = max(error.retry_after, min(2.0**known.tries, LONGEST))
            known.not_before = asked_at + timedelta(seconds=wait)
            return False
        known.tries, known.not_before = 0, None
        return True

    def _oldest_unsaid(self, now: datetime) -> datetime:
        silent = (each for each in self._state.open_incidents() if each.message is None)
        return min([now - BACK, *(each.announced_at for each in silent if each.severity is not Severity.P3)])

    def _catch_up(self, known: _Known, name: str, decisions: Sequence[Decision], now: datetime) -> None:
        incident = self._state.incident(name)
        if incident is None:
            return
        message = incident.message or self._posted(known, incident, decisions, now)
        if message is None:
            return
        if known.shown is None:
            stamp = _looked(known, partial(self._notifier.stamp, message))
            known.shown = incident.announced_at if stamp is None else datetime.fromisoformat(stamp)
        unsaid = [decision for decision in decisions if decision.at > known.shown]
        if unsaid:
            told = self._tell_thread(known, message, incident, unsaid, now)
            self._change(message, self._facts.notice(incident, unsaid[-1], now), told)
            known.shown = unsaid[-1].at

    def _posted(
        self, known: _Known, incident: Incident, decisions: Sequence[Decision], now: datetime
    ) -> MessageRef | None:
        """The incident's message, kept with it: the one that is there already, else a new one."""
        if known.message is None:
            known.message = _looked(known, partial(self._notifier.find, incident.id, incident.announced_at))
        if known.message is None:
            newest = decisions[-1]
            if newest.outcome is Outcome.RESOLVE and len(decisions) == 1:
                return None
            known.message = self._notifier.post(self._facts.notice(incident, newest, now))
            known.shown = newest.at
        # a tick that changes the incident meanwhile wins, and the message is kept with it at the next call
        self._state.set_message(incident.id, known.message, incident.version)
        return known.message

    def _tell_thread(
        self, known: _Known, message: MessageRef, incident: Incident, unsaid: Sequence[Decision], now: datetime
    ) -> bool:
        """The updates, each once. False if the thread takes nothing: the message itself may."""
        try:
            for decision in unsaid:
                if decision.outcome is Outcome.UPDATE and (known.below is None or decision.at > known.below):
                    self._notifier.reply(message, self._facts.notice(incident, decision, now))
                    known.below = decision.at
        except NotifierUnavailable as error:
            if not _goes_on_without(known, error):
                raise
            return False
        return True

    def _change(self, message: MessageRef, notice: Notice, thread_told: bool) -> None:
        """A message that cannot be changed has the thread say what it should; an update was said there already."""
        try:
            self._notifier.edit(message, notice)
        except NotifierRefused:
            if not thread_told or notice.decision.outcome is not Outcome.UPDATE:
                self._notifier.reply(message, notice)


def _looked(known: _Known, look: Callable[[], T | None]) -> T | None:
    try:
        return look()
    except NotifierUnavailable as error:
        if not _goes_on_without(known, error):
            raise
        return None


def _goes_on_without(known: _Known, error: NotifierUnavailable) -> bool:
    """What fails for good, by its word or by experience, is not waited for."""
    return isinstance(error, NotifierRefused) or (known.tries >= PATIENCE and not isinstance(error, NotifierBusy))
