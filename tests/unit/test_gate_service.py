"""One tick of the gate over the state, when another process comes first or the state refuses a value."""

import logging
from datetime import datetime, timedelta

import pytest

from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.incidents.decisions import Outcome
from bot.ports.fakes.metrics import FakeMetrics
from bot.ports.fakes.state import FakeState
from bot.ports.state import Committed, StateRefuses
from bot.services.detection import DetectionService
from bot.services.gate import GateService
from bot.services.incident_messages import IncidentMessages
from bot.services.on_watch import OnWatch
from tests.support.gate_story import DAY, RULES, START, finding

MINUTE = timedelta(minutes=1)


class Contested(FakeState):
    """Other processes come between reading and keeping, as often as told."""

    rivals = 0

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        memory = super().remembered(now, repeat_window)
        if self.rivals:
            self.rivals -= 1
            super().commit(now - self.rivals * MINUTE - MINUTE, GateResult(), memory.version)
        return memory


def test_an_overtaken_tick_is_decided_again_at_once(caplog: pytest.LogCaptureFixture) -> None:
    state, metrics = Contested(), FakeMetrics()
    state.rivals = 2
    with caplog.at_level(logging.INFO, "fireline.gate"):
        tick = GateService(state, RULES, metrics).tick(START, [finding("Gamebook", severity="P0")])
    assert tick.committed is Committed.APPLIED
    assert [each.label for each in state.open_incidents()] == ["INC-1"]
    assert [each.decision.incident for each in state.unsaid()] == [state.open_incidents()[0].id]
    assert caplog.messages[:-1] == ["tick 06:00:00 was overtaken and is decided again"] * 2
    assert caplog.messages[-1] == "Gamebook (P0) is announced at once because it is P0"
    assert metrics.counts[("overtaken",)] == 2


class Strict(FakeState):
    """Refuses a name with a NUL in it, as PostgreSQL does."""

    def commit(self, tick: datetime, result: GateResult, version: int) -> Committed:
        if any("\0" in alert.fingerprint for alert in result.alerts):
            raise StateRefuses("strings cannot contain NUL")
        return super().commit(tick, result, version)


def test_a_finding_that_cannot_be_kept_takes_no_other_with_it(caplog: pytest.LogCaptureFixture) -> None:
    state = Strict()
    tick = GateService(state, RULES).tick(
        START, [finding("Game\0book", severity="P0"), finding("Boxscores", severity="P0")]
    )
    assert tick.committed is Committed.APPLIED
    assert [each.root for each in state.open_incidents()] == ["Boxscores"]
    assert "a finding of 'Game\\x00book' cannot be stored" in caplog.messages
    assert caplog.messages[-1].startswith("1 findings cannot be stored and are left out")


def test_an_update_is_due_although_the_clock_was_put_back() -> None:
    state = FakeState()
    service = GateService(state, RULES)
    service.tick(START, [finding("Gamebook")])
    past = START - timedelta(hours=1)
    known = finding("Gamebook", since=past, evident_at=past)
    other = finding("Gamebook", data_date=DAY + timedelta(days=1), since=past, evident_at=past)
    tick = service.tick(past, [known, other])
    assert [each.outcome for each in tick.decisions if each.incident] == [Outcome.UPDATE, Outcome.JOIN]


class Ticks:
    """Stands in for detection: notes when it was asked."""

    def __init__(self) -> None:
        self.at: list[datetime] = []

    def tick(self, now: datetime) -> None:
        self.at.append(now)


def test_the_watch_ticks_at_once_when_its_clock_is_put_back() -> None:
    ticks, now = Ticks(), [START]
    watching = OnWatch(_as_detection(ticks), _no_messages(), lambda: now[0], lambda: now[0])
    for moment in (START, START + MINUTE / 2, START + MINUTE, START - 60 * MINUTE, START - 59.5 * MINUTE):
        now[0] = moment
        watching.detect()
    assert ticks.at == [START, START + MINUTE, START - 60 * MINUTE]


def _as_detection(ticks: Ticks) -> DetectionService:
    return ticks  # type: ignore[return-value]


def _no_messages() -> IncidentMessages:
    return None  # type: ignore[return-value]
