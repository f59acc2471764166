"""One process that opens the story's incidents, escalates and pages; it kills itself at a named point now and then."""

import logging
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from bot.adapters.clock import monotonic_seconds
from bot.adapters.pages.phone import Voice
from bot.adapters.pages.slack import SlackDirect
from bot.adapters.pages.twilio import Account
from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.domain.audit import Seal
from bot.domain.delivery import Outcome, Page
from bot.domain.gate.memory import GateResult
from bot.domain.incidents import response as responses
from bot.domain.incidents.incident import Incident, MessageRef, Part
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.ports.pages import PageChannel
from bot.ports.state import Committed, State, Transaction
from bot.scheduler import Lane, response_lanes, running
from bot.services.auditor import Auditor
from bot.services.escalation import EscalationService
from bot.services.paging import PagingService
from bot.services.vitals import Vitals
from tests.pit.story import Planned, ScaledClock, Story
from tests.support.gate_story import finding

LANE_S = 0.25
"""Of the machine's clock: lanes look that often."""
OFTEN = 3
"""So often each point kills, at least, wherever it is reached so often."""
OFTEN_CHANCE = 0.02
TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Setup:
    """`chance` of a kill at each point; `kills` is the folder where each is noted."""

    database: str
    vendors: str
    clock: ScaledClock
    story: Story
    chance: float
    seed: int
    kills: Path
    log: Path


class FailPoints:
    """Named by what the process is about to do, or has just done."""

    def __init__(self, setup: Setup) -> None:
        self._setup, self._chance = setup, random.Random(setup.seed)
        self._killed = Counter(path.read_text() for path in setup.kills.iterdir())

    def at(self, name: str) -> None:
        rare = self._setup.chance and self._killed[name] < OFTEN
        if self._chance.random() < (OFTEN_CHANCE if rare else self._setup.chance):
            (self._setup.kills / f"{os.getpid()}-{time.time_ns()}").write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)


class MortalState:
    """A state whose process may be killed right before and after each commit."""

    def __init__(self, state: State, points: FailPoints) -> None:
        self._state, self._points = state, points

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        name = _caller()
        with self._state.transaction() as tx:
            yield tx
            self._points.at(f"{name}, before the commit")
        self._points.at(f"{name}, after the commit")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)


class MortalChannel:
    """A channel whose caller may be killed right before and after it sends or looks."""

    def __init__(self, channel: PageChannel, points: FailPoints) -> None:
        self._channel, self._points = channel, points

    def send(self, page: Page) -> Outcome:
        self._points.at(f"{self._channel.name}, before a send")
        outcome = self._channel.send(page)
        self._points.at(f"{self._channel.name}, after a send")
        return outcome

    def find(self, page: Page) -> Outcome | None:
        self._points.at(f"{self._channel.name}, before a look")
        found = self._channel.find(page)
        self._points.at(f"{self._channel.name}, after a look")
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


class Gate:
    """Opens what is due by the story: the incident, its response and its timeline in one transaction, numbered."""

    def __init__(self, state: State, story: Story, clock: ScaledClock) -> None:
        self._state, self._story, self._clock = state, story, clock
        self._opened = set[str]()

    def open_due(self) -> None:
        now = self._clock.at(time.time())
        passed = (now - self._clock.at(self._clock.began)).total_seconds()
        due = [each for each in self._story.planned if each.at_s <= passed and each.name not in self._opened]
        if due:
            memory = self._state.remembered(now, timedelta(days=1))
            self._opened.update(memory.incidents)
            self.open([each for each in due if each.name not in memory.incidents], memory.version, now)

    def open(self, due: Sequence[Planned], version: int, now: datetime) -> None:
        """`version`: of the memory by which none of them is open."""
        incidents = tuple(_incident(each, now) for each in due)
        with self._state.transaction() as tx:
            if not due or tx.gate.commit(now, GateResult(incidents=incidents), version) is not Committed.APPLIED:
                return
            for each in due:
                tx.responses.put(responses.opened(each.name, each.severity, each.ladder, now))
                tx.responses.note([Entry(each.name, now, EntryKind.OPENED, f"It began as {each.severity}")])


def run(setup: Setup) -> None:
    _log_to(setup.log)
    points = FailPoints(setup)
    state: Any = MortalState(SqlState(open_engine(setup.database)), points)
    scale = setup.clock.scale

    def wall() -> datetime:
        return setup.clock.at(time.time())

    account = Account("AC1", "hush", "+15550100", setup.vendors, TIMEOUT_S / scale)
    made = (SlackDirect("xoxb-pit", f"{setup.vendors}/api/", TIMEOUT_S / scale), Voice(account))
    channels: list[Any] = [MortalChannel(each, points) for each in made]
    schedule = setup.story.schedule
    paging = PagingService(
        state,
        channels,
        schedule.by_name.get,
        lambda incident, _response, _queued, carried: (
            incident.label,
            " ".join([incident.label, *(each.incident.label for each in carried)]),
        ),
        wall,
        lambda: scale * monotonic_seconds(),
    )
    escalation = EscalationService(state, lambda _: schedule, paging.target, wall, lambda: wall().timestamp(), wall)
    auditor = Auditor(state, wall, wall, lambda: None, Seal(), lambda *_: None)
    gate = Lane("gate", timedelta(seconds=1), Gate(state, setup.story, setup.clock).open_due, "it is opened again")
    lanes = [replace(each, every=timedelta(seconds=LANE_S)) for each in response_lanes(escalation, paging, auditor)]
    with running([gate, *(each for each in lanes if each.name != "audit")], Vitals(monotonic_seconds), paging.stop):
        _asked_to_stop().wait()


def _asked_to_stop() -> Event:
    asked = Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    return asked


def _incident(planned: Planned, now: datetime) -> Incident:
    found = finding(planned.name, severity=planned.severity)
    return Incident(
        id=planned.name,
        fingerprint=found.fingerprint,
        kind=found.kind,
        family=found.family,
        severity=planned.severity,
        processors=found.processors,
        data_dates=(),
        impact=(),
        members=(found.fingerprint,),
        first_seen=now,
        announced_at=now,
        last_update_at=now,
        headline=found,
        parts=(Part(found.kind),),
        message=MessageRef("C1", planned.name),
    )


def _caller() -> str:
    """Whose transaction it is."""
    frame = sys._getframe(3)
    return f"{frame.f_globals['__name__'].rpartition('.')[2]}.{frame.f_code.co_name}"


def _log_to(path: Path) -> None:
    logging.basicConfig(filename=path, level=logging.WARNING, format="%(asctime)s %(name)s %(message)s", force=True)
