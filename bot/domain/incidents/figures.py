"""How soon incidents are seen, taken and ended: from their timelines, and from nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.statistics import nearest_rank

BEGINS = frozenset({EntryKind.OPENED, EntryKind.REOPENED})


@dataclass(frozen=True)
class Episode:
    """Times are aware UTC. `troubled_at` is when the trouble itself began; None: it began again, or is not known.
    `began_at` is when people were told; `acknowledged_at` is the first time; None: not yet.
    """

    began_at: datetime
    troubled_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True)
class Spread:
    """By nearest rank, of `count` that are known; None without any."""

    count: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Figures:
    """Of the episodes that began in a window: `to_detect` from the trouble until people were told (MTTD), from then
    `to_acknowledge` (MTTA) and `to_resolve` (MTTR).
    """

    severity: Severity
    episodes: int
    to_detect: Spread
    to_acknowledge: Spread
    to_resolve: Spread


def episodes(incident: Incident, timeline: Iterable[Entry]) -> list[Episode]:
    """In order of time. What was noted before the first beginning belongs to none."""
    found = list[Episode]()
    for entry in timeline:
        if entry.kind in BEGINS:
            troubled = incident.headline.since if not found and entry.kind is EntryKind.OPENED else None
            found.append(Episode(entry.at, troubled))
        elif found and entry.kind is EntryKind.ACKNOWLEDGED and found[-1].acknowledged_at is None:
            found[-1] = Episode(found[-1].began_at, found[-1].troubled_at, entry.at)
        elif found and entry.kind is EntryKind.RESOLVED:
            found[-1] = Episode(found[-1].began_at, found[-1].troubled_at, found[-1].acknowledged_at, entry.at)
    return found


def figures(known: Iterable[tuple[Incident, Sequence[Entry]]], since: datetime, until: datetime) -> list[Figures]:
    """Per severity, the worst first; of the episodes that began from `since` to before `until`."""
    of: dict[Severity, list[Episode]] = {}
    for incident, timeline in known:
        began = [each for each in episodes(incident, timeline) if since <= each.began_at < until]
        of.setdefault(incident.severity, []).extend(began)
    return [_figures(severity, found) for severity, found in sorted(of.items()) if found]


def _figures(severity: Severity, found: Sequence[Episode]) -> Figures:
    return Figures(
        severity,
        len(found),
        _spread(_between((each.troubled_at, each.began_at) for each in found)),
        _spread(_between((each.began_at, each.acknowledged_at) for each in found)),
        _spread(_between((each.began_at, each.resolved_at) for each in found)),
    )


def _between(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> Iterator[timedelta]:
    return (max(timedelta(), end - begin) for begin, end in pairs if begin is not None and end is not None)


def _spread(lengths: Iterable[timedelta]) -> Spread:
    ordered = sorted(lengths)
    if not ordered:
        return Spread(0, None, None)
    return Spread(len(ordered), *(ordered[nearest_rank(share, len(ordered))] for share in (0.5, 0.9)))
