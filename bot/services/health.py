"""Answer for the health of the pipeline: ask the warehouse, assess, name the reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.errors import BadInput
from bot.domain.health.early_warnings import LONGEST_RUN, NOTE_AFTER, SilentRun
from bot.domain.health.model import HealthReport, HealthRequest, RunCount, Tally, Window
from bot.domain.health.notified import NOTHING_NOTIFIED, Notified
from bot.domain.health.report import Measured, Period, Scope, assess
from bot.domain.platform.registry import Processor, Registry
from bot.domain.slo import ServiceLevels
from bot.ports.state import StateUnavailable
from bot.ports.warehouse import History, Warehouse

LONGEST_WINDOW_DAYS = 400
RECORDED_AFTER = timedelta(days=30)
"""A history whose newest row is older than this is a recorded one: it is answered for as of its own end."""


class HealthService:
    """`notified` names what people were told over a span, and what is open; None where nobody notifies."""

    def __init__(
        self,
        warehouse: Warehouse,
        registry: Registry,
        levels: ServiceLevels,
        notified: Callable[[datetime, datetime], Notified] | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._registry = registry
        self._notified = notified
        self._tallied: tuple[Sequence[RunCount], Mapping[str, Tally]] = ((), {})
        self._targets = {level.phase: level.success_rate for level in levels.phases}

    def of(self, request: HealthRequest, now: datetime) -> HealthReport:
        """The report for a request. Raises BadInput when the request makes no sense or there is no history."""
        scope = self.scope(request)
        history = self._history()
        window, notes = _window(request, history, now)
        notified, unsure = self._notified_within(window)
        measured = Measured(
            self._period(window),
            self._usual(window.baseline()),
            self._warehouse.health_due(window),
            self._warehouse.failed_hours(window) if notified.spans else (),
            self._silent_runs(window),
        )
        report = assess(measured, scope, self._targets, window, notified)
        return replace(report, warnings=(*unsure, *report.warnings, *notes, *history.warnings))

    def _notified_within(self, window: Window) -> tuple[Notified, list[str]]:
        """An answer as of the past is told from the history alone: what people were told of it is of its own time.

        Health is asked for most when something is gone: without the state it is answered all the same, and says so.
        """
        if self._notified is None or window.exact:
            return NOTHING_NOTIFIED, []
        try:
            return self._notified(window.since, window.as_of), []
        except StateUnavailable as error:
            return NOTHING_NOTIFIED, [f"open incidents and notifications are not known: {error}"]

    def _silent_runs(self, window: Window) -> Sequence[SilentRun]:
        """Only of now: rows of the past say how their runs ended."""
        if window.exact:
            return ()
        return self._warehouse.silent_runs(window.as_of - LONGEST_RUN, window.as_of - NOTE_AFTER)

    def _period(self, window: Window) -> Period:
        return Period(self._warehouse.health_counts(window), self._warehouse.health_durations(window))

    def _usual(self, window: Window) -> Period:
        """The baseline, tallied once: the warehouse gives the same list until a load has touched those days."""
        counts, tallies = self._tallied
        period = self._period(window)
        if counts is not period.counts:
            tallies = period.tallies(self._registry)
            self._tallied = (period.counts, tallies)
        return replace(period, tallied=tallies)

    def moment(self, request: HealthRequest, now: datetime) -> datetime:
        """The moment that an answer given now speaks of."""
        window, _ = _window(request, self._history(), now)
        return window.as_of

    def _history(self) -> History:
        history = self._warehouse.history()
        if not history.runs:
            raise BadInput("There is no run history yet. Load one with `fireline load DIR`.")
        return history

    def scope(self, request: HealthRequest) -> Scope:
        """What is asked about. Raises BadInput with the nearest names for what does not exist."""
        if not 1 <= request.days <= LONGEST_WINDOW_DAYS:
            raise BadInput(f"A window of {request.days} days makes no sense; give 1 to {LONGEST_WINDOW_DAYS} days.")
        if request.phase is not None and request.processor is not None:
            raise BadInput("Give a phase or a processor, not both.")
        if request.phase is not None and request.phase not in self._registry.phases:
            known = ", ".join(str(phase) for phase in self._registry.phases)
            raise BadInput(f"There is no phase {request.phase}. Known: {known}.")
        processor = self._processor(request.processor) if request.processor is not None else None
        return Scope(self._registry, request.phase, processor)

    def _processor(self, name: str) -> Processor:
        """A name that ran can be asked for, registered or not."""
        if name in self._registry.by_name:
            return self._registry.by_name[name]
        return self._registry.including(self._warehouse.processors_seen()).get(name)


def _window(request: HealthRequest, history: History, now: datetime) -> tuple[Window, list[str]]:
    """The window asked for, and what a reader must know about it."""
    if request.as_of is not None:
        return Window.at(request.as_of, request.days), _beyond_calendar(request.as_of, history)
    known = history.known_until
    if known is not None and known < now - RECORDED_AFTER:
        note = f"the history ends {known:%Y-%m-%d %H:%M} UTC: answered as of its end"
        return Window.live(known, request.days), [note]
    return Window.live(now, request.days), _beyond_calendar(now, history)


def _beyond_calendar(as_of: datetime, history: History) -> list[str]:
    if history.calendar_until is not None and as_of.date() > history.calendar_until:
        return [f"the calendar ends {history.calendar_until}: nothing is known to be due after it; load newer data"]
    return []
