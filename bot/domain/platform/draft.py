"""What a processor's run history says of how it is meant to run: its slots, polling, record range and time limit.

Each value has its evidence and how sure it is; nothing is proposed where the history says nothing.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.platform.data_lag import lag_of
from bot.domain.platform.draft_dues import FEW_DATES, PER_GAME, Brought
from bot.domain.platform.registry import MOST_PHASE

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
FEW_RUNS = 5
"""Fewer runs than this show neither a range nor a limit."""
UNKNOWN_RHYTHM = "unknown"
DATA_LAG = "data_lag_days"
MANY_DATES = 14
TWO_WEEKS = timedelta(days=14)
TIMEOUT_STEP = 60
QUIET = 3
"""Times its longest usual gap: silence for longer says that a processor has ended, or not yet begun."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class ProcessorFacts:
    """What the history knows of one processor.

    `starts`: (data date, start to the minute) of the scheduled runs, of all runs where a history does not tell them
    apart. `dates`: data dates with runs; `dates_without_games`: those of them without games, None without a game
    calendar. Quantiles of records are over succeeded runs that had any, of duration (seconds) over all succeeded runs;
    None without any. `no_data_share`: share of runs that failed for want of data.
    """

    name: str
    phase: int | None
    runs: int
    first_start: datetime
    last_start: datetime
    starts: tuple[tuple[date, datetime], ...] = ()
    dates: int = 0
    dates_without_games: int | None = None
    brought: Brought = field(default_factory=Brought)
    records_p5: float | None = None
    records_p50: float | None = None
    records_p95: float | None = None
    duration_p95: float | None = None
    no_data_share: float = 0.0

    def hours(self, zone: ZoneInfo) -> list[float]:
        """Starts as wall-clock hours after 00:00 of their data date."""
        walls = ((started.astimezone(zone).replace(tzinfo=None), day) for day, started in self.starts)
        return [(wall - datetime.combine(day, time())).total_seconds() / 3600 for wall, day in walls]

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Data dates of the starts, ascending."""
        return tuple(sorted({day for day, _ in self.starts}))


@dataclass(frozen=True)
class Evidence:
    """What a proposed value rests on."""

    text: str
    confidence: Confidence

    def __str__(self) -> str:
        return f"{self.confidence} confidence: {self.text}"


@dataclass(frozen=True)
class DraftProcessor:
    """One proposed registry entry. `evidence` by field; `doubts`: what to look at before confirming it."""

    name: str
    phase: int | None
    expected_frequency: str
    slots: tuple[float, ...]
    polling: bool | None
    runs_on_no_game_days: bool | None
    records: tuple[int, int, int] | None
    timeout_seconds: int | None
    doubts: tuple[str, ...]
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    weekdays: tuple[int, ...] = ()
    """Of its slots, where they are not due on all: 0 is Monday."""
    first: date | None = None
    last: date | None = None
    """The data dates between which it is in service, as far as they show."""
    crons: tuple[str, ...] = ()
    timezone: str | None = None
    per_game: bool | None = None
    """False: data is due on every date with a slot; None: the history does not show when."""
    dependencies: tuple[str, ...] = ()
    owner: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Comparison:
    """Names, sorted: in the history but not in the registry, and the reverse."""

    not_registered: tuple[str, ...]
    never_seen: tuple[str, ...]


def compare(registered: Iterable[str], seen: Iterable[str]) -> Comparison:
    known, found = set(registered), set(seen)
    return Comparison(tuple(sorted(found - known)), tuple(sorted(known - found)))


def infer(facts: ProcessorFacts, zone: ZoneInfo, known: tuple[datetime, datetime] | None = None) -> DraftProcessor:
    """Propose an entry from the facts; `known`: the first and last start of the whole history."""
    found = slots_of(facts.hours(zone), facts.dates)
    slots = found if len(found) <= MOST_SLOTS and facts.dates >= FEW_DATES else ()
    tells = facts.dates >= FEW_DATES or facts.runs > MOST_SLOTS
    polling = is_polling(facts.runs, facts.dates, len(found)) if tells else None
    weekly = weekdays_of(facts) if slots else None
    ended = _ended(facts, known) if known is not None else None
    began = _began(facts, known) if known is not None else None
    proposed = slots if weekly is None or weekly.days else ()
    frequency = frequency_label(len(slots), bool(polling)) if facts.dates >= FEW_DATES or polling else UNKNOWN_RHYTHM
    return DraftProcessor(
        name=facts.name,
        phase=facts.phase if facts.phase is not None and 0 <= facts.phase <= MOST_PHASE else None,
        expected_frequency=weekly.label if weekly else frequency,
        slots=proposed,
        polling=polling,
        runs_on_no_game_days=_runs_without_games(facts),
        records=_record_range(facts),
        timeout_seconds=timeout_from(facts.duration_p95) if facts.runs >= FEW_RUNS else None,
        doubts=tuple(_doubts(facts, slots, weekly, ended)),
        evidence=_evidence(facts, slots, zone, weekly, ended or began),
        weekdays=weekly.days if weekly else (),
        first=facts.days[0] if began else None,
        last=facts.days[-1] if ended else None,
        per_game=False if facts.dates_without_games is None and facts.brought.each_time else None,
    )


@dataclass(frozen=True)
class Weekly:
    """Runs on some days of the week only: on `days` (0 is Monday), none where no day is regular."""

    label: str
    text: str
    days: tuple[int, ...] = ()


def weekdays_of(facts: ProcessorFacts) -> Weekly | None:
    """None where it runs on (nearly) every day, or on game days."""
    days = facts.days
    if not days or facts.dates_without_games == 0:
        return None
    span = [days[0] + timedelta(days=ahead) for ahead in range((days[-1] - days[0]).days + 1)]
    ran = set(days)
    few = f"{len(days)} of {plural(len(span), 'date')}"
    if len(span) < TWO_WEEKS.days:
        skips = len(span) - len(days) > 1
        return Weekly("irregular", f"runs on {few}, too few to say which") if skips else None
    of_day = {at: [day for day in span if day.weekday() == at] for at in range(7)}
    hits = {at: sum(day in ran for day in of_day[at]) for at in range(7)}
    usual = [at for at in range(7) if hits[at] >= PRESENT_ON_MOST_DATES * len(of_day[at])]
    if len(usual) == 7:
        return None
    if not usual:
        return Weekly("irregular", f"runs on {few}, on no day of the week regularly")
    named = ", ".join(WEEKDAYS[at] for at in usual)
    on, off = sum(hits[at] for at in usual), sum(len(of_day[at]) for at in usual)
    others = sum(hits.values()) - on
    label = "weekdays" if usual == [0, 1, 2, 3, 4] else "weekly" if len(usual) == 1 else "some_weekdays"
    return Weekly(
        label, f"runs on {named}: {on} of {off} of these, {others} of {len(span) - off} other dates", tuple(usual)
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
        gathered = densest_window(hours, SLOT_WIDTH)
        if len(gathered) < needed:
            break
        start = densest_window(gathered, SLOT_STEP)[0]
        slots.append(round(math.floor(start / SLOT_STEP + EARLY_START) * SLOT_STEP, 4))
        hours = [hour for hour in hours if abs(hour - start) > SLOT_WIDTH]
    return tuple(sorted(set(slots)))


def densest_window(hours: Sequence[float], width: float) -> Sequence[float]:
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
    """None: it is unknown."""
    if facts.dates_without_games is None or facts.dates < FEW_DATES:
        return None
    return facts.dates_without_games > 0


def _record_range(facts: ProcessorFacts) -> tuple[int, int, int] | None:
    """(min, typical, max) from p5, p50 and p95; None when no run, or hardly one, reported records."""
    if facts.runs < FEW_RUNS:
        return None
    low, middle, high = facts.records_p5, facts.records_p50, facts.records_p95
    if low is None or middle is None or high is None:
        return None
    return math.floor(low), round(middle), math.ceil(high)


def _long(facts: ProcessorFacts) -> timedelta:
    """Silence for longer tells something."""
    gaps = [(after - before).days for before, after in zip(facts.days, facts.days[1:], strict=False)]
    return QUIET * timedelta(days=max([1, *gaps]))


def _ended(facts: ProcessorFacts, known: tuple[datetime, datetime]) -> str | None:
    """That it runs no more; None where it does."""
    if not facts.days or known[1] - facts.last_start <= _long(facts):
        return None
    return f"no run after {facts.last_start:%Y-%m-%d}, while the history goes on to {known[1]:%Y-%m-%d}: has it ended?"


def _began(facts: ProcessorFacts, known: tuple[datetime, datetime]) -> str | None:
    """That it is younger than the history; None where it is not."""
    if not facts.days or facts.first_start - known[0] <= _long(facts):
        return None
    return f"no run before {facts.first_start:%Y-%m-%d}, while the history begins on {known[0]:%Y-%m-%d}"


def _evidence(
    facts: ProcessorFacts, slots: tuple[float, ...], zone: ZoneInfo, weekly: Weekly | None, span: str | None
) -> dict[str, Evidence]:
    """By field of the registry."""
    by_dates = _confidence(facts.dates)
    seen = f"{plural(facts.runs, 'run')} on {plural(facts.dates, 'date')}"
    found = {
        "phase": Evidence("its runs name it", Confidence.HIGH),
        "expected_frequency": Evidence(weekly.text if weekly else seen, by_dates),
        "polling": Evidence(f"{seen}, {plural(len(slots), 'slot')} a date", by_dates),
        "expected_records": Evidence("p5, p50 and p95 of the runs with records, within 1 %", by_dates),
        PER_GAME: Evidence(facts.brought.text, _confidence(facts.brought.counted, facts.brought.share)),
        "runs_on_no_game_days": Evidence(
            f"{facts.dates_without_games} of {plural(facts.dates, 'date')} had no games", by_dates
        ),
    }
    if facts.duration_p95 is not None:
        found["timeout_seconds"] = Evidence(f"twice the p95 of {facts.duration_p95:.1f} s", by_dates)
    if weekly and weekly.days:
        found["calendar"] = Evidence(weekly.text, by_dates)
    if span:
        found["active"] = Evidence(span, by_dates)
    if slots:
        hours = facts.hours(zone)
        near = min(sum(0 <= hour - slot + SLOT_STEP < SLOT_WIDTH for hour in hours) for slot in slots)
        share = min(1.0, near / max(facts.dates, 1))
        text = f"each starts on {share:.0%} of {plural(facts.dates, 'date')}"
        found["schedule_hours_et"] = Evidence(text, _confidence(facts.dates, share))
        found[DATA_LAG] = _lag_evidence(facts, slots, hours)
    return found


def _lag_evidence(facts: ProcessorFacts, slots: tuple[float, ...], hours: Sequence[float]) -> Evidence:
    """How sure it is that starts lie so many days after their data date: `hours` after its midnight."""
    lag = lag_of(slots) or 0
    there = sum(lag_of([hour]) == lag for hour in hours)
    days = f"{plural(lag, 'day')} after" if lag else "on"
    text = f"{there:,} of {plural(len(hours), 'start')} {'lie' if there != 1 else 'lies'} {days} the data date"
    return Evidence(text, _confidence(facts.dates, there / len(hours)))


def _confidence(dates: int, share: float = 1.0) -> Confidence:
    if dates >= MANY_DATES and share >= 0.9:
        return Confidence.HIGH
    return Confidence.MEDIUM if dates >= FEW_DATES and share >= 0.75 else Confidence.LOW


def _doubts(facts: ProcessorFacts, slots: tuple[float, ...], weekly: Weekly | None, ended: str | None) -> Iterable[str]:
    if facts.phase is None:
        yield "phase: the history does not tell it"
    elif not 0 <= facts.phase <= MOST_PHASE:
        yield f"phase: the history says {facts.phase}; a phase is 0 to {MOST_PHASE}"
    yield from _no_slots(facts, slots, weekly, ended)
    if facts.dates_without_games is None and not facts.brought.each_time:
        yield facts.brought.doubt
    if facts.no_data_share >= 0.9:
        yield f"{facts.no_data_share:.0%} of its runs found no data: is it sporadic?"
    if facts.runs < FEW_RUNS:
        yield f"expected_records, timeout_seconds: only {plural(facts.runs, 'run')}, too few to tell"
        return
    if facts.records_p95 is None:
        yield "expected_records: no run reported any; check the table before believing it"
    if facts.duration_p95 is None:
        yield "timeout_seconds: no duration of a run that succeeded is known"


def _no_slots(
    facts: ProcessorFacts, slots: tuple[float, ...], weekly: Weekly | None, ended: str | None
) -> Iterable[str]:
    """Why none are proposed."""
    if ended:
        yield f"active: {ended}"
    if weekly and not weekly.days:
        at = ", ".join(f"{slot:g}" for slot in slots)
        yield f"schedule: {weekly.text}. Its slots ({at}) would be due on every date: not proposed"
    elif facts.dates < FEW_DATES:
        yield f"schedule: only {plural(facts.dates, 'date')} with runs show no rhythm"
    elif not slots:
        yield "schedule: no start time is there on most dates"
