"""Everything known of (processor, date) as of a moment, from independent sources. Shared by every judgement."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.evidence.runs import DateState, InputKind, Traits
from bot.domain.platform.registry import Kind, Processor

SMALLEST_FILE = 200
"""Bytes; a smaller raw file is an empty answer of its source."""


class Expects(StrEnum):
    """On which dates a processor is expected to bring data."""

    PER_GAME = "per_game"
    PER_SLOT = "per_slot"
    NEVER = "never"
    UNKNOWN = "unknown"


def expectation(processor: Processor) -> Expects:
    """The rule that says on which dates data is due; what the registry leaves out is unknown."""
    if processor.sporadic:
        return Expects.NEVER
    per_game = processor.expected_records.per_game
    if per_game is None:
        return Expects.UNKNOWN
    return Expects.PER_GAME if per_game else Expects.PER_SLOT


def asks_games(processor: Processor) -> bool:
    """Whether games say on which dates it has something to do, as in `rules`: what comes on every slot asks none."""
    by_games = expectation(processor) is Expects.PER_GAME or not processor.runs_on_no_game_days
    return by_games and not processor.sporadic


def traits(processor: Processor) -> Traits:
    return Traits(sporadic=processor.sporadic, polling=processor.polling, input_kind=input_kind(processor))


def input_kind(processor: Processor) -> InputKind:
    """A raw file where a source is named (a scraper makes it and so has none), else the upstream tables."""
    if processor.kind is Kind.SCRAPER:
        return InputKind.NONE
    if processor.source is not None:
        return InputKind.FILE
    return InputKind.UPSTREAM if processor.dependencies else InputKind.NONE


@dataclass(frozen=True, kw_only=True)
class PlannedWindow:
    """An announced backfill or maintenance; usable from `announced_at`. Times are aware UTC."""

    kind: str
    processors: tuple[str, ...]
    start: datetime
    end: datetime
    announced_at: datetime
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The evidence for one (processor, date) as of `as_of`; times are aware UTC, None means unknown.

    `settled_at`: from when on its absence counts; `games_final`: games whose own end has passed;
    `first_file_at` is the first raw file that is not empty;
    `rows` is the table's latest row count for the date; `filled`: the data is there (table rows; a scraper's file);
    `partial`: too few rows, and no more is to come;
    `input_ready_at` is when what it works on was complete; `emptied_at`: when its table lost the rows that it had.
    """

    processor: str
    data_date: date
    as_of: datetime
    expected: bool | None
    games: int | None
    games_final: int
    judged_at: datetime | None
    settled_at: datetime | None
    first_file_at: datetime | None
    empty_file: bool
    rows: int | None
    filled: bool | None
    partial: bool
    input_kind: InputKind
    input_ready_at: datetime | None
    emptied_at: datetime | None
    windows: tuple[PlannedWindow, ...] = ()

    @property
    def state(self) -> DateState:
        judged = self.judged_at is not None and self.judged_at <= self.as_of
        return DateState(self.expected, self.filled, judged)
