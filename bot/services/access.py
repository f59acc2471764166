"""Who somebody is, as Slack says it, and what they may do about an incident."""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from bot.domain.access import (
    AccessPolicy,
    Act,
    Actor,
    Ask,
    Identity,
    Origin,
    Part,
    Refused,
    Role,
    Way,
    by_part,
    may,
    refused_by_role,
    without_slack,
)
from bot.domain.errors import BadInput
from bot.domain.escalation.coming import paged_now_or_next
from bot.domain.escalation.pages import Targets, people_at, whoever
from bot.domain.escalation.readiness import SLACK, Doubt, Doubts
from bot.domain.grants import asked_about
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response
from bot.domain.oncall.schedule import Person, Schedule
from bot.ports.directory import Directory, DirectoryUnavailable
from bot.ports.state import State

log = logging.getLogger("fireline.access")
FRESH_S, KNOWN_S = 60.0, 3_600.0
"""So long what Slack said is taken as it is, and so long where Slack does not answer."""
NO_ANSWER_S = 5.0
"""So long Slack is not asked again after it has not answered: somebody waits."""
Found = TypeVar("Found")
_DOES = {
    Act.SEVERITY: "Lowering it",
    Act.HAND_OVER: "Handing it over",
    Act.MITIGATE: "Calling it mitigated",
    Act.RESOLVE: "Resolving it",
}
_NOT_AGAIN = "end the pages that begin again when nobody is still on it"
_ENDS = {Act.HAND_OVER: "take it from them", Act.MITIGATE: _NOT_AGAIN, Act.RESOLVE: _NOT_AGAIN}
"""What an act does to whoever has it."""
_NOT_WRITTEN_TO = {
    Origin.DEACTIVATED: "the account is deactivated",
    Origin.BOT: "the account is a bot's",
    Origin.ELSEWHERE: "no such account in this workspace",
}


class NotYours(BadInput):
    """Whoever asks was not paged, and has no turn: taking it over would stop the pages to others, or take it from
    whoever has it.
    """

    def __init__(self, incident: Incident, response: Response, asked: Ask, act: Act) -> None:
        self.incident, self.act, self.about = incident, act, asked_about(response)
        does = _DOES.get(act, "Taking it over")
        if asked.owner:
            super().__init__(f"{asked.owner} has {incident.label}. {does} would {_ENDS.get(act, 'make it yours')}.")
            return
        stops = f"stop the pages to {' and '.join(asked.stops)}" if asked.stops else "end the pages"
        super().__init__(f"You were not paged for {incident.label}. {does} would {stops}.")


class NotAllowed(BadInput):
    """Whoever asks may not do that."""


def check_role(identify: Callable[[Actor], Identity], who: Actor, what: str, needs: Role = Role.RESPONDER) -> None:
    """Of what is about no single incident. Raises NotAllowed for who has not that role."""
    refused = refused_by_role(identify(who), needs, what)
    if refused is not None:
        log.warning("%s may not %s: %s", who.key, what, refused.because)
        raise NotAllowed(refused.because)


class Access:
    """What somebody may do. Slack is asked only where their part in the incident does not decide it."""

    def __init__(
        self,
        state: State,
        schedule: Callable[[datetime], Schedule],
        identify: Callable[[Actor], Identity],
        targets: Targets = whoever,
    ) -> None:
        self._state, self._schedule, self._identify, self._targets = state, schedule, identify, targets

    def check(
        self, act: Act, who: Actor, incident: Incident, response: Response, now: datetime, *, meant: bool
    ) -> None:
        """Raises NotYours and NotAllowed."""
        part = self._part(who.name, response, now)
        at_once = by_part(act, part)
        identity = without_slack(who) if at_once else self._identify(who)
        match may(act, identity, part, response, meant=meant):
            case Ask() as asked:
                raise NotYours(incident, response, asked, act)
            case Refused(because):
                log.warning("%s may not %s %s: %s", who.key, act, incident.label, because)
                raise NotAllowed(because)

    def _part(self, name: str, response: Response, now: datetime) -> Part:
        schedule, steps = self._schedule(now), response.ladder.steps
        rotas = [rota for step in steps for rota in step.rotas]
        return Part(
            paged=any(each.page.person == name for each in self._state.pages_of(response.dedup_key)),
            on_turn=name in people_at(schedule, rotas, now) or any(name in step.people for step in steps),
            has_it=response.owner == name,
            others=paged_now_or_next(response, schedule, self._targets, now),
        )


class Identities:
    """Who somebody is; of Slack users Slack is asked. What it said lately is remembered; `seconds` is a clock that
    nobody sets.
    """

    def __init__(self, policy: AccessPolicy, directory: Directory, seconds: Callable[[], float]) -> None:
        self._default, self._roles = policy.default, policy.roles
        self._groups = [name for name in self._roles if name.startswith("S")]
        self._origins = _Remembered(directory.origin, seconds)
        self._members = _Remembered(directory.members, seconds)
        self._emails = _Remembered(directory.email, seconds)

    def __call__(self, actor: Actor) -> Identity:
        if actor.way is not Way.SLACK:
            return without_slack(actor)
        try:
            origin = self._origins(actor.id)
            if origin is not Origin.MEMBER:
                return Identity(origin)
            groups = [group for group in self._groups if actor.id in self._members(group)]
        except DirectoryUnavailable as error:
            return Identity(Origin.UNKNOWN, why_unknown=str(error))
        given = [self._roles[each] for each in (actor.id, *groups) if each in self._roles]
        return Identity(origin, max(given, default=self._default), named=bool(given))

    def email(self, actor: Actor) -> str:
        """Their address; "" where there is none, or Slack does not say it."""
        try:
            return self._emails(actor.id) if actor.way is Way.SLACK else ""
        except DirectoryUnavailable as error:
            log.warning("the address of %s is not known: %s", actor.key, error)
            return ""


def email_by(identify: Callable[[Actor], Identity]) -> Callable[[Actor], str]:
    """The address of who acts, where Slack is asked who that is; else ""."""
    return identify.email if isinstance(identify, Identities) else lambda _: ""


def slack_doubts(identify: Callable[[Actor], Identity]) -> Doubts:
    """What Slack says of an account that it does not let us write to; where it says nothing, that."""

    def doubt(channel: str, person: Person) -> Doubt | None:
        if channel != SLACK or not person.slack:
            return None
        found = identify(Actor(person.slack, person.name))
        if found.origin is Origin.UNKNOWN:
            return Doubt(found.why_unknown, certain=False)
        return Doubt(_NOT_WRITTEN_TO[found.origin]) if found.origin in _NOT_WRITTEN_TO else None

    return doubt


class _Remembered(Generic[Found]):
    def __init__(self, ask: Callable[[str], Found], seconds: Callable[[], float]) -> None:
        self._ask, self._seconds, self._lock = ask, seconds, Lock()
        self._known: dict[str, tuple[float, Found]] = {}
        self._silent_until, self._why = 0.0, ""

    def __call__(self, name: str) -> Found:
        """Raises DirectoryUnavailable where Slack does not answer, and what it said is older than an hour."""
        now = self._seconds()
        with self._lock:
            known, silent = self._known.get(name), now < self._silent_until
        if known is not None and now - known[0] < (KNOWN_S if silent else FRESH_S):
            return known[1]
        if silent:
            raise DirectoryUnavailable(self._why)
        try:
            found = self._ask(name)
        except DirectoryUnavailable as error:
            with self._lock:
                self._silent_until, self._why = now + NO_ANSWER_S, str(error)
            if known is None or now - known[0] >= KNOWN_S:
                raise
            return known[1]
        with self._lock:
            self._known[name] = now, found
        return found
