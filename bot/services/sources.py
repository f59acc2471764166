"""Take in what is new in the team's own tables, buckets and tools."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from bot.domain.errors import BadInput, reason_of, suggest
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.platform.registry import Registry
from bot.domain.redaction import redacted, visible
from bot.domain.rejections import counted
from bot.domain.sources import Back, SourceFailed, SourcePlan, SourceStatus
from bot.ports.clock import Clock
from bot.ports.sources import Batch, Source, TellsNews
from bot.ports.warehouse import Hints, LoadReport, NotAsOne, SourceMark, SourceRead, Warehouse
from bot.services.source_steps import Steps
from bot.services.told import Reading, Told

log = logging.getLogger("fireline.sources")
STORED_EVERY = timedelta(minutes=15)
"""Reads that bring nothing are stored so often, for who asks without this process: each is a write."""


@dataclass(frozen=True)
class Connected:
    """A source of the configuration: what it is, how it is read, and what its words mean. `given`: all that the
    configuration says of it, by which it is seen to be the same.
    """

    plan: SourcePlan
    source: Source = field(compare=False)
    hints: Hints = field(compare=False)
    given: object = None


@dataclass(frozen=True)
class SyncReport:
    """What one read of a source brought. `seconds` is how long it took, `reasons` why rows were rejected."""

    source: str
    rows: int = 0
    added: int = 0
    corrected: int = 0
    rejected: int = 0
    bytes_billed: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass
class _Reads:
    """What is known of the reads of one source: of this process, and before its first what another has stored.
    `stored`: what of it is stored.
    """

    lock: Lock
    steps: Steps = field(default_factory=Steps)
    watched_since: datetime | None = None
    synced_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    warnings: tuple[str, ...] = ()
    """What the last read could not take in, while the rest went on."""
    back: Back | None = None
    stored: SourceRead | None = None


@dataclass
class _Taken:
    """What a read has brought so far, and where it is. `stays`: rows wait, so the position does not move."""

    report: SyncReport
    position: str | None
    stays: bool = False
    reasons: list[str] = field(default_factory=list)

    def add(self, batch: Batch, loaded: LoadReport) -> None:
        self.report, self.stays = _with(self.report, batch, loaded), self.stays or loaded.waiting > 0
        self.reasons += [row.reason for row in loaded.rejected]
        self.position = self.position if self.stays else batch.cursor


class SourcesService:
    """Each source is read by itself: one that fails holds back no other. A source's position is stored in the
    transaction of its rows, so a read that is cut off anywhere is taken up where it was, and no row counts twice.
    """

    def __init__(
        self, warehouse: Warehouse, connected: Sequence[Connected], registry: Callable[[], Registry], clock: Clock
    ) -> None:
        self._warehouse, self._registry, self._clock = warehouse, registry, clock
        self._connected = {each.plan.name: each for each in connected}
        self._reads = {name: _Reads(Lock()) for name in self._connected}
        self.heard: Callable[[], Told | None] = lambda: None
        """What another process tells that reads them; None: this one does."""
        self.told: Callable[[], None] = lambda: None
        """To be called when a source that is told of what is new has been."""

    @property
    def connected(self) -> Mapping[str, Connected]:
        """By name. One stays the same object until what the configuration says of it changes."""
        return self._connected

    @property
    def plans(self) -> tuple[SourcePlan, ...]:
        return tuple(each.plan for each in self._connected.values())

    def renew(self, connected: Sequence[Connected]) -> None:
        """Go on with these. A source that is being read ends that read by what was said of it before."""
        before, now = self._connected, {each.plan.name: each for each in connected}
        self._reads |= {name: _Reads(Lock()) for name in now if name not in before}
        self._connected = {name: before[name] if before.get(name) == each else each for name, each in now.items()}
        for name, old in before.items():
            if self._connected.get(name) is not old:
                log.info("source %s is %s", name, "changed" if name in now else "read no more")
                if self._reads[name].lock.acquire(blocking=False):
                    old.source.close()
                    self._reads[name].lock.release()

    def sync(self, name: str) -> SyncReport:
        """Read what is new, now. Raises BadInput for a name that is none, SourceFailed when it cannot be read."""
        self._named(name)
        reads = self._reads[name]
        with reads.lock:
            connected = self._named(name)
            began = self._clock()
            reads.watched_since = reads.watched_since or began
            try:
                report = self._read(connected)
            except SourceFailed as error:
                self._failed(name, error)
                raise
            except (BadInput, OSError) as error:
                failed = _failure(error)
                self._failed(name, failed)
                raise failed from error
            finally:
                if self._connected.get(name) is not connected:
                    connected.source.close()
            ended = self._clock()
            self._worked(name, ended, report.rows)
        if report.rows or report.rejected:
            log.info("source %s: %d rows read, %d new, %d rejected", name, report.rows, report.added, report.rejected)
        return replace(report, seconds=(ended - began).total_seconds())

    def reading(self) -> Mapping[str, Reading]:
        """How this process's reads go, by source."""
        return {
            name: Reading(
                reads.watched_since, reads.synced_at, reads.failing_since, reads.error, reads.warnings, reads.back
            )
            for name, reads in list(self._reads.items())
        }

    def forget(self, name: str) -> None:
        """Another process reads it now: what this one knew grows old."""
        reads = self._reads[name]
        if reads.watched_since is not None:
            with reads.lock:
                self._reads[name] = _Reads(reads.lock, reads.steps)

    def check(self, name: str) -> str:
        """One line about what is there. Raises SourceFailed with what is wrong and the remedy."""
        source = self._named(name).source
        try:
            return self._reads[name].steps.check(source, self._clock())
        except (BadInput, OSError) as error:
            raise _failure(error) from error

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Every source, in the order of the configuration."""
        if not self._connected:
            return ()
        marks, stored, now = self._warehouse.source_marks(), self._warehouse.source_reads(), self._clock()
        told = self.heard()
        known = self.reading() if told is None else told.reads
        return tuple(
            self._status(name, known.get(name, Reading()), marks.get(name), stored.get(name), now)
            for name in self._connected
        )

    def glance(self) -> tuple[str, ...]:
        """A line a source, from what this process knows: asked at any time, whatever else is stuck."""
        now = self._clock()
        return tuple(_glance(name, self._reads[name], now) for name in self._connected)

    def close(self) -> None:
        for each in self._connected.values():
            each.source.close()

    def _named(self, name: str) -> Connected:
        connected = self._connected.get(name)
        if connected is None:
            raise BadInput(f"{name!r} is no source of sources.yaml. {suggest(name, self._connected)}".rstrip())
        return connected

    def _read(self, connected: Connected) -> SyncReport:
        missed = dict[str, None]()
        if isinstance(connected.source, TellsNews) and connected.source.nothing_new():
            return SyncReport(connected.plan.name)
        mark = self._warehouse.source_marks().get(connected.plan.name)
        taken = _Taken(SyncReport(connected.plan.name), None if mark is None else mark.cursor or None)
        steps = self._reads[connected.plan.name].steps
        with steps.batches(connected.source, taken.position, self._clock()) as batches:
            for batch in batches:
                missed |= dict.fromkeys(batch.warnings)
                if batch.file is not None or batch.cursor != taken.position:
                    self._take(connected, batch, taken)
        if taken.stays:
            connected.source.close()  # to be given the rows that wait again
        self._note(connected.plan.name, tuple(missed))
        return replace(taken.report, warnings=(*missed, *taken.report.warnings), reasons=counted(taken.reasons))

    def _take(self, connected: Connected, batch: Batch, taken: _Taken) -> None:
        try:
            loaded = self._store(connected, replace(batch, cursor=taken.position or "") if taken.stays else batch)
        except NotAsOne:
            if batch.apart is None:
                raise
            for piece in batch.apart():
                self._take(connected, piece, taken)
        else:
            taken.add(batch, loaded)

    def _store(self, connected: Connected, batch: Batch) -> LoadReport:
        now = self._clock()
        mark = SourceMark(
            connected.plan.name, batch.cursor, now, rejected=batch.rejected, bytes_billed=batch.bytes_billed
        )
        files = [] if batch.file is None else [batch.file]
        facts = platform_facts(self._registry())
        return self._warehouse.load(files, facts, connected.hints, now, lambda _step, _rows: None, mark)

    def _note(self, name: str, missed: tuple[str, ...]) -> None:
        """What could not be read is logged once, while it lasts."""
        reads = self._reads[name]
        for text in missed:
            if text not in reads.warnings:
                log.warning("source %s: %s", name, redacted(visible(text)))
        reads.warnings = missed

    def _failed(self, name: str, error: SourceFailed) -> None:
        reads, said = self._reads[name], redacted(visible(str(error)))
        if not reads.error:
            fields = {"source": name, "reason": said}
            log.warning("source %s cannot be read, the others go on: %s", name, said, extra=fields)
        reads.error = said
        if reads.failing_since is None:
            stored = self._stored(name)
            reads.failing_since = (stored.failing_since if stored is not None else None) or self._clock()
        self._store_reads(name)

    def _worked(self, name: str, at: datetime, rows: int) -> None:
        reads = self._reads[name]
        stored = self._stored(name)
        if reads.failing_since is not None or (stored is not None and stored.failing_since is not None):
            reads.back = Back(at, rows)
        is_first = reads.synced_at is None  # `fireline sources sync` makes no other
        reads.synced_at, reads.failing_since, reads.error = at, None, ""
        if (
            stored is None
            or is_first
            or stored.failing_since is not None
            or not timedelta() <= at - _read_at(stored) < STORED_EVERY
        ):
            self._store_reads(name)

    def _stored(self, name: str) -> SourceRead | None:
        reads = self._reads[name]
        if reads.stored is None:
            reads.stored = self._warehouse.source_reads().get(name)
        return reads.stored

    def _store_reads(self, name: str) -> None:
        """So that another process, or this one after a restart, knows how they go."""
        reads = self._reads[name]
        before = self._stored(name)
        read_at = reads.synced_at or (before.read_at if before is not None else None)
        now = SourceRead(name, read_at, reads.failing_since, reads.error)
        if now != before:
            self._warehouse.remember_read(now)
            reads.stored = now

    def _status(
        self, name: str, reads: Reading, mark: SourceMark | None, stored: SourceRead | None, now: datetime
    ) -> SourceStatus:
        before = stored or SourceRead(name)
        good = [reads.synced_at, before.read_at, mark.moved_at if mark is not None else None]
        fresh = reads.synced_at is not None or reads.failing_since is not None
        status = SourceStatus(
            self._connected[name].plan,
            now,
            synced_at=max((moment for moment in good if moment is not None), default=None),
            failing_since=reads.failing_since if fresh else before.failing_since,
            error=reads.error if fresh else before.error,
            watched_since=reads.watched_since,
            back=reads.back,
            warnings=reads.warnings,
        )
        if mark is None:
            return status
        return replace(
            status,
            newest=mark.newest,
            rows=mark.rows,
            rejected=mark.rejected,
            bytes_billed=mark.bytes_billed,
            brings=mark.brings,
            arrivals=mark.arrivals,
        )


def _glance(name: str, reads: _Reads, now: datetime) -> str:
    if reads.failing_since is not None:
        return f"source {name} cannot be read since {reads.failing_since:%Y-%m-%d %H:%M} UTC: {reads.error}"
    if reads.synced_at is None:
        return f"source {name} has not been read yet"
    return f"source {name} was read {max(0, round((now - reads.synced_at).total_seconds())):,} s ago"


def _failure(error: BadInput | OSError) -> SourceFailed:
    if isinstance(error, OSError):
        return SourceFailed(reason_of(error), "Look at this machine's disk and network.")
    return SourceFailed(str(error).rstrip("."), "Correct sources.yaml, or what the source gives.")


def _read_at(stored: SourceRead) -> datetime:
    return stored.read_at or datetime.min.replace(tzinfo=UTC)


def _with(report: SyncReport, batch: Batch, loaded: LoadReport) -> SyncReport:
    return replace(
        report,
        rows=report.rows + sum(file.rows - file.rejected for file in loaded.files),
        added=report.added + sum(file.added for file in loaded.files),
        corrected=report.corrected + sum(file.corrected for file in loaded.files),
        rejected=report.rejected + batch.rejected + sum(file.rejected for file in loaded.files),
        bytes_billed=report.bytes_billed + batch.bytes_billed,
        warnings=tuple(dict.fromkeys((*report.warnings, *loaded.warnings))),
    )
