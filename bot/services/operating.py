"""Do what was approved to a service, once, and look whether it took effect: what is due is a row, and survives us."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.audit import Record
from bot.domain.delivery import Act
from bot.domain.deploys.deployed import Deployed, place_of, short
from bot.domain.deploys.seen import Seen
from bot.domain.errors import BadInput
from bot.domain.escalation.pages import about_no_incident
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.operations.operation import (
    NEW_REVISION,
    OF_JOBS,
    TRAFFIC,
    Kind,
    Operation,
    Stage,
    begun,
    ended,
    gives_up_at,
    record_of,
    taken,
)
from bot.domain.operations.words import people, said
from bot.domain.platform.registry import Service
from bot.ports.clock import Clock
from bot.ports.cloud_run import (
    CloudRun,
    CloudRunChanged,
    CloudRunError,
    CloudRunRefused,
    CloudRunUnclear,
    Execution,
    ExecutionState,
    JobOrder,
)
from bot.ports.health_probe import HealthProbe
from bot.ports.run_control import Answer, Order, Taken
from bot.ports.state import State, Transaction
from bot.services.deploys import DeployReader
from bot.services.each_alone import each_alone
from bot.services.service_in_use import repairs_under

log = logging.getLogger("fireline.operations")
UNCLEAR, UNREACHED = timedelta(seconds=30), timedelta(seconds=15)
"""So long nothing more is asked for after no answer, and after nobody could be asked."""
EXECUTION_SINCE = timedelta(minutes=5)
"""Clocks differ: so long before it was asked for an execution is looked for."""
TO_ALL = "channel"
CLEARED_S = 60.0


@dataclass(frozen=True)
class Checked:
    """`well` None: it cannot be told yet."""

    well: bool | None
    said: str


@dataclass(frozen=True)
class Reach:
    """What it works with. `cloud_run` and `reader` None: Cloud Run is not asked here. `clear` takes a done-marker away;
    `channel` is where incidents are posted, `wall` the time by which pages are sent.
    """

    cloud_run: CloudRun | None
    reader: DeployReader | None
    service: Callable[[str], Service | None]
    health: HealthProbe
    clear: Callable[[Service, Order], Answer]
    channel: str
    wall: Clock


class Operating:
    def __init__(self, state: State, reach: Reach, now: Clock) -> None:
        self._state, self._reach, self._now = state, reach, now

    def look(self) -> None:
        """What was approved is done, and what was done is looked at."""
        each_alone(self._move, self._state.deploys.at_work())

    def _move(self, operation: Operation) -> None:
        now, service = self._now(), self._reach.service(operation.wanted.service)
        if service is None:
            self._end(operation, Checked(False, "the registry does not name that service any more"))
        elif operation.stage is Stage.CHECKING:
            self._check(operation, service)
        elif operation.stage is Stage.DUE:
            self._act(operation, service)
        elif operation.until is None or now >= operation.until:
            self._again(operation, service)

    def _again(self, operation: Operation, service: Service) -> None:
        """Nobody knows whether it was done: it is looked up first, and only then asked for again."""
        effect = self._effect(operation, service)
        if effect is not None:
            self._put(taken(operation, self._now(), effect))
        elif self._now() > gives_up_at(operation):
            self._end(operation, Checked(False, "Cloud Run shows nothing of it"))
        else:
            self._act(operation, service)

    def _act(self, operation: Operation, service: Service) -> None:
        """Whoever stores that it begins does it."""
        with self._state.transaction() as tx:
            repairs = repairs_under(tx, operation)
            held = None if repairs else self._stored(tx, begun(operation, self._now()), "begun")
        if repairs:
            self._end(operation, Checked(False, f"{', '.join(repairs)} runs on it by now"))
        if held is None:
            return
        try:
            execution = self._done(held, service)
        except CloudRunChanged as error:
            self._overtaken(held, service, error)
        except (CloudRunRefused, BadInput) as error:
            self._end(held, Checked(False, str(error)))
        except CloudRunError as error:
            hold = UNCLEAR if isinstance(error, CloudRunUnclear) else UNREACHED
            log.warning("%s: %s; it is looked up", said(held.wanted), error)
            self._put(begun(held, self._now(), hold))
        else:
            self._put(taken(held, self._now(), execution))

    def _overtaken(self, held: Operation, service: Service, error: CloudRunChanged) -> None:
        """By somebody else, or by what was asked for before and got no answer."""
        effect = self._effect(held, service)
        if effect is None:
            self._end(held, Checked(False, str(error)))
        else:
            self._put(taken(held, self._now(), effect))

    def _done(self, operation: Operation, service: Service) -> str:
        """The execution's name, where there is one."""
        wanted, request = operation.wanted, operation.request
        if wanted.kind is Kind.CLEAR_MARKER:
            return self._cleared(operation, service)
        cloud_run, place = self._cloud_run(), place_of(service)
        match wanted.kind:
            case Kind.ROLLBACK | Kind.RELEASE:
                cloud_run.shift_traffic(place, wanted.etag, wanted.to)
            case Kind.RESTART:
                cloud_run.restart(place, wanted.etag, request)
            case Kind.TIMEOUT:
                cloud_run.set_timeout(place, wanted.etag, request, wanted.seconds or 0)
            case Kind.CANCEL:
                cloud_run.cancel(place, wanted.execution)
            case Kind.MAINTENANCE:
                return cloud_run.run_job(place, JobOrder(request)).name
        return ""

    def _cleared(self, operation: Operation, service: Service) -> str:
        wanted = operation.wanted
        order = Order(
            request_id=operation.request,
            service=service.name,
            processor=wanted.processor,
            data_date=wanted.data_date or date.min,
            timeout_s=CLEARED_S,
        )
        answer = self._reach.clear(service, order)
        if answer.taken is Taken.REFUSED:
            raise CloudRunRefused(f"{service.name} refuses it: {answer.reason}")
        if answer.taken is Taken.AMBIGUOUS:
            raise CloudRunUnclear(f"{service.name} gives no clear answer: {answer.reason}")
        return ""

    def _effect(self, operation: Operation, service: Service) -> str | None:
        """None: nothing of it is to be seen; else the name of its execution, "" where it has none."""
        wanted = operation.wanted
        if wanted.kind in OF_JOBS:
            found = self._execution(operation, service)
            over = found is not None and (wanted.kind is Kind.MAINTENANCE or found.state is not ExecutionState.RUNNING)
            return found.name if found is not None and over else None
        if wanted.kind is Kind.CLEAR_MARKER:
            return None
        deployed = self._read(service).deployed
        return "" if deployed is not None and _took_effect(operation, deployed) else None

    def _check(self, operation: Operation, service: Service) -> None:
        late = operation.until is not None and self._now() > operation.until
        try:
            found = self._looked(operation, service, late=late)
        except CloudRunError as error:
            found = Checked(None, error.reason)
        if found.well is not None:
            self._end(operation, found)
        elif late:
            self._end(operation, Checked(False, f"not seen in time: {found.said}"))

    def _looked(self, operation: Operation, service: Service, *, late: bool) -> Checked:
        if operation.kind is Kind.CLEAR_MARKER:
            return Checked(True, "the service took it. Rerun the date: only its data proves it")
        if operation.kind in OF_JOBS:
            return _ended_well(operation.kind, self._execution(operation, service))
        seen = self._read(service)
        if seen.deployed is None or seen.failing_since is not None:
            return Checked(None, seen.trouble)
        found = _as_wanted(operation, seen.deployed)
        if not found.well:
            return found
        health = self._reach.health.of(service)
        if health.ok is False and not late:
            return Checked(None, f"{found.said}, but {health.said}")
        return Checked(health.ok is not False, f"{found.said}; {health.said}")

    def _execution(self, operation: Operation, service: Service) -> Execution | None:
        cloud_run, place, wanted = self._cloud_run(), place_of(service), operation.wanted
        since = operation.asked_at - EXECUTION_SINCE
        if wanted.kind is Kind.MAINTENANCE:
            return cloud_run.find(place, operation.request, since)
        found = cloud_run.executions(place, since - timedelta(days=7))
        return next((each for each in found if each.name == wanted.execution), None)

    def _read(self, service: Service) -> Seen:
        assert self._reach.reader is not None
        return self._reach.reader.fresh(service)

    def _cloud_run(self) -> CloudRun:
        if self._reach.cloud_run is None:
            raise CloudRunRefused("Cloud Run is not asked here any more")
        return self._reach.cloud_run

    def _put(self, after: Operation, act: str = "") -> Operation | None:
        """None: another process was faster."""
        with self._state.transaction() as tx:
            return self._stored(tx, after, act)

    def _stored(self, tx: Transaction, after: Operation, act: str) -> Operation | None:
        stored = tx.deploys.change(after)
        if stored is not None and act:
            tx.audit.add(record_of(stored, act, "", self._now()))
        return stored

    def _end(self, operation: Operation, found: Checked) -> None:
        now, well = self._now(), found.well is True
        after = ended(operation, now, found.said, well=well)
        text = f"{'Done' if well else 'Failed'}: {said(operation.wanted)}, {people(operation)}: {found.said}."
        note = about_no_incident(
            f"operation:{operation.id}",
            Act.NOTE,
            TO_ALL,
            operation.wanted.service,
            self._reach.channel,
            f"{text}{_afterwards(operation, well=well)}",
            now,
            self._reach.wall(),
        )
        with self._state.transaction() as tx:
            stored = tx.deploys.change(after)
            if stored is not None:
                noted(tx, stored, record_of(stored, after.stage.value, "", now), text, "")
                tx.pages.add([note])
        if stored is not None:
            log.log(logging.INFO if well else logging.WARNING, "%s", text)


def noted(tx: Transaction, operation: Operation, made: Record, text: str, actor: str) -> None:
    """In the audit chain; and in the timeline of its incident, where it has one."""
    tx.audit.add(made)
    if operation.incident and operation.stage is not Stage.SHOWN:
        tx.responses.note([Entry(operation.incident, made.at, EntryKind.OPERATION, text, actor)])


def _took_effect(operation: Operation, deployed: Deployed) -> bool:
    if operation.kind in NEW_REVISION:
        return any(each.request == operation.request for each in deployed.revisions)
    if operation.kind is Kind.RELEASE:
        return not deployed.pinned
    return deployed.pinned and deployed.serving == (operation.wanted.to,)


def _as_wanted(operation: Operation, deployed: Deployed) -> Checked:
    """Is it as it was asked for, as far as Cloud Run says?"""
    if deployed.settling or not _took_effect(operation, deployed):
        return Checked(None, "Cloud Run has not carried it out yet")
    if operation.kind in TRAFFIC:
        return Checked(True, f"all traffic is at {', '.join(map(short, deployed.serving))}")
    made = next(each for each in deployed.revisions if each.request == operation.request)
    if made.ready is False:
        return Checked(False, f"{short(made.name)} did not become ready: {deployed.trouble or 'no reason is given'}")
    serves = deployed.serving == (made.name,)
    return Checked(True if serves else None, f"{short(made.name)} {'serves' if serves else 'does not serve yet'}")


def _ended_well(kind: Kind, found: Execution | None) -> Checked:
    if found is None:
        return Checked(None, "the execution is not to be found")
    if found.state is ExecutionState.RUNNING:
        return Checked(None, f"{found.name} is still running")
    ends_well = ExecutionState.SUCCEEDED if kind is Kind.MAINTENANCE else ExecutionState.CANCELLED
    why = f": {found.said}" if found.said else ""
    return Checked(found.state is ends_well, f"{found.name} {found.state}{why}")


def _afterwards(operation: Operation, *, well: bool) -> str:
    if operation.kind is Kind.ROLLBACK and well:
        name = operation.wanted.service
        return f" Its traffic stays pinned: newer revisions get none until `/deploys {name}` releases it."
    if operation.kind is Kind.TIMEOUT and well:
        return " The next deployment takes it back, unless its configuration has it too."
    return ""
