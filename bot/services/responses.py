"""What people do about an incident: take it, say that the harm has stopped, hand it over, resolve it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access import Act, Actor, Identity, without_slack
from bot.domain.counts import plural
from bot.domain.errors import BadInput, suggest
from bot.domain.escalation.coming import coming, unfilled
from bot.domain.escalation.pages import Targets, follow_ups, whoever
from bot.domain.findings.severity import Severity
from bot.domain.grants import asked_about, is_offered
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import Incident, MessageRef
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.retrospect import IncidentMemory
from bot.domain.incidents.set_severity import SetSeverity, seen_in
from bot.domain.incidents.standing import Overview, Standing
from bot.domain.incidents.timeline import CHANGES, Entry, EntryKind
from bot.domain.oncall.schedule import Schedule
from bot.domain.oncall.whom import MENTION, whom
from bot.domain.redaction import redacted
from bot.ports.state import State
from bot.services.access import Access
from bot.services.retrospect import RetrospectService
from bot.services.watched import Watched, never

log = logging.getLogger("fireline.responses")
MOST_TRIES = 3
MOST_WRONG = 5
MOST_REASON, MOST_WHY = 500, 300
SLACK = "slack"
"""The channel of pages whose `ref` is a message of Slack: CHANNEL:TS."""
Change = Callable[[Response], Response]


@dataclass(frozen=True)
class _Wanted:
    """What `who` wants to be changed, and what the timeline says of it, as the response is before."""

    act: Act
    who: Actor
    change: Change
    entry: Callable[[Response], Entry]
    takes_nothing: Callable[[Response], bool] = lambda _: False
    """Does it stop nobody's pages, as the response is?"""
    of_card: bool = False
    """Was a button of a card pressed? Then it counts while the card of now has it."""


@dataclass(frozen=True)
class Said:
    """How bad somebody says that an incident is, and why."""

    severity: Severity
    because: str


@dataclass(frozen=True)
class Quote:
    """What `by`, a Slack id, wrote in a message, and where it stands."""

    text: str
    link: str
    by: str


class StillWrong(BadInput):
    """The data is not right yet: only a person's reason resolves it."""

    def __init__(self, incident: Incident, wrong: Sequence[str]) -> None:
        named = "\n".join(f"- {each}" for each in wrong[:MOST_WRONG])
        more = f"\n- and {len(wrong) - MOST_WRONG} more" if len(wrong) > MOST_WRONG else ""
        super().__init__(
            f"{incident.label} is not resolved: the data is not right yet.\n{named}{more}\n"
            "Give a reason to resolve it all the same."
        )


class Outdated(BadInput):
    """A button of an older state: what has changed since, and by whom."""

    def __init__(self, incident: Incident, response: Response, timeline: Sequence[Entry]) -> None:
        self.incident = incident
        last = next((each for each in reversed(timeline) if each.kind in CHANGES), None)
        since = f": {last.text} ({last.at:%Y-%m-%d %H:%M} UTC)" if last is not None else ""
        super().__init__(f"{incident.label} has changed since that button was made{since}. It is {response.state} now.")


def _stored(reason: str) -> str:
    """On one line, and without secrets. Raises BadInput for one that is too long."""
    found = redacted(" ".join(reason.split()))
    if len(found) > MOST_REASON:
        raise BadInput(f"The reason is {len(found)} characters long. Write {MOST_REASON} at most.")
    return found


def _takes_the_same(first: Response, seen: Response, who: Actor) -> bool:
    """What somebody means to take is what they were told: not from who has it since, nor what is graver since."""
    return seen.severity is first.severity and seen.owner in (first.owner, who.name)


def _cannot_be_asked(_incident: str, _now: datetime) -> Sequence[str]:
    return ("the data cannot be asked here: ask the process that runs detection",)


class ResponseService:
    """`schedule` knows the covers; `still_wrong` asks the data of an incident, None: this process cannot; `identify`
    asks who somebody is; `watched`: until when an incident of which nothing holds is; `targets`: whom pages reach.
    People are called by their names in the schedule, or as they call themselves.
    """

    def __init__(
        self,
        state: State | None,
        schedule: Callable[[datetime], Schedule],
        still_wrong: Callable[[str, datetime], Sequence[str]] | None = None,
        identify: Callable[[Actor], Identity] = without_slack,
        watched: Watched = never,
        policy: Callable[[], EscalationPolicy] = EscalationPolicy,
        targets: Targets = whoever,
    ) -> None:
        self._state, self._schedule = state, schedule
        self._still_wrong, self._identify = still_wrong or _cannot_be_asked, identify
        self._watched, self._policy, self._targets = watched, policy, targets

    @property
    def access(self) -> Access:
        return Access(self._required(), self._schedule, self._identify, self._targets)

    def incident(self, name: str) -> Incident:
        """By its id, or by INC-42. Raises BadInput for one that is not known."""
        state, number = self._required(), name.strip().upper().removeprefix("INC-")
        known = number.isascii() and number.isdigit() and len(number) < 10
        found = state.incident_numbered(int(number)) if known else state.incident(name)
        if found is None:
            raise BadInput(f"There is no incident {name!r}. Write its number, as INC-42.")
        return found

    def incident_of_thread(self, thread: MessageRef) -> Incident | None:
        """The incident whose message, or whose page to one person, begins that thread."""
        state = self._required()
        found = state.incident_at(thread)
        paged = None if found is not None else state.page_by_ref(SLACK, f"{thread.channel}:{thread.ts}")
        return found if paged is None else state.incident(paged.incident)

    def granted(self, value: str, act: Act, who: Actor, *, meant: bool = False) -> Incident:
        """What the button of a card stands for: a grant, or on cards of older releases the incident itself. Raises
        Outdated where the card of now has not that button; `meant`: it is not of a card, but of a question.
        """
        state, grant = self._required(), self._required().grant(value)
        found = self.incident(value if grant is None else grant.incident)
        response = state.response(found.id)
        fits = grant is None or (grant.act is act and response is not None and grant.episode == response.episode)
        if response is None or (fits and (meant or is_offered(act, response, who.name))):
            return found
        raise Outdated(found, response, state.timeline(found.id))

    def who(self, slack: str, now: datetime) -> Actor:
        """A Slack user, by the name of the schedule, else by the id itself."""
        person = self._schedule(now).person_of(slack)
        return Actor(slack, slack if person is None else person.name)

    def named(self, name: str, now: datetime) -> str:
        """Whom the schedule calls so, in any case of letters; "" for nobody."""
        return next((each for each in self._schedule(now).by_name if each.casefold() == name.casefold()), "")

    def person(self, name: str, now: datetime) -> str:
        """Who is meant by a name. Raises BadInput for one that the schedule does not know, unless it knows nobody."""
        people = self._schedule(now).by_name
        if people and not self.named(name, now):
            known = ", ".join(sorted(people))
            raise BadInput(
                f"{name!r} is not among the people of oncall.yaml. Known: {known}. Say who you are: --as NAME."
            )
        return self.named(name, now) or name

    def acknowledge(
        self,
        incident: Incident,
        who: Actor,
        now: datetime,
        *,
        take_over: bool = False,
        about: str | None = None,
        way: str = "",
        of_card: bool = False,
    ) -> Response:
        """Pages stop in the same transaction. Whoever has it already holds it for as long again: once a
        minute. `about`: what they were asked before they took it over; it is asked anew where that has changed.

        Raises NotYours for somebody who was not paged and has no turn, unless they `take_over`; NotAllowed for who may
        not; BadInput when it is over. `of_card`: of two who press its button at once the second gets Outdated.
        """
        entry = Entry(incident.id, now, EntryKind.ACKNOWLEDGED, f"{who.name} has it{way and f', {way}'}", who.key)

        def change(response: Response) -> Response:
            return responses.taken(response, who.name, now)

        wanted = _Wanted(Act.ACKNOWLEDGE, who, change, lambda _: entry, of_card=of_card)
        return self._changed(incident, wanted, meant=take_over, about=about)

    def take_over(self, incident: Incident, who: Actor, now: datetime) -> Response:
        return self.acknowledge(incident, who, now, take_over=True)

    def overviews(self, now: datetime) -> list[Overview]:
        """Of what is not resolved, the worst first; without timelines."""
        state = self._required()
        schedule, opened = self._schedule(now), {each.id: each for each in state.open_incidents()}
        known = [(each, opened.get(each.incident) or state.incident(each.incident)) for each in state.responses_open()]
        watched = self._watched([incident for _, incident in known if incident is not None])
        return [
            Overview(
                incident,
                self._standing(response, schedule, now),
                (),
                watched.get(incident.id),
            )
            for response, incident in known
            if incident is not None
        ]

    def memory(self, incident: Incident) -> IncidentMemory | None:
        """What ended those like it."""
        return RetrospectService(self._state).memory(incident)

    def overview(self, incident: Incident, now: datetime) -> Overview:
        standing = self.standing(incident.id, now)
        timeline = tuple(self._required().timeline(incident.id))
        return Overview(incident, standing, timeline, self._watched([incident]).get(incident.id))

    def mitigate(self, incident: Incident, who: Actor, now: datetime, *, of_card: bool = False) -> Response:
        """The harm has stopped: nobody is paged any more, unless it becomes worse."""
        entry = Entry(incident.id, now, EntryKind.MITIGATED, f"{who.name} says that the harm has stopped", who.key)

        def change(response: Response) -> Response:
            return responses.mitigated(response, who.name, now)

        wanted = _Wanted(Act.MITIGATE, who, change, lambda _: entry, of_card=of_card)
        return self._changed(incident, wanted)

    def resolve(self, incident: Incident, who: Actor, now: datetime, reason: str = "") -> Response:
        """The data is asked. Raises StillWrong where it is not right, unless there is a `reason` to resolve it all the
        same; it begins again when it becomes worse.
        """
        reason = _stored(reason)
        wrong = self._still_wrong(incident.id, now) if incident.has_data else ()
        if wrong and not reason:
            raise StillWrong(incident, wrong)
        lacking = f"{plural(len(wrong), 'date')} {'is' if len(wrong) == 1 else 'are'} not right"
        against = f", though {lacking}: {reason}" if wrong else ""
        entry = Entry(incident.id, now, EntryKind.RESOLVED, f"{who.name} resolved it{against}", who.key)
        # What the gate has seen end, and the data proves, is over as if the data had ended it.
        by = who.name if wrong or incident.is_open else ""
        wanted = _Wanted(Act.RESOLVE, who, lambda response: responses.resolved(response, now, by), lambda _: entry)
        return self._changed(incident, wanted)

    def reopen(self, incident: Incident, who: Actor, reason: str, now: datetime) -> Response:
        """It is not over: a new episode, which pages from step 1. Raises BadInput for one that is open."""
        reason = _stored(reason)
        if not reason:
            raise BadInput(f"Say why {incident.label} is not over.")
        entry = Entry(incident.id, now, EntryKind.REOPENED, f"{who.name} reopened it: {reason}", who.key)
        wanted = _Wanted(Act.REOPEN, who, lambda response: responses.reopened(response, now), lambda _: entry)
        return self._changed(incident, wanted)

    def hand_over(self, incident: Incident, who: Actor, to: str, now: datetime) -> Response:
        """`to` is a name of the schedule, in any case of letters, or a mention of Slack's, and has it from now on.
        Raises BadInput for anybody else.
        """
        schedule, said = self._schedule(now), to.strip()
        to = whom(schedule, said).person if MENTION.fullmatch(said) else self.named(said.removeprefix("@"), now)
        if not to:
            unknown = f"{said!r} is not among the people of oncall.yaml." if said else "To whom? Name a person."
            raise BadInput(f"{unknown} {suggest(said, schedule.by_name)}".rstrip())
        entry = Entry(incident.id, now, EntryKind.HANDED_OVER, f"{who.name} handed it over to {to}", who.key)
        wanted = _Wanted(Act.HAND_OVER, who, lambda response: responses.taken(response, to, now), lambda _: entry)
        return self._changed(incident, wanted)

    def check(self, act: Act, incident: Incident, who: Actor, now: datetime) -> None:
        """Raises what the act itself would: NotYours, NotAllowed, or BadInput where it makes no sense."""
        self.access.check(act, who, incident, self._seen(incident, act), now, meant=False)

    def set_severity(
        self, incident: Incident, who: Actor, said: Said, now: datetime, *, meant: bool = False
    ) -> Response:
        """Raised, it pages from step 1, whoever has it; lowered, it pages by the smaller severity until the facts show
        more than is known now. Raises NotYours, if it is not `meant`, where it would stop pages to others; BadInput for
        the severity that it has, or without a reason.
        """
        because = _stored(said.because)
        if not because or len(because) > MOST_WHY:
            raise BadInput(f"Say why {incident.label} is {said.severity}, in {MOST_WHY} characters at most.")
        ladder, seen = self._policy().of(said.severity), seen_in(self._required().members(incident.id))
        word = SetSeverity(said.severity, who.name, because, now, seen)
        text = f"{who.name} set it to {said.severity}: {because}"

        def entry(response: Response) -> Entry:
            if said.severity < response.severity:
                return Entry(incident.id, now, EntryKind.WORSE, f"{text}; paging begins at step 1", who.key)
            return Entry(incident.id, now, EntryKind.GRADED, text, who.key)

        def change(response: Response) -> Response:
            return responses.graded(response, word, ladder, now)

        def raises(response: Response) -> bool:
            if response.severity is said.severity:
                raise BadInput(f"{incident.label} is {said.severity} already.")
            return said.severity < response.severity

        return self._changed(incident, _Wanted(Act.SEVERITY, who, change, entry, raises), meant=meant)

    def note(self, incident: Incident, who: Actor, quote: Quote, now: datetime) -> None:
        """What somebody wrote, in the timeline: once, however often it is asked for. Raises NotAllowed."""
        state, response = self._required(), self._required().response(incident.id)
        if response is None:
            raise BadInput(f"{incident.label} has no timeline: nobody is told of it.")
        self.access.check(Act.NOTE, who, incident, response, now, meant=True)
        author = self.who(quote.by, now).name or "somebody"
        text = f"{who.name} added what {author} wrote: {quote.text or '(no text)'} ({quote.link})"
        with state.transaction() as tx:
            tx.responses.of([incident.id])  # nobody else adds one before this is stored
            noted = [each for each in state.timeline(incident.id) if each.kind is EntryKind.NOTE]
            if not any(each.text.endswith(f"({quote.link})") for each in noted):
                tx.responses.note([Entry(incident.id, now, EntryKind.NOTE, text, who.key)])

    def standing(self, incident_id: str, now: datetime) -> Standing | None:
        """Who has it, and what comes next, from the engine's own rule; None: it has no response."""
        response = None if self._state is None else self._state.response(incident_id)
        if self._state is None or response is None:
            return None
        grants = self._state.grants(incident_id, response.episode)
        return replace(self._standing(response, self._schedule(now), now), grants=grants)

    def _standing(self, response: Response, schedule: Schedule, now: datetime) -> Standing:
        following = coming(response, schedule, self._targets, now)
        return Standing(response, following, unfilled=unfilled(response, schedule, now))

    def _changed(
        self, incident: Incident, wanted: _Wanted, *, meant: bool = False, about: str | None = None
    ) -> Response:
        """Whoever asks may do it as the response is when it is changed: each try is judged anew. Raises BadInput for an
        incident that is resolved (to be reopened: one that is not), or has no response; NotYours and NotAllowed.
        """
        state, first = self._required(), None
        for _ in range(MOST_TRIES):
            seen = self._seen(incident, wanted.act)
            entry = wanted.entry(seen)
            if wanted.act is Act.ACKNOWLEDGE and responses.is_held_by(seen, wanted.who.name, entry.at):
                return seen
            if wanted.of_card and not is_offered(wanted.act, seen, wanted.who.name):
                raise Outdated(incident, seen, state.timeline(incident.id))
            first = first or seen
            meant = meant and about in (None, asked_about(first))
            known = (meant and _takes_the_same(first, seen, wanted.who)) or wanted.takes_nothing(seen)
            self.access.check(wanted.act, wanted.who, incident, seen, entry.at, meant=known)
            if self._put(incident, wanted, seen, entry):
                break
        else:
            raise BadInput(f"{incident.label} is being changed by others just now. Try again.")
        found = state.response(incident.id)
        assert found is not None
        return found

    def _seen(self, incident: Incident, act: Act) -> Response:
        """As it is, if `act` makes sense then."""
        found = self._required().response(incident.id)
        if found is None:
            raise BadInput(f"{incident.label} pages nobody: there is nothing to acknowledge.")
        if (found.state is ResponseState.RESOLVED) is not (act is Act.REOPEN):
            already = "resolved already" if act is not Act.REOPEN else f"{found.state}: it is not over"
            raise BadInput(f"{incident.label} is {already}.")
        return found

    def _put(self, incident: Incident, wanted: _Wanted, seen: Response, entry: Entry) -> bool:
        """False, and no change, if it is not as it was seen any more."""
        state = self._required()
        with state.transaction() as tx:
            before = tx.responses.of([incident.id]).get(incident.id)
            if before is None or before.version != seen.version:
                return False
            changed, sent = wanted.change(before), state.pages_of(before.dedup_key)
            if not tx.responses.put(changed):
                return False
            stopped = tx.pages.cancel(before.dedup_key)
            tx.pages.add(follow_ups(sent, before, changed, entry.at))
            tx.responses.note([entry])
        log.info("%s: %s; %d pages stopped", incident.label, entry.text, stopped, extra={"incident": incident.label})
        return True

    def _required(self) -> State:
        if self._state is None:
            raise BadInput("This process has no state: ask the process that runs detection for incidents.")
        return self._state
