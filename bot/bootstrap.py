"""The composition root: the only file that names concrete adapters. Settings in, services out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.acknowledging import callbacks_of
from bot.adapters.clock import machine_start, monotonic_seconds, system_clock
from bot.checking import checking
from bot.config.settings import Settings
from bot.deploying import deploys_of, operating
from bot.domain.errors import BadInput
from bot.domain.platform.registry import Registry
from bot.guiding import guided
from bot.hearing import echo_of
from bot.intake import intake_of
from bot.opening import (
    accepted_losses,
    blindness_of,
    dataset_of,
    loading_service,
    loss_rules,
    queries_over,
    registry_in_use,
    registry_of_data,
    service_levels,
    validation_over,
    warehouse,
)
from bot.repairing import repairs_over
from bot.reporting import looking_back, report_posts, reports_over, slo_over
from bot.responding import Responding, acts_of_people, paging_rules_of, responding
from bot.reviewing import reviews_over, watches_over
from bot.sourcing import sources_service
from bot.state_adapters import Sharing, identities, oncall_to_change, ours_of, rest_of, shared, state

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

    from bot.domain.oncall.schedule import Schedule
    from bot.ports.clock import Clock
    from bot.ports.metrics import Metrics
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.reporting import ReportLanes
    from bot.services.app import AppServices
    from bot.services.detection import DetectionService
    from bot.services.gate import GateService, Ours
    from bot.services.incident_facts import IncidentFacts
    from bot.services.loading import LoadingService
    from bot.services.on_watch import OnWatch
    from bot.services.probe import Probe
    from bot.services.sources import SourcesService
    from bot.services.vitals import Checks, Vitals


@dataclass
class Serving:
    """What the process that serves Slack does. `sharing`: set where several processes share the work."""

    services: AppServices
    on_watch: OnWatch
    loading: LoadingService
    sources: SourcesService
    checks: Checks
    vitals: Vitals
    metrics: Metrics
    probe: Probe
    responding: Responding
    reports: ReportLanes
    store: State
    callbacks: Sequence[RouteDef]
    sharing: Sharing | None = None


@contextmanager
def serving(
    settings: Settings,
    clock: Clock = system_clock,
    seconds: Callable[[], float] = monotonic_seconds,
    *,
    several: bool = False,
) -> Iterator[Serving]:
    """Services for the process that serves Slack; it owns the embedded warehouse while it runs, and loads into it.
    `seconds` is a clock of the pace of `clock` that nobody sets. `several`: others do the same over the same storage.
    """
    with ExitStack() as closing:
        opened = closing.enter_context(warehouse(settings, read_only=False))
        store = closing.enter_context(state(settings))
        sharing = closing.enter_context(shared(settings, store)) if several else None
        if sharing is not None:
            clock, seconds = sharing.clock, sharing.seconds
            opened.only_while(sharing.holding.held)
        duties = served(opened, settings, app_services(opened, settings, clock, store), store, seconds, sharing)
        _read_again_when_changed(duties, opened, settings, store)
        yield duties


def _let_cards_follow(store: State, before: Schedule, plan: Schedule) -> None:
    """They name whom the next page reaches."""
    if plan != before:
        with store.transaction() as tx:
            tx.responses.show_again()


def _read_again_when_changed(duties: Serving, opened: Warehouse, settings: Settings, store: State) -> None:
    """Before each look of detection; every surface has the same configuration then."""
    from bot.config.check import check_folder
    from bot.config.chosen_registry import configured_document
    from bot.config.folder import stamps
    from bot.domain.audit import record
    from bot.domain.evidence.platform_facts import platform_facts
    from bot.page_channels import channels_file, channels_in_use
    from bot.services.reloading import Reloading
    from bot.source_adapters import connected_sources

    services, watch = duties.services, duties.on_watch
    configured, channels = configured_document(settings), [channels_file(settings)]

    def put() -> None:
        nonlocal configured
        registry, _ = check_folder(settings.config)
        document, stored = platform_facts(registry).document, opened.platform_document()
        if document == configured and stored is not None:
            registry = Registry.model_validate_json(stored)
        if stored is not None and watch.mine():
            loading_service(opened, settings).adopt(registry, services.now())
        configured = document

    def renew() -> None:
        if settings.sources_file is None and services.sources.connected:
            raise BadInput("sources.yaml is gone. Put it back, or write `sources: []` where none is to be read")
        connected = connected_sources(settings, partial(registry_in_use, opened, settings), dataset_of(settings))
        fresh = app_services(opened, settings, services.now, store, services.sources)
        fresh.health.notes = warnings
        detection, facts = _watching(opened, settings, fresh, store, duties.metrics, ours_of(duties.sharing))
        duties.loading = loading_service(opened, settings)
        plan = services.oncall.plan
        services.renew(fresh)
        services.sources.renew(connected)
        watch.renew(detection, facts)
        if channels != (now := [channels_file(settings)]):
            channels[:] = now
            duties.responding.paging.renew(channels_in_use(settings, store.reports))
        _let_cards_follow(store, plan, fresh.oncall.plan)

    def audit(act: str, text: str) -> None:
        if not watch.mine():
            return
        with store.transaction() as tx:
            tx.audit.add(record(services.now(), "", act, "configuration", {"text": text}))

    reloading = Reloading(partial(stamps, settings.config), opened.platform_document, put, renew, audit)
    clocks = duties.probe.warnings

    def warnings() -> Sequence[str]:
        return *clocks(), *reloading.warnings()

    services.health.notes, watch.before = warnings, reloading.look
    duties.probe = replace(duties.probe, warnings=warnings)


def served(
    opened: Warehouse,
    settings: Settings,
    services: AppServices,
    store: State,
    seconds: Callable[[], float],
    sharing: Sharing | None = None,
) -> Serving:
    """What such a process does over what it has opened."""
    from bot.adapters.metrics import PrometheusMetrics
    from bot.page_channels import channels_in_use
    from bot.services.probe import Probe
    from bot.services.vitals import Vitals

    metrics, vitals = PrometheusMetrics(monotonic_seconds), Vitals(monotonic_seconds)
    wall = system_clock if sharing is None else sharing.clock
    watch = on_watch(opened, settings, services, store, metrics, ours_of(sharing), wall)
    boot = machine_start() if services.now is system_clock else ""
    channels = channels_in_use(settings, store.reports)
    echo = echo_of(settings, store, None if sharing is None else sharing.holding.me, lambda: watch.mine())
    responders = responding(services, store, watch.latest, channels, metrics, settings, seconds, wall, boot, echo)
    reports = report_posts(services, store, responders.paging.target, wall, settings.alerts_channel)
    checks, warnings = checking(settings, store, responders.paging)
    loads, sources = loading_service(opened, settings), services.sources
    probe = Probe(vitals.wrong, warnings, metrics.exposition, sources.glance)
    called = (*callbacks_of(settings, services, store), *intake_of(settings, services, opened))
    told = metrics, probe, responders, reports
    return Serving(services, watch, loads, sources, checks, vitals, *told, store, called, sharing)


def on_watch(
    opened: Warehouse,
    settings: Settings,
    services: AppServices,
    store: State,
    metrics: Metrics | None = None,
    ours: Ours | None = None,
    wall: Clock = system_clock,
) -> OnWatch:
    """Detection, the gate and their messages."""
    from bot.adapters.notify.slack import SlackNotifier
    from bot.services.incident_messages import IncidentMessages
    from bot.services.on_watch import OnWatch

    token = settings.slack_bot_token.get_secret_value()
    notifier = SlackNotifier(token, settings.slack_api_url, settings.alerts_channel)
    detection, facts = _watching(opened, settings, services, store, metrics, ours)
    messages = IncidentMessages(store, notifier, facts, monotonic_seconds, metrics)
    return OnWatch(detection, messages, services.now, wall, metrics)


def _watching(
    opened: Warehouse,
    settings: Settings,
    services: AppServices,
    store: State,
    metrics: Metrics | None,
    ours: Ours | None,
) -> tuple[DetectionService, IncidentFacts]:
    """What of the watch goes by the configuration."""
    from bot.config.policy import load_policy
    from bot.domain.gate.memory import GateRules
    from bot.domain.platform.lineage import Lineage
    from bot.services.burning import Burning
    from bot.services.detection import DetectionService
    from bot.services.gate import GateService, nobody_elses
    from bot.services.incident_facts import IncidentFacts
    from bot.services.watched import watched_in

    policy = load_policy(settings.config / "policy.yaml")

    def gate_for(registry: Registry) -> GateService:
        phases = {processor.name: processor.phase for processor in registry.processors}
        rules = GateRules(policy.gate, Lineage(registry), phases)
        return GateService(store, rules, metrics, policy.escalation, ours or nobody_elses)

    burns = Burning(services.slo, policy.severity)
    losses = accepted_losses(settings)
    detection = DetectionService(opened, policy.severity, losses, gate_for, services.blindness, burns)
    judge, statuses, standing = services.validation.judge, services.sources.statuses, services.responses.standing
    watched = watched_in(store, lambda: policy.gate.resolve_after)
    fits = services.runbooks.fits
    return detection, IncidentFacts(store, services.registry, judge, statuses, watched, standing, fits)


def app_services(
    opened: Warehouse,
    settings: Settings,
    clock: Clock = system_clock,
    store: State | None = None,
    sources: SourcesService | None = None,
) -> AppServices:
    """Every use case over an open warehouse. `store`: of the process that notifies; `sources`: as read already."""
    from bot.domain.verdicts.sampling import Plan
    from bot.services.app import AppServices
    from bot.services.echo import hear
    from bot.services.health import HealthService
    from bot.services.home import HomeService
    from bot.services.impact import ImpactService
    from bot.services.inbox import Inbox
    from bot.services.incidents import IncidentService
    from bot.services.notified import notified_within
    from bot.services.opened import opened_in
    from bot.services.responses import ResponseService
    from bot.services.sampling import SamplingService
    from bot.services.silences import silences_over
    from bot.services.trends import TrendService
    from bot.services.watched import never, watched_in

    registry = registry_of_data(opened, settings)
    rest = rest_of(settings)
    watched = never if store is None else watched_in(store, lambda: rest)
    notified = partial(notified_within, store, watched) if store is not None else None
    sources = sources or sources_service(opened, settings, clock)
    blindness = blindness_of(sources, settings)
    losses = loss_rules(settings)  # as they are now: what is changed later may make no sense
    health = HealthService(opened, registry, service_levels(settings), notified, lambda: losses, blindness)
    impact = ImpactService(opened, registry, health, blindness)
    incidents_then = None if store is None else partial(opened_in, store)
    validation = validation_over(opened, registry, health, settings, incidents_then, blindness)
    sampling = SamplingService(opened, registry, health, Plan())
    incidents = IncidentService(store, registry, validation.judge)
    identify = identities(settings)
    oncall = oncall_to_change(settings, store, identify)
    rules = paging_rules_of(settings, oncall)
    asked, paged = (incidents.still_wrong, identify, watched), (lambda: rules.policy, rules.target)
    responses = ResponseService(store, oncall.schedule, *asked, *paged)
    trends, queries = TrendService(opened, registry, health), queries_over(opened, registry, settings)
    about_data = registry, health, trends, impact, validation, sampling, queries
    people = incidents, oncall, responses, *acts_of_people(rules, store, registry.by_name, identify)
    wired = opened, registry, validation, store, settings, identify, clock
    repairs = repairs_over(*wired, tickets=people[-1].offered)
    slo, inbox = slo_over(settings, opened, registry, health, blindness), Inbox(store)
    health.budgets = slo.spent
    reports = reports_over(settings, registry, health, slo, impact, trends, oncall, responses, store)
    also = looking_back(settings, store), silences_over(store, registry, health, identify)
    deploys, heard = deploys_of(settings, opened, registry, store, clock), partial(hear, store)
    reviews = reviews_over(settings, opened, registry, health, slo, oncall, deploys, store)
    watches = watches_over(settings, opened, registry, health, slo, store, identify)
    ways = partial(guided, settings, store, identify), partial(operating, settings, store, identify)
    home = partial(HomeService, state=store)
    made = clock, *about_data, *people, *also, *repairs, reports
    return AppServices(*made, reviews, watches, slo, sources, blindness, inbox, deploys, heard, *ways, home)
