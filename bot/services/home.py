"""Ask for what App Home shows: each figure from the service whose command says it, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.health.model import HealthRequest
from bot.domain.reports.home import PAGED_WITHIN, Home, Mine
from bot.services.report_parts import Parts

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ports.state import State
    from bot.services.app import AppServices


class HomeService:
    """`services` are those of the process; they may be renewed, and this with them. `state` None: there is none."""

    def __init__(self, services: AppServices, state: State | None) -> None:
        self._ask, self._state = services, state

    def of(self, now: datetime) -> Home:
        """What everybody sees."""
        ask, part = self._ask, Parts("Home")
        return Home(
            as_of=now,
            health=part("health", lambda: ask.health.of(HealthRequest(), now)),
            turns=part("who is on call", lambda: ask.oncall.turns(now)),
            incidents=part("open incidents", lambda: ask.responses.overviews(now)),
            repairs=part("repairs", ask.repair_work.control.unfinished),
            silences=part("silences and windows", lambda: ask.silences.standing(now)),
            pinned=part("pinned traffic", ask.deploys.pinned),
            unavailable=part.unavailable,
        )

    def mine(self, slack: str, now: datetime) -> Mine:
        """What concerns one person, by their Slack id."""
        ask, part = self._ask, Parts("Home")
        person = ask.oncall.plan.person_of(slack)
        if person is None:
            return Mine()
        going, following = part("your turns", lambda: ask.oncall.turns_of(person.name, now)) or (None, None)
        return Mine(
            person.name,
            going,
            following,
            part("your pages", lambda: ask.reviews.calls_of(person.name, now - PAGED_WITHIN, now)),
            part("how you are paged", lambda: ask.practice.readiness_of(person.name, now)),
            part.unavailable,
        )

    def mark(self) -> object:
        """Another one after a tick, and after whatever people and repairs change. Raises StateUnavailable."""
        if self._state is None:
            return None
        repairs = self._state.repairs
        steps = [(each.id, each.version, repairs.steps_mark(each.id)) for each in repairs.unfinished()]
        return self._state.last_tick(), self._state.audit_end(), steps
