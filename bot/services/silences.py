"""Silences and windows: previewed by what they would have hidden, set by whoever asked, counted by what they hide."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.access import Actor, Identity, without_slack
from bot.domain.errors import BadInput
from bot.domain.gate.silences import (
    OFFERED,
    PREVIEW,
    Kind,
    Silence,
    SilencePreview,
    Standing,
    confirmed,
    hidden_counts,
    preview,
    proposed,
)
from bot.domain.health.model import HealthRequest
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import NOTIFYING
from bot.domain.platform.registry import Registry
from bot.domain.redaction import redacted
from bot.ports.state import State
from bot.services.access import check_role
from bot.services.health import HealthService
from bot.services.required_state import required

log = logging.getLogger("fireline.silences")
RealFailures = Callable[[HealthRequest, datetime], int]
AFTER = timedelta(microseconds=1)
ID_LENGTH = 8
When = timedelta | tuple[datetime, datetime]
"""How long from now, of a silence; from when to when, of a window."""
_FOR = {Kind.SILENCE: "one processor or one phase", Kind.WINDOW: "one processor, one phase or all"}
_STANDS = {Kind.SILENCE: "holds", Kind.WINDOW: "holds or is planned"}


class SilenceService:
    """`phases` is the phase of each processor; `real_failures` counts failed runs of a scope that were not expected;
    `identify` asks who somebody is. `state` None: this process keeps none.
    """

    def __init__(
        self,
        state: State | None,
        phases: Mapping[str, int | None],
        real_failures: RealFailures,
        identify: Callable[[Actor], Identity] = without_slack,
    ) -> None:
        self._state, self._phases, self._real_failures, self._identify = state, phases, real_failures, identify

    def propose(self, target: HealthRequest, when: When, reason: str, who: Actor, now: datetime) -> SilencePreview:
        """Store it, not yet in force, with what it would have hidden. A window with neither processor nor phase is for
        all processors. Raises NotAllowed for who may not; BadInput for one that makes no sense.
        """
        self._check(who)
        wanted = _wanted(target, when, reason, who, now)
        everything = wanted.kind is Kind.WINDOW and target.phase is None
        if target.processor is None and not everything and target.phase not in self._phases.values():
            raise BadInput(f"There is no phase {target.phase}. A {wanted.kind} is for {_FOR[wanted.kind]}.")
        silence = proposed(wanted, now)
        found = replace(self.preview(silence, now), real=self._real_failures(target, now))
        if not self._required().add_silence(silence):
            raise BadInput(f"Ask again: two {silence.kind}s were asked for at once.")
        return found

    def impose(
        self, target: HealthRequest, length: timedelta, reason: str, who: Actor, now: datetime, key: str
    ) -> Silence:
        """Without a question: it holds at once. `key` names what asked for it: the same again is the same silence.
        Raises NotAllowed and BadInput.
        """
        self._check(who)
        if target.processor is None and target.phase not in self._phases.values():
            raise BadInput(f"There is no phase {target.phase}. A silence is for {_FOR[Kind.SILENCE]}.")
        name = hashlib.sha256(key.encode()).hexdigest()[:ID_LENGTH]
        silence = replace(proposed(_wanted(target, length, reason, who, now), now), id=name, proposed=False)
        if self._required().add_silence(silence):
            log.info("%s silences %s", who.name, silence.what)
        found = self._required().silence(name)
        assert found is not None
        return found

    def preview(self, silence: Silence, now: datetime) -> SilencePreview:
        """Of the decisions of the last seven days, and of what is open now."""
        state = self._required()
        found = preview(silence, state.decisions(now - PREVIEW, now + AFTER), self._phases, now)
        names = dict.fromkeys(each.incident for each in found.hidden if each.incident)
        incidents = [each for name in names if (each := state.incident(name)) is not None and each.number]
        delivered = _delivered(found.hidden, incidents)
        return replace(found, incidents=tuple(incidents), delivered=delivered, open=self._open(silence))

    def confirm(self, silence_id: str, who: Actor, now: datetime) -> Silence:
        """It holds from now, or from its beginning. Raises NotAllowed, and BadInput for one that is set already, that
        another has asked for, or too late.
        """
        self._check(who)
        state = self._required()
        known = state.silence(silence_id)
        if known is None:
            raise BadInput("It is not known any more. Ask for it again.")
        if known.by != who.name:
            raise BadInput(f"Only {known.by}, who asked, can set it.")
        if known.proposed and now > known.previewed_at + OFFERED:
            raise BadInput("What it would hide may be another thing by now. Ask for it again.")
        if known.proposed and now >= known.until:
            raise BadInput("It would be over by now. Ask for it again.")
        if not state.confirm_silence(silence_id, now):
            raise BadInput("It is set already.")
        until = f"{known.until:%Y-%m-%d %H:%M} UTC"
        log.info("%s sets a %s of %s until %s", who.name, known.kind, known.what, until)
        return confirmed(known, now)

    def end(self, silence_id: str, who: Actor, now: datetime, kind: Kind = Kind.SILENCE) -> Standing:
        """End it now; what still holds is announced at the next tick, what began in a window when it had time to
        settle. Raises NotAllowed, and BadInput for one that neither holds nor is still to come.
        """
        self._check(who)
        state = self._required()
        known = state.silence(silence_id)
        there = known is not None and known.kind is kind
        if known is None or not there or not state.end_silence(silence_id, now, who.name):
            raise BadInput(f"No {kind} {silence_id!r} {_STANDS[kind]}. `list` shows those that do.")
        log.info("%s ends the %s of %s", who.name, kind, known.what)
        return self._counted([replace(known, until=now)], now)[0]

    def standing(self, now: datetime, kind: Kind | None = None) -> list[Standing]:
        """Those that hold or are still to come, in order of their end, each with what it has hidden; None: of both
        kinds.
        """
        if self._state is None:
            return []
        found = self._state.silences(now)
        return self._counted([each for each in found if kind in (None, each.kind)], now)

    def hidden(self, since: datetime, until: datetime) -> dict[str, int]:
        """How many findings each silence and window has hidden, by its name."""
        return hidden_counts(self._required().decisions(since, until))

    def _counted(self, silences: Iterable[Silence], now: datetime) -> list[Standing]:
        listed = list(silences)
        if not listed:
            return []
        counts = self.hidden(min(each.since for each in listed), now + AFTER)
        return [Standing(each, counts.get(each.id, 0)) for each in listed]

    def _open(self, silence: Silence) -> tuple[Incident, ...]:
        state = self._required()
        return tuple(
            incident
            for incident in state.open_incidents()
            if incident.number and silence.covers(incident.headline, self._phases)
        )

    def _check(self, who: Actor) -> None:
        check_role(self._identify, who, "set or end a silence or a window")

    def _required(self) -> State:
        return required(self._state)


def _wanted(target: HealthRequest, when: When, reason: str, who: Actor, now: datetime) -> Silence:
    """A silence for a length of time, a window of a span of time."""
    since, until = (now, now + when) if isinstance(when, timedelta) else when
    return Silence(
        id=uuid4().hex[:ID_LENGTH],
        processor=target.processor,
        phase=target.phase,
        since=since,
        until=until,
        reason=redacted(reason),
        by=who.name,
        announced_at=None if isinstance(when, timedelta) else now,
    )


def silences_over(
    state: State | None,
    registry: Registry,
    health: HealthService,
    identify: Callable[[Actor], Identity] = without_slack,
) -> SilenceService:
    """Silences of a registry's processors, which `health` counts failures of."""

    def real_failures(target: HealthRequest, now: datetime) -> int:
        return health.of(target, now).noise.real

    return SilenceService(state, {each.name: each.phase for each in registry.processors}, real_failures, identify)


def _delivered(hidden: Iterable[Decision], incidents: Iterable[Incident]) -> int:
    """Messages and updates that arrived."""
    arrived = {each.id for each in incidents if each.message is not None}
    return sum(each.outcome in NOTIFYING and each.incident in arrived for each in hidden)
