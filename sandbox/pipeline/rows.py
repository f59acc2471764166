"""The rows that the outside world writes, in the columns of its database; instants in epoch seconds."""

from datetime import date
from typing import NamedTuple

from sandbox.pipeline.games import Game


class RunRow(NamedTuple):
    """One run. `completed_at`, `records_processed` and `duration_seconds` are None while it runs."""

    run_id: str
    processor_name: str
    phase: int
    data_date: date
    started_at: int
    completed_at: int | None
    status: str
    records_processed: int | None
    duration_seconds: float | None
    failure_category: str | None
    error_message: str | None
    attempt: int
    trigger: str
    last_heartbeat_at: int
    inserted_at: int


class LoadRow(NamedTuple):
    """A table's row count for a date after a load."""

    table_name: str
    data_date: date
    row_count: int
    loaded_at: int


class RawRow(NamedTuple):
    """A raw file; `path` is relative here, the writer makes it an address. Under 200 bytes means an empty file."""

    source: str
    data_date: date
    path: str
    size_bytes: int
    created_at: int


class GameRow(NamedTuple):
    """A game of the calendar; `final_utc` is None until it is over."""

    game_id: str
    game_date: date
    start_utc: int
    final_utc: int | None
    status: str


def game_row(game: Game, at: int) -> GameRow:
    """A game as known at `at`: the final time and status only once it is over."""
    return GameRow(game.game_id, game.day, game.start, game.final if game.final <= at else None, game.status(at))
