"""Answer for the health of the pipeline: ask the warehouse, assess, name the reasons."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.blindness import ALL_SEEN, Sight
from bot.domain.dates import DateReader
from bot.domain.errors import BadInput, StateUnavailable
from bot.domain.health.baselines import Baselines
from bot.domain.health.blind import blind_reasons, ended_gaps, late_reads, seen_by, silent_feeds
from bot.domain.health.early_warnings import LONGEST_RUN, NOTE_AFTER, SilentRun
from bot.domain.health.missing import STANDARD, LossRules
from bot.domain.health.model import (
    Because,
    DueDates,
    HealthReason,
    HealthReport,
    HealthRequest,
    RunCount,
    Tally,
    Window,
)
from bot.domain.health.notified import Notified
from bot.domain.health.report import Measured, Period, Scope, assess
from bot.domain.health.silence import before_history, idle_phase
from bot.domain.health.undue import never_seen, undecided, unseen
from bot.domain.health.usual import Baseline, WeekdayUsual
from bot.domain.platform.registry import Processor, Registry, UnregisteredProcessor
from bot.domain.slo import ServiceLevels
from bot.domain.sources import Feed
from bot.ports.warehouse import History, Warehouse
from bot.services.baselines import BaselineService
from bot.services.blindness import Blindness
from bot.services.known_until import Known, KnownUntil

LONGEST_WINDOW_DAYS = 400
UNCERTAIN = frozenset({Because.STATE_UNREADABLE, Because.NO_NEW_DATA, Because.NOT_REGISTERED})
"""Reasons that are warnings, too."""
MOST_AGAIN = 2
"""Loads come once a second at most, and an answer takes milliseconds."""


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
        blindness: Blindness | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._registry = registry
        self._notified, self._losses = notified, losses
        self._known_until, self._baselines = KnownUntil(warehouse, registry), BaselineService(warehouse, registry)
        self.notes: Callable[[], Sequence[str]] = tuple
        """What a reader must know of the process that answers, besides its data."""
        self.budgets: Callable[[datetime, int | None], Sequence[HealthReason]] = lambda _moment, _phase: ()
        """Which budgets are spent, of all phases or of one, at a moment up to which the history is known."""
        self._blindness = blindness or Blindness()
        self._tallied: tuple[Sequence[RunCount], Mapping[str, Tally]] = ((), {})
        self._targets = {level.phase: level.success_rate for level in levels.phases}

    def of(self, request: HealthRequest, now: datetime) -> HealthReport:
        """The report for a request; it is asked again where rows came meanwhile, so that its figures differ. Raises
        BadInput when the request makes no sense or there is no history.
        """
        report = self._asked(request, now)
        for _ in range(MOST_AGAIN):
            if report.noise.adds_up:
                break
            report = self._asked(request, now)
        return report

    def _asked(self, request: HealthRequest, now: datetime) -> HealthReport:
        scope = self.scope(request)
        history = self._history()
        known = self._known_until.of(history, request.as_of or now, exact=request.as_of is not None)
        window = _window(request, known)
        sight = ALL_SEEN if window.exact else self._blindness.sight()
        notified, unknown = self._notifications(window, now)
        day = _last_day(window, sight)
        measured = Measured(
            self._period(window),
            self._usual(window.baseline()),
            self._warehouse.health_due(replace(window, as_of=known.moment)),
            self._warehouse.failed_groups(window) if notified is not None else (),
            self._silent_runs(window),
            Period(self._warehouse.health_counts(day), ()),
            self._warehouse.health_due(replace(day, as_of=known.moment)),
            self._warehouse.missing_dates(replace(window, as_of=known.moment)),
        )
        idle = self._idle(measured.window, window, scope)
        measured = seen_by(measured, sight, self._registry)
        if notified is None:
            measured = replace(measured, slots=self._slots(window, known, scope, sight))
        if scope.processor is None and not window.exact:
            measured = replace(measured, budgets=self.budgets(known.moment, scope.phase))
        blind = [*blind_reasons(sight, self._blindness.waiting()), *silent_feeds(history.gaps, known.moment)]
        silence = () if sight.blind_feeding(Feed.RUNS) else known.silence
        early = before_history(history.first_day, known.moment)
        unsure = [*early, *unknown, *blind, *silence, *idle, *self._undue(measured.due, window, scope, history)]
        losses = self._losses() if measured.missing else STANDARD
        report = assess(measured, scope, self._targets, window, notified, unsure, losses)
        uncertain = (reason.text for reason in report.reasons if reason.name in UNCERTAIN)
        partly = ended_gaps(history.gaps, window, known.moment)
        warnings = (*uncertain, *partly, *late_reads(sight), *self.notes(), *self._noted(history, scope))
        usual = None if window.exact else self._baseline(scope, known)
        return replace(report, warnings=warnings, sources=sight.statuses, baseline=usual)

    def _noted(self, history: History, scope: Scope) -> Sequence[str]:
        """What loads have said; of some processors only those names in the evidence that may be theirs."""
        if scope.is_whole or not history.unmatched:
            return history.warnings
        from bot.domain.evidence.platform_facts import platform_facts
        from bot.domain.evidence.unmatched import unmatched_of

        names = {each.name for each in self._registry.processors if scope.covers(each.name)}
        own = unmatched_of(names, platform_facts(self._registry), *self._warehouse.traces())
        return [*own, *(text for text in history.warnings if text not in history.unmatched)]

    def _baseline(self, scope: Scope, known: Known) -> Baseline | None:
        return None if scope.processor is None else self._baselines.one(known.moment, scope.processor.name)

    def weekdays(self, request: HealthRequest, now: datetime) -> tuple[WeekdayUsual, ...]:
        """What is usual of a processor by the day of the week, as its report has it; none of several."""
        usual = None if request.as_of is not None else self._baseline(self.scope(request), self.known(now))
        return () if usual is None else usual.weekdays

    def baselines(self, now: datetime, *, past: bool = False) -> Baselines:
        """Of all processors, as the answer for one of them has it; of a moment of the `past`, with a history that goes
        on after it, by the days before it. Raises BadInput where there is no history.
        """
        history = self._history()
        moment = self._known_until.of(history, now).moment
        goes_on = history.known_until is not None and history.known_until > moment
        return self._baselines.of(moment, past=past and goes_on)

    def _notifications(self, window: Window, now: datetime) -> tuple[Notified | None, list[HealthReason]]:
        """An answer as of the past comes from the history alone: notifications about it belong to its own time.

        Health is asked for most when something is gone: without the state it is answered all the same, and says so.
        """
        if self._notified is None or window.exact:
            return None, []
        try:
            return self._notified(window.since, now), []
        except StateUnavailable as error:
            text = f"Open incidents and notifications are not known: {error}"
            return None, [HealthReason(Because.STATE_UNREADABLE, "state", text)]

    def _idle(self, period: Period, window: Window, scope: Scope) -> Iterator[HealthReason]:
        """Phases in which nothing ran although they had slots, and nobody can tell whether data was due."""
        ran = {count.processor for count in period.counts}
        for phase in self._registry.phases:
            members = [each for each in self._registry.processors if each.phase == phase]
            idle = scope.processor is None and scope.includes("", phase) and ran.isdisjoint(one.name for one in members)
            if idle and None in self._known_until.expected(members, window.since, window.as_of):
                yield idle_phase(phase)

    def _undue(self, due: Iterable[DueDates], window: Window, scope: Scope, history: History) -> Iterator[HealthReason]:
        """Of whom, and of which dates, nobody can tell whether data was due, or is there."""
        covered = [each for each in due if scope.covers(each.processor)]
        yield from undecided(covered)
        yield from unseen(covered)
        if not window.exact:
            names = filter(scope.covers, self._warehouse.never_seen())
            yield from never_seen(names, self._registry, history.first_day, window.as_of)

    def _slots(self, window: Window, known: Known, scope: Scope, sight: Sight) -> Sequence[HealthReason]:
        """Slots without a run, where no incident can tell of them; of a fleet that is silent that is said."""
        if known.silence or sight.blind_feeding(Feed.RUNS):
            return ()
        from bot.services.missed_slots import MissedSlots

        return tuple(MissedSlots(self._warehouse, self._registry).within(window, known.moment, scope))

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

    def known(self, asked: datetime) -> Known:
        """Up to when the history is known at a moment: what an answer asked for then speaks of."""
        return self._known_until.of(self._history(), asked)

    def moment(self, request: HealthRequest, now: datetime) -> datetime:
        """The moment that an answer given now speaks of."""
        return self.known(request.as_of or now).moment

    def _history(self) -> History:
        history = self._warehouse.history()
        if not history.runs:
            raise BadInput("There is no run history yet. Load one with `fireline load DIR`.")
        return history

    def dates(self, now: datetime) -> DateReader:
        """Reads dates as of the moment that answers speak of."""
        return DateReader(self.moment(HealthRequest(), now), self._registry.zone)

    def seen(self) -> list[str]:
        """Names of processors that ran, registered or not."""
        return self._warehouse.processors_seen()

    @property
    def phases(self) -> tuple[int, ...]:
        return self._registry.phases

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


def with_seen(registry: Registry, warehouse: Warehouse, name: str) -> Registry:
    """The registry; with the processor that ran without being in it where that one is meant."""
    if registry.matching(name) or not name.strip():
        return registry
    unregistered = registry.including(warehouse.processors_seen()).matching(name)
    return registry.including([unregistered[0].name]) if len(unregistered) == 1 else registry


def not_registered(processor: Processor, lost: str) -> Iterator[str]:
    """What a reader must know of an answer about it: `lost` is what nobody can tell then."""
    if isinstance(processor, UnregisteredProcessor):
        ran = f"{processor.name} ran, but is not in the registry: {lost}."
        yield f"{ran} Add it to registry.yaml; `fireline registry draft` writes an entry."


def _window(request: HealthRequest, known: Known) -> Window:
    """The window asked for: a live one ends where the history does, one of the past is exactly what was asked for."""
    if request.as_of is not None:
        return Window.at(request.as_of, request.days)
    return Window.live(known.moment, request.days)


def _last_day(window: Window, sight: Sight) -> Window:
    """Up to where runs are known: of what came after it, absence tells nothing."""
    blind = sight.blind_feeding(Feed.RUNS)
    return window.last_day() if blind is None else Window.live(min(window.as_of, blind.since), 1)
