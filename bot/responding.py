"""What makes incidents reach people: escalation and the sending of pages, wired."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.adapters.clock import system_clock

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.delivery import Queued
    from bot.domain.incidents.incident import Incident
    from bot.domain.incidents.notice import Notice
    from bot.domain.incidents.response import Response
    from bot.domain.oncall.schedule import Person, Schedule
    from bot.ports.pages import PageChannel
    from bot.ports.state import State
    from bot.services.app import AppServices
    from bot.services.escalation import EscalationService
    from bot.services.paging import PagingService


@dataclass(frozen=True)
class Responding:
    """Both ask `services` for the schedule each time: it is renewed with the configuration."""

    escalation: EscalationService
    paging: PagingService


def responding(
    services: AppServices,
    store: State,
    latest: Callable[[Incident], Notice | None],
    channels: Iterable[PageChannel],
) -> Responding:
    """`latest`: what an incident's message says."""
    from bot.services.escalation import EscalationService
    from bot.services.paging import PagingService
    from bot.views import page_words

    def schedule(now: datetime) -> Schedule:
        return services.oncall.schedule(now)

    def person(name: str) -> Person | None:
        return services.oncall.plan.by_name.get(name)

    def wording(incident: Incident, response: Response, queued: Queued) -> tuple[str, str]:
        return page_words.wording(incident, response, queued, latest(incident))

    paging = PagingService(store, channels, person, wording, system_clock)
    escalation = EscalationService(store, schedule, paging.target, services.now, system_clock)
    return Responding(escalation, paging)
