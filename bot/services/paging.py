"""Send the pages of the outbox: lease, look before any second try, send, note what it has shown.

Nothing is lost: a try that shows nothing is looked for by the next. Where a channel fails, the next one is taken.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event, Lock
from uuid import uuid5

from bot.domain.delivery import Act, Kind, Outcome, Page, PageState, Queued
from bot.domain.errors import StateUnavailable
from bot.domain.escalation import practice
from bot.domain.escalation.bundles import WITHIN, Carried, Hold, can_be_carried, turn
from bot.domain.escalation.pages import NAMESPACE, WORTH_A_SECOND
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import WRITTEN
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import PAGING, Response, ResponseState
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.schedule import Person
from bot.ports.clock import Clock
from bot.ports.metrics import Metrics, Uncounted
from bot.ports.pages import PageChannel
from bot.ports.state import State, Transaction
from bot.services.each_alone import each_alone
from bot.services.page_ways import PageWays
from bot.services.set_clock import StoredMoments

log = logging.getLogger("fireline.paging")
LEASE = timedelta(seconds=30)
SETTLES = timedelta(seconds=2)
"""A channel may show a message that late."""
UNSEEN = timedelta(seconds=30)
"""After a try of which nobody knows, on a channel where nobody can look."""
LOOKED_FOR, FEWEST_LOOKS = timedelta(minutes=5), 3
"""Since the first try, where a channel does not answer whoever looks: what it has taken meanwhile would come again and
again. So often it is asked at least, though a process that was stopped or had much to do begins later. Another provider
is taken after NO_ANSWER.
"""
REPAIRED = timedelta(minutes=5)
"""So often a channel that needs a person is tried again: somebody may have put it right."""
CALL_S = 5.0
"""A channel's call ends within it: `bot.ports.pages` promises that."""
SEND_BY_S = LEASE.total_seconds() - CALL_S - SETTLES.total_seconds()
"""Since the claim. What is sent by then can be seen by whoever claims it when the lease is over; later nothing is sent,
as another process may have done it while this one stood still.
"""
LONGEST = timedelta(seconds=60)
NO_ANSWER = timedelta(seconds=60)
"""After so long without a yes a second channel is taken."""
REPEAT = "(possible repeat)"
TURN_OVER = "its turn was over before it was sent"
STALE = timedelta(days=2)
"""A note that could not be sent for so long tells nobody anything new: the digest of the day before yesterday."""
TURN_S = 5.0
"""After so long the outbox is read again: something worse may be due."""
Wording = Callable[[Incident, Response, Queued, Sequence[Carried]], tuple[str, str]]
"""The title of a page and its text; what it carries is named in it."""


def target_by(channels: Mapping[str, PageChannel], channel: str, person: Person) -> str | None:
    """By what a channel reaches a person; None: it cannot, or is not there."""
    found = channels.get(channel)
    return None if found is None else found.target(person)


@dataclass(frozen=True)
class _Shown:
    """What a try, begun then, has shown."""

    queued: Queued
    outcome: Outcome
    begun: datetime


class PagingService:
    """Several threads and processes may deliver at once: a page is sent by whoever claims it. `people` finds a person
    of the schedule by name. `wall` dates what is stored; `seconds` is a clock that nobody sets, from `boot` on.
    """

    def __init__(
        self,
        state: State,
        channels: Iterable[PageChannel],
        people: Callable[[str], Person | None],
        wording: Wording,
        wall: Clock,
        seconds: Callable[[], float],
        metrics: Metrics | None = None,
        boot: str = "",
    ) -> None:
        self._state, self._people, self._wording = state, people, wording
        self._wall, self._seconds, self._metrics = wall, seconds, metrics or Uncounted()
        self._ways = PageWays(seconds)
        self.renew(channels)
        self._stopped, self._lock = Event(), Lock()
        self._moments = StoredMoments(state, "paging", wall, seconds, boot)
        self._not_stored: list[_Shown] = []

    def renew(self, channels: Iterable[PageChannel]) -> None:
        """Go on with these. A page that is being sent ends by the one that it began with."""
        self._channels: Mapping[str, PageChannel] = {each.name: each for each in channels}

    def stop(self) -> None:
        """Send nothing more; what is under way ends with its call."""
        self._stopped.set()

    def deliver(self, wanted: Callable[[Severity], bool] = lambda _: True) -> None:
        """Send what is due of the severities `wanted`, the worst first."""
        now = self._caught_up()
        each_alone(self._sent_by_a_free_way, self._due(wanted, now))

    def unreached(self) -> list[Queued]:
        """Pages of P0 and P1 that were not sent, whose step has not reached their person by another way either. Whoever
        has had so many that the next one waits was reached.
        """
        wall = self._wall()
        unsent = [each for each in self._state.pages_unsent() if _must_reach(each.page) and not _is_held(each, wall)]
        episodes = {each.page.dedup_key for each in unsent}
        kept = [each for key in episodes for each in self._state.pages_of(key) if each.state is PageState.SENT]
        return [each for each in unsent if not any(_is_same(each.page, sent.page) for sent in kept)]

    def waking_beside(self, provider: str) -> list[str]:
        """The channels that wake somebody and are of another provider."""
        return [each.name for each in self._channels.values() if each.wakes and each.provider != provider]

    def target(self, channel: str, person: Person) -> str | None:
        return target_by(self._channels, channel, person)

    def _caught_up(self) -> datetime:
        """Now. What is stored knows of every try and of the clock's last step: nothing is left that seems to be."""
        with self._lock:
            while self._not_stored:
                self._store(self._not_stored[0])
                self._not_stored.pop(0)
            step_s, now = self._moments.step(), self._wall()
            if step_s is not None:
                with self._moments.moving() as tx:
                    if step_s:
                        tx.pages.clock_set(now, now + SETTLES, now + LEASE)
                    else:
                        tx.pages.due_within(now + REPAIRED, now + LEASE)
            return now

    def _due(self, wanted: Callable[[Severity], bool], now: datetime) -> Iterator[Queued]:
        until = self._seconds() + TURN_S
        for queued in self._state.pages_due(now):
            if self._stopped.is_set() or self._seconds() >= until:
                return
            if wanted(queued.page.severity):
                yield queued

    def _sent_by_a_free_way(self, queued: Queued) -> None:
        """Where its channel holds threads enough already, a page waits for the next turn."""
        if self._ways.enter(queued.page):
            claimed = False
            try:
                now, until_s = self._wall(), self._seconds() + SEND_BY_S
                claimed = self._claimed(queued, now)
                if claimed:
                    self._send(queued, now, until_s)
            finally:
                self._ways.leave(queued.page, claimed=claimed)

    def _send(self, queued: Queued, now: datetime, until_s: float) -> None:
        outcome = self._tried(queued, until_s)
        try:
            self._store(_Shown(queued, outcome, now))
        except StateUnavailable:
            with self._lock:
                self._not_stored.append(_Shown(queued, outcome, now))
            raise
        finally:
            _log(queued, outcome)
            if queued.page.act is not Act.TEST:
                self._metrics.paged(queued.page, outcome)

    def _store(self, shown: _Shown) -> None:
        queued, outcome = shown.queued, shown.outcome
        state, wait = _after(outcome, queued.page.attempts + 1)
        if queued.page.act is Act.TEST:
            state = practice.after(outcome, queued.page.attempts + 1) or state
        second = [] if outcome.kind is Kind.YES else self._second_way(queued, outcome, shown.begun)
        with self._state.transaction() as tx:
            if not tx.pages.settle(queued, state, outcome, self._wall() + wait):
                return
            tx.pages.add([*second, *(practice.ended(queued) if state is PageState.SENT else [])])
            refused = outcome.permanent and outcome.kind is Kind.NO
            if refused and queued.incident and not queued.page.attempts:
                text = f"{queued.page.person} was not reached by {queued.page.channel}: {outcome.reason}"
                tx.responses.note([Entry(queued.incident, queued.page.created_at, EntryKind.UNREACHED, text)])

    def _claimed(self, queued: Queued, now: datetime) -> bool:
        """Judged again when it is sent: what nobody needs any more is cancelled."""
        with self._state.transaction() as tx:
            if queued.incident:
                response = tx.responses.of([queued.incident]).get(queued.incident)
                if response is None or not _is_wanted(queued, response):
                    if tx.pages.claim(queued, now, now + LEASE):
                        tx.pages.settle(queued, PageState.CANCELLED, Outcome(Kind.NO, "not needed any more"), now)
                    return False
            elif _is_stale(queued, now):
                if tx.pages.claim(queued, now, now + LEASE):
                    tx.pages.settle(queued, PageState.REFUSED, Outcome(Kind.NO, "too late to be of use"), now)
                return False
            return self._taken(tx, queued, now)

    def _taken(self, tx: Transaction, queued: Queued, now: datetime) -> bool:
        page = queued.page
        others = tx.pages.to_person(page.person, page.channel, now - WITHIN) if can_be_carried(queued) else []
        way = turn(queued, others, now)
        if isinstance(way, Hold):
            tx.pages.hold(queued, way.until)
            until = f"{way.until:%H:%M:%S} UTC"
            log.info(
                "page %s to %s by %s waits until %s: so many were sent", page.label, page.person, page.channel, until
            )
            return False
        if not tx.pages.claim(queued, now, now + LEASE):
            return False
        tx.pages.carry(way.carried, queued)
        return True

    def _tried(self, queued: Queued, until_s: float) -> Outcome:
        page = queued.page
        channel = self._channels.get(page.channel)
        if channel is None:
            return Outcome(Kind.NO, "this channel is not configured any more", permanent=True)
        wait = self._ways.wait(page.channel)
        if wait > 0:
            return Outcome(_known(queued), "the channel asked to be left alone", retry_after=wait)
        outcome = self._asked(queued, channel, until_s)
        self._ways.told(page.channel, outcome)
        return outcome

    def _asked(self, queued: Queued, channel: PageChannel, until_s: float) -> Outcome:
        page = self._worded(queued)
        if page.attempts:
            seen = self._seen(channel, page)
            if seen is not None and seen.kind is Kind.YES:
                return seen
            if queued.state is not PageState.PENDING and (seen is None or seen.kind is Kind.AMBIGUOUS):
                if seen is not None and self._may_be_seen(page):
                    return replace(seen, looked=True)
                again = replace(page, title=f"{REPEAT} {page.title}", text=f"{REPEAT} {page.text}")
                return self._again(channel, again, until_s)
        if self._seconds() >= until_s:
            return Outcome(_known(queued), TURN_OVER, looked=True)
        return channel.send(page)

    def _again(self, channel: PageChannel, page: Page, until_s: float) -> Outcome:
        """Unseen, and perhaps a repeat. A note comes twice at most: a mail server that answers late takes each one."""
        if self._seconds() >= until_s:
            return Outcome(Kind.AMBIGUOUS, TURN_OVER, looked=True)
        outcome = channel.send(page)
        return replace(outcome, last=outcome.kind is Kind.AMBIGUOUS and _is_note(page))

    def _may_be_seen(self, page: Page) -> bool:
        """A channel that does not answer whoever looks is asked again, but a page does not wait for that for long."""
        if page.attempts <= FEWEST_LOOKS:
            return True
        return timedelta() <= self._wall() - (page.first_attempt_at or page.created_at) < LOOKED_FOR

    def _worded(self, queued: Queued) -> Page:
        """What is about no incident has its words with it."""
        if not queued.incident:
            return queued.page
        incident, response = self._state.incident(queued.incident), self._state.response(queued.incident)
        assert incident is not None
        assert response is not None
        title, text = self._wording(incident, response, queued, self._carried(queued))
        return replace(queued.page, title=title, text=text)

    def _carried(self, queued: Queued) -> list[Carried]:
        """The incidents that the page tells of besides its own, each once."""
        carried = [each for each in self._state.pages_carried(queued.page.id) if each.state is PageState.CARRIED]
        severities = {each.incident: each.page.severity for each in carried}
        found = [(self._state.incident(name), severity) for name, severity in severities.items()]
        return [Carried(incident, severity) for incident, severity in found if incident is not None]

    def _seen(self, channel: PageChannel, page: Page) -> Outcome | None:
        """What the channel shows of an earlier try. What belongs to another page proves nothing of this one: behind it
        there may be more. None where the channel shows it all the same.
        """
        while (seen := channel.find(page)) is not None and seen.kind is Kind.YES and seen.ref:
            owner = self._state.page_by_ref(channel.name, seen.ref)
            if owner is None or owner.page.id == page.id:
                return seen
            if seen.ref in page.others:
                return None
            page = replace(page, others=page.others | {seen.ref})
        return seen

    def _second_way(self, queued: Queued, outcome: Outcome, now: datetime) -> list[Queued]:
        """The same page by another provider, when this one needs a person, or says no yes within a minute."""
        page, person = queued.page, self._people(queued.page.person)
        named = timedelta(seconds=outcome.retry_after or 0)
        waited = not timedelta() <= now + named - (page.first_attempt_at or now) < NO_ANSWER
        if not _must_reach(page) or person is None or not (outcome.permanent or waited):
            return []
        alike = [each.page for each in self._state.pages_of(page.dedup_key) if _is_same(each.page, page)]
        used = {found.provider for each in alike if (found := self._channels.get(each.channel)) is not None}
        for channel in self._channels.values():
            target = channel.target(person)
            if target is not None and channel.wakes and channel.provider not in used:
                name = str(uuid5(NAMESPACE, f"{page.id}:{channel.name}"))
                second = replace(page, id=name, channel=channel.name, target=target, attempts=0, first_attempt_at=None)
                return [Queued(page=second, incident=queued.incident, not_before=now)]
        return []


def _is_same(page: Page, other: Page) -> bool:
    """Of the same step, to the same person."""
    return (page.created_at, page.person, page.act) == (other.created_at, other.person, other.act)


def _must_reach(page: Page) -> bool:
    """Is it what wakes somebody for something grave?"""
    return page.severity in WORTH_A_SECOND and page.act is Act.TRIGGER and page.channel not in WRITTEN


def _known(queued: Queued) -> Kind:
    """What stays true of a page that is not sent this time."""
    return Kind.NO if queued.state is PageState.PENDING else Kind.AMBIGUOUS


def _is_note(page: Page) -> bool:
    """What is good to know: a report, a turn that begins. What nobody has acknowledged is told to all until it came."""
    return page.act is Act.NOTE and page.severity is Severity.P3


def _is_stale(queued: Queued, now: datetime) -> bool:
    """Is it of no use any more?"""
    if queued.page.act is Act.TEST:
        return now - queued.not_before > practice.LATE
    return _is_note(queued.page) and now - (queued.page.first_attempt_at or queued.not_before) > STALE


def _is_held(queued: Queued, wall: datetime) -> bool:
    """Does it only wait for its turn?"""
    return not queued.page.attempts and (queued.not_before > wall or queued.state is PageState.CARRIED)


def _is_wanted(queued: Queued, response: Response) -> bool:
    if queued.page.act is Act.RESOLVE:
        return True
    if queued.page.dedup_key != response.dedup_key:
        return False
    if queued.page.act is Act.ACKNOWLEDGE:
        return response.state in (ResponseState.ACKNOWLEDGED, ResponseState.MITIGATED)
    if queued.page.act is Act.ASK:
        return response.state is ResponseState.ACKNOWLEDGED and response.asked
    return response.state in PAGING


def _after(outcome: Outcome, tries: int) -> tuple[PageState, timedelta]:
    """What becomes of a page, and when it is tried again. No page is given up: it stays due until nobody needs it."""
    if outcome.kind is Kind.YES:
        return PageState.SENT, timedelta()
    if outcome.last:
        return PageState.UNKNOWN, timedelta()
    if outcome.kind is Kind.AMBIGUOUS:
        return PageState.UNCLEAR, SETTLES if tries == 1 or outcome.looked else UNSEEN
    if outcome.retry_after is not None:
        return PageState.PENDING, timedelta(seconds=outcome.retry_after)
    if outcome.permanent:
        return PageState.PENDING, REPAIRED
    return PageState.PENDING, min(timedelta(seconds=2.0**tries), LONGEST)


def _log(queued: Queued, outcome: Outcome) -> None:
    page = queued.page
    fields = {"incident": page.label, "channel": page.channel, "outcome": outcome.kind.value, "reason": outcome.reason}
    if outcome.kind is Kind.YES:
        log.info("paged %s by %s for %s", page.person, page.channel, page.label, extra=fields)
    else:
        log.warning("page %s to %s by %s: %s", page.label, page.person, page.channel, outcome.reason, extra=fields)
