"""Put counts, durations and due dates of a window together into one report."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.evidence.expectation import traits
from bot.domain.evidence.runs import Traits
from bot.domain.health.early_warnings import SilentRun, early_notes
from bot.domain.health.missing import STANDARD, LossRules, MissingDate, MissingReasons, missing_reasons
from bot.domain.health.model import (
    Because,
    Colour,
    DueDates,
    Durations,
    HealthReason,
    HealthReport,
    HealthRow,
    Noise,
    RunCount,
    Tally,
    Window,
    total_of,
)
from bot.domain.health.noise import FailedGroup, sorted_out
from bot.domain.health.notified import NAMES, NOTHING_NOTIFIED, Notified, undelivered
from bot.domain.health.overall import overall
from bot.domain.health.status import LAST_DAY, failing, status_of
from bot.domain.health.undue import unseen_by_name
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Processor, Registry
from bot.domain.platform.spelling import did_you_mean, respelt

MOST_NAMED = 5


@dataclass(frozen=True)
class Period:
    """What the warehouse counted and timed over one span. `tallied`: its tallies, when they are known already."""

    counts: Sequence[RunCount]
    durations: Sequence[Durations]
    tallied: Mapping[str, Tally] | None = None

    def tallies(self, registry: Registry) -> Mapping[str, Tally]:
        """Tallies by processor name."""
        if self.tallied is not None:
            return self.tallied
        character = {processor.name: traits(processor) for processor in registry.processors}
        found: dict[str, Tally] = {}
        for count in self.counts:
            tally = found.get(count.processor)
            if tally is None:
                tally = found[count.processor] = Tally()
            tally.add(count, character.get(count.processor, Traits()))
        return found

    def timed(self) -> dict[tuple[str | None, int | None], Durations]:
        """Durations by (processor, None) and (None, phase)."""
        return {(d.processor, None if d.processor else d.phase): d for d in self.durations}


@dataclass(frozen=True)
class Measured:
    """What the warehouse answered: the window, its baseline, the dates due in the window, its failed runs that may be
    real, and runs that may hang; the last day, where it is asked for; the dates due without data; slots without a run;
    budgets that are spent.
    """

    window: Period
    baseline: Period
    due: Sequence[DueDates]
    failed: Sequence[FailedGroup] = ()
    silent_runs: Sequence[SilentRun] = ()
    day: Period | None = None
    day_due: Sequence[DueDates] = ()
    missing: Sequence[MissingDate] = ()
    slots: Sequence[HealthReason] = ()
    budgets: Sequence[HealthReason] = ()


@dataclass(frozen=True)
class Scope:
    """Which processors are asked about. `registry` names them; others that ran are reported next to them."""

    registry: Registry
    phase: int | None = None
    processor: Processor | None = None

    @property
    def is_whole(self) -> bool:
        return self.phase is None and self.processor is None

    def covers(self, name: str) -> bool:
        """Of a registered processor."""
        known = self.registry.by_name.get(name)
        return known is not None and self.includes(name, known.phase)

    def includes(self, name: str, phase: int | None) -> bool:
        if self.processor is not None:
            return name == self.processor.name
        return self.phase is None or phase == self.phase


def assess(
    measured: Measured,
    scope: Scope,
    targets: Mapping[int, float],
    window: Window,
    notified: Notified | None = None,
    unsure: Sequence[HealthReason] = (),
    losses: LossRules = STANDARD,
) -> HealthReport:
    """The report. Processors that ran without being registered have their own row, and count in no phase. `notified`
    None: it is not known what people were notified of. `unsure`: what is unknown about now, and why. `losses`: how
    missing dates count.
    """
    strangers = _strangers(measured.window.counts, scope)
    phase_of = {processor.name: processor.phase for processor in scope.registry.processors}
    phase_of |= {} if scope.phase is not None else dict.fromkeys(strangers)
    names = [name for name, phase in phase_of.items() if scope.includes(name, phase)]
    opened = None if notified is None else notified.open if scope.is_whole else notified.about(set(names))
    missing = [each for each in measured.missing if scope.includes(each.processor, phase_of.get(each.processor))]
    lost = missing_reasons(missing, measured.missing, scope.registry, losses, opened or (), window.as_of)
    told = notified or NOTHING_NOTIFIED
    troubles = _troubles(told, measured, window, lost, scope.registry.judgement.heartbeat)
    rows = _Rows(measured, scope.registry, targets, lost.by_name)
    processors = [_with(rows.of(name, phase_of[name]), troubles.get(name, ())) for name in names]
    phases = []
    for phase in sorted({phase for name in names if (phase := phase_of[name]) is not None}):
        members = [row for row in processors if row.phase == phase]
        if scope.processor is None:
            row = rows.of_phase(phase, members)
            phases.append(_with(row, [finding for member in members for finding in troubles.get(member.name, ())]))
    if phases:
        phases = [_marked(row) for row in phases]
    processors = [_marked(row) if row.name in strangers or not phases else row for row in processors]
    incidents = [told.reason_of(incident) for incident in opened or () if incident.severity in NAMES]
    missed = undelivered(opened or (), window.as_of)
    known = scope.registry.by_name.keys() - strangers
    unregistered = [*_not_registered(strangers, known), *_ill(processors, strangers, phases)]
    colour, reasons = overall(phases, processors, incidents, [*unsure, *missed], unregistered, lost, measured.budgets)
    return HealthReport(
        window=window,
        overall=colour,
        reasons=reasons,
        phases=tuple(phases),
        processors=tuple(processors),
        noise=_noise(processors, measured, scope, notified),
        warnings=(),
        open=opened,
        watched=told.watched,
        without=lost.without,
    )


def _strangers(counts: Iterable[RunCount], scope: Scope) -> list[str]:
    """Names in scope that ran without being registered: by the phase of their runs, although they belong to none."""
    known = scope.registry.by_name
    ran = {count.processor: count.phase for count in counts if count.processor not in known}
    return sorted(name for name, phase in ran.items() if scope.includes(name, phase))


class _Rows:
    """Rows of processors and phases from what was measured. `named`: whose missing dates are a reason of their own."""

    def __init__(
        self, measured: Measured, registry: Registry, targets: Mapping[int, float], named: Collection[str]
    ) -> None:
        self._targets, self._named = targets, named
        self._tallies, self._baselines = measured.window.tallies(registry), measured.baseline.tallies(registry)
        self._timed, self._usual = measured.window.timed(), measured.baseline.timed()
        self._due = {item.processor: item for item in measured.due}
        self._day = None if measured.day is None else measured.day.tallies(registry)
        self._day_due = {item.processor: item for item in measured.day_due}

    def of(self, name: str, phase: int | None) -> HealthRow:
        day = None if self._day is None else self._day.get(name, Tally())
        return self._row(
            name,
            phase,
            (self._tallies.get(name, Tally()), self._baselines.get(name, Tally()), day),
            (self._timed.get((name, None)), self._usual.get((name, None))),
            (self._due.get(name, DueDates(name, 0, 0)), self._day_due.get(name, DueDates(name, 0, 0))),
            named=name in self._named,
        )

    def of_phase(self, phase: int, members: Sequence[HealthRow]) -> HealthRow:
        name = f"phase {phase}"
        day = None if self._day is None else total_of(row.day or Tally() for row in members)
        row = self._row(
            name,
            phase,
            (total_of(row.tally for row in members), total_of(row.baseline for row in members), day),
            (self._timed.get((None, phase)), self._usual.get((None, phase))),
            (_together(name, [row.due for row in members]), _together(name, [row.day_due for row in members])),
            named=any(row.name in self._named for row in members),
        )
        return replace(row, is_phase=True)

    def _row(
        self,
        name: str,
        phase: int | None,
        tallies: tuple[Tally, Tally, Tally | None],
        durations: tuple[Durations | None, Durations | None],
        due: tuple[DueDates, DueDates],
        *,
        named: bool,
    ) -> HealthRow:
        tally, baseline, day = tallies
        target = None if phase is None else self._targets.get(phase)
        status, findings = status_of(name, tally, baseline, durations, due[0], target, named=named)
        return HealthRow(
            name=name,
            phase=phase,
            status=status,
            tally=tally,
            durations=durations[0],
            baseline=baseline,
            baseline_durations=durations[1],
            due=due[0],
            target=target,
            findings=findings,
            day=day,
            day_due=due[1],
            red_today=() if day is None else tuple(failing(name, day, due[1], LAST_DAY)),
        )


def _together(name: str, due: Sequence[DueDates | None]) -> DueDates:
    return sum((each for each in due if each is not None), DueDates(name, 0, 0))


def _troubles(
    notified: Notified, measured: Measured, window: Window, lost: MissingReasons, limit: timedelta
) -> Mapping[str, Sequence[HealthReason]]:
    """What is wrong besides the figures, by processor: open incidents first. `limit`: so long without a heartbeat."""
    silent, unknown = early_notes(measured.silent_runs, window.as_of, limit), unseen_by_name(measured.due)
    slots: dict[str, list[HealthReason]] = {}
    for reason in measured.slots:
        slots.setdefault(reason.subject, []).append(reason)
    kinds = (notified.reasons(), lost.by_name, slots, silent, unknown)
    names = dict.fromkeys(name for kind in kinds for name in kind)
    return {name: [reason for kind in kinds for reason in kind.get(name, ())] for name in names}


def _ill(rows: Iterable[HealthRow], strangers: Collection[str], phases: Sequence[HealthRow]) -> list[HealthReason]:
    """What is wrong today with what belongs to no phase: the phases say it of their own."""
    return [reason for row in rows if phases and row.name in strangers for reason in row.red_today]


def _marked(row: HealthRow) -> HealthRow:
    """What makes the whole RED by its last day is no GREEN row."""
    return replace(row, status=Colour.YELLOW) if row.red_today and row.status is Colour.GREEN else row


def _with(row: HealthRow, troubles: Sequence[HealthReason]) -> HealthRow:
    """What has an open P0 or P1, lacks data that was due, may hang, or has data of which nothing is known, is YELLOW at
    best; that is its first reason.
    """
    if not troubles:
        return row
    status = Colour.RED if row.status is Colour.RED else Colour.YELLOW
    return replace(row, status=status, findings=(*dict.fromkeys(troubles), *row.findings))


def _noise(rows: Sequence[HealthRow], measured: Measured, scope: Scope, notified: Notified | None) -> Noise:
    total = total_of(row.tally for row in rows)
    noise = Noise(
        raw_failures=total.failed,
        kept_quiet=total.expected,
        real=total.failed - total.expected,
        by_category=dict(sorted(total.by_category.items())),
    )
    if notified is None:
        return noise
    names = {row.name for row in rows}
    character = {processor.name: traits(processor) for processor in scope.registry.processors}
    inside, outside, unexplained = sorted_out(measured.failed, names, character, notified)
    found = notified.findings
    return replace(
        noise,
        findings=found if found is None or scope.is_whole else found.about(names),
        in_incidents=inside,
        in_none=outside,
        unexplained=unexplained,
        alerts=notified.alerts(None if scope.is_whole else names, arrived=True),
        undelivered=notified.alerts(None if scope.is_whole else names, arrived=False),
    )


def _not_registered(names: Sequence[str], known: Collection[str]) -> list[HealthReason]:
    if not names:
        return []
    spelt = [did_you_mean(name, respelt(name, known)) for name in names[:MOST_NAMED]]
    listed = some_of([*spelt, *names[MOST_NAMED:]], MOST_NAMED)
    return [
        HealthReason(
            Because.NOT_REGISTERED,
            names[0],
            f"{listed} ran but {'is' if len(names) == 1 else 'are'} not in the registry.",
        )
    ]
