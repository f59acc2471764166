"""What /health says while a source shows nothing: unknown since when, never missing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.blindness import Blind, Sight, late_read
from bot.domain.evidence.feeds import FeedGap
from bot.domain.evidence.unseen import unseen
from bot.domain.health.model import Because, DueDates, HealthReason, Window
from bot.domain.platform.registry import Registry

if TYPE_CHECKING:
    from bot.domain.health.report import Measured


def blind_reasons(sight: Sight, held: Mapping[str, int]) -> list[HealthReason]:
    return [_reason(blind, held.get(blind.source, 0)) for blind in sight.blind]


def _reason(blind: Blind, held: int) -> HealthReason:
    waits = (
        "" if not held else f" {held:,} {'finding is' if held == 1 else 'findings are'} held until it is read again."
    )
    return HealthReason(Because.SOURCE_BLIND, blind.source, f"Source {blind.text}: what it brings is unknown.{waits}")


def silent_feeds(gaps: Iterable[FeedGap], at: datetime) -> Iterator[HealthReason]:
    """Feeds that show nothing although runs bring data."""
    known = (gap.as_of(at) for gap in gaps)
    going_on = (gap for gap in known if gap is not None and gap.gap.until is None)
    yield from (HealthReason(Because.SOURCE_BLIND, str(gap.feed), f"{gap.text}.") for gap in going_on)


def ended_gaps(gaps: Iterable[FeedGap], window: Window, at: datetime) -> Iterator[str]:
    """What feeds have not shown of the window."""
    known = (gap.as_of(at) for gap in gaps)
    ended = (gap for gap in known if gap is not None and gap.gap.until is not None)
    yield from (f"{gap.text}." for gap in ended if gap.concerns(window.since.date(), window.as_of.date()))


def late_reads(sight: Sight) -> Iterator[str]:
    """Sources that are not blind yet, but have not been read for a while."""
    blind = {each.source for each in sight.blind}
    late = (late_read(status) for status in sight.statuses if status.plan.name not in blind)
    yield from (f"Source {said}." for said in late if said)


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
