"""Put counts, durations and due dates of a window together into one report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.evidence.expectation import traits
from bot.domain.evidence.runs import Traits
from bot.domain.health.early_warnings import SilentRun, early_notes
from bot.domain.health.model import (
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
    overall,
)
from bot.domain.health.notified import NOTHING_NOTIFIED, Notified
from bot.domain.health.status import status_of
from bot.domain.health.trends import FailedHour
from bot.domain.platform.registry import Processor, Registry


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
    """What the warehouse answered: the window, its baseline, the dates due in the window, its failed runs by hour, and
    runs that may hang.
    """

    window: Period
    baseline: Period
    due: Sequence[DueDates]
    failed_hours: Sequence[FailedHour] = ()
    silent_runs: Sequence[SilentRun] = ()


@dataclass(frozen=True)
class Scope:
    """Which processors are asked about. `registry` names them; others that ran are reported beside them."""

    registry: Registry
    phase: int | None = None
    processor: Processor | None = None

    def includes(self, name: str, phase: int | None) -> bool:
        if self.processor is not None:
            return name == self.processor.name
        return self.phase is None or phase == self.phase


def assess(
    measured: Measured, scope: Scope, targets: Mapping[int, float], window: Window, told: Notified = NOTHING_NOTIFIED
) -> HealthReport:
    """The report. Processors that ran without being registered have a row of their own and are named in a warning."""
    phase_of, strangers = _phases_of(measured.window.counts, scope.registry)
    names = [name for name, phase in phase_of.items() if scope.includes(name, phase)]
    tallies, baselines = measured.window.tallies(scope.registry), measured.baseline.tallies(scope.registry)
    timed, usual = measured.window.timed(), measured.baseline.timed()
    due = {item.processor: item for item in measured.due}
    troubles = _troubles(told, measured.silent_runs, window)
    processors = []
    for name in names:
        phase = phase_of[name]
        durations = (timed.get((name, None)), usual.get((name, None)))
        row_due = due.get(name, DueDates(name, 0, 0))
        tally, before = tallies.get(name, Tally()), baselines.get(name, Tally())
        row = _row(name, phase, (tally, before), durations, row_due, _target(targets, phase))
        processors.append(_with(row, troubles.get(name, ())))
    phases = []
    for phase in sorted({phase for name in names if (phase := phase_of[name]) is not None}):
        members = [row for row in processors if row.phase == phase]
        durations = (timed.get((None, phase)), usual.get((None, phase)))
        if scope.processor is None:
            row = _phase_row(phase, members, durations, _target(targets, phase))
            phases.append(_with(row, [finding for member in members for finding in troubles.get(member.name, ())]))
    colour, reasons = overall(phases, processors)
    return HealthReport(
        window=window,
        overall=colour,
        reasons=reasons,
        phases=tuple(phases),
        processors=tuple(processors),
        noise=_noise(processors, measured.failed_hours, told),
        warnings=tuple(_stranger_warnings([name for name in strangers if name in names])),
    )


def _phases_of(counts: Iterable[RunCount], registry: Registry) -> tuple[dict[str, int | None], list[str]]:
    """Phase of every registered processor, in the registry's order, then of the others that ran."""
    known: dict[str, int | None] = {processor.name: processor.phase for processor in registry.processors}
    seen = {count.processor: count.phase for count in counts if count.processor not in known}
    strangers = sorted(seen)
    return {**known, **{name: seen[name] for name in strangers}}, strangers


def _target(targets: Mapping[int, float], phase: int | None) -> float | None:
    return None if phase is None else targets.get(phase)


def _row(
    name: str,
    phase: int | None,
    tallies: tuple[Tally, Tally],
    durations: tuple[Durations | None, Durations | None],
    due: DueDates,
    target: float | None,
) -> HealthRow:
    tally, baseline = tallies
    status, findings = status_of(name, tally, baseline, durations, due, target)
    return HealthRow(
        name=name,
        phase=phase,
        status=status,
        tally=tally,
        durations=durations[0],
        baseline=baseline,
        baseline_durations=durations[1],
        due=due,
        target=target,
        findings=findings,
    )


def _phase_row(
    phase: int,
    members: Sequence[HealthRow],
    durations: tuple[Durations | None, Durations | None],
    target: float | None,
) -> HealthRow:
    tally, baseline = Tally(), Tally()
    for member in members:
        tally.merge(member.tally)
        baseline.merge(member.baseline)
    name = f"phase {phase}"
    due = sum((row.due for row in members), DueDates(name, 0, 0))
    return _row(name, phase, (tally, baseline), durations, due, target)


def _troubles(told: Notified, silent: Sequence[SilentRun], window: Window) -> Mapping[str, Sequence[HealthReason]]:
    """What is wrong beside the figures, by processor: open incidents first."""
    opened, notes = told.findings(), early_notes(silent, window.as_of)
    return {name: [*opened.get(name, ()), *notes.get(name, ())] for name in {**opened, **notes}}


def _with(row: HealthRow, troubles: Sequence[HealthReason]) -> HealthRow:
    """What has an open P0 or P1, or may hang, is YELLOW at best, and that is the first of its reasons."""
    if not troubles:
        return row
    status = Colour.RED if row.status is Colour.RED else Colour.YELLOW
    return replace(row, status=status, findings=(*dict.fromkeys(troubles), *row.findings))


def _noise(rows: Sequence[HealthRow], failed_hours: Iterable[FailedHour], told: Notified) -> Noise:
    total = Tally()
    for row in rows:
        total.merge(row.tally)
    return Noise(
        raw_failures=total.failed,
        kept_quiet=total.failed - told.failures(failed_hours, {row.name for row in rows}),
        by_category=dict(sorted(total.by_category.items())),
        alerts=told.sent,
    )


def _stranger_warnings(strangers: Sequence[str]) -> list[str]:
    if not strangers:
        return []
    listed = ", ".join(strangers[:5]) + (f" and {len(strangers) - 5} more" if len(strangers) > 5 else "")
    return [f"{listed} ran but {'is' if len(strangers) == 1 else 'are'} not in the registry"]
