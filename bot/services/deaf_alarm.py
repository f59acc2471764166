"""When Slack does not reach us, whoever is on call is paged by what is not Slack; nobody else could know."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.domain.delivery import Act, Queued
from bot.domain.escalation.pages import Targets, about_no_incident, following, kept, people_at
from bot.domain.oncall.schedule import Schedule
from bot.ports.clock import Clock
from bot.ports.state import State

WAYS = ("voice", "sms", "pagerduty", "webhook", "mail")
"""All that wakes somebody and is not Slack: one that fails is no reason to stay silent by the others."""
HEARD = "Slack is heard again."


class DeafAlarm:
    """`clock` is the pipeline's time, by which the schedule is asked; `wall` that by which pages are sent."""

    def __init__(
        self, schedule: Callable[[datetime], Schedule], state: State, targets: Targets, clock: Clock, wall: Clock
    ) -> None:
        self._schedule, self._state, self._targets = schedule, state, targets
        self._clock, self._wall = clock, wall

    def begin(self, since: datetime, text: str) -> None:
        """Page the first rota; the same `since` pages once."""
        made = list(self._pages(since, text))
        with self._state.transaction() as tx:
            tx.pages.add(made)

    def end(self, since: datetime) -> None:
        """Tell the channels that keep a state of their own, and take back what was not sent yet."""
        key, wall = _key(since), self._wall()
        over = [following(each, Act.RESOLVE, wall) for each in kept(self._state.pages_of(key))]
        with self._state.transaction() as tx:
            tx.pages.cancel(key)
            tx.pages.add(replace(each, page=replace(each.page, title=HEARD, text=HEARD)) for each in over)

    def _pages(self, since: datetime, text: str) -> Iterator[Queued]:
        now, wall = self._clock(), self._wall()
        schedule = self._schedule(now)
        rotas = [rota.name for rota in schedule.rotas[:1]]
        for person in (schedule.by_name[name] for name in people_at(schedule, rotas, now)):
            for channel in WAYS:
                target = self._targets(channel, person)
                if target is not None:
                    yield about_no_incident(_key(since), Act.TRIGGER, channel, person.name, target, text, wall, wall)


def _key(since: datetime) -> str:
    return f"deaf:{since.isoformat()}"
