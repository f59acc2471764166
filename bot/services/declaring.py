"""Incidents that people declare, and pages that they send on purpose: both are incidents, and page by the policy."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from bot.domain.access import Actor, Identity, without_slack
from bot.domain.delivery import Queued
from bot.domain.escalation.pages import Targets
from bot.domain.escalation.simulation import SimulatedStep, simulated
from bot.domain.findings.severity import Severity
from bot.domain.gate import declared
from bot.domain.gate.declared import Wanted
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder, beginning_with
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.outbox import to_say
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.schedule import Schedule
from bot.domain.oncall.whom import whom
from bot.domain.redaction import redacted
from bot.ports.state import State
from bot.services.access import check_role
from bot.services.required_state import required

log = logging.getLogger("fireline.declaring")


@dataclass(frozen=True)
class Paging:
    """By what rules people are paged: `target` says by what a channel reaches a person."""

    policy: EscalationPolicy
    target: Targets


class DeclaringService:
    """`schedule` knows the covers; `processors` are those of the registry; `identify` asks who somebody is. `state`
    None: this process keeps none.
    """

    def __init__(
        self,
        state: State | None,
        schedule: Callable[[datetime], Schedule],
        paging: Paging,
        processors: Collection[str],
        identify: Callable[[Actor], Identity] = without_slack,
    ) -> None:
        self._state, self._schedule, self._paging = state, schedule, paging
        self._processors, self._identify = processors, identify

    @property
    def ladders(self) -> Mapping[Severity, Ladder]:
        """Whom each severity pages."""
        return self._paging.policy.ladders

    def declare(self, wanted: Wanted, who: Actor, now: datetime, *, key: str = "") -> Incident:
        """Open it: it has its number when this returns. `key` names what was sent: the same again is the same incident.

        Raises NotAllowed for who may not, and BadInput for what makes no sense.
        """
        self.check(who)
        state, wanted = self._required(), self.cleaned(wanted)
        ladder, named = self._ladder(wanted, now)
        made, result = declared.opened(wanted, key or uuid4().hex, who.name, now)
        opened = responses.opened(made.id, wanted.severity, ladder, now)
        with state.transaction() as tx:
            new = tx.gate.declare(result)
            if new:
                tx.outbox.add(to_say(result.decisions))
                tx.responses.put(opened)
                tx.responses.note([_entry(made, wanted, who, named, now)])
        found = state.incident(made.id)
        assert found is not None
        if new:
            log.info("%s declares %s (%s)", who.name, found.label, wanted.severity, extra={"incident": found.label})
        return found

    def cleaned(self, wanted: Wanted) -> Wanted:
        """On one line, and without secrets. Raises BadInput for what cannot be declared."""
        title, because = (redacted(" ".join(text.split())) for text in (wanted.title, wanted.because))
        clean = replace(wanted, title=title, because=because)
        declared.checked(clean, self._processors)
        return clean

    def named(self, wanted: Wanted, now: datetime) -> str:
        """Whom it pages first, as oncall.yaml calls them. Raises BadInput for somebody who is not there."""
        return whom(self._schedule(now), wanted.page).name

    def preview(self, wanted: Wanted, now: datetime) -> list[SimulatedStep]:
        """Who would be paged if it were declared now and nobody acknowledged it, by the engine's own rules. What is
        only written down, and is not set up, is no news.
        """
        ladder, _ = self._ladder(wanted, now)
        steps = simulated(wanted.severity, ladder, self._schedule(now), self._paging.target, now)
        return [each for each in steps if each.ways or not each.number or ladder.steps[each.number - 1].wakes]

    def pages(self, incident: Incident) -> Sequence[Queued]:
        """What has become of the pages of its episode."""
        response = self._required().response(incident.id)
        return [] if response is None else self._required().pages_of(response.dedup_key)

    def check(self, who: Actor) -> None:
        """Raises NotAllowed for who may not declare an incident."""
        check_role(self._identify, who, "declare an incident or page somebody")

    def _ladder(self, wanted: Wanted, now: datetime) -> tuple[Ladder, str]:
        """Its policy's, with whoever is named before all others; and their name."""
        ladder = self._paging.policy.of(wanted.severity)
        named = whom(self._schedule(now), wanted.page)
        if not named.name:
            return ladder, ""
        rotas, people = (named.rota,) if named.rota else (), (named.person,) if named.person else ()
        return beginning_with(ladder, rotas, people), named.name

    def _required(self) -> State:
        return required(self._state)


def _entry(incident: Incident, wanted: Wanted, who: Actor, named: str, now: datetime) -> Entry:
    why = f" ({wanted.because})" if wanted.because else ""
    first = f"; {named} is paged first" if named else ""
    text = f"{who.name} declared it as {wanted.severity}{why}: {wanted.title}{first}"
    return Entry(incident.id, now, EntryKind.OPENED, text, who.key)
