"""Processes that carry out one repair over one state and one HTTP service, killed -9 in the middle, again and again."""

import json
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, cast

from bot.adapters.run_control.over_http import OverHttp
from bot.adapters.run_control.registered import RegisteredServices
from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from bot.domain.errors import StateUnavailable
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import Status, Trigger
from bot.domain.platform.registry import Control, Processor, Registry, Service, ServiceRequest
from bot.domain.reprocessing.checking import Seen
from bot.domain.reprocessing.plan import Limits, StepKey
from bot.domain.reprocessing.repair import StepState
from bot.domain.verdicts.judge import Judged, Verdict
from bot.ports.run_control import Answer, Order
from bot.services.reprocessing_execution import Around, ReprocessingExecution
from bot.services.step_runs import StepRuns
from tests.pit.engine import FailPoints, MortalState
from tests.pit.story import ScaledClock
from tests.support.repair_world import started_repair
from tests.support.repairs import asked, planned

CONTEXT = get_context("forkserver")
ROWS, TICK_S, TAKES_S = 40, 0.05, 20.0
LIMITS = Limits(per_processor=10, per_service=10)
REQUEST = ServiceRequest(body={"processor": "{processor}", "date": "{date}"})
FAULTS = ("later", "lost before", "cut after", "500 after")
"""What a call may meet: not now; an error before it was taken, none or an error after it."""
LONGEST_S = 1_200
SHARE, MOST_FAULTS = 0.35, 1


@dataclass(frozen=True)
class Killing:
    """`chance` of a kill at each point; `kills` is the folder where each is noted."""

    state: str
    history: Path
    address: str
    names: tuple[str, ...]
    clock: ScaledClock
    chance: float
    seed: int
    kills: Path

    @property
    def registry(self) -> Registry:
        here = Service(name="pipeline", control=Control.HTTP, address=self.address, request=REQUEST)
        made = tuple(Processor(name=name, service=here.name, timeout_seconds=60) for name in self.names)
        return Registry(processors=made, services=(here,))


class MortalHttp(OverHttp):
    """Whoever asks may be killed right before and after the service is asked."""

    def __init__(self, points: FailPoints) -> None:
        super().__init__()
        self._points = points

    def start(self, service: Service, order: Order) -> Answer:
        self._points.at("before a service is asked")
        answer = super().start(service, order)
        self._points.at("after a service was asked")
        return answer


@dataclass
class Pipeline:
    """A service that takes an order once, by its id, and writes the runs of the history."""

    history: Path
    clock: ScaledClock
    chance: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    tries: Counter[StepKey] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        with closing(sqlite3.connect(self.history)) as made:
            made.execute("PRAGMA journal_mode = WAL")
            made.execute("CREATE TABLE runs (id TEXT PRIMARY KEY, processor TEXT, date TEXT, began REAL)")

    def taken(self, request: str, processor: str, day: str) -> None:
        with self.lock, closing(sqlite3.connect(self.history)) as held, held:
            began = self.clock.at(time.time()).timestamp()
            held.execute("INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?)", (request, processor, day, began))

    def fault(self, step: StepKey) -> str:
        """Each step meets one at most, and kills beside: what stays unclear for long is given up, and says so."""
        with self.lock:
            self.tries[step] += 1
            meets = self.tries[step] <= MOST_FAULTS and self.chance.random() < SHARE
            found = self.chance.choice(FAULTS) if meets else ""
            self.faults[found or "none"] += 1
        return found


class Handler(BaseHTTPRequestHandler):
    pipeline: Pipeline

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        step = StepKey(said["processor"], date.fromisoformat(said["date"]))
        fault, name = self.pipeline.fault(step), self.headers["X-Request-Id"]
        if fault in ("later", "lost before"):
            self.answered(429 if fault == "later" else 500, {})
            return
        self.pipeline.taken(name, said["processor"], said["date"])
        if fault == "cut after":
            self.close_connection = True
            return
        self.answered(500 if fault else 202, {"run_id": name})

    def answered(self, status: int, said: dict[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):  # whoever asked was killed
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def seen(killing: Killing, keys: Collection[StepKey], now: datetime) -> Mapping[StepKey, Seen]:
    """By the history alone: a run is over after so long, and has written the table then."""
    found: dict[StepKey, list[RunSeen]] = {key: [] for key in keys}
    with closing(sqlite3.connect(killing.history, timeout=30)) as held:
        for row in held.execute("SELECT id, processor, date, began FROM runs"):
            key = StepKey(row[1], date.fromisoformat(row[2]))
            if key in found:
                found[key].append(_run(row[0], key, datetime.fromtimestamp(row[3], UTC), now))
    return {key: _seen(runs) for key, runs in found.items()}


def _run(name: str, key: StepKey, began: datetime, now: datetime) -> RunSeen:
    ends = began + timedelta(seconds=TAKES_S)
    over = ends <= now
    return RunSeen(
        name, *key, began, ends if over else None, Status.SUCCESS if over else Status.RUNNING, None, None,
        ROWS if over else None, TAKES_S, 1, Trigger.BACKFILL, min(ends, now), min(ends, now),
    )  # fmt: skip


def _seen(runs: list[RunSeen]) -> Seen:
    written = max((run.ended_at for run in runs if run.ended_at is not None), default=None)
    verdict = Verdict.PROCESSOR_FAILED if written is None else Verdict.OK
    judged = Judged(verdict=verdict, because=f"{0 if written is None else ROWS} rows")
    return Seen(runs=runs, judged=judged, rows=0 if written is None else ROWS, written_at=written, traced=True)


def carry_out(killing: Killing) -> None:
    """One process, until it is ended."""
    points = FailPoints(cast("Any", killing))
    state: Any = MortalState(SqlState(open_engine(killing.state)), points)

    def wall() -> datetime:
        return killing.clock.at(time.time())

    runs = StepRuns(
        RegisteredServices(lambda: killing.registry, {Control.HTTP: MortalHttp(points)}), lambda: killing.registry
    )
    around = Around(lambda: LIMITS, lambda keys, now: seen(killing, keys, now))
    made = ReprocessingExecution(state, runs, around, wall, lambda: wall().timestamp())
    while True:
        with suppress(StateUnavailable):  # as a lane does: it is looked at again
            made.tick()
        time.sleep(TICK_S)


@dataclass(frozen=True)
class Found:
    steps: int
    kills: Counter[str]
    faults: Counter[str]
    states: Counter[StepState]
    reasons: Counter[str]
    runs: Counter[StepKey]
    took_s: float

    @property
    def lost(self) -> int:
        return self.steps - self.states[StepState.PROVED]

    @property
    def twice(self) -> int:
        return sum(count - 1 for count in self.runs.values())

    def __str__(self) -> str:
        points = ", ".join(f"{name} {count}" for name, count in self.kills.most_common())
        faults = ", ".join(f"{name} {count}" for name, count in self.faults.most_common())
        return (
            f"{self.steps:,} steps, {self.kills.total():,} processes killed ({points}); calls: {faults}; "
            f"lost {self.lost}, run twice {self.twice}; {self.took_s:.0f} s {dict(self.reasons) or ''}"
        )


def killed_repair(
    folder: Path,
    state: str,
    processors: int,
    dates: int,
    *,
    chance: float,
    scale: float,
    processes: int = 2,
    seed: int = 1,
) -> Found:
    """`state` is the address of its database; `scale`: so many times as fast as the machine's clock."""
    engine = open_engine(state, patient=True)
    migrate(engine)
    engine.dispose()
    names = tuple(f"P{number:02}" for number in range(processors))
    clock, kills = ScaledClock(time.time(), scale), folder / "kills"
    kills.mkdir()
    pipeline = Pipeline(folder / "history.db", clock, random.Random(seed))
    began = time.monotonic()
    with served(pipeline) as address, closing(SqlState(open_engine(state))) as held:
        killing = Killing(state, pipeline.history, address, names, clock, chance, seed, kills)
        plan = planned(asked(*names, dates=dates), registry=killing.registry, seconds=dict.fromkeys(names, TAKES_S))
        repair = started_repair(held, plan)
        with running(killing, processes):
            while held.repairs.unfinished() and time.monotonic() - began < LONGEST_S:
                time.sleep(0.2)
        steps = held.repairs.steps(repair.id)
    with closing(sqlite3.connect(pipeline.history)) as history:
        runs = Counter(StepKey(*row) for row in history.execute("SELECT processor, date FROM runs"))
    killed = Counter(path.read_text() for path in kills.iterdir())
    states = Counter(step.state for step in steps)
    reasons = Counter(step.reason for step in steps if step.state is not StepState.PROVED)
    return Found(len(steps), killed, pipeline.faults, states, reasons, runs, time.monotonic() - began)


@contextmanager
def served(pipeline: Pipeline) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Handler,), {"pipeline": pipeline}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def running(killing: Killing, processes: int) -> Iterator[None]:
    """So many, each started again when it was killed."""
    CONTEXT.set_forkserver_preload(["tests.pit.repairs"])
    over = Event()

    def keep(place: int) -> None:
        number = place
        while not over.is_set():
            setup = Killing(**{**vars(killing), "seed": killing.seed * 100_000 + number})
            made = CONTEXT.Process(target=carry_out, args=(setup,), daemon=True)
            made.start()
            while made.is_alive() and not over.wait(0.02):
                pass
            if made.pid is not None and made.is_alive():
                os.kill(made.pid, signal.SIGKILL)
            made.join()
            number += processes

    threads = [Thread(target=keep, args=(place,), daemon=True) for place in range(processes)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
