"""A P0 goes out within two seconds, whatever else waits on Slack; and a process that is stopped ends soon."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from bot.adapters.clock import system_clock
from bot.adapters.notify.slack import SlackNotifier
from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.domain.findings.severity import Severity
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.decisions import Outcome
from bot.domain.incidents.outbox import to_say
from bot.scheduler import Lane, lanes_of, running
from bot.services.incident_facts import IncidentFacts
from bot.services.incident_messages import IncidentMessages
from bot.services.on_watch import OnWatch
from bot.services.vitals import Checks, Vitals
from tests.support.gate_story import REGISTRY, START
from tests.support.migrated_state import empty_state
from tests.support.notices import decision, incident
from tests.support.slack_bench import ALERTS
from tests.support.slack_thread import Beside, beside

MINUTE = timedelta(minutes=1)
SOON_S = 2.0


class Night:
    """The lanes that deliver, over a real state and the local workspace."""

    def __init__(self, directory: Path, slack: Beside) -> None:
        self.slack, self.state, self._ticks = slack, SqlState(open_engine(empty_state(directory / "state.db"))), 0
        made = slack.workspace
        notifier = SlackNotifier(made.credentials.bot_token, made.api_url, "#data-alerts")
        messages = IncidentMessages(self.state, notifier, IncidentFacts(self.state, REGISTRY), monotonic)
        self.watching = OnWatch(None, messages, lambda: START, system_clock)  # type: ignore[arg-type]

    def decided(self, name: str, severity: Severity, outcome: Outcome = Outcome.ANNOUNCE) -> None:
        at = START + self._ticks * MINUTE
        self._ticks += 1
        memory = self.state.remembered(at, timedelta(days=1))
        known = memory.incidents.get(name)
        facts = {"severity": severity, "fingerprint": name, "version": known.version if known else 0}
        made = decision(outcome, at, severity=severity, incident=name, fingerprint=name)
        with self.state.transaction() as tx:
            tx.gate.commit(at, GateResult((made,), (), (incident(name, **facts),)), memory.version)
            tx.outbox.add(to_say([made]))

    def told(self, severity: Severity) -> int:
        return sum(f" {severity} " in message["text"] for message in self.slack.messages(ALERTS))

    def seconds_until(self, severity: Severity, count: int) -> float:
        begun = monotonic()
        while self.told(severity) < count:
            assert monotonic() - begun < 10, self.slack.messages(ALERTS)
            sleep(0.02)
        return monotonic() - begun

    def waits_for(self, method: str) -> None:
        """Until Slack was asked for it."""
        begun = monotonic()
        while not self.slack.ask(lambda made: made.core.recorder.entries(kind="request", method=method)):
            assert monotonic() - begun < 10
            sleep(0.02)

    @contextmanager
    def delivering(self) -> Iterator[None]:
        lanes: list[Lane] = [lane for lane in lanes_of(self.watching, Checks({})) if lane.name != "detection"]
        with running(lanes, Vitals(monotonic), self.watching.stop):
            yield


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    others = set(threading.enumerate())
    with beside() as slack:
        made = Night(tmp_path, slack)
        yield made
    for thread in set(threading.enumerate()) - others:
        thread.join(10)  # what hung in a call of Slack notes its end in the state
    made.state.close()


FAULTS = {
    "an edit that hangs": {"kind": "hang", "method": "chat.update", "count": None},
    "edits that have to wait ten minutes": {
        "kind": "rate_limited", "method": "chat.update", "seconds": 600, "count": None,
    },
    "a post that has to wait ten minutes": {"kind": "rate_limited", "method": "chat.postMessage", "seconds": 600},
    "a post that hangs": {"kind": "hang", "method": "chat.postMessage", "count": 1},
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_p0_is_out_within_two_seconds_whatever_waits(night: Night, fault: dict[str, object]) -> None:
    posts = fault["method"] == "chat.postMessage"
    if not posts:
        night.decided("early", Severity.P2)
    with night.delivering():
        if not posts:
            night.seconds_until(Severity.P2, 1)
        night.slack.ask(lambda made: made.core.recorder.clear())
        night.slack.ask(lambda made: made.core.faults.add(**fault))  # type: ignore[arg-type]
        for number in range(5):
            night.decided("early" if not posts else f"calm{number}", Severity.P2, Outcome.UPDATE)
        night.waits_for(str(fault["method"]))
        night.decided("bad", Severity.P0)
        assert night.seconds_until(Severity.P0, 1) < SOON_S
        stopping = monotonic()
    assert monotonic() - stopping < 10.0


def test_a_hundred_calm_ones_hold_back_no_p0(night: Night) -> None:
    for number in range(100):
        night.decided(f"calm{number}", Severity.P2)
    with night.delivering():
        night.seconds_until(Severity.P2, 1)
        night.decided("bad", Severity.P0)
        assert night.seconds_until(Severity.P0, 1) < SOON_S
    left = len(night.state.unsaid())
    assert night.told(Severity.P2) + left == 100, "what is not told yet is told by the next process"
