"""Several processes over one state and two vendors that fail, and what happens to them meanwhile; then the oracle."""

import math
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Connection, text

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from bot.domain.access import Actor
from bot.domain.audit import Seal
from bot.domain.errors import FirelineError, StateUnavailable
from bot.services.auditor import AuditFailed, Auditor
from bot.services.responses import ResponseService
from tests.contracts.postgres import Cluster
from tests.pit.engine import Setup, run
from tests.pit.older import Older, migrate_as
from tests.pit.oracle import Judged, Way, judged
from tests.pit.story import ScaledClock, Story
from tests.pit.vendors import Accepted, Vendors, serving
from tests.support.pager import member

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.pit.rig"])
TOTAL_S, LEASE_S = 5.0, 30.0
"""Of the scaled clock: a call at most, and a lease."""
REST_S = 1_500.0
"""After the last incident begins: its second step, its end, and bundles that waited."""
Trouble = Callable[["Pit"], None]


@dataclass(frozen=True)
class Config:
    """`chance`: of a kill at each fail point; `share`: of the calls of a vendor that meet a fault, `looks` of those
    that only ask. `older`: the folder of an older release, by which all begin; None: all are of this one.
    """

    processes: int
    story: Story
    scale: float = 10.0
    chance: float = 0.0
    share: float = 0.2
    looks: float = 0.2
    older: Path | None = None


@dataclass
class Pit:
    """`troubles` go on beside until the story is over; `notes` counts what they did; `came_back`: when what was away
    answered again.
    """

    config: Config
    database: str
    folder: Path
    vendors: Vendors
    clock: ScaledClock
    over: Event = field(default_factory=Event)
    notes: Counter[str] = field(default_factory=Counter)
    engines: list[BaseProcess | Older | None] = field(default_factory=list)
    newer: set[int] = field(default_factory=set)
    migrated: Event = field(default_factory=Event)
    taken: dict[str, datetime] = field(default_factory=dict)
    came_back: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engines = [None] * self.config.processes
        if self.config.older is None:
            self.newer.update(range(self.config.processes))
            self.migrated.set()
        (self.folder / "kills").mkdir()
        self.chance = random.Random(self.config.story.seed + 1)

    def now(self) -> datetime:
        return self.clock.at(time.time())

    def start(self, place: int) -> None:
        self.notes["processes started"] += 1
        seed = self.config.story.seed * 100_000 + self.notes["processes started"]
        setup = Setup(
            self.database, self.vendors.address, self.clock, self.config.story, self.config.chance, seed,
            self.folder / "kills", self.folder / f"engine-{place}.log",
        )  # fmt: skip
        if self.config.older is not None and place not in self.newer:
            self.engines[place] = Older(self.config.older, setup)
            return
        made = CONTEXT.Process(target=run, args=(setup,), daemon=True)
        made.start()
        self.engines[place] = made

    def keep_running(self) -> None:
        while not self.over.wait(0.02):
            for place, engine in enumerate(self.engines):
                if engine is None or not engine.is_alive():
                    self.start(place)

    def send(self, number: int) -> int | None:
        """A signal to any of them; its process, None: there is none just now."""
        alive = [each.pid for each in self.engines if each is not None and each.is_alive() and each.pid]
        if not alive:
            return None
        pid = self.chance.choice(alive)
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        return pid

    def take(self) -> None:
        """People acknowledge what the story says that they do; a database that is away is asked again."""
        state = SqlState(open_engine(self.database))
        people = ResponseService(state, lambda _: self.config.story.schedule, identify=member)
        waiting = sorted((each.taken_at, each.name, each.first) for each in self.config.story.planned if each.taken_at)
        self.migrated.wait()
        with closing(state):
            for at, name, who in waiting:
                while not self.over.is_set() and not self._took(people, at, name, who):
                    self.over.wait(0.1)

    def _took(self, people: ResponseService, at: float, name: str, who: str) -> bool:
        now = self.now()
        if (now - self.clock.at(self.clock.began)).total_seconds() < at:
            return False
        try:
            people.take_over(people.incident(name), Actor(f"U{who}", who), now)
        except StateUnavailable:
            return False
        except FirelineError:
            return False  # it is not open yet
        self.taken[name] = self.now()
        return True

    def is_done(self) -> bool:
        """Every incident of the story was paged to the end or taken, and no page waits."""
        engine = open_engine(self.database)
        try:
            with engine.connect() as connection:
                ended = connection.scalar(
                    text("select count(*) from response where state in ('exhausted', 'acknowledged')")
                )
                unsent = connection.scalar(text("select count(*) from page where state not in ('sent', 'cancelled')"))
        except Exception:  # noqa: BLE001 (the database may be away)
            return False
        finally:
            engine.dispose()
        return bool(ended == self.config.story.incidents and unsent == 0)


@dataclass(frozen=True)
class Result:
    judged: Judged
    notes: Counter[str]
    points: Counter[str]
    faults: Counter[str]
    took_s: float
    audit: str
    tracebacks: int
    finished: bool
    integrity: str
    after_s: tuple[float, ...] = ()
    """Scaled seconds from when something answered again to the first post."""
    copies: tuple[str, ...] = ()
    """Each way that was told more than once: when, and by which page."""

    @property
    def killed(self) -> int:
        return self.points.total() + self.notes["killed at random"]


def played(config: Config, database: str, folder: Path, *troubles: Trouble) -> Result:
    """The story from beginning to end; each of `troubles` goes on in a thread of its own."""
    if config.older is None:
        migrated(database)
    else:
        migrate_as(config.older, database)
    began, clock = time.monotonic(), ScaledClock(time.time(), config.scale)
    hangs_s = 1.3 * TOTAL_S / config.scale
    with serving(Vendors(clock, config.share, config.looks, hangs_s, config.story.seed)) as vendors:
        pit = Pit(config, database, folder, vendors, clock)
        with _beside(pit, Pit.keep_running, Pit.take, *troubles):
            finished = _waited(pit)
        for each in pit.engines:
            if each is not None:
                each.kill()
                each.join()
    return _result(pit, time.monotonic() - began, finished=finished)


def migrated(database: str) -> None:
    """To the tables of this release."""
    engine = open_engine(database, patient=True)
    migrate(engine)
    engine.dispose()


def _waited(pit: Pit) -> bool:
    """For at most twice the story's time."""
    until = time.monotonic() + 2 * (pit.config.story.over_s + REST_S) / pit.config.scale
    while time.monotonic() < until:
        time.sleep(2)
        if pit.is_done():
            return True
    return False


@contextmanager
def _beside(pit: Pit, *works: Trouble) -> Iterator[None]:
    threads = [Thread(target=work, args=(pit,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        pit.over.set()
        pit.migrated.set()
        for thread in threads:
            thread.join()


def kill(every_s: tuple[float, float]) -> Trouble:
    def work(pit: Pit) -> None:
        while not pit.over.wait(pit.chance.uniform(*every_s)):
            if pit.send(signal.SIGKILL) is not None:
                pit.notes["killed at random"] += 1

    return work


def freeze(times: int, leases: float, pause_s: float) -> Trouble:
    """One process stands still for so many leases, then goes on; then the next."""

    def work(pit: Pit) -> None:
        while pit.notes["frozen"] < times and not pit.over.wait(pause_s):
            pid = pit.send(signal.SIGSTOP)
            if pid is not None:
                pit.notes["frozen"] += 1
                pit.over.wait(leases * LEASE_S / pit.config.scale)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    return work


def restart(server: Cluster, times: int, every_s: tuple[float, float]) -> Trouble:
    """All connections are cut, and in turn the server is killed and started again."""

    def work(pit: Pit) -> None:
        while pit.notes["restarts"] < times and not pit.over.wait(pit.chance.uniform(*every_s)):
            pit.notes["connections cut"] += server.cut()
            if pit.over.wait(pit.chance.uniform(*every_s)):
                return
            server.restart()
            pit.notes["restarts"] += 1

    return work


def _result(pit: Pit, took_s: float, *, finished: bool) -> Result:
    engine = open_engine(pit.database)
    with engine.connect() as connection:
        labels = labels_of(connection)
        integrity = "" if engine.dialect.name != "sqlite" else str(connection.scalar(text("pragma integrity_check")))
    state = SqlState(engine)
    opened = {each.incident: each.opened_at for each in state.responses_open()}
    wire = timedelta(seconds=TOTAL_S)
    said = judged(pit.config.story, labels, opened, pit.taken, pit.vendors.accepted, wire)
    points = Counter(path.read_text() for path in (pit.folder / "kills").iterdir())
    logs = "".join(path.read_text() for path in pit.folder.glob("engine-*.log"))
    audit = _audited(pit, state)
    state.close()
    faults = pit.vendors.faults
    assert pit.vendors.broken == [], pit.vendors.broken
    after = tuple(_first_after(pit.vendors.accepted, each) for each in pit.came_back)
    copies = tuple(_told(pit.vendors.accepted, way) for way in said.twice)
    return Result(
        said, pit.notes, points, faults, took_s, audit, logs.count("Traceback"), finished, integrity, after, copies
    )


def _told(accepted: Sequence[Accepted], way: Way) -> str:
    label, channel, target = way
    own = [each for each in accepted if label in each.labels and (each.channel, each.target) == (channel, target)]
    said = ", ".join(f"{each.at:%H:%M:%S.%f} {each.page or each.labels}" for each in own)
    return f"{label} to {target} by {channel}: {said}"


def _first_after(accepted: Sequence[Accepted], moment: datetime) -> float:
    return min(((each.at - moment).total_seconds() for each in accepted if each.at >= moment), default=math.inf)


def labels_of(connection: Connection) -> dict[str, str]:
    """By the incidents' ids."""
    return {name: f"INC-{number}" for name, number in connection.execute(text("select id, number from incident"))}


def _audited(pit: Pit, state: SqlState) -> str:
    try:
        Auditor(state, pit.now, pit.now, lambda: None, Seal(), lambda *_: None).audit()
    except AuditFailed as error:
        return str(error)
    return ""
