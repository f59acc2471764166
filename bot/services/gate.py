"""One tick of the gate over the state: read what is remembered, decide, keep it with what has to be said of it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.escalation.follow import followed
from bot.domain.escalation.pages import follow_ups
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.findings.finding import Finding
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.gate.decide import decide
from bot.domain.gate.declared import declared, holding
from bot.domain.gate.memory import GateMemory, GateResult, GateRules, first_held
from bot.domain.gate.shadow import decided_apart, parted
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.outbox import to_say
from bot.domain.incidents.response import ResponseState
from bot.ports.metrics import Metrics, Uncounted
from bot.ports.state import Committed, State, StateRefuses, Transaction

log = logging.getLogger("fireline.gate")
MOST_TRIES = 5


@dataclass(frozen=True)
class Tick:
    """`decisions` is empty unless the tick was applied: what another process has decided it also tells."""

    committed: Committed
    decisions: tuple[Decision, ...] = field(default=())


@dataclass(frozen=True)
class Found:
    """What a tick is given."""

    held: Sequence[Finding]
    unseen: Sequence[Finding]
    windows: Sequence[PlannedWindow]

    @property
    def count(self) -> int:
        return len(self.held) + len(self.unseen)


Ours = Callable[[Transaction], bool]


def nobody_elses(_tx: Transaction) -> bool:
    """Where one process alone decides."""
    return True


class GateService:
    """The same for live and for replay; the state differs. `escalation` None: nobody is paged, as in a replay. `ours`:
    may this process decide, until the transaction ends?
    """

    def __init__(
        self,
        state: State,
        rules: GateRules,
        metrics: Metrics | None = None,
        escalation: EscalationPolicy | None = None,
        ours: Ours = nobody_elses,
    ) -> None:
        self._ours = ours
        self._state, self._rules, self._metrics = state, rules, metrics or Uncounted()
        self._escalation = escalation
        self._in_shadow = True
        """Is anything of shadow remembered, which policy may not cover any more? It is looked once."""

    @property
    def storm(self) -> StormPolicy:
        """What the gate takes for a storm."""
        return self._rules.policy.storm

    def open_findings(self, now: datetime) -> Iterator[Finding]:
        """Those that belong to open incidents, of shadow, too."""
        for incident in self._state.open_incidents():
            yield from (member.finding for member in self._state.members(incident.id))
        apart = self._state.shadow.remembered(now, timedelta())
        opened = {name for name, incident in apart.incidents.items() if incident.is_open}
        yield from (alert.finding for alert in apart.alerts.values() if alert.incident in opened)

    def tick(
        self,
        now: datetime,
        findings: Iterable[Finding],
        windows: Iterable[PlannedWindow] = (),
        unseen: Iterable[Finding] = (),
    ) -> Tick:
        """Decide on the findings that hold at `now`. `windows` are those that the platform's data announces; `unseen`
        is what cannot be told yet. One that the state does not take is left out, and named in the log.
        """
        found = Found(list(findings), list(unseen), list(windows))
        try:
            return self._decided(now, found)
        except StateRefuses as error:
            fit = Found(
                [each for each in found.held if self._fits(now, each, found.windows)],
                [each for each in found.unseen if self._fits(now, each, found.windows)],
                found.windows,
            )
            if fit == found:
                raise
            log.error("%d findings cannot be stored and are left out: %s", found.count - fit.count, error)
            return self._decided(now, fit)

    def _decided(self, now: datetime, found: Found) -> Tick:
        """Overtaken by another process, it decides again at once."""
        tick = self._once(now, found)
        for _ in range(MOST_TRIES):
            if tick.committed is not Committed.OVERTAKEN:
                break
            self._metrics.overtaken()
            log.info("tick %s was overtaken and is decided again", f"{now:%H:%M:%S}")
            tick = self._once(now, found)
        return tick

    def _once(self, now: datetime, found: Found) -> Tick:
        memory, shadowed = self._remembered(now, found.windows)
        held, unseen = (parted(each, memory, self._rules.policy.shadow) for each in (found.held, found.unseen))
        declared_too = [*held.shown, *holding(memory, self._closed(memory))]
        result = decide(declared_too, memory, self._rules, now, unseen.shown)
        apart = decided_apart(held.apart, unseen.apart, shadowed, self._rules, now)
        with self._state.transaction() as tx:
            if not self._ours(tx):
                return Tick(Committed.ALREADY)
            both = replace(result, ledger=(*result.ledger, *apart.ledger))
            committed = tx.gate.commit(now, both, memory.version)
            if committed is Committed.APPLIED:
                tx.shadow.keep(apart)
                tx.outbox.add(to_say(result.decisions))
                self._follow(tx, result, now, memory.incidents)
        if committed is not Committed.APPLIED:
            return Tick(committed)
        for decision in result.decisions:
            self._metrics.decided(decision)
            _log(decision)
        return Tick(committed, result.decisions)

    def _remembered(self, now: datetime, windows: Sequence[PlannedWindow]) -> tuple[GateMemory, GateMemory]:
        """Of what people are told, and of shadow, under the silences and windows of the others."""
        policy = self._rules.policy
        window = policy.repeat_window
        told = self._state.remembered(now, window).with_windows(windows)
        if not (policy.shadow.is_on or self._in_shadow):
            return told, GateMemory()
        apart = self._state.shadow.remembered(now, window)
        self._in_shadow = bool(apart.alerts)
        since = first_held(told, now - window)
        known = replace(apart, silences=told.silences, windows=told.windows, elsewhere=since)
        return replace(told, elsewhere=first_held(apart, now - window)), known

    def _closed(self, memory: GateMemory) -> set[str]:
        """What was declared, and a person has resolved since."""
        known = ((name, self._state.response(name)) for name in declared(memory))
        return {name for name, each in known if each is None or each.state is ResponseState.RESOLVED}

    def _follow(self, tx: Transaction, result: GateResult, now: datetime, were: Mapping[str, Incident]) -> None:
        """The responses change in the transaction of their facts; pages for what is over or smaller are not sent.
        `were`: the incidents before the tick.
        """
        incidents = [*result.incidents, *self._graded(result, were)] if self._escalation is not None else []
        if self._escalation is None or not incidents:
            return
        known = tx.responses.of([each.id for each in incidents])
        over = {name for name, each in were.items() if not each.is_open}
        for after, entry in followed(incidents, known, result.alerts, self._escalation, now, over):
            before = known.get(after.incident)
            tx.responses.put(after)
            if before is not None:
                sent = self._state.pages_of(before.dedup_key)
                tx.pages.cancel(before.dedup_key)
                tx.pages.add(follow_ups(sent, before, after, now))
            tx.responses.note([entry])

    def _graded(self, result: GateResult, were: Mapping[str, Incident]) -> Iterator[Incident]:
        """Those of unchanged facts of whose findings a person has said how bad they are: what is found may say more."""
        unchanged = {each.incident for each in result.alerts} - {each.id for each in result.incidents}
        for response in self._state.responses_open() if unchanged & were.keys() else ():
            if response.set_severity is not None and response.incident in unchanged & were.keys():
                yield were[response.incident]

    def _fits(self, now: datetime, finding: Finding, windows: Sequence[PlannedWindow]) -> bool:
        """Does the state take what the gate would decide of it alone? Nothing of the trial is stored."""
        memory = self._state.remembered(now, self._rules.policy.repeat_window)
        result = decide([finding], memory.with_windows(windows), self._rules, now)
        try:
            with self._state.transaction() as tx:
                tx.gate.commit(now, result, memory.version)
                raise _Trial
        except _Trial:
            return True
        except StateRefuses:
            log.error("a finding of %r cannot be stored", finding.root)
            return False


def _log(decision: Decision) -> None:
    root = decision.finding.root
    fields = {"incident": decision.incident, "processor": root, "outcome": decision.outcome.value}
    log.info(
        "%s (%s) is %s",
        root,
        decision.severity,
        decision.because,
        extra={**fields, "reason": decision.reason.name.lower(), "severity": decision.severity.value},
    )


class _Trial(Exception):
    """Ends a transaction that was only tried."""
