"""A platform that repairs are carried out on, in memory: services that go wrong at the boundary, runs, and data."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import Status, Trigger
from bot.domain.platform.registry import Processor, Registry
from bot.domain.reprocessing.checking import Seen
from bot.domain.reprocessing.plan import Limits, Plan, StepKey
from bot.domain.reprocessing.receipts import Again
from bot.domain.reprocessing.repair import Person, Repair, StepState, started, steps_of
from bot.domain.verdicts.judge import Judged, Verdict
from bot.ports.fakes.state import FakeState
from bot.ports.run_control import Answer, Order, Taken
from bot.ports.state import State
from bot.services.repair_control import RepairControl
from bot.services.reprocessing_calls import AtOnce
from bot.services.reprocessing_execution import Around, ReprocessingExecution
from bot.services.step_runs import StepRuns
from tests.support.repairs import LAST, NOW, PLATFORM, asked, planned

ANA = Person("slack:U1", "Ana")
BEN = Actor("U2", "Ben")
USUAL = 40
BOUNDARY = ("ok", "later", "unclear, not taken", "unclear, taken", "unheard")
"""What may happen between an order and its answer."""


@dataclass
class World:
    """`boundary` and `outcome` say what happens to an order, and to its run. `looks_up`: can the service tell by a
    request id? A service keeps the ids that it took: the same one has no second effect. `unread`: no row comes, as the
    source of runs and data is blind.
    """

    boundary: Callable[[Order], str] = lambda _: "ok"
    outcome: Callable[[StepKey], str] = lambda _: "ok"
    looks_up: bool = True
    unread: str = ""
    takes: Callable[[StepKey], timedelta] = lambda _: timedelta(seconds=60)
    now: datetime = NOW
    tables: dict[StepKey, tuple[int, datetime]] = field(default_factory=dict)
    runs: list[RunSeen] = field(default_factory=list)
    began: dict[str, RunSeen] = field(default_factory=dict)
    effects: Counter[str] = field(default_factory=Counter)
    orders: list[Order] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def start(self, order: Order) -> Answer:
        self.orders.append(order)
        what = self.boundary(order)
        if what == "later":
            return Answer(taken=Taken.REFUSED, reason="HTTP status 429")
        if what == "never":
            return Answer(taken=Taken.REFUSED, reason="HTTP status 403", permanent=True)
        if what == "unclear, not taken":
            return Answer(taken=Taken.AMBIGUOUS, reason="HTTP status 500")
        run = self._begin(order)
        if what == "unheard":
            raise SystemExit  # the process is killed before it can say what it heard
        if what == "unclear, taken":
            return Answer(taken=Taken.AMBIGUOUS, reason="the connection broke before the answer")
        return Answer(taken=Taken.ACCEPTED, reason="HTTP status 202", execution=run.run_id)

    def find(self, order: Order, since: datetime) -> Answer | None:
        if not self.looks_up:
            return None
        run = self.began.get(order.request_id)
        if run is None or run.started_at < since - timedelta(seconds=10):
            return Answer(taken=Taken.REFUSED, reason="no such order")
        return Answer(taken=Taken.ACCEPTED, execution=run.run_id)

    def cancel(self, order: Order, execution: str) -> Answer:  # noqa: ARG002 (the port's)
        self.cancelled.append(execution)
        return Answer(taken=Taken.ACCEPTED)

    def _begin(self, order: Order) -> RunSeen:
        if order.request_id in self.began:
            return self.began[order.request_id]
        key = StepKey(order.processor, order.data_date)
        what, ends = self.outcome(key), self.now + self.takes(key)
        status = Status.FAILED if what == "fails" else Status.SUCCESS
        run = RunSeen(
            run_id=f"run-{len(self.began)}",
            processor=order.processor,
            data_date=order.data_date,
            started_at=self.now,
            ended_at=ends,
            status=status,
            recorded=None,
            hinted=None,
            records=USUAL,
            seconds=self.takes(key).total_seconds(),
            attempt=1,
            trigger=Trigger.BACKFILL,
            heartbeat_at=ends,
            known_at=ends,
            error="boom" if what == "fails" else None,
        )
        self.began[order.request_id] = run
        self.effects[order.request_id] += 1
        if what != "no row":
            self.runs.append(run)
        written = {"ok": (key, USUAL), "half": (key, USUAL // 2), "no row": (key, USUAL)}
        written["wrong date"] = StepKey(key.processor, key.data_date - timedelta(days=400)), USUAL
        if what in written:
            where, rows = written[what]
            self.tables[where] = rows, ends
        return run

    def evidence(self, keys: Collection[StepKey], now: datetime) -> Mapping[StepKey, Seen]:
        return {key: self._seen(key, now) for key in keys}

    def _seen(self, key: StepKey, now: datetime) -> Seen:
        if self.unread:
            judged = Judged(verdict=Verdict.UNKNOWN, because=f"unknown: {self.unread}")
            return Seen(runs=[], judged=judged, rows=0, written_at=None, traced=True, unread=self.unread)
        rows, written = self.tables.get(key, (0, None))
        if written is not None and written > now:
            rows, written = 0, None
        verdict = Verdict.OK if rows >= USUAL else Verdict.PARTIAL if rows else Verdict.PROCESSOR_FAILED
        runs = [run if run.known_at <= now else _under_way(run) for run in self.runs if _is_of(run, key, now)]
        judged = Judged(verdict=verdict, because=f"{rows} rows")
        return Seen(runs=runs, judged=judged, rows=rows, written_at=written, traced=True)

    def blind(self, names: Collection[str]) -> Mapping[str, str]:
        return dict.fromkeys(names, self.unread) if self.unread else {}

    def dependents(self, keys: Collection[StepKey], now: datetime) -> Sequence[Again]:
        return [
            Again(processor=f"after {key.processor}", data_date=key.data_date, verdict="ok", because="40 rows")
            for key in keys
            if now
        ]

    @property
    def doubled(self) -> list[str]:
        return [request for request, count in self.effects.items() if count > 1]


def _is_of(run: RunSeen, key: StepKey, now: datetime) -> bool:
    return (run.processor, run.data_date) == key and run.started_at <= now


def _under_way(run: RunSeen) -> RunSeen:
    return run._replace(status=Status.RUNNING, ended_at=None, records=None, error=None)


class Killed(AtOnce):
    """A call that ends its process leaves nothing behind."""

    def begin(self, key: object, work: Callable[[], None]) -> bool:
        try:
            return super().begin(key, work)
        except SystemExit:
            return False


def execution(
    state: State, world: World, limits: Limits | None = None, registry: Registry = PLATFORM
) -> ReprocessingExecution:
    around = Around(lambda: limits or Limits(), world.evidence, world.dependents, blind=world.blind)
    runs = StepRuns(world, lambda: registry, Killed())
    return ReprocessingExecution(state, runs, around, lambda: world.now, lambda: world.now.timestamp())


def started_repair(state: State, plan: Plan | None = None, by: Person = ANA, **words: object) -> Repair:
    """Approved, and stored with its steps."""
    plan = plan or planned(asked("Gamebook"))
    made = Repair(plan=plan, asked_by=by, asked_at=NOW, **words)  # type: ignore[arg-type]
    with state.transaction() as tx:
        assert tx.repairs.add(made)
        known = state.repairs.of(made.id) or made
        second = Person("slack:U2", "Ben") if plan.needs_second else by
        stored = tx.repairs.put(started(Repair(**{**vars(known), "version": 1}), second, NOW))
        assert stored is not None
        tx.repairs.add_steps(steps_of(plan, stored.id))
    return stored


def run_until(
    state: State, world: World, made: ReprocessingExecution, within: timedelta, every: timedelta = timedelta(seconds=1)
) -> None:
    """Until nothing is left to do; raises where that takes longer."""
    until = world.now + within
    while state.repairs.unfinished():
        assert world.now < until, [
            f"{step.processor} {step.data_date} {step.state}: {step.reason}"
            for repair in state.repairs.unfinished()
            for step in state.repairs.steps(repair.id)
        ]
        made.tick()
        world.now += every


def flat(processors: int, dates: int, seconds: float = 60.0) -> tuple[Plan, Registry]:
    """A plan of processors that do not depend on each other, each a service of its own."""
    names = [f"P{number:02d}" for number in range(processors)]
    registry = Registry(processors=tuple(Processor(name=name, service=f"s-{name}") for name in names))
    medians = dict.fromkeys(names, seconds)
    return planned(asked(*names, dates=dates), registry=registry, plan_id=uuid4().hex, seconds=medians), registry


def ended(state: FakeState, repair: Repair) -> Repair:
    found = state.repairs.of(repair.id)
    assert found is not None
    return found


def states(state: FakeState, repair: Repair) -> dict[str, StepState]:
    """By processor and, where there are several dates, so many days back."""
    steps = state.repairs.steps(repair.id)
    one = len({step.data_date for step in steps}) == 1
    return {step.processor if one else f"{step.processor} {(LAST - step.data_date).days}": step.state for step in steps}


def control(state: FakeState, world: World, role: Role = Role.RESPONDER) -> RepairControl:
    return RepairControl(state, lambda _: Identity(Origin.MEMBER, role), lambda: world.now, Limits)
