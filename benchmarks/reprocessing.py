"""Repairs at their limits: `python -m benchmarks.reprocessing`, or one part of it by its name."""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any, cast

from bot.adapters.run_control.jobs import CloudRunJobs
from bot.adapters.run_control.registered import RegisteredServices
from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.audit import Anchor, Link, Record, Seal, verify
from bot.domain.errors import BadInput
from bot.domain.platform.registry import Control, Processor, Registry, Service
from bot.domain.reprocessing.plan import Limits, Plan
from bot.domain.reprocessing.receipts import receipts_in, subject_of
from bot.domain.reprocessing.repair import Person, Repair, StepState, approval_asked
from bot.ports.run_control import Answer, Order, Taken
from bot.services.repair_control import RepairControl
from bot.services.repair_plans import RepairPlans
from bot.services.reprocessing import RepairService
from bot.services.reprocessing_execution import Around, ReprocessingExecution
from bot.services.step_runs import StepRuns
from tests.contracts.postgres import new_database, postgres
from tests.pit.repairs import killed_repair
from tests.support.cloud_run import PROJECT, REGION, cloud_run
from tests.support.repair_world import BOUNDARY, Killed, World, execution, flat, run_until, started_repair
from tests.support.repairs import NOW

STEPS, PROCESSORS, DATES = 1_000, 10, 100
DAY = timedelta(days=1)
WIDE = Limits(per_processor=10, per_service=10)
MUTATIONS = 20_000
RACES = 1_000
APPROVERS = (Actor("U2", "Ben"), Actor("U3", "Cleo"))
LATEST = 100
"""Of the runs, those that may still go on."""


@dataclass(frozen=True)
class Figure:
    what: str
    found: str
    met: bool

    def __str__(self) -> str:
        return f"{'met' if self.met else 'NOT MET'}  {self.what}: {self.found}"


@contextmanager
def states(seal: Seal | None = None) -> Iterator[SqlState]:
    """A SQLite file, as `fireline run` has it."""
    with tempfile.TemporaryDirectory(prefix="fireline-repairs-") as folder:
        engine = open_engine(Path(folder) / "state.db")
        migrate(engine)
        state = SqlState(engine, seal)
        try:
            yield state
        finally:
            state.close()


def boundary(*, looks_up: bool = True) -> Iterator[Figure]:
    """R20 with a service that can, or cannot, look an order up: each step meets a fault, twice at most."""
    chance, tries = Random(20), Counter[tuple[str, date]]()

    def fault(order: Order) -> str:
        step = order.processor, order.data_date
        tries[step] += 1
        return chance.choice(BOUNDARY) if tries[step] <= 2 else "ok"

    with states() as state:
        world = World(boundary=fault, looks_up=looks_up, takes=lambda _: timedelta(seconds=5))
        plan, registry = flat(PROCESSORS, DATES, 5.0)
        repair = started_repair(state, plan)
        made = execution(state, world, WIDE, registry)
        run_until(state, world, made, 365 * DAY, every=timedelta(seconds=30))
        found = Counter(step.state for step in state.repairs.steps(repair.id))
    lost = STEPS - found[StepState.PROVED]
    runs = Counter((run.processor, run.data_date) for run in world.began.values())
    twice = sum(count - 1 for count in runs.values()) + len(world.doubled)
    how = "looked up by request id" if looks_up else "seen in the run history alone"
    said = f"{STEPS:,} approved, {len(world.orders):,} orders; lost {lost}, run twice with effect {twice}"
    yield Figure(f"R20, {how}", said, lost == 0 and twice == 0)


def races() -> Iterator[Figure]:
    """S9: two people, or one twice, approve at once; each through a connection of their own, as two processes do."""
    for kind in ("SQLite", "PostgreSQL"):
        with ExitStack() as stack:
            first, second = stack.enter_context(two_states(kind))
            plans = [_waiting(first, place) for place in range(RACES)]
            known = {plan.id: plan for plan in plans}
            approving = [_approving(state, known) for state in (first, second)]
            pool = stack.enter_context(ThreadPoolExecutor(len(approving)))
            began = list[int]()
            for plan in plans:
                meet = Barrier(len(approving))
                who = [APPROVERS[0], APPROVERS[len(began) % 2]]
                asked = [pool.submit(_approve, *each, plan.id, meet) for each in zip(approving, who, strict=True)]
                began.append(sum(each.result() for each in asked))
            executions = _executions(first)
        once = began.count(1)
        said = f"{RACES:,} races, {once:,} started once; {executions:,} executions"
        yield Figure(f"S9, two approve at once, {kind}", said, once == RACES == executions)


@contextmanager
def two_states(kind: str) -> Iterator[tuple[SqlState, SqlState]]:
    """Of one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fireline-races-")))
        where = folder / "state.db" if kind == "SQLite" else new_database(stack.enter_context(postgres()))
        migrate(open_engine(where, patient=True))
        found = SqlState(open_engine(where)), SqlState(open_engine(where))
        for each in found:
            stack.callback(each.close)
        yield found


def _waiting(state: SqlState, place: int) -> Plan:
    """One that needs a second person, of a date of its own."""
    whole, _ = flat(1, 1, 5.0)
    step = replace(whole.steps[0], data_date=whole.steps[0].data_date - timedelta(days=place))
    plan = replace(whole, steps=(step,), needs_second=("third repair in 7 days",))
    asked = Repair(plan=plan, asked_by=Person("slack:U1", "Ana"), asked_at=NOW)
    with state.transaction() as tx:
        tx.repairs.add(asked)
        tx.repairs.put(approval_asked(replace(asked, version=1), NOW))
    return plan


class Kept:
    """Plans that nothing has changed since."""

    def __init__(self, known: Mapping[str, Plan]) -> None:
        self.known = known
        self.asked = ""

    def of(self, _request: object, _now: object) -> Plan:
        return self.known[self.asked]


def _approving(state: SqlState, known: Mapping[str, Plan]) -> tuple[RepairService, Kept]:
    plans, approver = Kept(known), Identity(Origin.MEMBER, Role.APPROVER)
    return RepairService(state, cast(RepairPlans, plans), lambda _: approver, approves=Role.APPROVER), plans


def _approve(by: tuple[RepairService, Kept], who: Actor, name: str, meet: Barrier) -> bool:
    service, plans = by
    plans.asked = name
    meet.wait()
    try:
        service.start(name, who, NOW)
    except BadInput:
        return False
    return True


def _executions(state: SqlState) -> int:
    """How many orders all that was started comes to."""
    world = World(takes=lambda _: timedelta(seconds=5))
    registry = flat(1, 1)[1]
    at_once = Limits(slots=RACES, per_processor=RACES, per_service=RACES)
    run_until(state, world, execution(state, world, at_once, registry), 30 * DAY, every=timedelta(seconds=10))
    return len(world.orders)


def jobs() -> Iterator[Figure]:
    """R20 at Cloud Run jobs: a real gRPC server that refuses, answers after it has begun, or says nothing."""
    chance, count = Random(21), 300
    with states() as state, cloud_run() as bench:
        names = [f"job-{number}" for number in range(PROCESSORS)]
        services = tuple(Service(name=n, control=Control.CLOUD_RUN_JOB, project=PROJECT, region=REGION) for n in names)
        registry = Registry(
            processors=tuple(Processor(name=f"P{number:02d}", service=name) for number, name in enumerate(names)),
            services=services,
        )
        for name in names:
            bench.world.executions[f"projects/{PROJECT}/locations/{REGION}/jobs/{name}"] = []
        inner = RegisteredServices(lambda: registry, {Control.CLOUD_RUN_JOB: CloudRunJobs(bench.client)})
        world = World(takes=lambda _: timedelta(seconds=5))
        faults = bench.server.faults

        class Faulty:
            def start(self, order: Order) -> Answer:
                faults.codes.clear()
                faults.after.clear()
                what = chance.choice(["ok", "UNAVAILABLE", "after", "unheard"])
                if what == "UNAVAILABLE":
                    faults.codes["RunJob"] = what
                if what == "after":
                    faults.after["RunJob"] = "INTERNAL"
                bench.world.now = world.now
                answer = inner.start(order)
                faults.codes.clear()
                faults.after.clear()
                if answer.taken is not Taken.REFUSED and what != "UNAVAILABLE":
                    world.start(order)
                if what == "unheard":
                    raise SystemExit
                return replace(answer, execution="") if answer.taken is Taken.ACCEPTED else answer

            find, cancel = inner.find, inner.cancel

        plan, _ = flat(PROCESSORS, count // PROCESSORS, 5.0)
        steps = tuple(replace(step, service=registry.by_name[step.processor].service or "") for step in plan.steps)
        repair = started_repair(state, replace(plan, steps=steps))
        around, runs = Around(lambda: WIDE, world.evidence), StepRuns(Faulty(), lambda: registry, Killed())
        made = ReprocessingExecution(state, runs, around, lambda: world.now, lambda: world.now.timestamp())
        run_until(state, world, made, 365 * DAY, every=timedelta(seconds=30))
        found = Counter(step.state for step in state.repairs.steps(repair.id))
        executions = sum(len(each) for each in bench.world.executions.values())
    lost = count - found[StepState.PROVED]
    said = f"{count:,} approved, {executions:,} executions; lost {lost}, executed twice {executions - count}"
    yield Figure("R20, Cloud Run jobs over gRPC", said, lost == 0 and executions == count)


def overhead() -> Iterator[Figure]:
    """What a step costs us, over a SQLite file: claim, answer, looks, proof, receipt; service and run take none."""
    with states() as state:
        world = World(takes=lambda _: timedelta(seconds=1))
        plan, registry = flat(PROCESSORS, DATES, 1.0)
        started_repair(state, plan)
        made = execution(state, world, WIDE, registry)
        began = time.process_time()
        run_until(state, world, made, DAY, every=timedelta(seconds=3))
        each = (time.process_time() - began) / STEPS * 1_000
    yield Figure("execution overhead of a step, under 20 ms", f"{each:.1f} ms of {STEPS:,} steps", each < 20)


def slots() -> Iterator[Figure]:
    """100 dates over 10 processors in 10 slots: how busy they are while work is left. A tick a second, as it lives."""
    chance = Random(22)
    takes = {}
    with states() as state:
        plan, registry = flat(PROCESSORS, DATES, 60.0)
        for step in plan.steps:
            takes[step.key] = timedelta(seconds=chance.lognormvariate(4.0, 0.5))
        world = World(takes=lambda key: takes[key])
        started_repair(state, plan)
        made, busy, length = execution(state, world, Limits(), registry), 0, 0
        while state.repairs.unfinished():
            made.tick()
            if len(world.orders) < STEPS:
                length += 1
                busy += sum(run.known_at > world.now for run in world.runs[-LATEST:])
            world.now += timedelta(seconds=1)
    used = busy / (length * Limits().slots)
    said = f"{used:.1%} of {Limits().slots} slots over {length / 60:.0f} min"
    yield Figure("utilisation while work is left, 95 % at least", said, used >= 0.95)


def stop() -> Iterator[Figure]:
    with states() as state:
        world = World(takes=lambda _: timedelta(seconds=3))
        plan, registry = flat(PROCESSORS, DATES, 3.0)
        repair = started_repair(state, plan)
        made = execution(state, world, Limits(), registry)
        control = RepairControl(state, lambda _: Identity(Origin.MEMBER, Role.RESPONDER), lambda: world.now, Limits)
        for _ in range(30):
            made.tick()
            world.now += timedelta(seconds=1)
        before = len(world.orders)
        control.stop(repair.id, Actor("U1", "Ana"))
        for _ in range(30):
            made.tick()
            world.now += timedelta(seconds=1)
        after, free = len(world.orders) - before, not state.repairs.in_flight()
    said = f"{after} steps started after it, of {STEPS - before:,} left; all can be planned again: {free}"
    yield Figure("a stop starts no new step within 5 s", said, after == 0 and free)


def receipts() -> Iterator[Figure]:
    """Every change of one byte of 1,000 receipts is found, wherever it is."""
    chance, seal = Random(23), Seal(["a key of the team"])
    with states(seal) as state:
        world = World(takes=lambda _: timedelta(seconds=1))
        plan, registry = flat(PROCESSORS, DATES, 1.0)
        repair = started_repair(state, plan)
        run_until(state, world, execution(state, world, WIDE, registry), DAY, every=timedelta(seconds=3))
        chain, end = list(state.audit_after(0)), state.audit_end()
        count = len(receipts_in(state.audit_of(subject_of(repair.id))))
    assert verify(chain, seal, end).faults == ()
    places = [place for place, link in enumerate(chain) if link.record.act == "receipt"]
    found = 0
    for _ in range(MUTATIONS):
        place = chance.choice(places)
        changed = _one_byte(chain[place], chance)
        around = chain[place - 1] if place else None
        whole = [*([around] if around else []), changed, *chain[place + 1 : place + 2]]
        begin = Anchor(whole[0].seq - 1, whole[0].previous)
        last = whole[-1]
        found += bool(verify(whole, seal, Anchor(last.seq, last.hash), begin=begin).faults)
    one = [_one_byte(chain[places[0]], chance) if place == places[0] else link for place, link in enumerate(chain)]
    found_whole = bool(verify(one, seal, end).faults)
    said = f"{found:,} of {MUTATIONS:,} changes found in {count:,} receipts"
    yield Figure("each change of one byte is found", said, found == MUTATIONS and found_whole)


def _one_byte(link: Link, chance: Random) -> Link:
    """One character of any of its fields is another."""
    made = link.record
    fields = {
        "actor": made.actor,
        "act": made.act,
        "subject": made.subject,
        "body": made.body,
        "previous": link.previous,
        "hash": link.hash,
        "key": link.key,
    }
    name = chance.choices(list(fields), weights=[max(1, len(text)) for text in fields.values()])[0]
    text = fields[name] or "x"
    place = chance.randrange(len(text))
    other = chr((ord(text[place]) + chance.randrange(1, 90)) % 127 or 33)
    changed = text[:place] + (other if other != text[place] else "~") + text[place + 1 :]
    given: dict[str, Any] = {name: changed}
    if name in ("previous", "hash", "key"):
        return replace(link, **given)
    return replace(link, record=Record(**{**vars(made), **given}))


def kills() -> Iterator[Figure]:
    """R20 with real processes over one state and one HTTP service, killed -9 at every point, again and again."""
    with tempfile.TemporaryDirectory(prefix="fireline-kills-") as made:
        found = killed_repair(
            Path(made), f"sqlite:///{made}/state.db", PROCESSORS, DATES, chance=0.005, scale=60, processes=3, seed=2
        )
    yield Figure("R20, kill -9 in the middle", str(found), found.lost == 0 and found.twice == 0)


PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "boundary": boundary,
    "unseen": partial(boundary, looks_up=False),
    "kills": kills,
    "races": races,
    "jobs": jobs,
    "overhead": overhead,
    "slots": slots,
    "stop": stop,
    "receipts": receipts,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reprocessing", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS)
    chosen = parser.parse_args().part
    failed = False
    for name in [chosen] if chosen else PARTS:
        for figure in PARTS[name]():
            print(figure, flush=True)
            failed |= not figure.met
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
