"""The run that events tell of: the same whatever the order they come in. No start or heartbeat takes an end back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.counts import plural
from bot.domain.pushed.events import ENDS, Event, Kept, Kind, RunKey


@dataclass(frozen=True)
class PushedRun:
    """`data_date` None: no event has said it. `known_at` grows with each event that is stored. `earlier_starts`: what
    was taken for its start before some event came. `remarks`: what does not fit together, in sentences.
    """

    key: RunKey
    data_date: date | None
    started_at: datetime
    status: str
    known_at: datetime
    completed_at: datetime | None = None
    records: int | None = None
    category: str = ""
    error: str = ""
    trigger: str = ""
    phase: int | None = None
    heartbeat_at: datetime | None = None
    earlier_starts: tuple[datetime, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        day = f" {self.data_date}" if self.data_date else ""
        return f"{self.key.processor}{day} run {self.key.run_id}"


def folded(kept: Iterable[Kept]) -> list[PushedRun]:
    """A run for each key and data date. An event without a date is about the date that was told of first."""
    by_key: dict[RunKey, list[Kept]] = {}
    for each in sorted(kept, key=lambda each: each.seq):
        by_key.setdefault(each.event.key, []).append(each)
    return [run for key, events in by_key.items() for run in _runs(key, events)]


def _runs(key: RunKey, kept: Sequence[Kept]) -> Iterator[PushedRun]:
    dated = [(each.event.at, each.event.data_date) for each in kept if each.event.data_date is not None]
    first = min(dated, default=(None, None))[1]
    by_date: dict[date | None, list[Kept]] = {}
    for each in kept:
        by_date.setdefault(each.event.data_date or first, []).append(each)
    unsure = len(by_date) > 1 and any(each.event.data_date is None for each in kept)
    for day, about in by_date.items():
        yield _run(key, day, about, unsure=unsure and day == first)


def _run(key: RunKey, day: date | None, kept: Sequence[Kept], *, unsure: bool) -> PushedRun:
    events = sorted((each.event for each in kept), key=lambda event: (event.at, event.digest))
    *_, started_at = _starts(kept)
    end = _end(events)
    known_at = max(each.received_at for each in kept) + timedelta(microseconds=len(kept))
    beats = [event.at for event in events if event.kind is Kind.HEARTBEAT]
    return PushedRun(
        key,
        day,
        started_at,
        "running" if end is None else end.kind.value,
        known_at,
        completed_at=None if end is None else max(end.at, started_at),
        records=None if end is None else end.records,
        category="" if end is None else end.category,
        error="" if end is None else end.error,
        trigger=next((event.trigger for event in events if event.trigger), ""),
        phase=next((event.phase for event in events if event.phase is not None), None),
        heartbeat_at=max(beats, default=None),
        earlier_starts=tuple(start for start in dict.fromkeys(_starts(kept)) if start != started_at),
        remarks=tuple(_remarks(events, end, unsure=unsure)),
    )


def _starts(kept: Sequence[Kept]) -> Iterator[datetime]:
    """What counts as the start after each event, in the order of storing: the earliest that was told; while none is,
    the earliest moment that it was heard of.
    """
    told = heard = None
    for each in kept:
        event = each.event
        heard = event.at if heard is None else min(heard, event.at)
        said = event.started_at or (event.at if event.kind is Kind.START else None)
        told = said if told is None else min(told, said or told)
        yield told or heard


def _end(events: Sequence[Event]) -> Event | None:
    ends = [event for event in events if event.kind in ENDS]
    return min(ends, key=lambda event: (ENDS.index(event.kind), event.at, event.digest), default=None)


def _remarks(events: Sequence[Event], end: Event | None, *, unsure: bool) -> Iterator[str]:
    ends = [event for event in events if event.kind in ENDS]
    if end is not None and len(ends) > 1:
        told = " and ".join(_told(event) for event in ends[:3])
        yield f"its events contradict each other: {told}; it counts as {end.kind}"
    starts = [event for event in events if event.kind is Kind.START]
    if len(starts) > 1:
        yield f"{plural(len(starts), 'different start')} were told: the earliest counts. Give each try its own attempt"
    off = max((event.clock_off for event in events), key=abs, default=timedelta())
    if off:
        which = "ahead" if off > timedelta() else "behind"
        yield f"its sender's clock is {_span(abs(off))} {which}: times are put right"
    if unsure:
        yield "some of its events name no data date, others name several"


def _told(event: Event) -> str:
    rows = f" with {plural(event.records, 'row')}" if event.records is not None else ""
    return f"{event.kind}{rows} at {event.at:%H:%M:%S} UTC"


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    return f"{minutes:,} min" if minutes < 120 else f"{minutes // 60:,} h"
