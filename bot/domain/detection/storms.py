"""alert_storm and retry_storm: many at once, from one cause that is none of theirs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.rhythm import Rhythm
from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.platform.calendar import floor_hour

LAST_HOUR = timedelta(hours=1)
LONGEST_TICK = timedelta(minutes=10)
"""Looked at so seldom, no window is missed."""
TIMES_USUAL = 2.0
ENDS_BELOW = 1.5
Failures = Mapping[str, list[tuple[RunSeen, Category]]]


@dataclass
class StormSpan:
    """Of a storm that was seen: when it began, when it was seen last, and who was in it."""

    first: datetime
    last: datetime
    processors: set[str]


def alert_storm(failures: Failures, rhythms: Mapping[str, Rhythm], now: datetime, storm: StormPolicy) -> Trouble | None:
    """Many processors with the same class of error within minutes, or very many failures in an hour.

    `failures`: real ones known within the last hour. A processor that fails no more than it usually does at this hour
    of the week is not counted.
    """
    unusual = {name: found for name, found in failures.items() if not usual(rhythms.get(name), len(found), now)}
    return _same_class(unusual, now, storm) or _very_many(unusual, rhythms, now, storm.failures_per_hour)


def _same_class(failures: Failures, now: datetime, storm: StormPolicy) -> Trouble | None:
    """The window with most processors, of those that ended since the tick before. Failures that do not say why are a
    class, too, whatever the evidence of each makes of it.
    """
    ends = {run.known_at for found in failures.values() for run, _ in found if run.known_at > now - LONGEST_TICK}
    wordless = {
        name: [(run, Category.UNKNOWN) for run, _ in found if run.recorded is None and run.hinted is None]
        for name, found in failures.items()
    }
    windows = (_classes(known, end - storm.window, end) for end in ends for known in (failures, wordless))
    found = [(category, seen) for classes in windows for category, seen in classes.items()]
    category, seen = max(found, key=lambda one: (len(one[1]), one[0]), default=(Category.UNKNOWN, {}))
    if len(seen) < storm.processors:
        return None
    first = sorted(min(run.known_at for run in runs) for runs in seen.values())
    minutes = storm.window // timedelta(minutes=1)
    why = "and do not say why" if category is Category.UNKNOWN else f"with {category.value}"
    said = f"{len(seen)} processors failed {why} within {minutes} minutes: one cause that they share"
    return _alert_storm(seen, first[storm.processors - 1], said, category.value)


def _classes(failures: Failures, begin: datetime, end: datetime) -> dict[Category, dict[str, list[RunSeen]]]:
    """By class of error and processor, what became known after `begin` and up to `end`."""
    classes: dict[Category, dict[str, list[RunSeen]]] = {}
    for name, found in failures.items():
        for run, category in found:
            if begin < run.known_at <= end:
                classes.setdefault(category, {}).setdefault(name, []).append(run)
    return classes


def _very_many(failures: Failures, rhythms: Mapping[str, Rhythm], now: datetime, most: int) -> Trouble | None:
    """Of processors for which it is known what is usual at this hour."""
    if sum(map(len, failures.values())) <= most:
        return None
    known_usual = {name for name in failures if name in rhythms and rhythms[name].usual_failures(now) is not None}
    runs = {name: [run for run, _ in found] for name, found in failures.items() if name in known_usual}
    known = sorted(run.known_at for found in runs.values() for run in found)
    if len(known) <= most:
        return None
    said = f"{len(known)} failures within an hour, of {len(runs)} processors that usually have far fewer at this hour"
    category = Counter(category for name in runs for _, category in failures[name]).most_common(1)[0][0]
    return _alert_storm(runs, known[most], said, category.value)


def _alert_storm(runs: Mapping[str, Sequence[RunSeen]], evident_at: datetime, said: str, category: str) -> Trouble:
    return Trouble(
        kind=FindingKind.ALERT_STORM,
        processors=tuple(sorted(runs)),
        root_cause=RootCause.INFRASTRUCTURE,
        since=min(run.started_at for found in runs.values() for run in found),
        evident_at=evident_at,
        explanation=said,
        error_class=category,
    )


def usual(rhythm: Rhythm | None, failures: int, now: datetime) -> bool:
    """Are so many failures within an hour no more than the processor has at this hour of the week?"""
    expected = rhythm.usual_failures(now) if rhythm is not None else None
    return bool(expected) and expected is not None and failures <= TIMES_USUAL * expected


def retry_storm(
    rhythms: Mapping[str, Rhythm], now: datetime, storm: StormPolicy, holds_since: datetime | None
) -> Trouble | None:
    """Retries of the last hour far above the same hour of earlier weeks; one that goes on ends at a lower level."""
    times = TIMES_USUAL if holds_since is None else ENDS_BELOW
    recent = {name: _last_hour(rhythm, now) for name, rhythm in rhythms.items()}
    if sum(recent.values()) < storm.retries_per_hour:
        return None
    usuals = {name: rhythm.usual_retries(now) for name, rhythm in rhythms.items()}
    known = {name: (recent[name], usual) for name, usual in usuals.items() if usual is not None}
    retries, usual = sum(pair[0] for pair in known.values()), sum(pair[1] for pair in known.values())
    if retries < storm.retries_per_hour or retries <= times * usual:
        return None
    hit = [name for name, pair in known.items() if pair[0] > max(times * pair[1], retries / (4 * len(known)))]
    if not hit:
        return None
    return Trouble(
        kind=FindingKind.RETRY_STORM,
        processors=tuple(sorted(hit)),
        root_cause=RootCause.RETRY_STORM,
        since=holds_since or floor_hour(now),
        evident_at=holds_since or floor_hour(now),
        explanation=f"{retries:,.0f} retries within an hour, usual at this hour of the week are {usual:,.0f}",
        error_class="retries",
    )


def _last_hour(rhythm: Rhythm, now: datetime) -> float:
    """Retries of runs started within the last 60 minutes, the hour before counted by its share."""
    hour = floor_hour(now)
    share = 1 - (now - hour) / timedelta(hours=1)
    this, before = rhythm.hours.get(hour), rhythm.hours.get(hour - timedelta(hours=1))
    return (this.retries if this else 0) + share * (before.retries if before else 0)
