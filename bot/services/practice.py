"""Page somebody for practice, and say what each channel made of it."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.domain.access import Actor, Identity, without_slack
from bot.domain.delivery import Act
from bot.domain.errors import BadInput
from bot.domain.escalation import practice
from bot.domain.escalation.pages import Targets
from bot.domain.escalation.practice import Practice
from bot.domain.escalation.readiness import Readiness, readiness
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.oncall.schedule import Person, Schedule
from bot.domain.oncall.whom import whom
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.access import check_role, slack_doubts
from bot.services.required_state import required

log = logging.getLogger("fireline.practice")


class PracticeService:
    """`schedule` knows the covers; `targets` says by what a channel reaches a person; `wall` is the time by which pages
    are sent. `state` None: this process keeps none.
    """

    def __init__(
        self,
        state: State | None,
        schedule: Callable[[datetime], Schedule],
        policy: EscalationPolicy,
        targets: Targets,
        wall: Clock,
        identify: Callable[[Actor], Identity] = without_slack,
    ) -> None:
        self._state, self._schedule, self._policy = state, schedule, policy
        self._targets, self._wall, self._identify = targets, wall, identify

    def readiness(self, now: datetime) -> list[Readiness]:
        """Slack is asked for each account."""
        return readiness(self._policy, self._schedule(now), self._targets, now, slack_doubts(self._identify))

    def readiness_of(self, name: str, now: datetime) -> list[Readiness]:
        """Of one person, who is there in Slack; none: nothing pages them in the next 60 days."""
        found = readiness(self._policy, self._schedule(now), self._targets, now)
        return [each for each in found if each.person == name]

    def begin(self, name: str, who: Actor, now: datetime) -> Practice:
        """By every channel that the policy wakes people with: once in five minutes a person, however often it is asked
        for. Raises NotAllowed, and BadInput for somebody who is not in oncall.yaml, or whom nothing reaches.
        """
        check_role(self._identify, who, "page somebody for practice")
        state, person = self._required(), self.person(name, now)
        reached, unreached = practice.ways(self._policy, person, self._targets)
        if not reached:
            raise BadInput(
                f"{person.name} cannot be reached by {' or '.join(unreached) or 'any channel'}: see oncall.yaml."
            )
        made = practice.pages(person, reached, who.name, practice.key_of(person.name, now), now, self._wall())
        with state.transaction() as tx:
            if tx.pages.add(made):
                tx.audit.add(practice.asked_for(person.name, who.key, list(reached), now))
                log.info("%s pages %s for practice by %s", who.name, person.name, ", ".join(reached))
        return self.report(made[0].page.dedup_key, now)

    def report(self, key: str, now: datetime) -> Practice:
        """What each channel has made of it so far. Raises BadInput for a page that is not known."""
        pages = [each for each in self._required().pages_of(key) if each.page.act is Act.TEST]
        if not pages:
            raise BadInput("This page for practice is not known any more.")
        person = self.person(pages[0].page.person, now)
        _, unreached = practice.ways(self._policy, person, self._targets)
        return Practice(person.name, tuple(pages), unreached)

    def person(self, name: str, now: datetime) -> Person:
        """Whoever is called so. Raises BadInput."""
        schedule = self._schedule(now)
        found = whom(schedule, name)
        if not found.person:
            raise BadInput("Whom? Name one person of oncall.yaml.")
        return schedule.by_name[found.person]

    def _required(self) -> State:
        return required(self._state)
