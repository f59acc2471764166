"""What people do about an incident: take it, say that the harm has stopped, hand it over, resolve it."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.errors import BadInput, suggest
from bot.domain.escalation.next_action import PageStep, next_action
from bot.domain.escalation.pages import follow_ups, people_at
from bot.domain.incidents import response as responses
from bot.domain.incidents.incident import Incident, MessageRef
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.standing import Coming, Overview, Standing
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.schedule import Schedule
from bot.ports.state import State

log = logging.getLogger("fireline.responses")
MOST_TRIES = 3
MOST_COMING = 2
MOST_WRONG = 5
SLACK = "slack"
"""The channel of pages whose `ref` is a message of Slack: CHANNEL:TS."""
Change = Callable[[Response], Response]


class NotYours(BadInput):
    """Whoever presses it was not paged, and has no turn: taking it over would stop the pages to others."""

    def __init__(self, incident: Incident, names: Sequence[str]) -> None:
        self.incident = incident
        stops = f"stop the pages to {' and '.join(names)}" if names else "end the pages"
        super().__init__(f"You were not paged for {incident.label}. Taking it over would {stops}.")


class StillWrong(BadInput):
    """The data is not right yet: only a person's reason resolves it."""

    def __init__(self, incident: Incident, wrong: Sequence[str]) -> None:
        named = "\n".join(f"- {each}" for each in wrong[:MOST_WRONG])
        more = f"\n- and {len(wrong) - MOST_WRONG} more" if len(wrong) > MOST_WRONG else ""
        super().__init__(
            f"{incident.label} is not resolved: the data is not right yet.\n{named}{more}\n"
            "Give a reason to resolve it all the same."
        )


def _cannot_be_asked(_incident: str, _now: datetime) -> Sequence[str]:
    return ("the data cannot be asked here: ask the process that runs detection",)


class ResponseService:
    """`schedule` knows the covers; `still_wrong` asks the data of an incident, None: this process cannot. People are
    told by their names in the schedule, or as they call themselves.
    """

    def __init__(
        self,
        state: State | None,
        schedule: Callable[[datetime], Schedule],
        still_wrong: Callable[[str, datetime], Sequence[str]] | None = None,
    ) -> None:
        self._state, self._schedule = state, schedule
        self._still_wrong = still_wrong or _cannot_be_asked

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

    def who(self, slack: str, now: datetime) -> str:
        """The name of a Slack user: that of the schedule, else the id itself."""
        person = self._schedule(now).person_of(slack)
        return slack if person is None else person.name

    def acknowledge(self, incident: Incident, who: str, now: datetime, *, take_over: bool = False) -> Response:
        """Pages stop in the same transaction. Whoever has it already holds it for as long again: once a
        minute.

        Raises NotYours for somebody who was not paged and has no turn, unless they `take_over`; BadInput when it is
        over.
        """
        state = self._required()
        current = state.response(incident.id)
        if current is not None and responses.is_held_by(current, who, now):
            return current
        if current is not None and not take_over and not self._may(current, who, now):
            raise NotYours(incident, self._paged(current, now))
        entry = Entry(incident.id, now, EntryKind.ACKNOWLEDGED, f"{who} has it", who)
        return self._changed(incident, lambda response: responses.acknowledged(response, who, now), entry)

    def take_over(self, incident: Incident, who: str, now: datetime) -> Response:
        return self.acknowledge(incident, who, now, take_over=True)

    def overview(self, incident: Incident, now: datetime) -> Overview:
        standing = self.standing(incident.id, now)
        return Overview(incident, standing, tuple(self._required().timeline(incident.id)))

    def mitigate(self, incident: Incident, who: str, now: datetime) -> Response:
        """The harm has stopped: nobody is paged any more, unless it becomes worse."""
        entry = Entry(incident.id, now, EntryKind.MITIGATED, f"{who} says that the harm has stopped", who)
        return self._changed(incident, lambda response: responses.mitigated(response, who, now), entry)

    def resolve(self, incident: Incident, who: str, now: datetime, reason: str = "") -> Response:
        """The data is asked. Raises StillWrong where it is not right, unless there is a `reason` to resolve it all the
        same; it begins again when it becomes worse.
        """
        wrong = self._still_wrong(incident.id, now)
        if wrong and not reason:
            raise StillWrong(incident, wrong)
        against = f", though {len(wrong)} dates are not right: {reason}" if wrong else ""
        entry = Entry(incident.id, now, EntryKind.RESOLVED, f"{who} resolved it{against}", who)
        return self._changed(incident, lambda response: responses.resolved(response, now, who), entry)

    def hand_over(self, incident: Incident, who: str, to: str, now: datetime) -> Response:
        """`to` is a name of the schedule, and has it from now on. Raises BadInput for anybody else."""
        people = self._schedule(now).by_name
        if to not in people:
            raise BadInput(f"{to!r} is not among the people of oncall.yaml. {suggest(to, people)}".rstrip())
        entry = Entry(incident.id, now, EntryKind.HANDED_OVER, f"{who} handed it over to {to}", who)
        return self._changed(incident, lambda response: responses.acknowledged(response, to, now), entry)

    def standing(self, incident_id: str, now: datetime) -> Standing | None:
        """Who has it, and what comes next, from the engine's own rule; None: it has no response."""
        response = None if self._state is None else self._state.response(incident_id)
        return None if response is None else Standing(response, tuple(self._coming(response, now)))

    def _coming(self, response: Response, now: datetime) -> list[Coming]:
        """The next pages, as the engine would take them: whoever has the turn when their time comes."""
        found: list[Coming] = []
        while response.pages and response.next_at is not None and len(found) < MOST_COMING:
            at = max(now, response.next_at)
            action = next_action(response, at)
            if not isinstance(action, PageStep):
                break
            names = people_at(self._schedule(now), action.step.rotas, at)
            if names:
                found.append(Coming(at, tuple(names)))
            response = responses.stepped(response, at, at_once=not names)
        return found

    def _may(self, response: Response, who: str, now: datetime) -> bool:
        state, schedule = self._required(), self._schedule(now)
        if any(each.page.person == who for each in state.pages_of(response.dedup_key)) or response.owner == who:
            return True
        rotas = [rota for step in response.ladder.steps for rota in step.rotas]
        return who in people_at(schedule, rotas, now)

    def _paged(self, response: Response, now: datetime) -> list[str]:
        """Whom it pages now or next."""
        steps = response.ladder.steps[max(0, response.step - 1) : response.step + 1]
        return people_at(self._schedule(now), [rota for step in steps for rota in step.rotas], now)

    def _changed(self, incident: Incident, change: Change, entry: Entry) -> Response:
        """Raises BadInput for an incident that is resolved, or has no response."""
        state = self._required()
        for _ in range(MOST_TRIES):
            with state.transaction() as tx:
                before = tx.responses.of([incident.id]).get(incident.id)
                if before is None:
                    raise BadInput(f"{incident.label} pages nobody: there is nothing to acknowledge.")
                if before.state is ResponseState.RESOLVED:
                    raise BadInput(f"{incident.label} is resolved already.")
                changed, sent = change(before), state.pages_of(before.dedup_key)
                if tx.responses.put(changed):
                    stopped = tx.pages.cancel(before.dedup_key)
                    tx.pages.add(follow_ups(sent, changed, entry.at))
                    tx.responses.note([entry])
                    break
        else:
            raise BadInput(f"{incident.label} is being changed by others just now. Try again.")
        log.info("%s: %s; %d pages stopped", incident.label, entry.text, stopped, extra={"incident": incident.label})
        found = state.response(incident.id)
        assert found is not None
        return found

    def _required(self) -> State:
        if self._state is None:
            raise BadInput("This process has no state: ask the process that runs detection for incidents.")
        return self._state
