"""Counts for Prometheus. The vendor's package is loaded when somebody asks for them: most processes are never asked.

https://prometheus.io/docs/practices/naming/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from threading import Lock
from typing import TYPE_CHECKING

from bot.domain.delivery import Kind, Page
from bot.domain.delivery import Outcome as PageOutcome
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome

if TYPE_CHECKING:
    from prometheus_client.core import Metric

COUNTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "fireline_decisions": ("Decisions of the gate that were stored.", ("outcome", "reason", "severity")),
    "fireline_ticks": ("Ticks of detection that ended well.", ()),
    "fireline_ticks_overtaken": ("Ticks that another process decided first; they were decided again.", ()),
    "fireline_notified": ("Decisions that people were notified of.", ("outcome", "severity")),
    "fireline_not_notified": ("Attempts to notify that failed; each is repeated.", ("kind", "severity")),
    "fireline_pages_sent": ("Pages that their channel took.", ("channel", "severity")),
    "fireline_pages_not_sent": ("Tries to page that failed; each is repeated.", ("channel", "kind", "severity")),
    "fireline_lane_failures": ("Turns of a lane that failed.", ("lane",)),
}
"""What each counter counts, and its labels. Prometheus adds `_total` to the names."""
LANE_SECONDS, AGE = "fireline_lane_seconds", "fireline_last_finished_age_seconds"
TICK, NOTIFICATION, PAGE = "tick", "notification", "page"
"""What has an age, besides each lane."""


class PrometheusMetrics:
    """Implements `bot.ports.metrics.Metrics`. `seconds` is a clock that nobody sets."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds, self._lock = seconds, Lock()
        self._counts: dict[str, dict[tuple[str, ...], int]] = {name: defaultdict(int) for name in COUNTERS}
        self._turns: dict[str, tuple[int, float]] = {}
        self._finished_at: dict[str, float] = {}

    def decided(self, decision: Decision) -> None:
        labels = decision.outcome.value, decision.reason.name.lower(), decision.severity.value
        self._add("fireline_decisions", *labels)

    def overtaken(self) -> None:
        self._add("fireline_ticks_overtaken")

    def ticked(self) -> None:
        self._add("fireline_ticks", ends=TICK)

    def notified(self, outcome: Outcome, severity: Severity) -> None:
        self._add("fireline_notified", outcome.value, severity.value, ends=NOTIFICATION)

    def not_notified(self, severity: Severity, *, refused: bool) -> None:
        self._add("fireline_not_notified", "refused" if refused else "retried", severity.value)

    def paged(self, page: Page, outcome: PageOutcome) -> None:
        channel, severity = page.channel, page.severity.value
        if outcome.kind is Kind.YES:
            self._add("fireline_pages_sent", channel, severity, ends=PAGE)
        elif outcome.kind is Kind.AMBIGUOUS:
            self._add("fireline_pages_not_sent", channel, "unknown", severity)
        else:
            self._add("fireline_pages_not_sent", channel, "refused" if outcome.permanent else "retried", severity)

    def turned(self, lane: str, seconds: float, *, failed: bool) -> None:
        with self._lock:
            turns, spent = self._turns.get(lane, (0, 0.0))
            self._turns[lane] = (turns + 1, spent + seconds)
        if failed:
            self._add("fireline_lane_failures", lane)
        else:
            with self._lock:
                self._finished_at[lane] = self._seconds()

    def _add(self, name: str, *labels: str, ends: str | None = None) -> None:
        with self._lock:
            self._counts[name][labels] += 1
            if ends is not None:
                self._finished_at[ends] = self._seconds()

    def exposition(self) -> bytes:
        """Everything in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """For Prometheus' registry."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily

        with self._lock:
            now = self._seconds()
            counts = {name: dict(by_labels) for name, by_labels in self._counts.items()}
            turns, ages = dict(self._turns), {name: now - at for name, at in self._finished_at.items()}
        for name, (said, labels) in COUNTERS.items():
            counter = CounterMetricFamily(name, said, labels=labels)
            for values, count in sorted(counts[name].items()) or ([] if labels else [((), 0)]):
                counter.add_metric(values, count)
            yield counter
        summary = SummaryMetricFamily(LANE_SECONDS, "Time that the turns of a lane took.", labels=("lane",))
        for lane, (number, spent) in sorted(turns.items()):
            summary.add_metric((lane,), count_value=number, sum_value=spent)
        yield summary
        said = "Time since a lane, a tick of detection, a notification or a page last ended well."
        age = GaugeMetricFamily(AGE, said, labels=("of",))
        for name, since in sorted(ages.items()):
            age.add_metric((name,), since)
        yield age
