"""The columns of the files of a data directory: names, aliases, types, and what their absence costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import suggest


class Type(StrEnum):
    TEXT = "text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    TIME = "a timestamp"
    DATE = "a date"


@dataclass(frozen=True)
class Column:
    """`missing` says what is unknown when the whole column is absent, `instead` what takes its place; a required
    column has neither.

    `is_name`: names something, so it is short and without control characters. `past`: a moment that has been.
    """

    name: str
    type: Type
    required: bool = False
    aliases: tuple[str, ...] = ()
    missing: str = ""
    instead: str = ""
    allowed: tuple[str, ...] = ()
    not_negative: bool = False
    is_name: bool = False
    past: bool = False


@dataclass(frozen=True)
class FileKind:
    """One kind of file: its stem in the directory, its columns, and the columns that tell its rows apart. `trace`:
    those that say of what, about which date and when something came; a row that cannot be used still says as much.
    """

    stem: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    trace: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


RUNS = FileKind(
    "runs",
    (
        Column("run_id", Type.TEXT, is_name=True, instead="runs are identified by processor, data date and start"),
        Column("processor_name", Type.TEXT, required=True, is_name=True),
        Column(
            "phase",
            Type.INTEGER,
            missing="the phase of processors that the registry does not name",
            not_negative=True,
        ),
        Column("data_date", Type.DATE, required=True),
        Column("started_at", Type.TIME, required=True, past=True),
        Column("completed_at", Type.TIME, past=True, missing="when a run ended"),
        Column("status", Type.TEXT, required=True, allowed=("success", "failed", "skipped", "running")),
        Column(
            "records_processed",
            Type.INTEGER,
            missing="which successful runs brought no records",
            not_negative=True,
        ),
        Column(
            "duration_seconds", Type.NUMBER, missing="durations, where completed_at is absent too", not_negative=True
        ),
        Column(
            "failure_category",
            Type.TEXT,
            is_name=True,
            missing="the recorded cause: failures are classified by evidence and text",
        ),
        Column(
            "error_message", Type.TEXT, missing="the error text: failures without a category rest on evidence alone"
        ),
        Column("attempt", Type.INTEGER, missing="which runs were repeated attempts", not_negative=True),
        Column("trigger", Type.TEXT, is_name=True, missing="scheduled runs from polls, retries and backfills"),
        Column("last_heartbeat_at", Type.TIME, past=True, missing="a hung run from a long one that is alive"),
        Column(
            "inserted_at",
            Type.TIME,
            past=True,
            missing="when a row became known: its end, or else its start, is taken for it",
        ),
    ),
    ("run_id",),
)

TABLE_LOADS = FileKind(
    "table_loads",
    (
        Column("table_name", Type.TEXT, required=True, is_name=True),
        Column("data_date", Type.DATE, required=True),
        Column("row_count", Type.INTEGER, required=True, not_negative=True),
        Column("loaded_at", Type.TIME, required=True, past=True),
    ),
    ("table_name", "data_date", "loaded_at"),
    trace=("table_name", "data_date", "loaded_at"),
)

RAW_FILES = FileKind(
    "raw_files",
    (
        Column("source", Type.TEXT, required=True, is_name=True),
        Column("data_date", Type.DATE, required=True),
        Column("path", Type.TEXT, required=True, is_name=True),
        Column(
            "size_bytes",
            Type.INTEGER,
            missing="which raw files are empty: each is taken for one that is not",
            not_negative=True,
        ),
        Column("created_at", Type.TIME, required=True, past=True),
    ),
    ("source", "data_date", "path", "created_at"),
    trace=("source", "data_date", "created_at"),
)

GAME_SCHEDULE = FileKind(
    "game_schedule",
    (
        Column("game_id", Type.TEXT, required=True, is_name=True),
        Column("game_date", Type.DATE, required=True),
        Column("start_utc", Type.TIME, missing="when games start"),
        Column("final_utc", Type.TIME, missing="which games have ended"),
        Column("status", Type.TEXT, is_name=True, missing="the schedule's own word on a game"),
    ),
    ("game_id",),
)

PLANNED_WINDOWS = FileKind(
    "planned_windows",
    (
        Column("kind", Type.TEXT, required=True, is_name=True),
        Column("processors", Type.TEXT, required=True, is_name=True),
        Column("start_at", Type.TIME, required=True, aliases=("start",)),
        Column("end_at", Type.TIME, required=True, aliases=("end",)),
        Column("announced_at", Type.TIME, required=True),
        Column("note", Type.TEXT, missing="why a window was planned"),
    ),
    ("kind", "processors", "start_at", "announced_at"),
)

FILE_KINDS = (GAME_SCHEDULE, RAW_FILES, TABLE_LOADS, PLANNED_WINDOWS, RUNS)
"""In loading order: evidence first, so that runs are counted with it."""


def kind_of(stem: str) -> FileKind:
    """The kind of a file by what its name begins with, such as `runs`."""
    return next(kind for kind in FILE_KINDS if kind.stem == stem)


def unknown_column(name: str, kinds: Iterable[FileKind] = FILE_KINDS) -> str | None:
    """What to say of a name that is no column of such files; None: it is one."""
    ours = {column.name for kind in kinds for column in kind.columns}
    return None if name in ours else f"{name!r} is no column of Fireline's. {suggest(name, ours)}".rstrip()
