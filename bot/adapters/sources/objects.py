"""Raw files by the registry's patterns: which there are for each date."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.adapters.sources.places import DATE, Entry, Places, dates_between, scheme_of
from bot.adapters.sources.rows import Lines
from bot.domain.counts import plural
from bot.domain.sources import Feed, SourceFailed
from bot.ports.sources import Batch
from bot.ports.warehouse import DataFile

COLUMNS = ("source", "data_date", "path", "size_bytes", "created_at")


@dataclass(frozen=True, order=True)
class Pattern:
    """`source`: as the registry calls it. `path` holds `{date}`."""

    source: str
    path: str


@dataclass(frozen=True)
class _Position:
    """`known`: a digest of each pattern that was listed -> date -> digest of what was there."""

    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str | None) -> "_Position":
        return cls({} if text is None else json.loads(text))

    def text(self) -> str:
        return json.dumps(self.known)


class ObjectsSource:
    """`patterns`: those of the registry; asked at each read, as it may change. `places`: what reads a scheme.

    Each read lists the dates in `lateness`; the first one of a pattern goes back by `days`. A date is told again when a
    file of it is new, was written again or is gone. A pattern that cannot be listed is a warning; the others go on.
    """

    def __init__(
        self,
        name: str,
        patterns: Callable[[], Sequence[Pattern]],
        places: Callable[[str], Places],
        lateness: timedelta,
        days: int,
    ) -> None:
        self._name, self._patterns, self._places = name, patterns, places
        self._lateness, self._days = lateness, timedelta(days=days)

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        with tempfile.TemporaryDirectory(prefix="fireline-") as folder:
            yield self._batches(cursor, now, Path(folder) / f"{self._name}.ndjson")

    def check(self, now: datetime) -> str:
        """How many files the dates in `lateness` have."""
        patterns, found, failed = self._patterns(), 0, list[SourceFailed]()
        for pattern in patterns:
            try:
                found += sum(len(entries) for entries in self._listed(pattern, self._lateness, now).values())
            except SourceFailed as error:
                failed.append(error)
        if len(failed) == len(patterns) and failed:
            raise SourceFailed(failed[0].reason, failed[0].remedy)
        wrong = "".join(f"; {error.reason}" for error in failed)
        files = f"{plural(found, 'file')} of the last {plural(self._lateness.days, 'day')}"
        return f"{plural(len(patterns), 'pattern')}, {files}{wrong}"

    def close(self) -> None:
        """Nothing is held open."""

    def _batches(self, cursor: str | None, now: datetime, path: Path) -> Iterator[Batch]:
        position, failed = _Position.of(cursor), list[SourceFailed]()
        patterns = self._patterns()
        known = {_digest(pattern.path): position.known.get(_digest(pattern.path)) for pattern in patterns}
        after: dict[str, Mapping[str, str]] = {}
        with Lines(path, COLUMNS) as lines:
            for pattern in patterns:
                key = _digest(pattern.path)
                told = known[key]
                try:
                    found = self._listed(pattern, self._days if told is None else self._lateness, now)
                except SourceFailed as error:
                    failed.append(error)
                    after |= {} if told is None else {key: told}
                    continue
                after[key] = self._add(lines, pattern, found, told or {}, now)
        if failed and len(failed) == len(patterns):
            raise SourceFailed(failed[0].reason, failed[0].remedy)
        warnings = tuple(dict.fromkeys(str(error) for error in failed))
        moved = _Position(after).text()
        if not lines.rows:
            yield Batch(
                cursor if cursor is not None and set(after) == set(position.known) else moved, warnings=warnings
            )
            return
        held = DataFile(path, Feed.RAW_FILES.value, self._name, part=True, once=False)
        yield Batch(moved, held, warnings=warnings)

    def _add(
        self,
        lines: Lines,
        pattern: Pattern,
        found: Mapping[date, Sequence[Entry]],
        told: Mapping[str, str],
        now: datetime,
    ) -> Mapping[str, str]:
        """Write the files of the dates that are not as they were told; returns what is told now."""
        kept = {}
        oldest = self._first(self._lateness, now)
        for day, entries in found.items():
            content = _digest(*(f"{each.path} {each.size} {each.written}" for each in sorted(entries, key=_path)))
            if told.get(day.isoformat()) != content:
                lines.add((pattern.source, day, each.path, each.size, each.written) for each in entries)
            if day >= oldest:
                kept[day.isoformat()] = content
        return kept

    def _listed(self, pattern: Pattern, back: timedelta, now: datetime) -> dict[date, list[Entry]]:
        if DATE not in pattern.path:
            raise SourceFailed(
                f"{pattern.path} has no {DATE}", "Write raw_path in registry.yaml as gs://BUCKET/…/{date}/*."
            )
        dates = dates_between(self._first(back, now), now.astimezone(UTC).date() + timedelta(days=1))
        found: dict[date, list[Entry]] = {}
        for day, entry in self._places(scheme_of(pattern.path)).of_dates(pattern.path, dates):
            found.setdefault(day, []).append(entry)
        return found

    def _first(self, back: timedelta, now: datetime) -> date:
        return (now.astimezone(UTC) - back).date()


def _path(entry: Entry) -> str:
    return entry.path


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
