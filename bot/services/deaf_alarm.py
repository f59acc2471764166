"""When Slack does not reach us, whoever is on call is paged by what is not Slack; nobody else could know."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import uuid5

from bot.domain.delivery import Act, Page, Queued
from bot.domain.escalation.pages import KEEP_A_STATE, NAMESPACE, Targets, people_at
from bot.domain.findings.severity import Severity
from bot.domain.oncall.schedule import Schedule
from bot.ports.clock import Clock
from bot.ports.state import State

WAYS = ("voice", "sms", "pagerduty", "webhook", "mail")
"""All that wakes somebody and is not Slack: one that fails is no reason to stay silent by the others."""


class DeafAlarm:
    """`clock` is the pipeline's time, by which the schedule is asked; `wall` that by which pages are sent."""

    def __init__(
        self, schedule: Callable[[datetime], Schedule], state: State, targets: Targets, clock: Clock, wall: Clock
    ) -> None:
        self._schedule, self._state, self._targets = schedule, state, targets
        self._clock, self._wall = clock, wall

    def begin(self, since: datetime, text: str) -> None:
        """Page the first rota; the same `since` pages once."""
        self._add(self._pages(since, text))

    def end(self, since: datetime) -> None:
        """Tell the channels that keep a state of their own, and take back what was not sent yet."""
        key = _key(since)
        sent = [each.page for each in self._state.pages_of(key) if each.page.channel in KEEP_A_STATE]
        text = "Slack is heard again."
        with self._state.transaction() as tx:
            tx.pages.cancel(key)
            tx.pages.add(
                self._queued(_page(since, Act.RESOLVE, each.channel, each.person, each.target, text, self._wall()))
                for each in sent
            )

    def _pages(self, since: datetime, text: str) -> Iterator[Queued]:
        now = self._clock()
        schedule = self._schedule(now)
        rotas = [rota.name for rota in schedule.rotas[:1]]
        for person in (schedule.by_name[name] for name in people_at(schedule, rotas, now)):
            for channel in WAYS:
                target = self._targets(channel, person)
                if target is not None:
                    yield self._queued(_page(since, Act.TRIGGER, channel, person.name, target, text, self._wall()))

    def _queued(self, page: Page) -> Queued:
        return Queued(page=page, incident="", not_before=page.created_at)

    def _add(self, pages: Iterator[Queued]) -> None:
        made = list(pages)
        with self._state.transaction() as tx:
            tx.pages.add(made)


def _key(since: datetime) -> str:
    return f"deaf:{since.isoformat()}"


def _page(since: datetime, act: Act, channel: str, person: str, target: str, text: str, now: datetime) -> Page:
    return Page(
        id=str(uuid5(NAMESPACE, f"{_key(since)}:{act}:{channel}:{person}")),
        dedup_key=_key(since),
        label="Fireline",
        severity=Severity.P1,
        act=act,
        channel=channel,
        person=person,
        target=target,
        created_at=now,
        title=text.partition("\n")[0],
        text=text,
    )
