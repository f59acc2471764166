"""The live watch: at each tick take in what became known, and give what is wrong to the gate."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.blindness import ALL_SEEN, Sight, stopped_history
from bot.domain.detection.absence import Absences, source_findings
from bot.domain.detection.watch import Watch
from bot.domain.evidence.observation import Event, Observed, Timeline
from bot.domain.evidence.untold import with_polls_named
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.incidents.decisions import Decision
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import Warehouse
from bot.services.blindness import Blindness
from bot.services.burning import Burns, nothing_burns
from bot.services.gate import GateService
from bot.services.known_until import RECORDED_AFTER, KnownUntil

log = logging.getLogger("fireline.detection")
LOOK_BACK = timedelta(days=35)
"""What is usual is computed from so much history."""
POLLS_BACK = timedelta(days=2)
"""Polls that found nothing matter only for the dates that are filled now."""
OVERLAP = timedelta(minutes=15)
"""Rows may be loaded so much later than they became known, or twice."""
LATEST = timedelta(hours=1)
"""By then, as a rule, what a source brings late has come."""
READ_BACK = timedelta(hours=6)
"""What a source that was not read for longer brings is learnt by starting afresh."""


@dataclass
class _Live:
    """A watch over one registry, and how far it has looked. `taken` are the events of the last look, at
    `ticked_at`; `reads`: when each source had been read then; `warm`: it has seen the day before.
    """

    document: str
    watch: Watch
    gate: GateService
    evidence: Observed
    until: datetime
    ticked_at: datetime
    taken: set[Event] = field(default_factory=set)
    reads: Mapping[str, datetime | None] = field(default_factory=dict)
    warm: bool = False

    @property
    def registry(self) -> Registry:
        return self.watch.history.registry

    def is_outgrown(self, observed: Observed) -> bool:
        """Has a processor run that the watch does not know, or does its evidence reach back further by now?"""
        known = self.registry.by_name
        if any(run.processor not in known for run in observed.runs):
            return True
        return _reaches_back(self.evidence, observed, _since(self, self.until))


class DetectionService:
    """`gate_for` makes the gate of a registry. A tick that fails loses nothing: the next one starts afresh."""

    def __init__(
        self,
        warehouse: Warehouse,
        severity: SeverityPolicy,
        accepted: AcceptedLosses,
        gate_for: Callable[[Registry], GateService],
        blindness: Blindness | None = None,
        burns: Burns = nothing_burns,
    ) -> None:
        self._warehouse, self._severity, self._accepted, self._gate_for = warehouse, severity, accepted, gate_for
        self._blindness, self._burns = blindness or Blindness(), burns
        self._live: _Live | None = None
        self._absences: Absences | None = None

    def tick(self, now: datetime) -> tuple[Decision, ...]:
        """What the gate decided at `now`. Nothing without a history but for blind sources, nor over a recorded one that
        has ended.
        """
        sight = self._blindness.sight()  # before the rows are read: what comes in between is not counted on
        known_until = self._warehouse.history().known_until
        document = self._warehouse.platform_document()
        if known_until is None or document is None:
            return self._of_sources_alone(sight, now)
        if known_until < now - RECORDED_AFTER:
            return ()
        live, self._live = self._live, None
        if live is not None and now < live.ticked_at:
            log.warning("the clock was put back from %s to %s UTC: detection restarts", live.ticked_at, now)
            live = None
        if live is not None and _reads_further_back(live, sight, now):
            log.info("a source is read again after a long time: detection restarts")
            live = None
        observed = self._warehouse.observed(_since(live, now), now)
        if live is None or live.document != document or live.is_outgrown(observed):
            observed = self._warehouse.observed(now - LOOK_BACK, now, now - POLLS_BACK)
            live = self._started(document, observed, now)
        elif _differs(live.evidence, observed):
            live.watch.renew(observed)
            live.evidence = _without_events(observed)
        observed = with_polls_named(observed, live.registry)
        timeline = Timeline(observed)
        if not live.warm:
            live.watch.warm_up(timeline, now)
            live.warm = True
        events = [event for event in timeline.until(now) if event not in live.taken]
        findings = live.watch.tick(events, now)
        live.ticked_at = now
        live.reads = {status.plan.name: status.synced_at for status in sight.statuses}
        newest = max((run.known_at for run in observed.runs), default=live.until)
        live.until = min(now, newest, _read_until(sight, now))
        live.taken = set(timeline.again(_since(live, now), now))
        if not sight.statuses:
            sight = self._stopped(live.registry, now)
        absences = self._absences_of(live, now)
        findings, self._blindness.held, unseen = absences.sorted_out(findings, sight, live.registry, now)
        findings += source_findings(sight, self._blindness.held, self._severity)
        findings += self._burns(now)
        decisions = live.gate.tick(now, findings, observed.windows, unseen).decisions
        self._live = live
        return decisions

    def forget(self) -> None:
        """Another process detects now: the next tick here starts afresh."""
        self._live = self._absences = None

    def _stopped(self, registry: Registry, now: datetime) -> Sight:
        """Without sources: has whoever loads the history stopped? Then it is as a source that shows nothing."""
        known = KnownUntil(self._warehouse, registry).of(self._warehouse.history(), now)
        return ALL_SEEN if known.stopped is None else stopped_history(known.moment, now)

    def _of_sources_alone(self, sight: Sight, now: datetime) -> tuple[Decision, ...]:
        """Nothing is known of the pipeline yet, and a source that would tell of it shows nothing."""
        findings = source_findings(sight, {}, self._severity)
        return self._gate_for(Registry(processors=())).tick(now, findings).decisions if findings else ()

    def _absences_of(self, live: _Live, now: datetime) -> Absences:
        if self._absences is None:
            self._absences = Absences(each.fingerprint for each in live.gate.open_findings(now))
        return self._absences

    def _started(self, document: str, observed: Observed, now: datetime) -> _Live:
        registry = Registry.model_validate_json(document).including(run.processor for run in observed.runs)
        gate = self._gate_for(registry)
        watch = Watch(registry, observed, self._severity, self._accepted, gate.storm)
        opened = gate.open_findings(now)
        watch.look_after((name, day) for each in opened if (day := each.data_date) for name in each.processors)
        return _Live(document, watch, gate, _without_events(observed), now, now)


def _read_until(sight: Sight, now: datetime) -> datetime:
    """By the source that lags most: what it brings when it is read again became known since then."""
    lates = [
        status.synced_at - min(status.plan.lateness, LATEST)
        for status in sight.statuses
        if status.synced_at is not None
    ]
    return max(min(lates, default=now), now - READ_BACK)


def _reads_further_back(live: _Live, sight: Sight, now: datetime) -> bool:
    """Was a source read that had not been for so long that its rows may have become known before the last look?"""
    for status in sight.statuses:
        before = live.reads.get(status.plan.name)
        if status.synced_at != before and (before is None or before < now - READ_BACK):
            return True
    return False


def _since(live: _Live | None, now: datetime) -> datetime:
    return (live.until if live is not None else now) - OVERLAP


def _without_events(observed: Observed) -> Observed:
    """The calendar, the windows and the kinds of evidence, without the events: those are weeks of rows."""
    return replace(observed, runs=(), loads=(), files=())


def _differs(before: Observed, after: Observed) -> bool:
    """Is another calendar known, are there other windows, or is something known that was not?"""
    return (
        Counter(before.games) != Counter(after.games)
        or set(before.windows) != set(after.windows)
        or before.seen != after.seen
    )


def _reaches_back(before: Observed, after: Observed, since: datetime) -> bool:
    """Is something known of a time that was looked at without it? Then its rows are to be read from there on."""
    if before.seen is None or after.seen is None:
        return False
    earlier, later = set(before.seen.moments()), set(after.seen.moments())
    return any(moment <= since for moment in later - earlier)
