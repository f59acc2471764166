"""Acknowledgements that come without Slack: a digit on the phone, the pager's own, a link. Each is the one act."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain.access import Actor, Way
from bot.domain.delivery import Act
from bot.domain.errors import BadInput
from bot.domain.grants import asked_about
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.standing import Overview
from bot.domain.incidents.timeline import EntryKind
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.acknowledge_links import Link
from bot.services.responses import Outdated, ResponseService

CALL_LASTS = timedelta(hours=1)
"""A digit that comes later was not pressed in the call of that page."""
MOST_NAME = 80
BEGINS = frozenset({EntryKind.OPENED, EntryKind.WORSE, EntryKind.EXPIRED})
"""From such an entry on, what was acknowledged before does not hold."""


class NotKnown(BadInput):
    """There is no such page, or it is of an earlier episode."""


class HasIt(BadInput):
    """Somebody else has it since whoever asks was told of it."""


class Acknowledging:
    """`responses` is asked for each time: it is renewed with the configuration. `now` is the pipeline's time, `wall`
    the machine's.
    """

    def __init__(self, state: State, responses: Callable[[], ResponseService], now: Clock, wall: Clock) -> None:
        self._state, self._responses, self._now, self._wall = state, responses, now, wall

    def by_call(self, page_id: str) -> list[Incident]:
        """A digit was pressed in the call of that page: it takes all that the call has told of, where that is not over,
        nor somebody else's since. Raises NotKnown, and BadInput where it takes nothing.
        """
        queued = self._state.page(page_id)
        if queued is None:
            raise NotKnown("This page is not known.")
        if queued.page.act is Act.TEST:
            raise NotKnown("It was a test: there is nothing to acknowledge. Thank you.")
        tried = queued.page.first_attempt_at
        if tried is None or self._wall() - tried > CALL_LASTS:
            raise NotKnown("This call is too old.")
        if not queued.incident:
            raise NotKnown("This call was about no incident: there is nothing to acknowledge.")
        who, taken, troubles = Actor(queued.page.target, queued.page.person, Way.PAGER), list[Incident](), []
        for each in (queued, *self._state.pages_carried(page_id)):
            try:
                incident = self._current(each.incident, each.page.dedup_key)
                self._take(incident, who, "by phone")
                taken.append(incident)
            except BadInput as error:
                troubles.append(error)
        if not taken:
            raise troubles[0]
        return taken

    def by_pager(self, key: str, name: str, acknowledged_at: datetime) -> Incident:
        """Somebody acknowledged in PagerDuty the alert of that key; `name` as PagerDuty knows them, `acknowledged_at`
        by the machine's time. Raises NotKnown, also where it was before the incident began again or became worse.
        """
        queued = self._state.page_by_ref("pagerduty", key)
        if queued is None:
            raise NotKnown("No page has that key.")
        incident = self._current(queued.incident, queued.page.dedup_key)
        at = self._now() - (self._wall() - acknowledged_at)
        if any(each.kind in BEGINS and each.at > at for each in self._state.timeline(incident.id)):
            raise NotKnown(f"{incident.label} has become worse, or begun again, since that acknowledgement.")
        known = self._responses().named(name, self._now()) or name[:MOST_NAME]
        self._take(incident, Actor(name[:MOST_NAME], known, Way.PAGER), "in PagerDuty")
        return incident

    def linked(self, link: Link) -> Overview:
        """What a link is about, as it is now. Raises NotKnown."""
        found = self._state.incident_numbered(link.incident)
        if found is None:
            raise NotKnown(f"There is no INC-{link.incident}.")
        return self._responses().overview(self._current(found.id, f"{found.id}:{link.episode}"), self._now())

    def by_link(self, link: Link, about: str) -> Overview:
        """`about`: whose it was when they were asked. Nothing changes where somebody else has it since. Raises
        NotKnown, and BadInput for what is over.
        """
        found = self.linked(link)
        known = found.standing is not None and about == asked_about(found.standing.response)
        with suppress(HasIt):
            self._take(found.incident, Actor(link.person, link.person, Way.LINK), "by a link", meant=known)
        return self.linked(link)

    def _take(self, incident: Incident, who: Actor, way: str, *, meant: bool = False) -> None:
        """Whoever the pager has reached may. Unless it is `meant`, not from somebody of whom they were not told."""
        try:
            self._responses().acknowledge(incident, who, self._now(), take_over=True, way=way, of_card=not meant)
        except Outdated:
            response = self._state.response(incident.id)
            owner = response.owner if response is not None and response.owner else "Somebody"
            raise HasIt(f"{owner} has {incident.label} already. Take it over in Slack, if you mean to.") from None

    def _current(self, incident_id: str, dedup_key: str) -> Incident:
        """The incident, if that is its episode now."""
        incident, response = self._state.incident(incident_id), self._state.response(incident_id)
        if incident is None or response is None or response.dedup_key != dedup_key:
            raise NotKnown("That incident has begun again since: this page was of an earlier time.")
        return incident
