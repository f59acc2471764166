"""The ways in for runs before a real server, a state of SQLite and a warehouse: what is sent, and what it becomes."""

import asyncio
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import ClientSession, web

from bot.adapters.sources.push import PushSource
from bot.adapters.state.database import open_engine
from bot.adapters.state.pushed import SqlPushed
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.callbacks.runs import LINEAGE, RUNS, RunsDoor
from bot.config.sources import SourceEntry
from bot.domain.evidence.vocabulary import Vocabulary
from bot.ports.pushed import Pushed
from bot.services.done import DoneService
from bot.services.intake import Intake
from bot.services.loading import hints_of
from bot.services.probe import Probe
from bot.services.sources import Connected, SourcesService, SyncReport
from bot.slack.serving import watched_site
from tests.support.builders import NOW, RULES, registry, rows_of, warehouse
from tests.support.migrated_state import empty_state

TOKEN = "t" * 40
Answer = tuple[int, Any]


@dataclass
class IntakeBench:
    """`now` is Fireline's time."""

    pushed: Pushed
    held: SqlWarehouse
    sources: SourcesService
    now: datetime = NOW
    is_read: bool = True
    more: Callable[[Intake], list[web.RouteDef]] = field(default=lambda _: [])

    def clock(self) -> datetime:
        return self.now

    @property
    def intake(self) -> Intake:
        return Intake(lambda: self.pushed, self.clock, lambda: self.is_read, lambda: ZoneInfo("America/New_York"))

    def routes(self) -> list[web.RouteDef]:
        door = RunsDoor(f"{TOKEN},{'o' * 40}", self.intake, DoneService(self.held, registry, self.clock))
        own = [web.post(RUNS, door.runs), web.get(RUNS, door.done), web.post(LINEAGE, door.lineage)]
        return [*own, *self.more(self.intake)]

    def serving(self) -> AbstractContextManager[str]:
        """The address at which it answers while the block runs."""
        return served_site(Probe(), self.routes())

    def get(self, path: str, token: str = TOKEN) -> Answer:
        async def whole() -> Answer:
            async with watched_site(0, "127.0.0.1", Probe(), self.routes()) as port, ClientSession() as session:
                headers = {"Authorization": f"Bearer {token}"}
                async with session.get(f"http://127.0.0.1:{port}{path}", headers=headers) as answer:
                    return answer.status, await answer.json()

        return asyncio.run(whole())

    def post(self, body: object, path: str = RUNS, token: str | None = TOKEN) -> Answer:
        return self.posts([body], path, token)[0]

    def posts(self, bodies: list[object], path: str = RUNS, token: str | None = TOKEN) -> list[Answer]:
        """Each by the same server; bytes as they are, anything else as JSON."""

        async def whole() -> list[Answer]:
            async with watched_site(0, "127.0.0.1", Probe(), self.routes()) as port, ClientSession() as session:
                return [await _one(session, f"http://127.0.0.1:{port}{path}", body, token) for body in bodies]

        return asyncio.run(whole())

    def sync(self) -> SyncReport:
        return self.sources.sync("pushed")

    def runs(self) -> list[dict[str, Any]]:
        names = ("run_id", "processor_name", "phase", "data_date", "started_at", "completed_at", "status",
                 "records_processed", "duration_seconds", "failure_category", "error_message")  # fmt: skip
        return [dict(zip(names, row, strict=False)) for row in rows_of(self.held, "runs")]

    @property
    def warnings(self) -> tuple[str, ...]:
        (status,) = self.sources.statuses()
        return status.warnings


async def _one(session: ClientSession, url: str, body: object, token: str | None) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with session.post(url, data=io.BytesIO(data), headers=headers) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text.startswith("{") else text


@contextmanager
def served_site(probe: Probe, callbacks: Sequence[web.RouteDef]) -> Iterator[str]:
    """The address at which callbacks answer while the block runs."""
    loop, at, ended = asyncio.new_event_loop(), Queue[str](), asyncio.Event()

    async def whole() -> None:
        async with watched_site(0, "127.0.0.1", probe, callbacks) as port:
            at.put(f"http://127.0.0.1:{port}")
            await ended.wait()

    thread = Thread(target=loop.run_until_complete, args=[whole()])
    thread.start()
    try:
        yield at.get(timeout=30)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


@contextmanager
def intake_bench(folder: Path) -> Iterator[IntakeBench]:
    pushed = SqlPushed(open_engine(empty_state(folder / "state.db")))
    with closing(warehouse()) as held:
        entry = SourceEntry.model_validate({"name": "pushed", "kind": "push"})
        source = PushSource("pushed", partial(opened, folder))
        bench = IntakeBench(pushed, held, None)  # type: ignore[arg-type]
        hints = hints_of(RULES, Vocabulary.standard())
        connected = [Connected(entry.plan, source, hints)]
        with closing(SourcesService(held, connected, registry, bench.clock)) as bench.sources:
            yield bench
    pushed.close()


def opened(folder: Path) -> SqlPushed:
    """As another process would."""
    return SqlPushed(open_engine(folder / "state.db"))


def told(kind: str, minutes: float = 0, /, **other: Any) -> dict[str, Any]:
    """An event of one run, at so many minutes after its start, which was two hours ago."""
    at = NOW - timedelta(hours=2) + timedelta(minutes=minutes)
    event = {"run_id": "r1", "processor_name": "Box", "kind": kind, "at": at.isoformat(), "data_date": "2026-01-15"}
    rows = {"records_processed": 100} if kind == "success" else {}
    return {**event, **rows, **other}


def main(folder: Path) -> None:
    """`python -m tests.support.intake_bench FOLDER`: serve over the state there until killed; prints the address."""
    pushed = opened(folder)
    bench = IntakeBench(pushed, None, None)  # type: ignore[arg-type]
    with bench.serving() as address:
        print(address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
