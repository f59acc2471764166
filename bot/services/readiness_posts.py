"""Before a date's deadline: what it still lacks, said once for each date, whichever process is first."""

import logging
from collections.abc import Callable
from datetime import date, datetime

from bot.domain.audit import record
from bot.domain.delivery import Act
from bot.domain.errors import WarehouseUnavailable
from bot.domain.escalation.pages import about_no_incident
from bot.domain.impact.readiness import Readiness
from bot.domain.reports.said import Fired, Said
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.app import AppServices
from bot.services.report_posts import REPORT

READINESS = "readiness"
log = logging.getLogger("fireline.reports")
Card = Callable[[Readiness], tuple[str, str]]
"""The text of it, and its blocks as JSON."""


class ReadinessPosts:
    """`services` are asked each time: they are renewed with the configuration. `unknown` words that it could not be
    asked; `channel` is where incidents are posted.
    """

    name = READINESS

    def __init__(
        self,
        services: AppServices,
        state: State,
        card: Card,
        unknown: Callable[[date, str], str],
        wall: Clock,
        channel: str,
    ) -> None:
        self._services, self._state, self._card, self._unknown = services, state, card, unknown
        self._wall, self._channel = wall, channel

    def look(self) -> None:
        now, reports = self._services.now(), self._services.reports
        before, watched = reports.policy.readiness_before, self._state.first_tick()
        if before is None or watched is None or reports.alone:
            return
        for day, due in reports.final_deadlines(now, before).items():
            first = min(due.values())
            if watched <= first - before and not self._state.reports.fired(READINESS, day.isoformat()):
                self._say(day, last_call=now >= first - before / 2, now=now)

    def _say(self, day: date, *, last_call: bool, now: datetime) -> None:
        """A warehouse that does not answer is asked again, until half of the time is over."""
        try:
            found = self._services.reports.readiness_of(day, now)
        except WarehouseUnavailable as error:
            if last_call:
                self._claim(day, now, self._unknown(day, str(error)), None)
            return
        if found is None:
            self._claim(day, now, None, None)
            return
        text, blocks = self._card(found)
        self._claim(day, now, text, blocks)

    def _claim(self, day: date, now: datetime, text: str | None, blocks: str | None) -> None:
        """Where nothing is due nothing is said, and nothing more is asked."""
        key, where = f"{READINESS}:{day.isoformat()}", self._services.reports.policy.channel or self._channel
        with self._state.transaction() as tx:
            if not tx.reports.fire(Fired(READINESS, day.isoformat(), now)) or text is None:
                return
            if blocks is not None:
                tx.reports.put(Said(key=key, schedule=READINESS, made_at=now, whole=True, facts="{}", card=blocks))
            tx.pages.add([about_no_incident(key, Act.NOTE, REPORT, "", where, text, now, self._wall())])
            tx.audit.add(record(now, "", "readiness posted", key, {"text": text.partition("\n")[0]}))
        log.info("readiness of %s: %s", day, text.partition("\n")[0], extra={"report": key})
