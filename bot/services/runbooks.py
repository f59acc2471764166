"""Runbooks that people start and go through: each press is stored once, and stands in the incident's timeline."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from bot.domain.access import Act, Actor, Identity, Role, without_slack
from bot.domain.audit import record
from bot.domain.deploys.correlation import Correlation
from bot.domain.errors import BadInput, suggest
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.schedule import Schedule
from bot.domain.reprocessing.repair import Person
from bot.domain.runbooks import engine
from bot.domain.runbooks.engine import Moved
from bot.domain.runbooks.run import Run, StepState, Subject
from bot.domain.runbooks.runbook import Approval, Runbook
from bot.domain.runbooks.shown import Shown
from bot.domain.runbooks.suggestions import Suggested, looked_for, suggested
from bot.ports.runbook_runs import by_step
from bot.ports.state import State, Transaction
from bot.services.access import Access, check_role
from bot.services.required_state import required
from bot.services.runbook_actions import RunbookActions
from bot.services.runbook_checks import RunbookChecks

log = logging.getLogger("fireline.runbooks")
MOST_TRIES = 5
Correlated = Callable[[Incident, datetime], Sequence[Correlation]]
"""The deployments that facts speak for, of an incident."""
Library = Callable[[], Sequence[Runbook]]
"""The runbooks in use, as their files are now."""


class Deed(StrEnum):
    """What a button of a run does."""

    DONE = "done"
    SKIP = "skip"
    AGAIN = "again"
    ACT = "act"
    STOP = "stop"


@dataclass(frozen=True)
class Place:
    """Where the steps are shown: in a channel, or in a thread of it. "": nowhere."""

    channel: str = ""
    thread: str = ""


@dataclass(frozen=True)
class People:
    """`schedule` knows the covers, `identify` asks who somebody is; `approves`: the role of an approver. `email` of
    somebody, "" where it is not known.
    """

    schedule: Callable[[datetime], Schedule]
    identify: Callable[[Actor], Identity] = without_slack
    approves: Role = Role.RESPONDER
    email: Callable[[Actor], str] = lambda _: ""


class RunbookService:
    """`state` None: this process keeps none, and starts none."""

    def __init__(
        self,
        state: State | None,
        library: Library,
        people: People,
        checks: RunbookChecks,
        actions: RunbookActions,
        correlated: Correlated = lambda _incident, _now: (),
    ) -> None:
        self._state, self._library, self._people, self._correlated = state, library, people, correlated
        self.checks, self.actions = checks, actions

    def all(self) -> Sequence[Runbook]:
        return self._library()

    def looked_for(self, words: str) -> Sequence[Runbook]:
        """By its name, else those that have all the words. Raises BadInput where none has."""
        return looked_for(self._library(), words)

    def get(self, name: str) -> Runbook:
        """Raises BadInput for a name that is none now."""
        known = next((each for each in self._library() if each.id == name), None)
        if known is None:
            like = suggest(name, [each.id for each in self._library()])
            raise BadInput(f"There is no runbook {name!r} now. {like} `/runbook list` shows all.".replace("  ", " "))
        return known

    def suggested(self, incident: Incident, now: datetime) -> Sequence[Suggested]:
        """Two at most, with why."""
        return suggested(self._library(), incident, self._correlated(incident, now))

    def fits(self, incident: Incident, now: datetime) -> bool:
        """Is one suggested? What was deployed is asked only where none fits without it: each message asks this."""
        library = self._library()
        return bool(suggested(library, incident) or suggested(library, incident, self._correlated(incident, now)))

    def start(
        self,
        name: str,
        who: Actor,
        now: datetime,
        *,
        incident: Incident | None = None,
        subject: Subject | None = None,
        place: Place | None = None,
    ) -> Run:
        """For an incident, in the thread of its message; else where it was asked for. Raises NotAllowed, and BadInput
        for one that runs already.
        """
        runbook, state = self.get(name), self._required()
        self._check(who, incident, now)
        about = subject or (Subject() if incident is None else subject_of(incident))
        made = engine.begun(
            uuid4().hex, runbook, about, self._person(who), now, "" if incident is None else incident.id
        )
        shown = place or Place()
        if incident is not None and incident.message is not None:
            shown = Place(incident.message.channel, incident.message.ts)
        run = replace(made.run, channel=shown.channel, thread=shown.thread)
        with state.transaction() as tx:
            stored = tx.runbooks.add(run)
            if stored is not None:
                note(tx, Moved(stored, made.said, made.actor), now)
        if stored is None:
            raise BadInput(f"{runbook.title} is running already{self._where(runbook, incident)}.")
        log.info("%s: %s", stored.label, made.said[0])
        return stored

    def press(self, grant: str, deed: Deed, who: Actor, now: datetime) -> Run:
        """A button of a run's message. Raises BadInput for one that stands for nothing now, and NotAllowed."""
        state = self._required()
        known = state.runbooks.grant(grant)
        run = None if known is None else state.runbooks.run(known.run)
        if known is None or run is None:
            raise BadInput("This button is of an older message. `/runbook list` shows what there is.")
        self._check(who, None if not run.incident else state.incident(run.incident), now)
        for _ in range(MOST_TRIES):
            run = state.runbooks.run(run.id) or run
            if deed is Deed.ACT:
                self._check_approval(run, known.step, who)
            moved = _moved(run, known.step, deed, self._person(who), now)
            if put(state, moved, now):
                return state.runbooks.run(run.id) or moved.run
        raise BadInput(f"{run.label} is being changed by others just now. Try again.")

    def running(self) -> Sequence[Run]:
        return [] if self._state is None else self._state.runbooks.running()

    def _where(self, runbook: Runbook, incident: Incident | None) -> str:
        name = "" if incident is None else incident.id
        runs = (each for each in self.running() if each.runbook.id == runbook.id and each.incident == name)
        run = next(runs, None)
        about = "" if incident is None else f" for {incident.label}"
        return f"{about}: {run.label}, started by {run.started_by}" if run is not None else about

    def _check(self, who: Actor, incident: Incident | None, now: datetime) -> None:
        response = None if incident is None else self._required().response(incident.id)
        if incident is None or response is None:
            check_role(self._people.identify, who, "run a runbook")
            return
        access = Access(self._required(), self._people.schedule, self._people.identify)
        access.check(Act.RUNBOOK, who, incident, response, now, meant=True)

    def _check_approval(self, run: Run, number: int, who: Actor) -> None:
        """By their role alone, whatever part they have in the incident."""
        step, state = run.step(number)
        asks = step.approval is Approval.SECOND_PERSON and state.state is StepState.READY
        if step.approval is not Approval.RESPONDER and not asks:
            check_role(self._people.identify, who, f"approve step {number} of {run.label}", self._people.approves)

    def _person(self, who: Actor) -> Person:
        return Person(who.key, who.name, self._people.email(who))

    def _required(self) -> State:
        return required(self._state)


def _moved(run: Run, step: int, deed: Deed, who: Person, now: datetime) -> Moved:
    match deed:
        case Deed.DONE:
            return engine.done(run, step, who, now)
        case Deed.SKIP:
            return engine.skipped(run, step, who, now)
        case Deed.AGAIN:
            return engine.again(run, step, who, now)
        case Deed.ACT:
            return engine.wanted(run, step, who, now)
        case Deed.STOP:
            return engine.stopped(run, who, now)


def subject_of(incident: Incident) -> Subject:
    """Its root, and the data date that it is called by."""
    headline = incident.headline
    day = headline.data_date or max(incident.data_dates, default=None)
    return Subject(processor=headline.root if headline.of_processor else "", data_date=day)


def shown_of(state: State, run: Run, now: datetime) -> Shown:
    incident = state.incident(run.incident) if run.incident else None
    return Shown(run, "" if incident is None else incident.label, by_step(state.runbooks.grants(run.id)), now)


def put(state: State, moved: Moved, now: datetime) -> bool:
    """With what is told of it, in one transaction. False, and no change, if the run is not as it was any more."""
    with state.transaction() as tx:
        if not tx.runbooks.put(moved.run):
            return False
        note(tx, moved, now)
    for said in moved.said:
        log.info("%s: %s", moved.run.label, said)
    return True


def note(tx: Transaction, moved: Moved, now: datetime) -> None:
    """In the incident's timeline, which is audited; without one in the audit chain alone."""
    run = moved.run
    for said in moved.said:
        if run.incident:
            text = f"{run.label}: {said}"
            tx.responses.note([Entry(run.incident, now, EntryKind.RUNBOOK, text, moved.actor)])
        else:
            tx.audit.add(record(now, moved.actor, "runbook", f"runbook:{run.label}", {"text": said}))
