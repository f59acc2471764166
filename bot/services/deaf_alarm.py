"""When Slack does not reach us, whoever is on call is paged by what is not Slack; nobody else could know."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.delivery import Act, Queued
from bot.domain.escalation.pages import Targets, about_no_incident, following, kept, people_of
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.oncall.schedule import Schedule
from bot.ports.clock import Clock
from bot.ports.state import State

HEARD = "Slack is heard again."


class DeafAlarm:
    """Pages whom a P0 wakes first. `ways` are the channels that wake somebody and are not Slack's: one that fails is no
    reason to stay silent by the others. `clock` is the pipeline's time, by which the schedule is asked; `wall` that by
    which pages are sent.
    """

    def __init__(
        self,
        schedule: Callable[[datetime], Schedule],
        policy: Callable[[], EscalationPolicy],
        ways: Callable[[], Sequence[str]],
        state: State,
        targets: Targets,
        clock: Clock,
        wall: Clock,
    ) -> None:
        self._schedule, self._policy, self._ways = schedule, policy, ways
        self._state, self._targets, self._clock, self._wall = state, targets, clock, wall

    def begin(self, since: datetime, text: str) -> None:
        """The same `since` pages once."""
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
        first = next((step for step in self._policy().of(Severity.P0).steps if step.wakes), None)
        for name in people_of(schedule, first, now) if first is not None else ():
            for channel in self._ways():
                target = self._targets(channel, schedule.by_name[name])
                if target is not None:
                    yield about_no_incident(_key(since), Act.TRIGGER, channel, name, target, text, wall, wall)


def _key(since: datetime) -> str:
    return f"deaf:{since.isoformat()}"
