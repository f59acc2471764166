"""The time zone of a pipeline's schedule, as far as its history shows it.

When the clocks of a schedule change, its starts move by an hour in every zone without that change: those zones fit in
which starts stay at their time. Which of the zones with the same changes it is, only polls around the clock show: their
data date turns at local midnight.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.platform.draft import MOST_SLOTS, Confidence, Evidence, ProcessorFacts, densest_window
from bot.domain.platform.draft_dues import FEW_DATES

STEADY = 1 / 6
"""Hours within which a start counts as steady."""
SOME = 2_000
"""Polls looked at."""
CLEARLY = 0.02
"""Share of all starts by which the best must lead, and at least LEAD starts."""
LEAD = 5
DAYS_APART = 5
"""Zones whose clocks change within fewer days of each other are not distinguished."""
LOCAL_DAY = 0.98
"""Share of polls that start on their own data date in the right zone; a few begin at the very end of the day before."""
FAMILIAR = (
    "UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
    "Europe/London", "Europe/Berlin", "Europe/Helsinki", "Europe/Istanbul", "Africa/Cairo", "Africa/Johannesburg",
    "Africa/Lagos", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo",
    "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland",
)  # fmt: skip
"""Of zones that fit equally well the first of these is named, and others are mentioned."""
Clock = tuple[timedelta, ...]
"""Offsets from UTC, one a day of the history."""


@dataclass(frozen=True)
class ZoneProposal:
    """`evidence` None: the history does not show it."""

    name: str
    evidence: Evidence | None
    others: tuple[str, ...] = ()


def zone_of(
    facts: Sequence[ProcessorFacts], zones: Mapping[str, ZoneInfo], known: str | None, *, confirmed: bool = True
) -> ZoneProposal:
    """`zones` by name; `known`: the zone of a registry of this platform, None without one; `confirmed`: somebody has
    said so. A zone that was itself drafted is as sure as the history makes it.
    """
    days = _days(facts)
    clocks: dict[Clock, list[str]] = {}
    for name, zone in zones.items():
        clocks.setdefault(_clock(zone, days), []).append(name)
    steady, change = _steadiest(facts, clocks, zones)
    local = _of_local_days(facts, {clock: clocks[clock] for clock in steady}, zones)
    fitting = [name for clock in (local or steady) for name in clocks[clock]]
    if known in fitting and (confirmed or (change is None and local is None)):
        return ZoneProposal(known, _shown(change, local is not None, sure=True))
    if change is None and local is None:
        return ZoneProposal("UTC", None)
    name, *others = sorted(fitting, key=lambda zone: (zone != known, *_familiar(zone)))
    return ZoneProposal(name, _shown(change, local is not None, sure=not others), tuple(others[:3]))


def _familiar(name: str) -> tuple[int, str]:
    return (FAMILIAR.index(name) if name in FAMILIAR else len(FAMILIAR), name)


def _days(facts: Iterable[ProcessorFacts]) -> list[date]:
    seen = [moment.date() for fact in facts for moment in (fact.first_start, fact.last_start)]
    first, last = (min(seen), max(seen)) if seen else (date(2026, 1, 1), date(2026, 1, 1))
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def _clock(zone: ZoneInfo, days: Iterable[date]) -> Clock:
    moments = (datetime.combine(day, time(12), UTC) for day in days)
    return tuple(moment.astimezone(zone).utcoffset() or timedelta() for moment in moments)


def _steadiest(
    facts: Iterable[ProcessorFacts], clocks: Mapping[Clock, list[str]], zones: Mapping[str, ZoneInfo]
) -> tuple[list[Clock], int | None]:
    """The clocks in which starts are steadiest, and how many more of them than in the next best; None: none leads."""
    regular = [fact for fact in facts if fact.dates >= FEW_DATES and len(fact.starts) <= MOST_SLOTS * fact.dates]
    shapes: dict[Clock, list[Clock]] = {}
    for clock in clocks:
        shapes.setdefault(tuple(offset - clock[0] for offset in clock), []).append(clock)
    scores = {shape: _steady(regular, zones[clocks[members[0]][0]]) for shape, members in shapes.items()}
    ranked = sorted(scores, key=lambda shape: (-scores[shape], -len(shapes[shape])))
    unlike = [shape for shape in ranked[1:] if _days_apart(shape, ranked[0]) >= DAYS_APART]
    if not unlike:
        return list(clocks), None
    lead, total = scores[ranked[0]] - scores[unlike[0]], sum(len(fact.starts) for fact in regular)
    if lead < max(LEAD, CLEARLY * total):
        return list(clocks), None
    return shapes[ranked[0]], lead


def _days_apart(one: Clock, other: Clock) -> int:
    return sum(before != after for before, after in zip(one, other, strict=True))


def _steady(facts: Iterable[ProcessorFacts], zone: ZoneInfo) -> int:
    return sum(len(densest_window(sorted(fact.hours(zone)), STEADY)) for fact in facts)


def _of_local_days(
    facts: Iterable[ProcessorFacts], clocks: Mapping[Clock, list[str]], zones: Mapping[str, ZoneInfo]
) -> list[Clock] | None:
    """The clocks by which those that poll around the clock start on their own data date; None where nobody does."""
    polls = [fact for fact in facts if len(fact.starts) > MOST_SLOTS * fact.dates >= MOST_SLOTS * FEW_DATES]
    starts = [start for fact in polls for start in fact.starts]
    if not starts:
        return None
    some = starts[:: max(1, len(starts) // SOME)]
    scores = {clock: _on_their_date(some, zones[names[0]]) for clock, names in clocks.items()}
    best = max(scores.values())
    return [clock for clock, score in scores.items() if score == best] if best >= LOCAL_DAY else None


def _on_their_date(starts: Sequence[tuple[date, datetime]], zone: ZoneInfo) -> float:
    return sum(started.astimezone(zone).date() == day for day, started in starts) / len(starts)


def _shown(change: int | None, local: bool, *, sure: bool) -> Evidence | None:
    said = []
    if change is not None:
        said.append(f"when the clocks change, {change:,} more starts stay at their time than in other zones")
    if local:
        said.append("polls start on their own data date in it")
    if not said:
        return None
    return Evidence("; ".join(said), Confidence.HIGH if sure else Confidence.MEDIUM if local else Confidence.LOW)
