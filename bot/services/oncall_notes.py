"""Tell whoever begins a turn what is open, and the team once that a rota will have nobody. Each is a page about no
incident in the outbox: what is stored is sent, and the same note is stored once, whichever process makes it.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.delivery import Act, Queued
from bot.domain.escalation.pages import Targets, about_no_incident
from bot.domain.gate.silences import Silence
from bot.domain.incidents.standing import Overview
from bot.domain.oncall.notes import Handover, by_rota, gaps_key, handovers
from bot.domain.oncall.schedule import Shift
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.app import AppServices

BY, TO_ALL = "slack", "channel"
"""The channels: to one person, and to where incidents are posted."""
GAPS_EVERY = timedelta(hours=1)
log = logging.getLogger("fireline.oncall")


@dataclass(frozen=True)
class Words:
    """What the notes say; the first line is their title."""

    handover: Callable[[Handover, list[Overview], list[Silence], datetime], str]
    gaps: Callable[[list[Shift], datetime], str]


class OncallNotes:
    """`services` are asked each time: they are renewed with the configuration. `wall` is the time by which pages are
    sent; `channel` is where incidents are posted.
    """

    def __init__(
        self, services: AppServices, state: State, targets: Targets, words: Words, wall: Clock, channel: str
    ) -> None:
        self._services, self._state, self._targets, self._words = services, state, targets, words
        self._wall, self._channel = wall, channel
        self._gaps_at: datetime | None = None

    def look(self) -> None:
        if self._services.reports.alone:
            return
        now = self._services.now()
        made = [*self._handovers(now), *self._gaps(now)]
        if made:
            with self._state.transaction() as tx:
                tx.pages.add(made)

    def _handovers(self, now: datetime) -> Iterator[Queued]:
        for each in handovers(self._services.oncall.schedule(now), now):
            target = self._targets(BY, each.person)
            if target is not None:
                text = partial(self._handover, each, now)
                yield from self._note(each.key, BY, each.person.name, target, text)

    def _handover(self, given: Handover, now: datetime) -> str:
        return self._words.handover(given, self._services.responses.overviews(now), self._state.silences(now), now)

    def _gaps(self, now: datetime) -> Iterator[Queued]:
        if self._gaps_at is not None and timedelta() <= now - self._gaps_at < GAPS_EVERY:
            return
        self._gaps_at = now
        for rota, gaps in by_rota(self._services.oncall.gaps(now)).items():
            key = gaps_key(self._services.oncall.plan, rota)
            yield from self._note(key, TO_ALL, rota, self._channel, partial(self._words.gaps, gaps, now))

    def _note(self, key: str, channel: str, person: str, target: str, text: Callable[[], str]) -> Iterator[Queued]:
        """Nothing is worded that is stored already."""
        if not self._state.pages_of(key):
            said = text()
            log.info("a note for %s: %s", person, said.partition("\n")[0])
            yield about_no_incident(key, Act.NOTE, channel, person, target, said, self._services.now(), self._wall())
