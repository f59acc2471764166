"""The rows that the outside world writes, in the columns of the data directory; instants in epoch seconds."""

from datetime import date
from typing import NamedTuple

from sandbox.pipeline.games import Game
from sandbox.pipeline.moments import stamp


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

    def record(self) -> dict[str, object]:
        return {
            **self._asdict(),
            "data_date": self.data_date.isoformat(),
            "started_at": stamp(self.started_at),
            "completed_at": None if self.completed_at is None else stamp(self.completed_at),
            "last_heartbeat_at": stamp(self.last_heartbeat_at),
            "inserted_at": stamp(self.inserted_at),
        }


class LoadRow(NamedTuple):
    """A table's row count for a date after a load."""

    table_name: str
    data_date: date
    row_count: int
    loaded_at: int

    def record(self) -> dict[str, object]:
        return {**self._asdict(), "data_date": self.data_date.isoformat(), "loaded_at": stamp(self.loaded_at)}


class RawRow(NamedTuple):
    """A raw file; `path` is relative here, the writer makes it an address. Under 200 bytes means an empty file."""

    source: str
    data_date: date
    path: str
    size_bytes: int
    created_at: int

    def record(self) -> dict[str, object]:
        return {**self._asdict(), "data_date": self.data_date.isoformat(), "created_at": stamp(self.created_at)}


def game_record(game: Game, at: int) -> dict[str, object]:
    """A game as known at `at`: the final time and status only once it is over."""
    return {
        "game_id": game.game_id,
        "game_date": game.day.isoformat(),
        "start_utc": stamp(game.start),
        "final_utc": stamp(game.final) if game.final <= at else None,
        "status": game.status(at),
    }
