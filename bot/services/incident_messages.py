"""Post what the gate has decided: nothing is lost and nothing posted twice, whatever stops this process.

Each pending notification is a row of the outbox, written with the decision. An attempt is noted before the channel is
asked, so that the next process looks in the channel first. It looks after a delay: a channel may show a message late.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Lock
from typing import TypeVar

from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import Incident, MessageRef
from bot.domain.incidents.notice import Notice
from bot.domain.incidents.outbox import Unsaid
from bot.domain.incidents.response import Response
from bot.ports.metrics import Metrics, Uncounted
from bot.ports.notifier import Notifier, NotifierBusy, NotifierGone, NotifierRefused, NotifierUnavailable
from bot.ports.state import State
from bot.services.incident_facts import IncidentFacts

T = TypeVar("T")
log = logging.getLogger("fireline.messages")
LONGEST = 60.0
"""Seconds between two tries of what fails again and again, unless the channel names more."""
PAGES = (Severity.P0, Severity.P1)
REFUSED_PAGE = 5.0
"""Seconds until a P0 or P1 that was refused is tried again: somebody may have invited the app meanwhile."""
UNTOLD_IS_FINE = frozenset({Outcome.RESOLVE, Outcome.EDIT})
"""What changes a message: where there is none, nothing is lost."""
PATIENCE = 5
"""So often, about a minute, looking may fail before an incident is posted without it."""
SETTLES_S = 2.0
"""So long after an attempt a channel may not show yet what it took."""
LEASE = timedelta(seconds=10)
"""An attempt of another process has ended by then: its calls end after half of that."""
SAID_AGAIN = 300.0
"""Seconds after which the log names an incident again that is not posted yet."""


@dataclass
class _Known:
    """What this process knows of an incident that is to be posted: `heard` is what its thread has already. Moments are
    of the monotonic clock.
    """

    heard: set[tuple[datetime, str]] = field(default_factory=set)
    busy: bool = False
    tries: int = 0
    not_before: float = 0.0
    logged_at: float | None = None


class IncidentMessages:
    """Several threads may deliver at once; one incident is posted by one of them. `clock` counts seconds and is never
    set back.
    """

    def __init__(
        self,
        state: State,
        notifier: Notifier,
        facts: IncidentFacts,
        clock: Callable[[], float],
        metrics: Metrics | None = None,
    ) -> None:
        self._state, self._notifier, self._facts, self._clock = state, notifier, facts, clock
        self._metrics = metrics or Uncounted()
        self._known: dict[str, _Known] = {}
        self._lock, self._stopped = Lock(), Event()
        self._own: dict[tuple[datetime, str], float] = {}
        """When this process began its last attempt of what."""

    def renew(self, facts: IncidentFacts) -> None:
        self._facts = facts

    def latest(self, incident: Incident, now: datetime) -> Notice | None:
        return self._facts.latest(incident, now)

    def stop(self) -> None:
        """Deliver nothing more; what is under way ends with its next call."""
        self._stopped.set()

    def deliver(self, now: datetime, wall: datetime, wanted: Callable[[Severity], bool] = lambda _: True) -> None:
        """Say what is not said yet of incidents of the severities `wanted`. What cannot be said is tried again later.

        `now` is the pipeline's time; `wall` the machine's, by which attempts are noted.
        """
        by_incident: dict[str, list[Unsaid]] = {}
        for each in self._state.unsaid():
            by_incident.setdefault(each.decision.incident, []).append(each)
        for name, unsaid in sorted(by_incident.items(), key=lambda item: _order(item[1])):
            if self._stopped.is_set():
                return
            if wanted(_worst(unsaid)) and self._taken(name):
                try:
                    self._tried(name, unsaid, now, wall)
                finally:
                    self._known[name].busy = False
        with self._lock:
            self._known = {name: each for name, each in self._known.items() if name in by_incident or each.busy}

    def redraw(self, now: datetime) -> None:
        """Let messages show what people did since. One of which there is something to say shows it with that."""
        changed = self._state.responses_to_show()
        waiting = {each.decision.incident for each in self._state.unsaid()} if changed else set()
        for response in changed:
            if self._stopped.is_set():
                return
            if response.incident not in waiting and self._taken(response.incident):
                try:
                    self._redrawn(response, now)
                finally:
                    self._known[response.incident].busy = False

    def _redrawn(self, response: Response, now: datetime) -> None:
        incident = self._state.incident(response.incident)
        notice = None if incident is None else self._facts.latest(incident, now)
        if incident is not None and incident.message is not None and notice is not None:
            try:
                self._notifier.edit(incident.message, notice)
            except (NotifierGone, NotifierRefused):
                log.info("the message of %s cannot be changed", incident.label)
            except NotifierUnavailable as error:
                self._known[incident.id].not_before = self._clock() + max(error.retry_after, 1.0)
                return
        with self._state.transaction() as tx:
            tx.responses.showed(response)

    def _taken(self, name: str) -> bool:
        """May this thread deliver it now?"""
        with self._lock:
            known = self._known.setdefault(name, _Known())
            if known.busy or self._clock() < known.not_before:
                return False
            known.busy = True
            return True

    def _tried(self, name: str, unsaid: Sequence[Unsaid], now: datetime, wall: datetime) -> None:
        """One incident that is refused holds back no other: it waits for itself, longer each time."""
        known = self._known[name]
        try:
            self._tell(known, name, unsaid, now, wall)
        except NotifierUnavailable as error:
            known.tries += not isinstance(error, NotifierBusy)
            wait = error.retry_after or min(2.0**known.tries, LONGEST)
            if isinstance(error, NotifierRefused) and _worst(unsaid) in PAGES:
                wait = min(wait, REFUSED_PAGE)
            known.not_before = self._clock() + wait
            self._metrics.not_notified(_worst(unsaid), refused=isinstance(error, NotifierRefused))
            self._log(known, name, unsaid[-1].decision, error)
        else:
            known.tries, known.not_before, known.logged_at = 0, 0.0, None

    def _log(self, known: _Known, name: str, decision: Decision, error: NotifierUnavailable) -> None:
        """Each incident by its number, and again for as long as it is not posted."""
        if known.logged_at is not None and self._clock() - known.logged_at < SAID_AGAIN:
            return
        known.logged_at = self._clock()
        incident = self._state.incident(name)
        label = name if incident is None else incident.label
        log.warning(
            "%s (%s) has not been posted since %s UTC, it will be tried again: %s",
            label,
            decision.severity,
            f"{decision.at:%Y-%m-%d %H:%M}",
            error,
            extra={"incident": label, "severity": decision.severity.value, "reason": type(error).__name__},
        )

    def _tell(self, known: _Known, name: str, unsaid: Sequence[Unsaid], now: datetime, wall: datetime) -> None:
        incident = self._state.incident(name)
        attempted = [each for each in unsaid if each.attempts]
        if incident is None or any(not self._settled(each, wall) for each in attempted):
            return
        message, rest = incident.message, list(unsaid)
        if message is None and attempted:
            message = _looked(known, partial(self._notifier.find, incident.id, incident.announced_at))
            rest = self._not_shown(known, incident, message, rest)
        if message is None and not attempted and {each.decision.outcome for each in unsaid} <= UNTOLD_IS_FINE:
            self._done(unsaid, notified=False)
        elif message is None:
            self._post(incident, unsaid, now, wall)
        elif rest and self._claimed(rest, wall):
            self._change(known, incident, message, rest, now)

    def _settled(self, unsaid: Unsaid, wall: datetime) -> bool:
        """An attempt of our own is judged by a clock that nobody sets."""
        if unsaid.attempted_at is None:
            return True
        if unsaid.key in self._own:
            return self._clock() - self._own[unsaid.key] >= SETTLES_S
        return not timedelta() <= wall - unsaid.attempted_at < LEASE

    def _not_shown(
        self, known: _Known, incident: Incident, message: MessageRef | None, unsaid: list[Unsaid]
    ) -> list[Unsaid]:
        """What a message that was found says already is said."""
        if message is None:
            return unsaid
        with self._state.transaction() as tx:
            tx.incidents.set_message(incident.id, message)
        stamp = _looked(known, partial(self._notifier.stamp, message))
        shown = incident.announced_at if stamp is None else datetime.fromisoformat(stamp)
        self._done([each for each in unsaid if each.decision.at <= shown])
        return [each for each in unsaid if each.decision.at > shown]

    def _claimed(self, unsaid: Sequence[Unsaid], wall: datetime) -> bool:
        with self._state.transaction() as tx:
            claimed = tx.outbox.claim(unsaid, wall)
        if claimed:
            self._own.update(dict.fromkeys((each.key for each in unsaid), self._clock()))
        return claimed

    def _post(self, incident: Incident, unsaid: Sequence[Unsaid], now: datetime, wall: datetime) -> None:
        if not self._claimed(unsaid, wall):
            return
        message = self._notifier.post(self._facts.notice(incident, unsaid[-1].decision, now))
        self._done(unsaid, incident, message)

    def _change(
        self,
        known: _Known,
        incident: Incident,
        message: MessageRef,
        unsaid: Sequence[Unsaid],
        now: datetime,
    ) -> None:
        """The message shows the newest, and its thread hears the updates. One that was deleted is posted again, unless
        all that is left to say is that nothing of it holds any more.
        """
        newest = self._facts.notice(incident, unsaid[-1].decision, now)
        try:
            trouble = self._edit(message, newest)
            if self._stopped.is_set():
                return
            self._tell_thread(known, incident, message, unsaid, now, also_newest=isinstance(trouble, NotifierRefused))
        except NotifierGone:
            if newest.resolved or newest.watched:
                self._done(unsaid, notified=False)
                return
            message = self._notifier.post(newest)
        else:
            if trouble is not None and not isinstance(trouble, NotifierRefused):
                raise trouble
        self._done(unsaid, incident, message)

    def _edit(self, message: MessageRef, notice: Notice) -> NotifierUnavailable | None:
        """What prevented an edit of the message: an update in its thread may still be possible."""
        try:
            self._notifier.edit(message, notice)
        except NotifierGone:
            raise
        except NotifierUnavailable as error:
            return error
        return None

    def _tell_thread(
        self,
        known: _Known,
        incident: Incident,
        message: MessageRef,
        unsaid: Sequence[Unsaid],
        now: datetime,
        *,
        also_newest: bool,
    ) -> None:
        """The updates, each once; of a message that nobody may change (`also_newest`) its end, too."""
        for each in unsaid:
            wanted = each.decision.outcome is Outcome.UPDATE or (also_newest and each is unsaid[-1])
            if not wanted or each.key in known.heard:
                continue
            if self._stopped.is_set():
                raise NotifierUnavailable("stopped")
            try:
                notice = self._facts.notice(incident, each.decision, now)
                self._notifier.reply(message, notice, look=each.attempts > 0)
                known.heard.add(each.key)
            except NotifierGone:
                raise
            except NotifierUnavailable as error:
                if not _goes_on_without(known, error):
                    raise
                return

    def _done(
        self,
        unsaid: Sequence[Unsaid],
        incident: Incident | None = None,
        message: MessageRef | None = None,
        *,
        notified: bool = True,
    ) -> None:
        """Nothing of it is left to say; `notified`: because it was said."""
        with self._state.transaction() as tx:
            if incident is not None and message is not None and message != incident.message:
                tx.incidents.set_message(incident.id, message)
            tx.outbox.said(unsaid)
        for each in unsaid:
            self._own.pop(each.key, None)
        for decision in (each.decision for each in unsaid if notified):
            self._metrics.notified(decision.outcome, decision.severity)
            outcome, severity = decision.outcome.value, decision.severity.value
            fields = {"incident": decision.incident, "outcome": outcome, "severity": severity}
            log.info("notified: %s of %s (%s)", outcome, decision.incident, severity, extra=fields)


def _worst(unsaid: Sequence[Unsaid]) -> Severity:
    return min((each.decision.severity for each in unsaid), key=lambda severity: severity.value)


def _order(unsaid: Sequence[Unsaid]) -> tuple[str, datetime]:
    return _worst(unsaid).value, unsaid[0].decision.at


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
