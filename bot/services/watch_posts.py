"""Post the result of a watch once, when its days are over: whoever ends it in the state has the words sent with it."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.domain.audit import record
from bot.domain.delivery import Act
from bot.domain.errors import BadInput, WarehouseUnavailable
from bot.domain.escalation.pages import about_no_incident
from bot.domain.reports.said import Said
from bot.domain.reports.watch import Watch, Watched
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.app import AppServices
from bot.services.report_posts import REPORT
from bot.services.watches import WatchRequest

WATCH = "watch"
log = logging.getLogger("fireline.reports")


class WatchPosts:
    """`services` are asked each time: they are renewed with the configuration. `card`: the text of a result, and its
    blocks (JSON); `gone`: that there is none, and why. A warehouse that is down is asked again: there is no hurry.
    """

    name = "watches"

    def __init__(
        self,
        services: AppServices,
        state: State,
        card: Callable[[Watched], tuple[str, str]],
        gone: Callable[[Watch, str], str],
        wall: Clock,
    ) -> None:
        self._services, self._state, self._card, self._gone, self._wall = services, state, card, gone, wall

    def look(self) -> None:
        now = self._services.now()
        for watch in self._state.reports.watches.standing():
            if watch.ends_at <= now:
                self._post(watch, now)

    def _post(self, watch: Watch, now: datetime) -> None:
        request = WatchRequest(watch.processor, watch.since, watch.days)
        try:
            text, blocks = self._card(self._services.watches.of(request, now))
        except BadInput as error:  # the processor may be gone meanwhile
            text, blocks = self._gone(watch, str(error)), ""
        except WarehouseUnavailable as error:
            log.info("the result of the watch of %s waits: %s", watch.processor, error)
            return
        key = f"{WATCH}:{watch.id}:{watch.started_at:%Y%m%dT%H%M%S}"
        with self._state.transaction() as tx:
            if not tx.reports.watches.end(watch.id, now):
                return
            if blocks:
                tx.reports.put(Said(key=key, schedule=WATCH, made_at=now, whole=True, facts="{}", card=blocks))
            tx.pages.add([about_no_incident(key, Act.NOTE, REPORT, "", watch.channel, text, now, self._wall())])
            tx.audit.add(record(now, "", "watch posted", f"watch:{watch.id}", {"text": text.partition("\n")[0]}))
        log.info("the watch of %s is over: %s", watch.processor, text.partition("\n")[0], extra={"report": key})
