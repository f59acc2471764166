"""`fireline run` as a process, its database, Slack and a webhook beside it; a P0 begins in it when the test says so."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from bot.cli.local_client import ask_running
from bot.domain.errors import BadInput
from bot.domain.findings.severity import Severity
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.escalation_policy import Ladder, Step
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.response import opened
from tests.contracts.sources import rigs
from tests.house.project import ROOT
from tests.support.builders import registry_yaml, run
from tests.support.notices import incident
from tests.support.page_endpoints import Endpoint, Request, endpoint, receiver

INCIDENTS = tuple(f"I{number}" for number in range(1, 9))
WITHIN_S, STARTS_S, STOPS_S = 30.0, 60.0, 10.0
LADDER = Ladder((Step(timedelta(), ("primary",), ("webhook",)),))
CONFIG: dict[str, Any] = {
    "sources.yaml": {
        "sources": [
            {
                "name": "history",
                "kind": "sql",
                "feeds": "runs",
                "url": "sqlite:///{folder}/history.db",
                "query": "SELECT * FROM history",
                "cursor": "inserted_at",
                "columns": {"processor_name": "job", "records_processed": "n"},
            }
        ]
    },
    "oncall.yaml": {
        "timezone": "UTC",
        "people": [{"name": "Ana", "slack": "U0ANA"}],
        "rotas": [{"name": name, "layers": [{"people": ["Ana"]}]} for name in ("primary", "secondary", "manager")],
    },
    "channels.yaml": {"webhook": {"url": "{webhook}/hook", "secret": "${WEBHOOK_SECRET}"}},
    "policy.yaml": {},
    "slos.yaml": {"phases": []},
}


def slack(_: Endpoint, __: Request) -> tuple[int, Any]:
    """Answers every method of the Web API as far as the process looks at it."""
    return 200, {"ok": True, "user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T0", "channel": {"id": "D0"}, "ts": "1"}


@dataclass
class Running:
    """`webhook.taken` are the pages that arrived; `log` is what was written to standard error."""

    process: "subprocess.Popen[str]"
    home: Path
    state: SqlState
    webhook: Endpoint
    log: list[str] = field(default_factory=list)

    def begin(self, name: str, in_s: float = 0.0) -> None:
        """A P0 of that incident, whose first step is due then."""
        with self.state.transaction() as tx:
            assert tx.responses.put(opened(name, Severity.P0, LADDER, datetime.now(UTC) + timedelta(seconds=in_s)))

    def pages(self) -> list[str]:
        """The label of each page that the webhook took, in order."""
        return [label(each) for each in self.webhook.taken]

    def wrong(self) -> str:
        """What `fireline healthz` says is wrong."""
        with suppress(BadInput):
            said = ask_running(self.home / "fireline.sock", "healthz", {}, WITHIN_S)
            return "no process answers" if said is None else said
        return "no answer"

    def lines(self, said: str) -> int:
        return sum(said in line for line in self.log)

    def listen(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)

    def until(self, holds: Callable[[], object], within_s: float = WITHIN_S) -> None:
        end = time.monotonic() + within_s
        while not holds():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, (self.log, self.wrong(), self.pages())
            time.sleep(0.05)

    def stop(self) -> int:
        """Asked to, as hosts ask; they wait no longer."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS_S)


def label(page: Request) -> str:
    return str(json.loads(page.body)["incident"])


@contextmanager
def running(folder: Path, database: str = "") -> Iterator[Running]:
    """`database`: the address of a PostgreSQL database; else the state is in the home."""
    with ExitStack() as stack:
        webhook, slack_api = stack.enter_context(endpoint(receiver)), stack.enter_context(endpoint(slack))
        home = folder / "home"
        home.mkdir()
        with rigs.sqlite(folder) as rig:
            rig.put([run("r0")])
        with closing(sqlite3.connect(folder / "history.db")) as history, history:
            history.execute("DELETE FROM history")
        _configure(folder / "config", {"{folder}": str(folder), "{webhook}": webhook.address})
        state = _state(database or f"sqlite:///{home / 'state.db'}")
        stack.callback(state.close)
        tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "0" * 32, "PORT": "0", "WEBHOOK_SECRET": "hush"}
        places = {"SLACK_API_URL": f"{slack_api.address}/api/", "FIRELINE_CONFIG": str(folder / "config")}
        where = {"FIRELINE_DATABASE_URL": database} if database else {}
        command = [sys.executable, "-m", "bot", "run", "--home", str(home)]
        env = {**os.environ, **tokens, **places, **where}
        with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
            made = Running(process, home, state, webhook)
            listening = threading.Thread(target=made.listen)
            listening.start()
            try:
                made.until(lambda: made.wrong() == "", STARTS_S)
                yield made
            finally:
                process.kill()
                listening.join()


def _configure(config: Path, places: dict[str, str]) -> None:
    config.mkdir()
    (config / "registry.yaml").write_text(registry_yaml())
    for name, document in CONFIG.items():
        text = yaml.safe_dump(document)
        for place, value in places.items():
            text = text.replace(place, value)
        (config / name).write_text(text)


def _state(address: str) -> SqlState:
    """With incidents that have their message, and of which nobody is paged yet."""
    engine = open_engine(address)
    migrate(engine)
    made = SqlState(engine)
    incidents = tuple(replace(incident(), id=name, fingerprint=name, version=0, number=0) for name in INCIDENTS)
    with made.transaction() as tx:
        tx.gate.commit(datetime.now(UTC) - timedelta(hours=1), GateResult((), (), incidents), 0)
        for name in INCIDENTS:
            tx.incidents.set_message(name, MessageRef("C1", f"1768500000.{name[1:]:0>6}"))
    return made
