"""What a process counts, by the services that count it and as Prometheus reads it."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.metrics import PrometheusMetrics
from bot.domain.delivery import Kind
from bot.domain.delivery import Outcome as PageOutcome
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome, Reason
from bot.ports.fakes.metrics import FakeMetrics
from bot.ports.fakes.state import FakeState
from bot.ports.metrics import Metrics
from bot.scheduler import Lane, running
from bot.services.gate import GateService
from bot.services.vitals import Vitals
from tests.house.project import ROOT
from tests.support.gate_story import RULES, START, finding
from tests.support.incident_channel import Channel
from tests.support.notices import decision
from tests.support.pager import YES, queued

AGES = ("detection", "tick", "notification", "page")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def samples(metrics: PrometheusMetrics) -> dict[tuple[str, ...], float]:
    """(name, each label's value) -> value, as Prometheus reads them."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def count_some(metrics: Metrics) -> None:
    metrics.decided(decision())
    metrics.decided(decision(Outcome.KEEP_QUIET, reason=Reason.SILENCED))
    metrics.decided(decision(Outcome.JOIN, reason=Reason.IN_STORM, severity=Severity.P2))
    for _ in range(2):
        metrics.notified(Outcome.ANNOUNCE, Severity.P0)
    metrics.not_notified(Severity.P0, refused=True)
    metrics.not_notified(Severity.P1, refused=False)
    page = queued("p1").page
    for outcome in (YES, PageOutcome(Kind.AMBIGUOUS), PageOutcome(Kind.NO), PageOutcome(Kind.NO, permanent=True)):
        metrics.paged(page, outcome)
    metrics.overtaken()
    metrics.ticked()
    metrics.turned("detection", 0.25, failed=False)
    metrics.turned("detection", 0.5, failed=True)


def test_prometheus_reads_what_was_counted() -> None:
    clock = Clock()
    metrics = PrometheusMetrics(clock)
    count_some(metrics)
    clock.now = 130.0
    found = samples(metrics)
    assert found["fireline_decisions_total", "announce", "p0", "P0"] == 1
    assert found["fireline_decisions_total", "keep_quiet", "silenced", "P0"] == 1
    assert found["fireline_decisions_total", "join", "in_storm", "P2"] == 1
    assert found["fireline_notified_total", "announce", "P0"] == 2
    assert found["fireline_not_notified_total", "refused", "P0"] == 1
    assert found["fireline_not_notified_total", "retried", "P1"] == 1
    assert found["fireline_pages_sent_total", "slack", "P0"] == 1
    failed = "fireline_pages_not_sent_total"
    assert {kind: found[failed, "slack", kind, "P0"] for kind in ("unknown", "retried", "refused")} == {
        "unknown": 1,
        "retried": 1,
        "refused": 1,
    }
    assert found[("fireline_ticks_overtaken_total",)] == 1
    assert found["fireline_lane_seconds_count", "detection"] == 2
    assert found["fireline_lane_seconds_sum", "detection"] == 0.75
    assert found["fireline_lane_failures_total", "detection"] == 1
    ages = "fireline_last_finished_age_seconds"
    assert {name: found[ages, name] for name in AGES} == dict.fromkeys(AGES, 30.0)


def test_what_was_not_counted_yet_is_zero() -> None:
    assert samples(PrometheusMetrics(Clock()))[("fireline_ticks_overtaken_total",)] == 0


def test_the_gate_counts_what_is_stored() -> None:
    metrics = FakeMetrics()
    gate = GateService(FakeState(), RULES, metrics)
    gate.tick(START, [finding("Gamebook", severity="P0")])
    gate.tick(START, [finding("Gamebook", severity="P0")])
    assert metrics.counts == {("decided", "announce", "P0", "P0"): 1}


def test_delivery_counts_what_was_posted_and_what_failed(channel: Channel) -> None:
    channel.notifier.down = "no way"
    channel.deliver(START)
    assert channel.metrics.counts == {("retried", "P0"): 1}
    channel.notifier.down = ""
    channel.seconds += 60
    channel.deliver(START + timedelta(minutes=1))
    assert channel.metrics.counts["notified", "announce", "P0"] == 1


@pytest.fixture
def channel() -> Channel:
    made = Channel()
    made.decided(decision())
    return made


def test_lanes_are_timed() -> None:
    metrics, done = FakeMetrics(), threading.Event()
    with running([Lane("detection", timedelta(hours=1), done.set, "")], Vitals(lambda: 0.0), metrics=metrics):
        assert done.wait(5)
    assert metrics.counts["finished", "detection"] == 1


def test_the_vendors_package_is_loaded_when_it_is_asked_for() -> None:
    code = """
import sys
from bot.adapters.metrics import PrometheusMetrics
metrics = PrometheusMetrics(lambda: 0.0)
metrics.ticked()
assert not any(name.startswith("prometheus") for name in sys.modules)
assert b"fireline_ticks_total 1.0" in metrics.exposition()
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
