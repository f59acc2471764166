"""What another configuration would have said of the own history, beside what the one in use would have."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial

from bot.domain.errors import BadInput
from bot.domain.evidence.observation import Observed
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.policy import GatePolicy
from bot.domain.gate.silences import Silence
from bot.domain.health.model import Window
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.oncall.schedule import Schedule
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Registry
from bot.domain.reports.budget_alerts import History, alerts_of
from bot.domain.reports.objectives import DAY, MONTH_DAYS, WEEK_DAYS
from bot.domain.reports.replay import Messages, messages_of
from bot.domain.reports.what_if import Confirmed, WhatIf, Would, would
from bot.domain.slo import ServiceLevels
from bot.ports.state import State
from bot.ports.warehouse import Warehouse
from bot.services.confirmed import is_confirmed
from bot.services.replay import ALWAYS, ReplaySpan, Rules, replayed

LONGEST = 400
"""Days."""
ONGOING = timedelta(days=2)
"""An incident that is still open is taken to be told of for so long, at least."""


@dataclass(frozen=True)
class Configuration:
    """What of a configuration folder decides what is said, and whom it wakes."""

    registry: Registry
    severity: SeverityPolicy
    gate: GatePolicy
    accepted: AcceptedLosses
    escalation: EscalationPolicy
    schedule: Schedule
    levels: ServiceLevels
    silences: tuple[Silence, ...] = ()

    @property
    def rules(self) -> Rules:
        return Rules(self.registry, self.severity, self.gate, self.accepted, self.silences)


@dataclass(frozen=True)
class Silenced:
    """What the change is with the silences: `names`, a processor or `phase N` each, are silent all the time; `lifted`:
    those that people had set do not hold.
    """

    names: tuple[str, ...] = ()
    lifted: bool = False

    def of(self, registry: Registry, set_: Sequence[Silence], span: ReplaySpan) -> tuple[Silence, ...]:
        """Raises BadInput for a name that is not in the registry."""
        made = (_silence(registry, name, span) for name in self.names)
        return (*(() if self.lifted else set_), *made)


AS_THEY_WERE = Silenced()


FEW = 20_000
"""So few runs are looked at a second time before another process has begun."""
Beside = Callable[[Callable[[], Would]], Callable[[], Would]]
"""Begins a work; what it returns waits for the result."""


def afterwards(work: Callable[[], Would]) -> Callable[[], Would]:
    """It is done when it is waited for."""
    return work


class WhatIfService:
    """`state`: of the process that detects, which knows what people said of its incidents; None: there is none.
    `beside` begins a second look at the history while the first goes on.
    """

    def __init__(self, warehouse: Warehouse, state: State | None, beside: Beside = afterwards) -> None:
        self._warehouse, self._state, self._beside = warehouse, state, beside

    def compare(
        self,
        old: Configuration,
        new: Configuration,
        days: int,
        step: timedelta,
        now: datetime,
        at_tick: Callable[[datetime], None],
        silenced: Silenced = AS_THEY_WERE,
    ) -> WhatIf:
        """Over the last days of the history, a tick every `step`. Raises BadInput for a span that makes no sense."""
        if not 1 <= days <= LONGEST:
            raise BadInput(f"A comparison over {days} days makes no sense. Give 1 to {LONGEST} days.")
        known = self._warehouse.history().known_until
        if known is None:
            raise BadInput(
                "There is no run history yet: there is nothing to compare. Load one with `fireline load DIR`."
            )
        last = min(known, now)
        first = (last - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        span = ReplaySpan(first=first, last=last, step=step, to_the_end=False)
        observed = self._warehouse.observed(ALWAYS, last)
        silences = () if self._state is None else tuple(self._state.silences(first))
        old, new = replace(old, silences=silences), replace(new, silences=silenced.of(new.registry, silences, span))
        if old.rules.sees_as(new.rules):
            both = said([old, new], observed, span, at_tick)
        else:
            beside = self._beside if len(observed.runs) > FEW else afterwards
            other = beside(partial(said_alone, new, observed, span))
            both = [*said([old], observed, span, at_tick), other()]
        if (old.levels, old.registry) != (new.levels, new.registry):
            past = self._history(span, days)
            both = [_with_alerts(would, each, past, old.registry) for would, each in zip(both, (old, new), strict=True)]
        confirmed = None if self._state is None else tuple(_confirmed(self._state, span))
        return WhatIf(old=both[0], new=both[1], confirmed=confirmed)

    def _history(self, span: ReplaySpan, days: int) -> History:
        """What alerts on budgets go by; a query is asked once for both."""
        back = days + WEEK_DAYS + MONTH_DAYS
        window = Window(span.last - back * DAY, span.last, span.last, days, exact=False)
        first, last = window.since.date(), span.last.date() + DAY
        ask = cache(lambda query: self._warehouse.day_values(query, first, last))
        return History(self._warehouse.outcomes(window), ask, span.last, days)


def _confirmed(state: State, span: ReplaySpan) -> Iterator[Confirmed]:
    for incident in state.announced(span.first, span.last):
        if incident.has_data and is_confirmed(incident, state):
            ended = incident.resolved_at or max(incident.last_update_at, incident.announced_at + ONGOING)
            yield Confirmed(
                label=incident.label,
                subjects=frozenset(
                    (name, day)
                    for name in incident.processors or (incident.root,)
                    for day in incident.data_dates or (None,)
                ),
                since=incident.announced_at,
                until=ended,
            )


def _silence(registry: Registry, name: str, span: ReplaySpan) -> Silence:
    phases = {f"phase {each.phase}": each.phase for each in registry.processors if each.phase is not None}
    if name not in phases and name not in registry.by_name:
        raise BadInput(
            f"{name!r} cannot be silenced: it is no processor of the registry with the change, and no phase."
        )
    return Silence(
        id=f"what-if {name}",
        processor=None if name in phases else name,
        phase=phases.get(name),
        since=span.first,
        until=span.last + span.step,
        reason="what if",
        by="fireline replay",
    )


def _with_alerts(would: Would, configured: Configuration, known: History, before: Registry) -> Would:
    found = alerts_of(configured.levels, configured.registry, known, before)
    return replace(would, burnt=found.fired, unjudged=found.unknown)


def said(
    configured: Sequence[Configuration],
    observed: Observed,
    span: ReplaySpan,
    at_tick: Callable[[datetime], None],
) -> list[Would]:
    """What each of them would have said, of one look at the history: what they find in it is the same."""
    decisions: list[list[Decision]] = [[] for _ in configured]
    for tick in replayed([each.rules for each in configured], observed, span, at_tick):
        for known, fresh in zip(decisions, tick, strict=True):
            known += fresh
    return [_would(each, decided, span) for each, decided in zip(configured, decisions, strict=True)]


def said_alone(configured: Configuration, observed: Observed, span: ReplaySpan) -> Would:
    """What one of them would have said: a look of its own."""
    return said([configured], observed, span, lambda _: None)[0]


def _would(configured: Configuration, decided: Sequence[Decision], span: ReplaySpan) -> Would:
    messages = Messages(
        first=span.first,
        last=span.last,
        step=span.step,
        zone=configured.registry.zone,
        messages=messages_of(decided),
    )
    return would(messages, decided, configured.escalation, configured.schedule)
