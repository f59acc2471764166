"""What a processor's run history says of how it is meant to run: its slots, polling, record range and time limit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

SLOT_WIDTH = 1 / 3
"""Hours within which starts belong to one slot: schedulers start within seconds, queues within minutes."""
SLOT_STEP = 1 / 12
"""Slots are proposed to five minutes: nobody schedules at 14:03."""
EARLY_START = 0.2
"""Share of a step by which a start may precede its slot: clocks differ by seconds."""
PRESENT_ON_MOST_DATES = 0.6
LATEST_SLOT = 72
MOST_SLOTS = 24
"""More regular starts a day than this are polling, not slots."""
POLLS_PER_SLOT = 4
FEW_DATES = 5
"""With fewer dates than this, what looks regular may be chance."""
TIMEOUT_STEP = 60


@dataclass(frozen=True)
class ProcessorFacts:
    """What the history knows of one processor.

    `start_hours`: starts of the scheduled runs (of all runs, where a history does not tell them apart) as wall-clock
    hours after 00:00 of their data date. `dates`: data dates with such runs; `dates_without_games`: those of them
    without games, None without a game calendar. Quantiles of records are over succeeded runs that had any, of duration
    (seconds) over all succeeded runs; None without any. `no_data_share`: share of runs that failed for want of data.
    """

    name: str
    phase: int | None
    runs: int
    first_start: datetime
    last_start: datetime
    start_hours: tuple[float, ...] = ()
    dates: int = 0
    dates_without_games: int | None = None
    records_p5: float | None = None
    records_p50: float | None = None
    records_p95: float | None = None
    duration_p95: float | None = None
    no_data_share: float = 0.0


@dataclass(frozen=True)
class DraftProcessor:
    """One proposed registry entry; `doubts` tell what a person should look at before confirming it."""

    name: str
    phase: int
    expected_frequency: str
    slots: tuple[float, ...]
    polling: bool
    runs_on_no_game_days: bool | None
    records: tuple[int, int, int] | None
    timeout_seconds: int | None
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Names, sorted: in the history but not in the registry, and the reverse."""

    not_registered: tuple[str, ...]
    never_seen: tuple[str, ...]


def compare(registered: Iterable[str], seen: Iterable[str]) -> Comparison:
    known, found = set(registered), set(seen)
    return Comparison(tuple(sorted(found - known)), tuple(sorted(known - found)))


def infer(facts: ProcessorFacts) -> DraftProcessor:
    """Propose an entry from the facts. Nothing is proposed where the history says nothing."""
    found = slots_of(facts.start_hours, facts.dates)
    slots = found if len(found) <= MOST_SLOTS else ()
    polling = is_polling(facts.runs, facts.dates, len(found))
    return DraftProcessor(
        name=facts.name,
        phase=facts.phase if facts.phase is not None else 0,
        expected_frequency=frequency_label(len(slots), polling),
        slots=slots,
        polling=polling,
        runs_on_no_game_days=_runs_without_games(facts),
        records=_record_range(facts),
        timeout_seconds=timeout_from(facts.duration_p95),
        doubts=tuple(_doubts(facts, slots)),
    )


def slots_of(start_hours: Sequence[float], dates: int) -> tuple[float, ...]:
    """Hours at which starts gather on most dates, ascending. Starts before 00:00 of the data date, or later than three
    days after, are backfills and polls ahead.

    The densest window of `SLOT_WIDTH` is taken first and its starts removed, so that stray runs between two slots do
    not merge them. Within it the densest `SLOT_STEP` marks the slot: runs start at their slot or a little late.
    """
    hours = sorted(hour for hour in start_hours if 0 <= hour < LATEST_SLOT)
    needed = max(1, math.ceil(dates * PRESENT_ON_MOST_DATES))
    slots: list[float] = []
    while len(hours) >= needed:
        gathered = _densest_window(hours, SLOT_WIDTH)
        if len(gathered) < needed:
            break
        start = _densest_window(gathered, SLOT_STEP)[0]
        slots.append(round(math.floor(start / SLOT_STEP + EARLY_START) * SLOT_STEP, 4))
        hours = [hour for hour in hours if abs(hour - start) > SLOT_WIDTH]
    return tuple(sorted(set(slots)))


def _densest_window(hours: Sequence[float], width: float) -> Sequence[float]:
    """The most of the sorted hours that lie within `width` of each other; the earliest of equals."""
    best, end = (0, 0), 0
    for first, hour in enumerate(hours):
        end = max(end, first)
        while end < len(hours) and hours[end] <= hour + width:
            end += 1
        if end - first > best[1] - best[0]:
            best = (first, end)
    return hours[best[0] : best[1]]


def is_polling(runs: int, dates: int, slots: int) -> bool:
    """Many more attempts than slots; retries after a bad night do not make a poller."""
    return dates > 0 and (slots > MOST_SLOTS or runs / dates > POLLS_PER_SLOT * max(slots, 1))


def frequency_label(slots: int, polling: bool) -> str:
    """A word for people; only the slots are read by the calendar."""
    words = {0: "irregular", 1: "daily", 2: "twice_daily"}
    label = words.get(slots, f"{slots}_times_daily")
    return ("polling" if slots == 0 else f"{label}_and_polling") if polling else label


def timeout_from(duration_p95: float | None) -> int | None:
    """Twice the p95, rounded up to whole minutes."""
    if duration_p95 is None:
        return None
    return max(TIMEOUT_STEP, math.ceil(2 * duration_p95 / TIMEOUT_STEP) * TIMEOUT_STEP)


def _runs_without_games(facts: ProcessorFacts) -> bool | None:
    """None: it cannot be told."""
    if facts.dates_without_games is None or facts.dates < FEW_DATES:
        return None
    return facts.dates_without_games > 0


def _record_range(facts: ProcessorFacts) -> tuple[int, int, int] | None:
    """(min, typical, max) from p5, p50 and p95; None when no run reported records."""
    low, middle, high = facts.records_p5, facts.records_p50, facts.records_p95
    if low is None or middle is None or high is None:
        return None
    return math.floor(low), round(middle), math.ceil(high)


def _doubts(facts: ProcessorFacts, slots: tuple[float, ...]) -> Iterable[str]:
    if facts.phase is None:
        yield "phase: the history does not tell it"
    if facts.dates < FEW_DATES:
        yield f"only {facts.dates} dates with runs: slots may be chance"
    elif not slots:
        yield "schedule_hours_et: no start time is there on most dates"
    if facts.records_p95 is None:
        yield "expected_records: no run reported any; check the table before believing it"
    if facts.duration_p95 is None:
        yield "timeout_seconds: no run succeeded"
    if facts.no_data_share >= 0.9:
        yield f"{facts.no_data_share:.0%} of its runs found no data: is it sporadic?"
