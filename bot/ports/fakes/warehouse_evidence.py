"""The evidence of a fake warehouse, date by date, from rows kept in dictionaries."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.evidence.expectation import SMALLEST_FILE, Evidence, Expects, PlannedWindow
from bot.domain.evidence.platform_facts import PlatformFacts, ProcessorPlatform
from bot.domain.evidence.runs import InputKind
from bot.ports.fakes.warehouse_files import Row

KEYS = {
    "game_schedule": ("game_id",),
    "raw_files": ("source", "data_date", "path", "created_at"),
    "table_loads": ("table_name", "data_date", "loaded_at"),
    "planned_windows": ("kind", "processors", "start_at", "announced_at"),
}
"""What tells the rows of a file apart; a later row with the same key replaces the earlier."""
AHEAD, ENOUGH_AHEAD = timedelta(days=400), timedelta(days=60)
"""The calendar is laid so far beyond the newest date, and anew when less than this of it is left."""


@dataclass
class EvidenceRows:
    """Rows by kind and key, the calendar, and the processors that it was laid for."""

    rows: dict[str, dict[tuple[object, ...], Row]] = field(default_factory=lambda: {kind: {} for kind in KEYS})
    processors: dict[str, ProcessorPlatform] = field(default_factory=dict)
    slots: dict[tuple[str, date], datetime | None] = field(default_factory=dict)

    def merge(self, kind: str, rows: list[Row]) -> int:
        """Take rows in; returns how many of them were not there before."""
        held = self.rows[kind]
        before = len(held)
        held.update({tuple(row[name] for name in KEYS[kind]): row for row in rows})
        return len(held) - before

    def lay_calendar(self, platform: PlatformFacts, run_dates: list[date], *, anew: bool) -> None:
        days = [row[name] for kind, name in _DATED for row in self.rows[kind].values()] + run_dates
        laid = [day for _, day in self.slots]
        if not days or (laid and not anew and min(laid) <= min(days) and max(laid) >= max(days) + ENOUGH_AHEAD):
            return
        self.processors = {processor.name: processor for processor in platform.processors}
        first, last = min([*days, *laid]), max([max(days) + AHEAD, *laid])
        self.slots = {(name, day): judged for name, day, judged in platform.judgements(first, last)}

    def of(self, name: str, day: date, as_of: datetime) -> Evidence | None:
        """None for a processor or a date that the calendar does not have."""
        if (name, day) not in self.slots:
            return None
        processor = self.processors[name]
        games = [row for row in self.rows["game_schedule"].values() if row["game_date"] == day]
        files = [
            row
            for row in self.rows["raw_files"].values()
            if row["source"] == processor.source and row["data_date"] == day and row["created_at"] <= as_of
        ]
        full = [row["created_at"] for row in files if row["size_bytes"] >= SMALLEST_FILE]
        loads = self._loads(processor.table, day, as_of)
        rows = max((row["loaded_at"], row["row_count"]) for row in loads)[1] if loads else None
        filled = None
        if processor.table is not None:
            filled = bool(rows) if self.rows["table_loads"] else None
        elif processor.file_is_output:
            filled = bool(full) if self.rows["raw_files"] else None
        return Evidence(
            processor=name,
            data_date=day,
            as_of=as_of,
            expected=self._expected(processor, day, bool(games)),
            games=len(games) or None,
            games_final=sum(row["final_utc"] is not None and row["final_utc"] <= as_of for row in games),
            judged_at=self.slots[name, day],
            first_file_at=min(full, default=None),
            empty_file=len(full) < len(files),
            rows=rows,
            filled=filled,
            input_kind=self._input_kind(processor),
            input_ready_at=self._ready_at(processor, day, min(full, default=None), as_of),
            windows=self._windows(name, as_of),
        )

    def newest_load(self, table: str | None) -> datetime | None:
        """When the table last got rows, for any date."""
        loads = self.rows["table_loads"].values()
        return max((row["loaded_at"] for row in loads if row["table_name"] == table and row["row_count"]), default=None)

    def announced(self, as_of: datetime) -> list[PlannedWindow]:
        found = (_window(row) for row in self.rows["planned_windows"].values())
        return [window for window in found if window.announced_at <= as_of]

    def _loads(self, table: str | None, day: date, as_of: datetime) -> list[Row]:
        return [
            row
            for row in self.rows["table_loads"].values()
            if row["table_name"] == table and row["data_date"] == day and row["loaded_at"] <= as_of
        ]

    def _expected(self, processor: ProcessorPlatform, day: date, has_games: bool) -> bool | None:
        if processor.expects is Expects.NEVER:
            return False
        if processor.expects is Expects.PER_SLOT:
            scheduled = self.slots[processor.name, day] is not None
            if not scheduled or processor.runs_on_no_game_days:
                return scheduled
        known_from = min((row["game_date"] for row in self.rows["game_schedule"].values()), default=None)
        if processor.expects is Expects.UNKNOWN or known_from is None or day < known_from:
            return None
        return has_games

    def _input_kind(self, processor: ProcessorPlatform) -> InputKind:
        """A kind of evidence that was never loaded leaves no trace."""
        stem = {InputKind.FILE: "raw_files", InputKind.UPSTREAM: "table_loads"}.get(processor.input_kind)
        return processor.input_kind if stem is None or self.rows[stem] else InputKind.NONE

    def _ready_at(
        self, processor: ProcessorPlatform, day: date, file: datetime | None, as_of: datetime
    ) -> datetime | None:
        if processor.input_kind is InputKind.FILE:
            return file
        if processor.input_kind is InputKind.NONE or not processor.upstream_tables:
            return None
        filled = [
            min((row["loaded_at"] for row in self._loads(table, day, as_of) if row["row_count"] > 0), default=None)
            for table in processor.upstream_tables
        ]
        known = [moment for moment in filled if moment is not None]
        return max(known) if len(known) == len(filled) else None

    def _windows(self, name: str, as_of: datetime) -> tuple[PlannedWindow, ...]:
        mine = [window for window in self.announced(as_of) if name in window.processors]
        return tuple(sorted(mine, key=lambda window: (window.start, window.kind, window.processors)))


_DATED = (("table_loads", "data_date"), ("raw_files", "data_date"), ("game_schedule", "game_date"))


def _window(row: Row) -> PlannedWindow:
    names = json.loads(row["processors"]) if row["processors"].startswith("[") else [row["processors"]]
    return PlannedWindow(
        kind=row["kind"],
        processors=tuple(names),
        start=row["start_at"],
        end=row["end_at"],
        announced_at=row["announced_at"],
        note=row["note"] or "",
    )
