"""Replay a data directory: load it, run detection and the gate over it, sum up what would have been said."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

from bot.domain.health.model import HealthRequest
from bot.domain.incidents.decisions import Decision
from bot.domain.platform.registry import Registry
from bot.domain.reports.replay import ReplayReport, messages_of, unannounced
from bot.ports.warehouse import LoadReport, Progress, Warehouse
from bot.services.health import LONGEST_WINDOW_DAYS, HealthService
from bot.services.loading import LoadingService
from bot.services.replay import ALWAYS, FAR, ReplayService, ReplaySpan, span_of


@dataclass(frozen=True)
class Asked:
    """From when to when (None: all that is known), and how long a tick is."""

    first: datetime | None
    last: datetime | None
    step: timedelta


@dataclass(frozen=True)
class Replayed:
    loaded: LoadReport
    decisions: tuple[Decision, ...]
    report: ReplayReport


class RecordedService:
    """`warehouse` is empty, and for this replay alone."""

    def __init__(
        self, warehouse: Warehouse, loading: LoadingService, replay: ReplayService, health: HealthService
    ) -> None:
        self._warehouse, self._loading, self._replay, self._health = warehouse, loading, replay, health

    def load(self, directory: Path, registry: Registry, now: datetime, progress: Progress) -> LoadReport:
        """Raises BadInput with the file's name for a directory that makes no sense."""
        return self._loading.load(directory, registry, now, progress)

    def run(
        self, registry: Registry, asked: Asked, loaded: LoadReport, now: datetime, at_tick: Callable[[datetime], None]
    ) -> Replayed:
        """Replay what was loaded. Raises BadInput when the span makes no sense."""
        observed = self._warehouse.observed(ALWAYS, FAR)
        span = span_of(observed, asked.first, asked.last, asked.step, now)
        decisions = tuple(self._replay.run(registry, observed, span, at_tick))
        return Replayed(loaded, decisions, self._report(registry, span, decisions, loaded))

    def _report(
        self, registry: Registry, span: ReplaySpan, decisions: tuple[Decision, ...], loaded: LoadReport
    ) -> ReplayReport:
        days = min(LONGEST_WINDOW_DAYS, max(1, ceil((span.last - span.first) / timedelta(days=1))))
        health = self._health.of(HealthRequest(days=days, as_of=span.last), span.last)
        messages = messages_of(decisions)
        alerts = sum(len(message.decisions) for message in messages)
        return ReplayReport(
            first=span.first,
            last=span.last,
            step=span.step,
            zone=registry.zone,
            messages=messages,
            quiet=unannounced(decisions),
            noise=replace(health.noise, alerts=alerts),
            warnings=tuple(dict.fromkeys([*loaded.warnings, *health.warnings])),
        )
