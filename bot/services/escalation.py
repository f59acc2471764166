"""Take the next act of every incident whose time has come: page, ask its owner, begin again, say that nobody answered.

Everything due is a row with a time: a stop of hours loses nothing, and no two steps are taken together.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.delivery import Act, Page, Queued
from bot.domain.escalation.next_action import AskOwner, Exhaust, Expire, PageStep, Stop, Wait, next_action
from bot.domain.escalation.pages import Targets, pages_of, question_to
from bot.domain.incidents import response as responses
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.schedule import Schedule
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.each_alone import each_alone
from bot.services.set_clock import StoredMoments, in_words

log = logging.getLogger("fireline.escalation")
ASKED_BY = "slack"
"""The channel by which an owner is asked: a call is not worth a question."""


@dataclass
class _Taken:
    """What an act changes."""

    response: Response
    pages: list[Page] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    notes: list[Queued] = field(default_factory=list)


class EscalationService:
    """`schedule` knows the covers; `targets` says by what a channel reaches a person. `clock` is the pipeline's time,
    `seconds` one of its pace that nobody sets, from `boot` on; `wall` is the machine's, by which pages are sent.
    `unanswered`: what the team is told of an incident whose ladder was taken whole.
    """

    def __init__(
        self,
        state: State,
        schedule: Callable[[datetime], Schedule],
        targets: Targets,
        clock: Clock,
        seconds: Callable[[], float],
        wall: Clock,
        boot: str = "",
        unanswered: Callable[[Incident, Response, datetime], Queued | None] = lambda *_: None,
    ) -> None:
        self._state, self._schedule, self._targets = state, schedule, targets
        self._unanswered = unanswered
        self._clock, self._wall = clock, wall
        self._moments = StoredMoments(state, "escalation", clock, seconds, boot)

    def tick(self) -> None:
        step_s, now = self._moments.step(), self._clock()
        if step_s is not None:
            self._move(timedelta(seconds=step_s), now)
        each_alone(lambda response: self.act(response.incident, now), self._state.responses_due(now))

    def _move(self, by: timedelta, now: datetime) -> None:
        """A clock that is set brings nobody's page early or late; one that was set without a trace, not late."""
        waiting = self._state.responses_due(datetime.max.replace(tzinfo=UTC))
        with self._moments.moving() as tx:
            for response in waiting:
                moved = responses.moved(response, by, now)
                if moved != response:
                    tx.responses.put(moved)
        if by:
            log.warning("%s: what is due next keeps its distance", in_words(by.total_seconds()))

    def act(self, incident_id: str, now: datetime) -> None:
        """Take what is due of one incident; a step that reaches nobody is followed by the next at once."""
        incident = self._state.incident(incident_id)
        if incident is None:
            return
        schedule, entries = self._schedule(now), list[Entry]()
        with self._state.transaction() as tx:
            response = tx.responses.of([incident_id]).get(incident_id)
            while response is not None and (taken := self._taken(response, incident, schedule, now)) is not None:
                if not tx.responses.put(taken.response):
                    log.info("the escalation of %s was overtaken", incident.label)
                    return
                wall = self._wall()
                tx.pages.add(Queued(page=page, incident=incident_id, not_before=wall) for page in taken.pages)
                tx.pages.add(taken.notes)
                tx.responses.note(taken.entries)
                entries += taken.entries
                response = tx.responses.of([incident_id]).get(incident_id)
        for entry in entries:
            log.info("%s: %s", incident.label, entry.text, extra={"incident": incident.label})

    def _taken(self, response: Response, incident: Incident, schedule: Schedule, now: datetime) -> _Taken | None:
        match next_action(response, now):
            case PageStep() as action:
                return self._page(action, response, incident, schedule, now)
            case Exhaust():
                return self._exhausted(response, incident, now)
            case AskOwner():
                return self._ask(response, incident, schedule, now)
            case Expire():
                again = "paging begins" if response.ladder.wakes else "its steps begin"
                text = f"The acknowledgement of {response.owner} has expired; {again} again"
                return _Taken(responses.expired(response, now), [], [_entry(response, EntryKind.EXPIRED, text, now)])
            case Wait() | Stop():
                return None

    def _page(
        self, action: PageStep, response: Response, incident: Incident, schedule: Schedule, now: datetime
    ) -> _Taken:
        made = pages_of(action, response, incident.label, schedule, self._targets, now)
        missed = made.unreached if action.step.wakes else ()
        entries = [_entry(response, EntryKind.UNREACHED, f"Step {action.number}: {why}", now) for why in missed]
        if made.people:
            names = " and ".join(each.name for each in made.people)
            ways = ", ".join(dict.fromkeys(page.channel for page in made.pages))
            entries.append(_entry(response, EntryKind.PAGED, f"Step {action.number}: {names} by {ways}", now))
        after = responses.stepped(response, now, at_once=not made.people)
        return _Taken(after, list(made.pages), entries)

    def _ask(self, response: Response, incident: Incident, schedule: Schedule, now: datetime) -> _Taken:
        """Whoever is not in the schedule is asked by the incident's message alone."""
        person = schedule.by_name.get(response.owner)
        target = None if person is None else self._targets(ASKED_BY, person)
        pages = []
        if person is not None and target is not None:
            pages = [question_to(person, ASKED_BY, target, response, incident.label, now)]
        text = f"{response.owner} was asked whether it is still being worked on"
        return _Taken(responses.owner_asked(response), pages, [_entry(response, EntryKind.ASKED, text, now)])

    def _exhausted(self, response: Response, incident: Incident, now: datetime) -> _Taken:
        paged = any(each.page.act is Act.TRIGGER for each in self._state.pages_of(response.dedup_key))
        text = "Everybody was paged, and nobody has answered" if paged else "Every step was taken, and reached nobody"
        if response.ladder.repeat is not None:
            text += f"; paging begins again in {response.ladder.repeat.total_seconds() / 60:.0f} min"
        entry = _entry(response, EntryKind.EXHAUSTED, text, now)
        note = self._unanswered(incident, response, now)
        return _Taken(responses.exhausted(response, now), [], [entry], [] if note is None else [note])


def _entry(response: Response, kind: EntryKind, text: str, now: datetime) -> Entry:
    return Entry(response.incident, now, kind, text)
