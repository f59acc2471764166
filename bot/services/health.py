"""Answer for the health of the pipeline: ask the warehouse, assess, name the reasons."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from bot.domain.errors import BadInput
from bot.domain.health.early_warnings import LONGEST_RUN, NOTE_AFTER, SilentRun
from bot.domain.health.missing import STANDARD, LossRules
from bot.domain.health.model import BASELINE, HealthReason, HealthReport, HealthRequest, RunCount, Tally, Window
from bot.domain.health.notified import Notified
from bot.domain.health.report import Measured, Period, Scope, assess
from bot.domain.health.silence import (
    HOUR,
    NO_NEW_DATA,
    SHORTEST,
    idle_phase,
    is_long,
    no_new_data,
    silent_fleet,
    slots_within,
)
from bot.domain.platform.registry import Processor, Registry
from bot.domain.slo import ServiceLevels
from bot.ports.state import StateUnavailable
from bot.ports.warehouse import History, Warehouse

LONGEST_WINDOW_DAYS = 400
RECORDED_AFTER = timedelta(days=30)
"""A history whose newest row is older than this is a recorded one: it is answered for as of its own end."""
UNCERTAIN = frozenset({"state_unreadable", "history_ended", "calendar_ended", "not_registered"})
"""Reasons that are warnings, too."""
MOST_ASKED = 5
"""Processors with a slot in a silence that are looked into."""


class HealthService:
    """`notified` names what people were notified of over a span, and what is open; None where nobody notifies.
    `losses` gives, when a date has no data, which losses are accepted and which are P0.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        registry: Registry,
        levels: ServiceLevels,
        notified: Callable[[datetime, datetime], Notified] | None = None,
        losses: Callable[[], LossRules] = LossRules,
    ) -> None:
        self._warehouse = warehouse
        self._registry = registry
        self._notified, self._losses = notified, losses
        self._tallied: tuple[Sequence[RunCount], Mapping[str, Tally]] = ((), {})
        self._targets = {level.phase: level.success_rate for level in levels.phases}

    def of(self, request: HealthRequest, now: datetime) -> HealthReport:
        """The report for a request. Raises BadInput when the request makes no sense or there is no history."""
        scope = self.scope(request)
        history = self._history()
        window, unsure = _window(request, history, now)
        notified, unknown = self._notifications(window)
        silence = [] if window.exact else self._silence(history, window.as_of)
        day = self._last_day(window, history, silence)
        measured = Measured(
            self._period(window),
            self._usual(window.baseline()),
            self._warehouse.health_due(window),
            self._warehouse.failed_groups(window) if notified is not None else (),
            self._silent_runs(window),
            Period(self._warehouse.health_counts(day), ()),
            self._warehouse.health_due(day),
            self._warehouse.missing_dates(window),
        )
        idle = self._idle(measured.window, window, scope)
        unsure = [*unknown, *silence, *idle, *unsure]
        losses = self._losses() if measured.missing else STANDARD
        report = assess(measured, scope, self._targets, window, notified, unsure, losses)
        uncertain = (reason.text for reason in report.reasons if reason.name in UNCERTAIN)
        return replace(report, warnings=(*uncertain, *history.warnings))

    def _notifications(self, window: Window) -> tuple[Notified | None, list[HealthReason]]:
        """An answer as of the past comes from the history alone: notifications about it belong to its own time.

        Health is asked for most when something is gone: without the state it is answered all the same, and says so.
        """
        if self._notified is None or window.exact:
            return None, []
        try:
            return self._notified(window.since, window.as_of), []
        except StateUnavailable as error:
            text = f"Open incidents and notifications are not known: {error}"
            return None, [HealthReason("state_unreadable", "state", text)]

    def _last_day(self, window: Window, history: History, silence: Sequence[HealthReason]) -> Window:
        """Up to where the history is known: of what came after it, absence tells nothing."""
        if history.known_until is not None and any(reason.name == NO_NEW_DATA for reason in silence):
            return Window.live(history.known_until, 1)
        return window.last_day()

    def _silence(self, history: History, as_of: datetime) -> list[HealthReason]:
        """Nothing has started for far longer than usual while slots were due: nothing runs, or nothing is loaded."""
        last, known = history.last_start, history.known_until
        if last is None or known is None or as_of - last - HOUR <= SHORTEST:
            return []
        hours = self._warehouse.start_hours(as_of - BASELINE, as_of)
        if not is_long(as_of - last - HOUR, hours):
            return []
        if all(expected is False for expected in self._expected(self._registry.processors, last + HOUR, as_of)):
            return []
        return [silent_fleet(last, known) if is_long(known - last - HOUR, hours) else no_new_data(known)]

    def _idle(self, period: Period, window: Window, scope: Scope) -> Iterator[HealthReason]:
        """Phases in which nothing ran although they had slots, and nobody can tell whether data was due."""
        ran = {count.processor for count in period.counts}
        for phase in self._registry.phases:
            members = [each for each in self._registry.processors if each.phase == phase]
            idle = scope.processor is None and scope.includes("", phase) and ran.isdisjoint(one.name for one in members)
            if idle and None in self._expected(members, window.since, window.as_of):
                yield idle_phase(phase)

    def _expected(self, processors: Iterable[Processor], since: datetime, until: datetime) -> Iterator[bool | None]:
        """Whether data was due for the slots of a span: of a few processors, for the newest date of each."""
        slots = slots_within(processors, self._registry.zone, since, until)
        for processor, day in islice(slots, MOST_ASKED):
            for date in self._warehouse.evidence(processor.name, day, day, until):
                yield date.expected

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
            instead = f"Known: {known}." if known else "No processor of the registry has a phase: ask for a processor."
            raise BadInput(f"There is no phase {request.phase}. {instead}")
        processor = self._processor(request.processor) if request.processor is not None else None
        return Scope(self._registry, request.phase, processor)

    def _processor(self, name: str) -> Processor:
        """A name that ran can be asked for, registered or not."""
        if name in self._registry.by_name:
            return self._registry.by_name[name]
        return self._registry.including(self._warehouse.processors_seen()).get(name)


def registered(registry: Registry, warehouse: Warehouse, name: str, lost: str) -> Processor:
    """The processor that is meant. Raises BadInput for one that ran and is not in the registry: `lost` says what that
    costs; and for a name that nothing has.
    """
    if registry.matching(name):
        return registry.get(name)
    unregistered = [one for one in registry.including(warehouse.processors_seen()).matching(name) if name.strip()]
    if len(unregistered) == 1:
        ran = f"{unregistered[0].name!r} ran, but is not in the registry: {lost}."
        raise BadInput(f"{ran} Add it to registry.yaml; `fireline registry draft` writes an entry.")
    return registry.get(name)


def _window(request: HealthRequest, history: History, now: datetime) -> tuple[Window, list[HealthReason]]:
    """The window asked for, and what is unknown about now."""
    if request.as_of is not None:
        return Window.at(request.as_of, request.days), _beyond_calendar(request.as_of, history)
    known = history.known_until
    if known is not None and known < now - RECORDED_AFTER:
        text = f"The history ends {known:%Y-%m-%d %H:%M} UTC: answered as of its end, not of now."
        return Window.live(known, request.days), [HealthReason("history_ended", "history", text)]
    return Window.live(now, request.days), _beyond_calendar(now, history)


def _beyond_calendar(as_of: datetime, history: History) -> list[HealthReason]:
    if history.calendar_until is None or as_of.date() <= history.calendar_until:
        return []
    text = f"The calendar ends {history.calendar_until}: nothing is known to be due after it. Load newer data."
    return [HealthReason("calendar_ended", "calendar", text)]
