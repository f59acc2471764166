"""Operations over the local Cloud Run: who asks, who approves, and the lane that does it; time moves by hand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.deploys.seen import Seen, Served
from bot.domain.operations.operation import Kind, Operation
from bot.domain.platform.registry import Control, Processor, Registry, Service, ServiceRequest
from bot.domain.verdicts.judge import Judged, Verdict
from bot.ports.fakes.state import FakeState
from bot.ports.health_probe import Health
from bot.ports.run_control import Answer, Order, Taken
from bot.services.deploys import DeployReader, DeploysService
from bot.services.operating import Operating, Reach
from bot.services.operations import Hand, OperationService, Surroundings
from tests.support.cloud_run import CLEANUP, PATIENT_S, PROJECT, RAW, REGION, CloudRunBench, cloud_run, service_name
from tests.support.deploys import NOW

ANA, BEN, CARL = Actor("U1", "Ana"), Actor("U2", "Ben"), Actor("U3", "Carl")
EMAILS = {"U1": "ana@example.com", "U2": "ben@example.com", "U3": "ANA@example.com"}
VIEWER = Actor("U9", "Vera")
CLEARING = ServiceRequest(path="/clear", body={"processor": "{processor}", "date": "{date}"})
FLEET = Registry(
    processors=(Processor(name="Gamebook", service=RAW.name), Processor(name="Box", service=RAW.name)),
    services=(
        Service(
            name=RAW.name,
            project=PROJECT,
            region=REGION,
            address="https://raw.example.com",
            health_path="/health",
            clear_request=CLEARING,
        ),
        Service(name=CLEANUP.name, project=PROJECT, region=REGION, control=Control.CLOUD_RUN_JOB, maintenance=True),
    ),
)


WELL = Health(True, "/health answers HTTP status 200")
BLOCKED = Judged(verdict=Verdict.IDEMPOTENCY_BLOCK, because="it skipped itself in front of 318 rows")
ACCEPTED = Answer(taken=Taken.ACCEPTED)


@dataclass
class OperationsBench:
    """`healthy`: what the service says of itself; `running`: the runs under way; `verdict` on every date."""

    cloud: CloudRunBench
    state: FakeState = field(default_factory=FakeState)
    now: datetime = NOW
    health: Health = WELL
    running: Sequence[str] = ()
    unread: str = ""
    verdict: Judged = BLOCKED
    answer: Answer = ACCEPTED
    cleared: list[Order] = field(default_factory=list)

    def __post_init__(self) -> None:
        older = self.cloud.world.revisions[service_name(RAW)][1]
        served = Served(older.name.rpartition("/")[2], older.create_time, NOW - timedelta(hours=3), ready=True)
        with self.state.transaction() as tx:
            tx.deploys.put(Seen(RAW.name, served=(served,)))
        reader = DeployReader(self.state, self.cloud.client, FLEET, lambda: self.now)
        self.deploys = DeploysService(self.state, FLEET, lambda *_: (), "", reader)
        around = Surroundings(
            FLEET, self.cloud.client, reader, lambda _names, _now: (self.running, self.unread), lambda *_: self.verdict
        )
        self.people = OperationService(self.state, self.deploys, around, _identity, lambda who: EMAILS.get(who.id, ""))
        reach = Reach(
            self.cloud.client,
            reader,
            FLEET.service_by_name.get,
            self,
            self._clear,
            "C1",
            lambda: self.now,
        )
        self.lane = Operating(self.state, reach, lambda: self.now)

    def of(self, service: Service) -> Health:
        assert service.name == RAW.name
        return self.health

    def propose(self, kind: Kind, service: str = RAW.name, **more: object) -> Operation:
        return self.people.propose(Hand(kind, service, **more), ANA, self.now)  # type: ignore[arg-type]

    def asked(self, kind: Kind, service: str = RAW.name, **more: object) -> Operation:
        return self.people.ask(self.propose(kind, service, **more).id, ANA, self.now)

    def approved(self, kind: Kind, **more: object) -> Operation:
        return self.people.approve(self.asked(kind, RAW.name, **more).id, BEN, self.now)

    def work(self, minutes: float = 0.0, times: int = 1) -> None:
        """Looks of the lane, so far apart."""
        for _ in range(times):
            self.now += timedelta(minutes=minutes)
            self.lane.look()

    def ended(self, operation: Operation) -> Operation:
        return self.people.get(operation.id)

    def acts(self, subject: str = f"service:{RAW.name}") -> list[str]:
        return [link.record.act for link in self.state.audit_of(subject)]

    def _clear(self, service: Service, order: Order) -> Answer:
        assert service.clear_request is not None
        self.cleared.append(order)
        return self.answer


def _identity(who: Actor) -> Identity:
    return Identity(Origin.MEMBER, Role.VIEWER if who is VIEWER else Role.RESPONDER)


@contextmanager
def operations_bench(act_s: float = PATIENT_S) -> Iterator[OperationsBench]:
    with cloud_run(act_s) as found:
        yield OperationsBench(found)


def day() -> date:
    return date(2026, 1, 5)
