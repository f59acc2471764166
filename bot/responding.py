"""What makes incidents reach people: escalation and the sending of pages, wired."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from bot.acknowledging import links_of
from bot.adapters.clock import monotonic_seconds, system_clock
from bot.domain.errors import ConfigError
from bot.domain.escalation.pages import whoever
from bot.guiding import runbook_work
from bot.hearing import alarm_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.domain.access import Actor, Identity
    from bot.domain.delivery import Queued
    from bot.domain.escalation.bundles import Carried
    from bot.domain.escalation.pages import Targets
    from bot.domain.escalation.readiness import Doubts
    from bot.domain.incidents.escalation_policy import EscalationPolicy
    from bot.domain.incidents.incident import Incident
    from bot.domain.incidents.notice import Notice
    from bot.domain.incidents.response import Response
    from bot.domain.oncall.schedule import Person, Schedule
    from bot.ports.clock import Clock
    from bot.ports.metrics import Metrics
    from bot.ports.pages import PageChannel
    from bot.ports.state import State
    from bot.services.app import AppServices
    from bot.services.auditor import Auditor
    from bot.services.declaring import DeclaringService
    from bot.services.echo import Echo
    from bot.services.escalation import EscalationService
    from bot.services.mend_tickets import MendTickets
    from bot.services.oncall import OncallService
    from bot.services.oncall_notes import OncallNotes
    from bot.services.paging import PagingService
    from bot.services.practice import PracticeService
    from bot.services.runbook_work import RunbookWork

FACTS_WITHIN_S = 2.0
"""What a page says more than its incident's name asks the warehouse: a page does not wait for that."""


@dataclass(frozen=True)
class PagingRules:
    """`target` says by what a channel that is ready reaches a person, `doubts` what speaks against that, `provider`
    whose it is; `not_ready` names the channels that wait for something.
    """

    policy: EscalationPolicy
    oncall: OncallService
    target: Targets
    doubts: Doubts
    provider: Callable[[str], str | None]
    not_ready: tuple[str, ...]


@contextmanager
def paging_rules(settings: Settings) -> Iterator[PagingRules]:
    """As a process with these settings would page. Raises ConfigError."""
    from bot.state_adapters import oncall_to_read

    with oncall_to_read(settings) as oncall:
        yield paging_rules_of(settings, oncall)


def paging_rules_of(settings: Settings, oncall: OncallService) -> PagingRules:
    """Raises ConfigError."""
    import os

    from bot.config.policy import load_policy
    from bot.page_channels import page_channels
    from bot.services.paging import target_by

    found = page_channels(settings, os.environ)
    by_name = {channel.name: channel for channel in found.ready}

    def provider(channel: str) -> str | None:
        return by_name[channel].provider if channel in by_name else None

    policy = load_policy(settings.config / "policy.yaml").escalation
    target, not_ready = partial(target_by, by_name), tuple(map(str, found.not_ready))
    return PagingRules(policy, oncall, target, _asked_when_needed(settings), provider, not_ready)


def _asked_when_needed(settings: Settings) -> Doubts:
    """Slack is asked by the first question."""

    @cache
    def known() -> Doubts:
        from bot.services.access import slack_doubts
        from bot.state_adapters import identities

        return slack_doubts(identities(settings))

    return lambda channel, person: known()(channel, person)


def reached_here(settings: Settings, tell: Callable[[str], None], oncall: OncallService) -> Targets:
    """Whom pages reach, as the settings of this command have it: asked when a page is to come. Where a channel waits
    for something that the serving process may have, `tell` is told once, and everybody counts as reached.
    """

    @cache
    def known() -> Targets:
        try:
            rules = paging_rules_of(settings, oncall)
            missing = "; ".join(rules.not_ready)
        except ConfigError as error:
            missing = str(error)
        if not missing:
            return rules.target
        tell(f"Channels not known here, so whom pages reach is not: {missing}.")
        return whoever

    return lambda channel, person: known()(channel, person)


def acts_of_people(
    rules: PagingRules, store: State | None, processors: Collection[str], identify: Callable[[Actor], Identity]
) -> tuple[DeclaringService, PracticeService, MendTickets]:
    """Incidents that people declare, pages for practice, and tickets: by the rules by which Fireline pages."""
    from bot.services.declaring import DeclaringService, Paging
    from bot.services.mend_tickets import MendTickets
    from bot.services.practice import PracticeService

    schedule, paging = rules.oncall.schedule, Paging(rules.policy, rules.target)
    return (
        DeclaringService(store, schedule, paging, processors, identify),
        PracticeService(store, schedule, rules.policy, rules.target, system_clock, identify),
        MendTickets(store, rules.target, system_clock, identify),
    )


@dataclass(frozen=True)
class Responding:
    """They ask `services` for the schedule each time: it is renewed with the configuration."""

    escalation: EscalationService
    paging: PagingService
    auditor: Auditor
    echo: Echo | None
    notes: OncallNotes
    runbooks: RunbookWork


def note_of(services: AppServices, settings: Settings, wall: Clock) -> Callable[[Incident, Response, datetime], Queued]:
    """What the team is told when nobody has answered."""
    from bot.domain.escalation.pages import unanswered
    from bot.services.oncall_notes import TO_ALL
    from bot.views import page_words

    told = settings.fallback_channel or settings.alerts_channel

    def made(incident: Incident, response: Response, now: datetime) -> Queued:
        text = page_words.unanswered(incident, response, now, services.oncall.plan.zone)
        return unanswered(response, incident.label, TO_ALL, told, text, wall())

    return made


def responding(
    services: AppServices,
    store: State,
    latest: Callable[[Incident], Notice | None],
    channels: Iterable[PageChannel],
    metrics: Metrics,
    settings: Settings,
    seconds: Callable[[], float],
    wall: Clock = system_clock,
    boot: str = "",
    echo: Echo | None = None,
) -> Responding:
    """`latest`: what an incident's message says; `seconds`: a clock of the pace of `services.now` that nobody sets;
    `wall`: by which pages are sent; `boot` names what both clocks that nobody sets count from; `echo`: what is deaf is
    not well.
    """
    from bot.adapters.anchors import Anchors
    from bot.adapters.heartbeat import Heartbeat
    from bot.services.auditor import Auditor
    from bot.services.escalation import EscalationService
    from bot.services.in_time import InTime
    from bot.services.oncall_notes import OncallNotes, Words
    from bot.services.paging import PagingService
    from bot.views import oncall_notes, page_words

    def schedule(now: datetime) -> Schedule:
        return services.oncall.schedule(now)

    def person(name: str) -> Person | None:
        return services.oncall.plan.by_name.get(name)

    in_time, links = InTime(FACTS_WITHIN_S), links_of(settings)

    def wording(incident: Incident, response: Response, queued: Queued, carried: Sequence[Carried]) -> tuple[str, str]:
        ways, reader = links.of(queued.page), person(queued.page.person)
        zone = services.oncall.plan.zone if reader is None else reader.zone
        return in_time.ask(
            lambda: page_words.wording(incident, response, queued, carried, latest(incident), ways, zone),
            lambda: page_words.wording(incident, response, queued, carried, None, ways, zone),
        )

    paging = PagingService(store, channels, person, wording, wall, monotonic_seconds, metrics, boot)
    escalation = EscalationService(
        store, schedule, paging.target, services.now, seconds, wall, boot, note_of(services, settings, wall)
    )
    heartbeat = Heartbeat(settings.heartbeat_url.get_secret_value())
    drop = Anchors(settings.audit_anchors).drop

    def alive() -> None:
        if echo is None or not echo.is_deaf:
            heartbeat.beat()

    auditor = Auditor(store, services.now, wall, alive, settings.seal, drop)
    said = Words(oncall_notes.handover, lambda found, now: oncall_notes.gaps(found, services.oncall.plan.zone, now))
    if echo is not None:
        echo.alarm = alarm_of(settings, services, store, paging, wall)
    notes = OncallNotes(services, store, paging.target, said, wall, settings.alerts_channel)
    return Responding(escalation, paging, auditor, echo, notes, runbook_work(settings, services, store, wall))
