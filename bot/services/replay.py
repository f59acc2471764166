"""Detection and the gate over recorded history, exactly as they would have run live."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.domain.detection.watch import Watch
from bot.domain.errors import BadInput
from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.observation import Observed, RunSeen, Timeline
from bot.domain.evidence.untold import with_polls_named
from bot.domain.findings.finding import Finding
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.decide import decide
from bot.domain.gate.memory import GateMemory, GateRules, after
from bot.domain.gate.policy import GatePolicy
from bot.domain.gate.shadow import parted
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Decision
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Registry

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
FAR = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class ReplaySpan:
    """From `first` to `last`, both ticked; what is known before `first` is taken in without saying anything.

    `to_the_end`: the history ends at `last`, and what is due after its last date is not missing.
    """

    first: datetime
    last: datetime
    step: timedelta
    to_the_end: bool = True

    def ticks(self) -> Iterator[datetime]:
        now = self.first
        while now <= self.last:
            yield now
            now += self.step


def span_of(
    observed: Observed, first: datetime | None, last: datetime | None, step: timedelta, now: datetime
) -> ReplaySpan:
    """The span asked for, bounded by what is known. Rows from the future (after `now`) do not stretch it."""
    known = [run.known_at for run in observed.runs if run.known_at <= now]
    if not known:
        raise BadInput("There is no run in this history that was known by now: nothing can be replayed.")
    begin = first or min(known).replace(minute=0, second=0, microsecond=0)
    end = last or max(known)
    if begin > end:
        raise BadInput(f"The replay would begin at {begin:%Y-%m-%d %H:%M} UTC, after its end {end:%Y-%m-%d %H:%M} UTC.")
    return ReplaySpan(first=begin, last=end, step=step, to_the_end=last is None)


def last_date(observed: Observed, now: datetime) -> date | None:
    """The last data date with a scheduled run: nothing was due after it in a history that ends."""
    return max((run.data_date for run in observed.runs if _scheduled(run) and run.started_at <= now), default=None)


def _scheduled(run: RunSeen) -> bool:
    return run.trigger not in OFF_SCHEDULE


@dataclass(frozen=True)
class Rules:
    """What of a configuration decides what is said of a history. `registry` is as it stands in the configuration;
    `silences`: those that people set.
    """

    registry: Registry
    severity: SeverityPolicy
    gate: GatePolicy
    accepted: AcceptedLosses
    silences: tuple[Silence, ...] = ()

    def sees_as(self, other: "Rules") -> bool:
        """Do both find the same troubles, and only judge them differently?"""
        mine, others = (self.registry, self.accepted, self.gate.storm), (other.registry, other.accepted)
        return mine == (*others, other.gate.storm)


class ReplayService:
    def __init__(self, severity: SeverityPolicy, gate: GatePolicy, accepted: AcceptedLosses) -> None:
        self._severity, self._gate, self._accepted = severity, gate, accepted

    def run(
        self,
        registry: Registry,
        observed: Observed,
        span: ReplaySpan,
        at_tick: Callable[[datetime], None] = lambda _now: None,
    ) -> Iterator[Decision]:
        """Every decision of every tick, in order; `at_tick` is called for each."""
        rules = Rules(registry, self._severity, self._gate, self._accepted)
        for (decisions,) in replayed([rules], observed, span, at_tick):
            yield from decisions


def replayed(
    rules: Sequence[Rules],
    observed: Observed,
    span: ReplaySpan,
    at_tick: Callable[[datetime], None],
) -> Iterator[list[tuple[Decision, ...]]]:
    """What each of the rules decides, tick by tick, of one look at the history: all of them see it alike."""
    first = rules[0]
    registry = first.registry.including(run.processor for run in observed.runs)
    observed = with_polls_named(observed, registry)
    timeline = Timeline(observed)
    ends_on = last_date(observed, span.last) if span.to_the_end else None
    watch = Watch(registry, observed, first.severity, first.accepted, first.gate.storm, ends_on)
    lineage, phases = Lineage(registry), {p.name: p.phase for p in registry.processors}
    gates = [_Gate(GateRules(each.gate, lineage, phases), observed, each.silences) for each in rules]
    watch.warm_up(timeline, span.first)
    for now in span.ticks():
        at_tick(now)
        found = watch.tick_under([each.severity for each in rules], timeline.until(now), now)
        yield [gate.tick(findings, now) for gate, findings in zip(gates, found, strict=True)]


class _Gate:
    """The gate over a memory that nobody else reads."""

    def __init__(self, rules: GateRules, observed: Observed, silences: tuple[Silence, ...]) -> None:
        self._rules = rules
        self._memory = GateMemory(silences=silences).with_windows(observed.windows)

    def tick(self, findings: Sequence[Finding], now: datetime) -> tuple[Decision, ...]:
        shown = parted(findings, self._memory, self._rules.policy.shadow).shown
        result = decide(shown, self._memory, self._rules, now)
        if result.decisions or result.alerts or result.incidents:
            self._memory = after(self._memory, result, now - self._rules.policy.repeat_window)
        return result.decisions
