"""What people ask to be done to a service: looked at first, shown, approved by a second person where it has to be."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from bot.domain.access import Actor, Identity, Role, Way, without_slack
from bot.domain.deploys.deployed import place_of
from bot.domain.deploys.seen import NoRollback, Seen, rollback_target
from bot.domain.errors import BadInput
from bot.domain.findings.hands import Offer
from bot.domain.incidents.incident import Incident
from bot.domain.operations.operation import (
    OF_JOBS,
    Kind,
    Operation,
    Stage,
    Wanted,
    approved,
    asked,
    longer,
    record_of,
    withdrawn,
)
from bot.domain.operations.preflight import Around, Look, preflight
from bot.domain.operations.words import said
from bot.domain.platform.registry import Registry, Service
from bot.domain.reprocessing.repair import Person
from bot.domain.verdicts.judge import Judged
from bot.ports.cloud_run import CloudRun, CloudRunError, ExecutionState
from bot.ports.state import State
from bot.services.access import check_role
from bot.services.circuits import CircuitService
from bot.services.deploys import DeployReader, DeploysService
from bot.services.operating import Operating, noted
from bot.services.required_state import required

log = logging.getLogger("fireline.operations")
KEYS = UUID("b7b4cf9b-3a42-4a07-8b7a-0a8b7d2f5c11")
MOST_WAITING = 20
EXECUTIONS_SINCE = timedelta(days=2)
Running = Callable[[Iterable[str], datetime], tuple[Sequence[str], str]]
"""The runs of these processors that are under way, whoever started them, in words; and why there may be others."""


class Forbidden(BadInput):
    """The look before it speaks against it: nothing was done. `why`: where that is said already."""

    def __init__(self, wanted: Wanted, looks: Sequence[Look]) -> None:
        self.looks = tuple(looks)
        against = "; ".join(each.said for each in looks if not each.holds)
        self.why = f"{said(wanted)}: {against}."
        super().__init__(f"Not done: {self.why}")


@dataclass(frozen=True)
class Hand:
    """What is asked for: `service` is a name of the registry. `seconds` of a time limit, `execution` of a job ("": the
    one that is under way), `processor` and `data_date` of a done-marker. `key`: asked for again with it, it is the same
    one; "": it is a new one.
    """

    kind: Kind
    service: str
    seconds: int | None = None
    execution: str = ""
    processor: str = ""
    data_date: date | None = None
    incident: str = ""
    key: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What an operation is judged by. `reader` None: Cloud Run is not asked here; `off` says why."""

    registry: Registry
    cloud_run: CloudRun | None
    reader: DeployReader | None
    running: Running
    judge: Callable[[str, date, datetime], Judged]
    off: str = ""


class OperationService:
    """`email` of who acts, "" where it is not known; `approves`: the role of who can be the second person.
    `work` does what was approved; None: not in this process.
    """

    def __init__(
        self,
        state: State | None,
        deploys: DeploysService,
        around: Surroundings,
        identify: Callable[[Actor], Identity] = without_slack,
        email: Callable[[Actor], str] = lambda _: "",
        approves: Role = Role.RESPONDER,
        work: Operating | None = None,
    ) -> None:
        self._state, self._deploys, self._around = state, deploys, around
        self._identify, self._email, self._approves, self.work = identify, email, approves, work
        self.circuits = CircuitService(state, around.registry, identify)

    def propose(self, hand: Hand, who: Actor, now: datetime) -> Operation:
        """What would be done, stored with what was looked at: nothing is done. Raises NotAllowed, BadInput, and
        Forbidden where the look speaks against it.
        """
        check_role(self._identify, who, "change a service")
        known = self._known(hand.key)
        if known is not None:
            return known
        service = self._deploys.service(hand.service)
        seen = self._fresh(service, hand.kind)
        wanted = self._wanted(hand, service, seen, now)
        looks = self._looked(wanted, service, seen, now)
        operation = Operation(
            id=_id_of(hand.key),
            wanted=wanted,
            asked_by=self._person(who),
            asked_at=now,
            request=str(uuid4()),
            found=tuple(each.said for each in looks),
            incident=hand.incident,
        )
        with self._required().transaction() as tx:
            added = tx.deploys.add(operation)
            if added:
                tx.audit.add(record_of(operation, "shown", who.key, now))
        return replace(operation, version=1) if added else self.get(operation.id)

    def get(self, operation_id: str) -> Operation:
        """Raises BadInput for one that is not known."""
        found = self._required().deploys.operation(operation_id)
        if found is None:
            raise BadInput("It is not known any more. Ask for it again.")
        return found

    def waiting(self, service: str, now: datetime) -> list[Operation]:
        """What a second person can still approve of a service, the newest first."""
        found = () if self._state is None else self._state.deploys.operations(service, MOST_WAITING)
        return [each for each in found if each.stage is Stage.WAITING and now <= each.expires_at]

    def for_incident(self, offer: Offer, kind: Kind, incident: Incident, who: Actor, now: datetime) -> Operation:
        """What its card offers. A limit is raised to what the registry expects, else to twice what it is."""
        hand = Hand(kind, offer.about, incident=incident.id)
        if kind is Kind.CLEAR_MARKER:
            service = self._around.registry.get(offer.about).service or ""
            hand = replace(hand, service=service, processor=offer.about, data_date=offer.data_date)
        elif kind is Kind.TIMEOUT:
            hand = replace(hand, seconds=self._longer(offer.about))
        return self.propose(hand, who, now)

    def _longer(self, service: str) -> int:
        seen, known = self._required().deploys.seen().get(service), self._deploys.service(service)
        current = seen.deployed.current if seen is not None and seen.deployed is not None else None
        return longer(current.timeout_seconds if current is not None else None, known.expected_timeout_seconds)

    def ask(self, operation_id: str, who: Actor, now: datetime) -> Operation:
        """Whoever it was shown to means it: it is done, or waits for a second person. Raises NotAllowed, BadInput,
        Forbidden.
        """
        check_role(self._identify, who, "change a service")
        known = self.get(operation_id)
        after = asked(known, self._person(who), now)
        self._same_as_shown(known, now)
        return self._kept(after, "asked", who, now, f"{who.name} asks: {said(known.wanted)}")

    def approve(self, operation_id: str, who: Actor, now: datetime) -> Operation:
        """By a second person, of what is still so as it was shown. Raises NotAllowed, BadInput, Forbidden."""
        if who.way is not Way.SLACK:
            raise BadInput("A second person approves it in Slack: at a terminal anybody can call themselves anything.")
        check_role(self._identify, who, "approve a change of a service", self._approves)
        known = self.get(operation_id)
        after = approved(known, self._person(who), self._same_as_shown(known, now), now)
        return self._kept(after, "approved", who, now, f"{who.name} approved: {said(known.wanted)}")

    def withdraw(self, operation_id: str, who: Actor, now: datetime) -> Operation:
        """Before it is begun. Raises NotAllowed and BadInput."""
        check_role(self._identify, who, "change a service")
        known = self.get(operation_id)
        after = withdrawn(known, self._person(who), now)
        return self._kept(after, "withdrawn", who, now, f"{who.name} withdrew: {said(known.wanted)}")

    def _same_as_shown(self, known: Operation, now: datetime) -> str:
        """The hash of what would be shown now. Raises Forbidden, and BadInput if it is not as it was."""
        service, before = self._deploys.service(known.wanted.service), known.wanted
        seen = self._fresh(service, before.kind)
        self._looked(before, service, seen, now)
        deployed = seen.deployed if seen is not None else None
        fresh = replace(before, etag=deployed.etag) if deployed is not None and before.etag else before
        if fresh.hash != before.hash:
            raise BadInput(f"{before.service} was changed since it was shown. Ask for it again.")
        return fresh.hash

    def _fresh(self, service: Service, kind: Kind) -> Seen | None:
        """As Cloud Run has it now; None: it is not about revisions."""
        if kind is Kind.CLEAR_MARKER:
            return None
        if self._around.reader is None:
            raise BadInput(f"{self._around.off or 'Cloud Run is not asked here.'}")
        if kind in OF_JOBS:
            return None
        return self._around.reader.fresh(service)

    def _wanted(self, hand: Hand, service: Service, seen: Seen | None, now: datetime) -> Wanted:
        deployed = seen.deployed if seen is not None else None
        current = deployed.current if deployed is not None else None
        wanted = Wanted(
            kind=hand.kind,
            service=service.name,
            etag=deployed.etag if deployed is not None else "",
            was=current.name if current is not None else "",
            was_seconds=current.timeout_seconds if current is not None else None,
            seconds=hand.seconds if hand.kind is Kind.TIMEOUT else None,
            execution=hand.execution,
            processor=hand.processor,
            data_date=hand.data_date,
        )
        if hand.kind is Kind.ROLLBACK and seen is not None:
            target = rollback_target(seen)
            return wanted if isinstance(target, NoRollback) else replace(wanted, to=target.name)
        if hand.kind is Kind.CANCEL and not hand.execution:
            return replace(wanted, execution=next(iter(self._executions(service, now)), ""))
        if hand.kind is Kind.TIMEOUT and hand.seconds is None:
            raise BadInput("Say how many seconds a request may take.")
        return wanted

    def _looked(self, wanted: Wanted, service: Service, seen: Seen | None, now: datetime) -> Sequence[Look]:
        """Raises Forbidden."""
        looks = preflight(wanted, self._surrounding(wanted, service, seen, now))
        if not all(each.holds for each in looks):
            log.info("%s was refused: %s", said(wanted), "; ".join(each.said for each in looks if not each.holds))
            raise Forbidden(wanted, looks)
        return looks

    def _surrounding(self, wanted: Wanted, service: Service, seen: Seen | None, now: datetime) -> Around:
        verdict = None
        if wanted.kind is Kind.CLEAR_MARKER:
            if wanted.data_date is None:
                raise BadInput("Say of which processor and date the marker is.")
            self._around.registry.get(wanted.processor)
            verdict = self._around.judge(wanted.processor, wanted.data_date, now)
        of_it = [each.name for each in self._around.registry.processors if each.service == service.name]
        names = [wanted.processor] if wanted.processor else of_it
        runs, unread = self._around.running(names, now)
        return Around(
            service,
            seen,
            self._required().repairs.on_service(service.name),
            runs,
            unread,
            self._executions(service, now) if wanted.kind in OF_JOBS else (),
            None if verdict is None else verdict.verdict,
            "" if verdict is None else verdict.because,
        )

    def _executions(self, service: Service, now: datetime) -> list[str]:
        """Of a job, those under way."""
        assert self._around.cloud_run is not None
        try:
            found = self._around.cloud_run.executions(place_of(service), now - EXECUTIONS_SINCE)
        except CloudRunError as error:
            raise BadInput(str(error)) from error
        return [each.name for each in found if each.state is ExecutionState.RUNNING]

    def _known(self, key: str) -> Operation | None:
        return self._required().deploys.operation(_id_of(key)) if key else None

    def _kept(self, after: Operation, act: str, who: Actor, now: datetime, text: str) -> Operation:
        with self._required().transaction() as tx:
            stored = tx.deploys.change(after)
            if stored is not None:
                noted(tx, stored, record_of(stored, act, who.key, now), text, who.key)
        if stored is None:
            if self.get(after.id).version != after.version:
                raise BadInput("Somebody has pressed it a moment ago, perhaps you: it counts once. Look at it again.")
            raise BadInput(f"Not done: something else is done to {after.wanted.service} now. Look at it again.")
        log.info("%s", text)
        return stored

    def _person(self, who: Actor) -> Person:
        return Person(who.key, who.name, self._email(who))

    def _required(self) -> State:
        return required(self._state)


def _id_of(key: str) -> str:
    return uuid5(KEYS, key).hex if key else uuid4().hex
