"""The noise ledger: which real failures are in incidents, and why the others are in none."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.evidence.runs import Category, DateState, FailedRun, Traits, classify
from bot.domain.findings.words import short_day
from bot.domain.health.model import NoIncident
from bot.domain.health.notified import Notified, NotifiedSpan
from bot.domain.platform.calendar import floor_hour

IN_A_ROW = 3
"""So many failures in a row are an incident: bot.domain.detection.streaks."""


@dataclass(frozen=True, slots=True)
class FailedGroup:
    """Failed runs of a processor for one data date that started in one hour and look alike to classification.
    `succeeded_at`: the last hour in which a run for that date succeeded.
    """

    processor: str
    data_date: date
    hour: datetime
    failed: FailedRun
    state: DateState
    succeeded_at: datetime | None
    runs: int

    @property
    def repaired(self) -> bool:
        later = self.succeeded_at is not None and self.succeeded_at >= self.hour
        return later or self.state.filled is True


def sorted_out(
    groups: Iterable[FailedGroup], names: Set[str], traits: Mapping[str, Traits], notified: Notified
) -> tuple[int, dict[NoIncident, int], tuple[str, ...]]:
    """How many real failures of these processors are in incidents, how many are in none, by the reason, and what is
    unexplained: processor and data date, the newest first.
    """
    real = [group for group in groups if group.processor in names and is_real(group, traits)]
    outside = [group for group in real if not _covered(group, notified.spans)]
    each = Counter[tuple[str, date]]()
    for group in real:
        each[group.processor, group.data_date] += group.runs
    why, unexplained = Counter[NoIncident](), dict[str, date]()
    for group in outside:
        reason = _why(group, notified, each[group.processor, group.data_date])
        why[reason] += group.runs
        if reason is NoIncident.UNEXPLAINED:
            unexplained[f"{group.processor} {short_day(group.data_date)}"] = group.data_date
    inside = sum(group.runs for group in real) - sum(group.runs for group in outside)
    newest = sorted(unexplained, key=lambda name: (-unexplained[name].toordinal(), name))
    return inside, {reason: why[reason] for reason in NoIncident if why[reason]}, tuple(newest)


def is_real(group: FailedGroup, traits: Mapping[str, Traits]) -> bool:
    """Whether they are no expected failures."""
    known = classify(group.failed, group.state, traits.get(group.processor, Traits()))
    return known.category is not Category.NO_DATA_AVAILABLE


def _covered(group: FailedGroup, spans: Sequence[NotifiedSpan]) -> bool:
    return any(span.covers(group.processor, group.hour) for span in spans)


def _why(group: FailedGroup, notified: Notified, failures: int) -> NoIncident:
    hidden = {
        NoIncident.SUPPRESSED: notified.suppressed,
        NoIncident.DIGEST: notified.digest,
        NoIncident.SHADOW: notified.shadow,
    }
    for reason, spans in hidden.items():
        if _covered(group, spans):
            return reason
    if group.repaired:
        return NoIncident.REPAIRED
    if _covered(group, notified.held):
        return NoIncident.HELD
    if failures < IN_A_ROW:
        return NoIncident.FEW
    earlier = notified.watched_since is not None and group.hour < floor_hour(notified.watched_since)
    return NoIncident.EARLIER if earlier else NoIncident.UNEXPLAINED
