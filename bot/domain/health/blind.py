"""What /health says while a source shows nothing: unknown since when, never missing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.blindness import Blind, Sight
from bot.domain.evidence.unseen import unseen
from bot.domain.health.model import Because, DueDates, HealthReason
from bot.domain.platform.registry import Registry

if TYPE_CHECKING:
    from bot.domain.health.report import Measured

LATE_READS = 3
"""So many intervals without a good read are worth a word."""
SHORTEST = timedelta(minutes=2)


def blind_reasons(sight: Sight, held: Mapping[str, int]) -> list[HealthReason]:
    return [_reason(blind, held.get(blind.source, 0)) for blind in sight.blind]


def _reason(blind: Blind, held: int) -> HealthReason:
    waits = (
        "" if not held else f" {held:,} {'finding is' if held == 1 else 'findings are'} held until it is read again."
    )
    return HealthReason(Because.SOURCE_BLIND, blind.source, f"Source {blind.text}: what it brings is unknown.{waits}")


def late_reads(sight: Sight) -> Iterator[str]:
    """Sources that are not blind yet, but have not been read for a while."""
    blind = {each.source for each in sight.blind}
    for status in sight.statuses:
        if status.plan.name in blind:
            continue
        age = status.age
        if age is None:
            said = f": {status.error.rstrip('.')}" if status.error else ""
            yield f"Source {status.plan.name} has not been read yet{said}."
        elif age > max(SHORTEST, LATE_READS * status.plan.every) or status.failing_since is not None:
            said = f": {status.error.rstrip('.')}" if status.error else ""
            yield f"Source {status.plan.name} has not been read for {_minutes(age)}{said}."


def seen_by(measured: "Measured", sight: Sight, registry: Registry) -> "Measured":
    """Dates that count since a source is blind are not missing: nobody knows."""
    if not sight.blind:
        return measured
    unknown = [each for each in measured.missing if unseen(sight, registry, each.processor, each.settled_at)]
    if not unknown:
        return measured
    missing = [each for each in measured.missing if each not in set(unknown)]
    counts = Counter(each.processor for each in unknown)
    due, day_due = _unknown(measured.due, counts), _unknown(measured.day_due, counts)
    return replace(measured, missing=missing, due=due, day_due=day_due)


def _unknown(due: Iterable[DueDates], counts: Mapping[str, int]) -> Sequence[DueDates]:
    return [replace(each, unknown=min(each.due, each.unknown + counts.get(each.processor, 0))) for each in due]


def _minutes(span: timedelta) -> str:
    minutes = max(0, round(span / timedelta(minutes=1)))
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"
