"""A web process: the real HTTP front, Bolt and handlers over one state; and people who acknowledge through it."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlencode

from sqlalchemy import text

from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.services.app import AppServices
from bot.services.inbox import Inbox
from bot.services.oncall import OncallService
from bot.services.responses import ResponseService
from bot.slack import app as slack_app
from bot.slack.client import client_session, web_client
from bot.slack.http import PATH
from bot.slack.serving import http_site
from handlers.replies import WorkPool
from sandbox.slack.http_delivery import sign
from tests.pit.engine import Gate
from tests.pit.rig import labels_of
from tests.pit.story import ScaledClock, Story
from tests.support.fleet import free_port
from tests.support.pager import member
from tests.support.slack_bench import without_limit

SECRET = "pit-signing-secret"
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.pit.front"])
AT_ONCE = 100
"""Incidents that begin at the same moment."""
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Site:
    database: str
    slack: str
    story: Story
    port: int


def serve(site: Site) -> None:
    logging.disable(logging.WARNING)
    asyncio.run(_serve(site))


async def _serve(site: Site) -> None:
    """Over a state alone: an acknowledgement asks no warehouse, and a process that opens none starts at once."""
    state, plan, session = SqlState(open_engine(site.database)), site.story.schedule, client_session()
    people = ResponseService(state, lambda _: plan, identify=member)
    asked = {"responses": people, "oncall": OncallService(plan, state), "inbox": Inbox(state)}
    services = cast(AppServices, SimpleNamespace(now=lambda: datetime.now(UTC), **asked))
    client = web_client("xoxb-pit", f"{site.slack}/api/", session)
    app = slack_app.build(client, services, WorkPool(), allowance=without_limit())
    async with session, http_site(app, SECRET, site.port, "127.0.0.1"):
        await asyncio.Event().wait()


def opened(database: str, story: Story) -> dict[str, str]:
    """All incidents of the story, open; their labels by name."""
    engine = open_engine(database)
    state = SqlState(engine)
    gate = Gate(state, story, ScaledClock(0.0, 1.0))
    for first in range(0, story.incidents, AT_ONCE):
        gate.open(story.planned[first : first + AT_ONCE], first // AT_ONCE, datetime.now(UTC))
    with engine.connect() as connection:
        found = labels_of(connection)
    state.close()
    return found


@dataclass
class Web:
    """One at a time on its port; a new one takes the place of one that was killed."""

    site: Site
    starts: int = 0
    process: BaseProcess | None = None

    def start(self) -> None:
        self.process = CONTEXT.Process(target=serve, args=(self.site,), daemon=True)
        self.process.start()
        self.starts += 1
        until = time.monotonic() + PATIENCE_S
        while True:
            with suppress(OSError):
                HTTPConnection("127.0.0.1", self.site.port, timeout=5).connect()
                return
            assert time.monotonic() < until, "the web process does not listen"
            time.sleep(0.01)

    def kill(self) -> None:
        assert self.process is not None
        assert self.process.pid is not None
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()


@contextmanager
def webs(database: str, slack: str, story: Story, count: int = 1) -> Iterator[list[Web]]:
    made = [Web(Site(database, slack, story, free_port())) for _ in range(count)]
    for each in made:
        each.start()
    try:
        yield made
    finally:
        for each in made:
            each.kill()


def acknowledge(port: int, label: str, user: str, trigger: str) -> bool:
    """`/incident INC-n ack`, as Slack sends it. Was it answered with 200?"""
    said = {"command": "/incident", "text": f"{label} ack", "user_id": user, "channel_id": "C02MONITOR"}
    body = urlencode({**said, "team_id": "T01", "trigger_id": trigger, "response_url": ""}).encode()
    at = int(time.time())
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": sign(SECRET, at, body),
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", PATH, body, headers)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@dataclass
class Crowd:
    """People who acknowledge, `abreast` at a time. `answered` are the labels that got a 200, `took_s` how long each
    took.
    """

    work: list[tuple[str, str]]
    abreast: int
    answered: set[str] = field(default_factory=set)
    took_s: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def until(self, web: Web, many: int) -> None:
        """Until so many were answered; the process is killed when the last of them is."""
        goal, over = len(self.answered) + many, threading.Event()

        def person() -> None:
            while not over.is_set() and (asked := self._next()):
                began = time.monotonic()
                done = acknowledge(web.site.port, asked[0], asked[1], f"{asked[0]}.1")
                took = time.monotonic() - began
                with self.lock:
                    if not done:
                        self.work.append(asked)
                        continue
                    self.answered.add(asked[0])
                    self.took_s.append(took)
                    if len(self.answered) >= goal and not over.is_set():
                        over.set()
                        web.kill()

        threads = [threading.Thread(target=person) for _ in range(self.abreast)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _next(self) -> tuple[str, str] | None:
        with self.lock:
            return self.work.pop() if self.work else None


@dataclass(frozen=True)
class Kept:
    """How often each label was acknowledged, by its state, its timeline and its audit records."""

    acknowledged: frozenset[str]
    timeline: Counter[str]
    audited: Counter[str]
    inbox: int

    @classmethod
    def of(cls, database: str) -> "Kept":
        engine = open_engine(database)
        with engine.connect() as connection:
            labels = labels_of(connection)
            held = connection.scalars(text("select incident from response where state = 'acknowledged'")).all()
            said = connection.scalars(text("select incident from timeline where kind = 'ACKNOWLEDGED'")).all()
            noted = connection.scalars(text("select subject from audit where act = 'acknowledged'")).all()
            inbox = connection.scalar(text("select count(*) from inbox")) or 0
        engine.dispose()
        audited = Counter(labels[each.removeprefix("incident:")] for each in noted)
        return cls(frozenset(labels[each] for each in held), Counter(labels[each] for each in said), audited, inbox)


def users(story: Story, labels: dict[str, str]) -> Sequence[tuple[str, str]]:
    """(label, the person who has the turn) of each incident."""
    people = story.schedule.by_name
    return [(labels[each.name], people[each.first].slack) for each in story.planned]
