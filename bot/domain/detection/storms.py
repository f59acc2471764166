"""alert_storm and retry_storm: many at once, from one cause that is none of theirs."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.calendar import floor_hour
from bot.domain.detection.rhythm import Rhythm
from bot.domain.detection.trouble import Trouble
from bot.domain.findings import FindingKind, RootCause
from bot.domain.observation import RunSeen
from bot.domain.runs import Category

WITHIN = timedelta(minutes=25)
FEWEST_PROCESSORS = 6
TIMES_USUAL = 2.0
ENDS_BELOW = 1.5
FEWEST_RETRIES = 100
"""An hour with fewer retries is no storm, whatever is usual."""
Failures = Mapping[str, list[tuple[RunSeen, Category]]]


def alert_storm(failures: Failures, rhythms: Mapping[str, Rhythm], now: datetime) -> Trouble | None:
    """Six processors with the same class of error within 25 minutes. `failures`: real ones known within the last hour.

    A processor that fails no more than it usually does at this hour of the week is not counted.
    """
    since = now - WITHIN
    recent = {
        name: [(run, category) for run, category in found if run.known_at > since]
        for name, found in failures.items()
        if not _usual(rhythms.get(name), len(found), now)
    }
    classes: dict[Category, list[str]] = {}
    for name, found in recent.items():
        for category in {category for _, category in found}:
            classes.setdefault(category, []).append(name)
    hit = max(classes.values(), key=len, default=[])
    if len(hit) < FEWEST_PROCESSORS:
        return None
    first = sorted(min(run.known_at for run, _ in recent[name]) for name in hit)
    began = min(run.started_at for name in hit for run, _ in recent[name])
    category = next(category for category, names in classes.items() if names == hit)
    return Trouble(
        kind=FindingKind.ALERT_STORM,
        processors=tuple(sorted(hit)),
        root_cause=RootCause.INFRASTRUCTURE,
        since=began,
        evident_at=first[FEWEST_PROCESSORS - 1],
        explanation=f"{len(hit)} processors failed with {category.value} within 25 minutes: one cause that they share",
        error_class=category.value,
    )


def _usual(rhythm: Rhythm | None, failures: int, now: datetime) -> bool:
    usual = rhythm.usual_failures(now) if rhythm is not None else None
    return bool(usual) and usual is not None and failures <= TIMES_USUAL * usual


def retry_storm(rhythms: Mapping[str, Rhythm], now: datetime, holds_since: datetime | None) -> Trouble | None:
    """Retries of the last hour far above the same hour of earlier weeks; one that goes on ends at a lower level."""
    times = TIMES_USUAL if holds_since is None else ENDS_BELOW
    recent = {name: _last_hour(rhythm, now) for name, rhythm in rhythms.items()}
    if sum(recent.values()) < FEWEST_RETRIES:
        return None
    usuals = {name: rhythm.usual_retries(now) for name, rhythm in rhythms.items()}
    known = {name: (recent[name], usual) for name, usual in usuals.items() if usual is not None}
    retries, usual = sum(pair[0] for pair in known.values()), sum(pair[1] for pair in known.values())
    if retries < FEWEST_RETRIES or retries <= times * usual:
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
