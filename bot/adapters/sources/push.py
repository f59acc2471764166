"""What the pipeline tells of its runs by itself: the runs of events that came since the last read."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.sources.rows import Lines
from bot.domain.counts import plural
from bot.domain.errors import StateUnavailable
from bot.domain.pushed.folding import PushedRun, folded
from bot.domain.sources import Feed, SourceFailed
from bot.ports.pushed import Pushed
from bot.ports.sources import Batch
from bot.ports.warehouse import DataFile, MovedStart

EVENTS_AT_ONCE = 5_000
DOUBTED_FOR, MOST_DOUBTED = timedelta(days=7), 5
COLUMNS = (
    "run_id", "processor_name", "phase", "data_date", "started_at", "completed_at", "status", "records_processed",
    "failure_category", "error_message", "attempt", "trigger", "last_heartbeat_at", "inserted_at",
)  # fmt: skip


class PushSource:
    """`open_events`: where the web part of Fireline keeps what it was sent; None while there is no such place."""

    def __init__(self, name: str, open_events: Callable[[], Pushed | None]) -> None:
        self._name, self._open = name, open_events
        self._opened: Pushed | None = None
        self._read_until: int | None = None
        """All events up to it are stored; None: not known."""

    @property
    def _events(self) -> Pushed | None:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        with tempfile.TemporaryDirectory(prefix="fireline-") as folder:
            yield self._batches(cursor, now, Path(folder) / f"{self._name}.ndjson")

    def nothing_new(self) -> bool:
        """Is all that came stored, by this process?"""
        try:
            return self._read_until is not None and self._opened is not None and self._opened.last() == self._read_until
        except StateUnavailable:
            return False

    def check(self, now: datetime) -> str:
        """How many events were sent, and what does not fit together."""
        with _explained():
            events = self._events
            if events is None:
                return "no event so far"
            said = (*_aside(events, now), *_doubts(events, now))
            return "; ".join((f"{plural(events.last(), 'event')} so far", *said))

    def close(self) -> None:
        self._read_until = None
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _batches(self, cursor: str | None, now: datetime, path: Path) -> Iterator[Batch]:
        self._read_until = None
        with _explained():
            events, position = self._events, _seq(cursor)
            if events is None:
                return
            if position > events.last():  # another database than before: runs that come again are known
                position = 0
            doubts = (*_aside(events, now), *_doubts(events, now))
            while True:
                until = events.last()  # before the look: of all up to it, what is no event was set aside
                kept = events.after(position, EVENTS_AT_ONCE)
                if not kept:
                    break
                before, position = position, kept[-1].seq
                runs = folded(events.of({each.event.key for each in kept}, position))
                batch = self._batch([run for run in runs if run.data_date is not None], position, path, doubts)
                yield replace(batch, rejected=events.aside(before, position))
            rejected = events.aside(position, until)
            position = max(position, until)
        if doubts or rejected:
            yield Batch(_cursor(position), warnings=doubts, rejected=rejected)
        self._read_until = position

    def _batch(self, runs: Sequence[PushedRun], position: int, path: Path, doubts: tuple[str, ...]) -> Batch:
        if not runs:
            return Batch(_cursor(position), warnings=doubts)
        with Lines(path, COLUMNS) as lines:
            lines.add(map(_row, runs))
        moved = tuple(_moved(runs))
        held = DataFile(path, Feed.RUNS.value, self._name, part=True, once=False, moved=moved)
        return Batch(_cursor(position), held, warnings=doubts)


def _doubts(events: Pushed, now: datetime) -> tuple[str, ...]:
    """Runs of the last days whose events do not fit together, the newest first."""
    keys = events.doubtful(now - DOUBTED_FOR, MOST_DOUBTED)
    runs = folded(events.of(keys, events.last())) if keys else []
    return tuple(text for run in runs for text in _said(run))


def _aside(events: Pushed, now: datetime) -> tuple[str, ...]:
    """What came in the last days and cannot be understood, the newest first."""
    return tuple(
        f"set aside: {each.aside.place} of {each.received_at:%Y-%m-%d %H:%M} UTC: {each.aside.reason}"
        for each in events.newest_aside(now - DOUBTED_FOR, MOST_DOUBTED)
    )


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except StateUnavailable as error:
        raise SourceFailed(str(error).rstrip("."), "What was sent is kept, and read as soon as that works.") from error


def _said(run: PushedRun) -> Iterator[str]:
    if run.data_date is None:
        yield f"{run.label} ({run.status}) waits: no event of it says its data_date"
    yield from (f"{run.label}: {remark}" for remark in run.remarks)


def _row(run: PushedRun) -> tuple[Any, ...]:
    key = run.key
    return (
        key.run_id, key.processor, run.phase, run.data_date, run.started_at, run.completed_at, run.status, run.records,
        run.category or None, run.error or None, key.attempt or None, run.trigger or None, run.heartbeat_at,
        run.known_at,
    )  # fmt: skip


def _moved(runs: Iterable[PushedRun]) -> Iterator[MovedStart]:
    for run in runs:
        assert run.data_date is not None
        for start in run.earlier_starts:
            yield MovedStart(run.key.processor, run.key.run_id, run.data_date, start, run.started_at)


def _seq(cursor: str | None) -> int:
    return 0 if cursor is None else int(json.loads(cursor)["seq"])


def _cursor(seq: int) -> str:
    return json.dumps({"seq": seq})
