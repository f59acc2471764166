"""The ways in for what the pipeline tells of its runs, wired: each is there where its secret or account is set."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds
from bot.config.sources import SourceKind

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

    from bot.config.settings import Settings
    from bot.ports.pushed import Pushed
    from bot.ports.warehouse import Warehouse
    from bot.services.app import AppServices
    from bot.services.done import DoneService
    from bot.services.intake import Intake


def intake_of(settings: Settings, services: AppServices, opened: Warehouse) -> tuple[RouteDef, ...]:
    """What the HTTP front takes from the pipeline; none without a token and without an account of Pub/Sub."""
    from bot.services.done import DoneService

    token, account = settings.intake_token.get_secret_value(), settings.pubsub_account
    if not token and not account:
        return ()
    intake, done = _intake(settings, services), DoneService(opened, lambda: services.registry, lambda: services.now())
    return (*(_with_token(token, intake, done) if token else ()), *(_pubsub(settings, intake) if account else ()))


def _intake(settings: Settings, services: AppServices) -> Intake:
    from bot.services.intake import Intake
    from bot.source_adapters import pushed_events

    def is_read() -> bool:
        return any(plan.kind == SourceKind.PUSH for plan in services.sources.plans)

    @cache
    def events() -> Pushed:
        opened = pushed_events(settings)
        assert opened is not None  # whoever serves has a state
        return opened

    sources = services.sources
    return Intake(events, lambda: services.now(), is_read, lambda: services.registry.zone, lambda: sources.told())


def _with_token(token: str, intake: Intake, done: DoneService) -> tuple[RouteDef, ...]:
    from aiohttp import web

    from bot.callbacks.runs import LINEAGE, RUNS, RunsDoor

    door = RunsDoor(token, intake, done)
    return web.post(RUNS, door.runs), web.get(RUNS, door.done), web.post(LINEAGE, door.lineage)


def _pubsub(settings: Settings, intake: Intake) -> tuple[RouteDef, ...]:
    from aiohttp import web

    from bot.adapters.google_tokens import GoogleTokens
    from bot.callbacks.pubsub import PATH, PubSubDoor

    tokens = GoogleTokens(settings.pubsub_audience, settings.pubsub_account, monotonic_seconds)
    return (web.post(PATH, PubSubDoor(tokens, intake).push),)
