"""Runbooks, wired: their files, what their checks ask and their actions do, and where their steps are shown."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds, system_clock
from bot.domain.errors import ConfigError, reason_of
from bot.state_adapters import approver

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.domain.access import Actor, Identity
    from bot.domain.platform.registry import Registry
    from bot.domain.runbooks.runbook import Runbook
    from bot.ports.clock import Clock
    from bot.ports.logs import LogLine, Logs
    from bot.ports.state import State
    from bot.services.app import AppServices
    from bot.services.deploys import DeploysService
    from bot.services.runbook_work import RunbookWork
    from bot.services.runbooks import RunbookService

log = logging.getLogger("fireline.runbooks")
Stamp = tuple[tuple[str, int, int], ...]


class RunbookFiles:
    """The runbooks as their files are now: read again when one has changed; those with a fault are left out."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._stamp: tuple[Path, Stamp] | None = None
        self._known: tuple[Runbook, ...] = ()

    def __call__(self) -> Sequence[Runbook]:
        from bot.config.runbooks import runbook_folder

        try:
            folder = runbook_folder(self._config)
            stamp = folder, _stamp(folder)
        except OSError as error:  # an incident is posted whatever has become of the folder
            log.warning("runbooks stay as they are: %s", reason_of(error))
            return self._known
        if stamp != self._stamp:
            self._read(folder)
            self._stamp = stamp
        return self._known

    def _read(self, folder: Path) -> None:
        from bot.config.runbooks import load_runbooks

        try:
            found = load_runbooks(folder)
        except ConfigError as error:
            log.warning("runbooks stay as they are: %s", error)
            return
        for problem in found.problems:
            log.warning("a runbook is left out: %s", problem)
        self._known = found.runbooks


def _stamp(folder: Path) -> Stamp:
    found = []
    for path in sorted(folder.glob("*.md")):
        try:
            status = path.stat()
        except OSError:  # removed between the two looks
            continue
        found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(found)


def guided(
    settings: Settings, store: State | None, identify: Callable[[Actor], Identity], services: AppServices
) -> RunbookService:
    """Over the other services: a check and an action of a runbook are theirs."""
    from bot.services.access import email_by
    from bot.services.runbook_actions import Hands, RunbookActions
    from bot.services.runbook_checks import Asked, RunbookChecks
    from bot.services.runbook_operations import on_services
    from bot.services.runbooks import People, RunbookService

    registry = services.registry
    lines = error_lines(settings, registry)
    deployments = partial(deployments_of, services.deploys)
    asked = Asked(
        registry,
        services.validation,
        services.health,
        services.sources,
        services.incidents,
        deployments,
        lines,
        lambda: services.operations.circuits.all(),
    )
    hands = Hands(
        registry,
        services.silences,
        services.declaring,
        services.repairs,
        on_services(lambda: services.operations),
        lambda: services.operations.circuits,
    )
    people = People(services.oncall.schedule, identify, approver(settings), email_by(identify))
    checks, actions, correlated = RunbookChecks(asked), RunbookActions(hands), services.deploys.correlated
    return RunbookService(store, RunbookFiles(settings.config), people, checks, actions, correlated)


def deployments_of(deploys: DeploysService, service: str, now: datetime) -> int | None:
    """None: it was never read."""
    from bot.domain.deploys.correlation import changes_before

    found = [row.seen for row in deploys.of(service, now).rows if row.seen.deployed is not None]
    return len(changes_before(found, now)) if found else None


def error_lines(
    settings: Settings, registry: Registry
) -> Callable[[str, datetime, datetime], Sequence[LogLine]] | None:
    """None: no logs are read here."""
    from bot.services.runbook_checks import MOST_LINES

    if not settings.cloud_logging:
        return None
    return partial(
        _lines_of, _logs(settings.cloud_logging), {each.name: each.project for each in registry.services}, MOST_LINES
    )


def _lines_of(
    logs: Logs, projects: dict[str, str | None], most: int, service: str, since: datetime, until: datetime
) -> Sequence[LogLine]:
    from bot.ports.logs import LogsUnavailable

    project = projects.get(service)
    if not project:
        raise LogsUnavailable(f"the registry names no project for the service {service}")
    return logs.errors(project, service, since, until, most)


def _logs(address: str) -> Logs:
    from bot.adapters.logs.google import GoogleLogs
    from bot.config.settings import GOOGLE

    return GoogleLogs("" if address == GOOGLE else address)


def runbook_work(settings: Settings, services: AppServices, store: State, wall: Clock = system_clock) -> RunbookWork:
    from bot.adapters.notify.slack_runbooks import SlackRunbooks
    from bot.services.runbook_work import RunbookWork

    token = settings.slack_bot_token.get_secret_value()
    board = SlackRunbooks(token, settings.slack_api_url, settings.alerts_channel)
    return RunbookWork(services, store, board, wall, monotonic_seconds)
