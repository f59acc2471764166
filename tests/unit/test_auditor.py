"""What watches escalation itself, and the sign of life that stays away when something is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest

from bot.adapters.heartbeat import Heartbeat
from bot.domain.audit import Anchor, Seal, record
from bot.domain.delivery import Kind, Outcome
from bot.ports.fakes.state import FakeState
from bot.services.auditor import AuditFailed, Auditor
from tests.support.gate_story import START, finding
from tests.support.local_server import served
from tests.support.pager import FakePager, PagedStory


class Audited:
    def __init__(self, *pagers: FakePager) -> None:
        self.story = PagedStory(START, *pagers)
        self.story.held = [finding("Gamebook", severity="P0")]
        self.story.look()
        self.beats, self.anchors = 0, list[tuple[int, datetime]]()
        self.auditor = Auditor(
            self.story.state, lambda: self.story.now, lambda: self.story.now, self._beat, Seal(), self._drop
        )

    def _drop(self, anchor: Anchor, at: datetime) -> None:
        self.anchors.append((anchor.seq, at))

    def _beat(self) -> None:
        self.beats += 1


def test_while_all_is_done_in_time_it_says_that_it_lives() -> None:
    audited = Audited()
    for _ in range(70):
        audited.story.fast_forward(1)
        audited.auditor.audit()
    assert audited.beats == 70


def test_a_channel_that_fails_is_no_fault_of_the_engine() -> None:
    audited = Audited(FakePager("slack", answer=lambda _: Outcome(Kind.NO, "not reached")))
    for _ in range(10):
        audited.story.fast_forward(1)
        audited.auditor.audit()
    assert audited.beats == 10


def test_an_escalation_that_stands_still_is_found_within_two_minutes() -> None:
    audited = Audited()
    audited.story.stand_still(6)
    audited.auditor.audit()
    audited.story.stand_still(1)
    with pytest.raises(AuditFailed, match="the escalation of Gamebook"):
        audited.auditor.audit()
    assert audited.beats == 1


def test_a_page_that_nobody_sends_is_found_within_two_minutes() -> None:
    audited = Audited(FakePager("slack"))
    audited.story.stand_still(6)
    audited.story.escalation.tick()
    audited.auditor.audit()
    audited.story.stand_still(1)
    with pytest.raises(AuditFailed, match=r"the page .* for INC-1 is due since the last audit"):
        audited.auditor.audit()


def test_an_incident_that_lost_its_next_act_is_found_at_once() -> None:
    audited = Audited()
    [incident] = audited.story.state.open_incidents()
    response = audited.story.state.response(incident.id)
    assert response is not None
    with audited.story.state.transaction() as tx:
        tx.responses.put(replace(response, next_at=None))
    with pytest.raises(AuditFailed, match="INC-1 is open, and nobody will be paged"):
        audited.auditor.audit()


def test_the_audit_chain_gets_an_anchor_each_minute_in_which_it_grew() -> None:
    audited = Audited()
    audited.auditor.audit()
    audited.story.fast_forward(1)
    audited.auditor.audit()
    [first] = audited.anchors
    assert first[0] == len(audited.story.state.timeline(audited.story.incident.id))
    audited.story.fast_forward(10)
    audited.auditor.audit()
    assert [seq for seq, _ in audited.anchors] == sorted({seq for seq, _ in audited.anchors})
    assert len(audited.anchors) == 2


def test_a_burst_of_records_has_an_anchor_for_each_hundred_before_the_next_audit() -> None:
    audited = Audited()
    audited.auditor.audit()
    [(first, _)] = audited.anchors
    for more in (99, 1, 251):
        with audited.story.state.transaction() as tx:
            for _ in range(more):
                tx.audit.add(record(audited.story.now, "Zoe", "opened", "circuit:Box", {}))
        audited.auditor.anchor()
    assert [seq - first for seq, _ in audited.anchors[1:]] == [100, 200, 300, 351]


def test_a_burst_that_somebody_touched_gets_no_anchor() -> None:
    audited = Audited()
    audited.auditor.audit()
    state = audited.story.state
    assert isinstance(state, FakeState)
    with state.transaction() as tx:
        for _ in range(100):
            tx.audit.add(record(audited.story.now, "Zoe", "opened", "circuit:Box", {}))
    state.links[-50] = replace(state.links[-50], record=replace(state.links[-50].record, actor="Ana"))
    with pytest.raises(AuditFailed, match=r"^record \d+ was changed$"):
        audited.auditor.anchor()
    assert len(audited.anchors) == 1


@pytest.mark.parametrize("what", ["changed", "cut off"])
def test_a_chain_that_somebody_touched_is_found_within_a_minute(what: str) -> None:
    audited = Audited()
    audited.story.fast_forward(6)
    audited.auditor.audit()
    state = audited.story.state
    assert isinstance(state, FakeState)
    if what == "changed":
        audited.story.fast_forward(6)
        last = state.links[-1]
        state.links[-1] = replace(last, record=replace(last.record, actor="Zoe"))
    else:
        del state.links[-1]
    for _ in range(2):
        with pytest.raises(AuditFailed, match=r"record \d+ was changed|the chain ends with record"):
            audited.auditor.audit()


class Monitor(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []
    status: ClassVar[int] = 200

    def do_GET(self) -> None:
        Monitor.asked.append(self.path)
        self.send_response(Monitor.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def monitor() -> Iterator[str]:
    Monitor.asked.clear()
    with served(Monitor) as port:
        yield f"http://127.0.0.1:{port}/ping/abc"


def test_a_heartbeat_reaches_its_monitor(monitor: str) -> None:
    Heartbeat(monitor).beat()
    Heartbeat("").beat()
    assert Monitor.asked == ["/ping/abc"]


def test_a_monitor_that_is_away_is_said_once_and_its_address_is_not(caplog: pytest.LogCaptureFixture) -> None:
    heart = Heartbeat("http://127.0.0.1:9/secret-id")
    heart.beat()
    heart.beat()
    assert len(caplog.records) == 1
    assert "secret-id" not in caplog.text
