"""The pipeline goes on living after the end of its history: rows as they become visible, faults, runs asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from sandbox.pipeline import database
from sandbox.pipeline.commands import Command, carry_out
from sandbox.pipeline.dates import incomplete, whole_dates
from sandbox.pipeline.faults import SHOWS_AT_ONCE, Fault
from sandbox.pipeline.fleet import Fleet
from sandbox.pipeline.history import engine_at_end, known_until
from sandbox.pipeline.moments import eastern_date, epoch, utc
from sandbox.pipeline.raw_store import store
from sandbox.pipeline.rows import GameRow, LoadRow, RawRow, RunRow, game_row
from sandbox.pipeline.runs import Run
from sandbox.pipeline.statefile import Saved
from sandbox.pipeline.stream import QuietPolls
from sandbox.pipeline.world import World

LONGEST_ARRIVAL = 4 * 3600
"""No row arrives later than this after its run's end."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What became visible in (since, until]. A run is its run_id: a later row replaces a `running` one.

    `games` are new or changed rows of the calendar (by game_id).
    """

    since: datetime
    until: datetime
    runs: tuple[RunRow, ...]
    table_loads: tuple[LoadRow, ...]
    raw_files: tuple[RawRow, ...]
    games: tuple[GameRow, ...]


class Pipeline:
    """One simulated pipeline on a directory that write_history made. Time comes from the caller.

    What becomes visible goes to its database, a step in one transaction; after a crash the last step may be written
    again with the same rows.
    """

    def __init__(self, directory: Path, calm: bool = True) -> None:
        """`calm`: only injected faults happen; otherwise the everyday troubles of the history go on.

        Raises FileNotFoundError without a history, RegistryIncomplete for its registry.
        """
        self._directory = directory
        self._saved = Saved.read(directory)
        registry = yaml.safe_load((directory / "registry.yaml").read_text(encoding="utf-8"))
        saved = self._saved
        self.world = World.create(Fleet.from_registry(registry), saved.seed, utc(saved.end), saved.days)
        self._engine = engine_at_end(self.world, calm)
        self._polls = QuietPolls(self._engine)
        for command in saved.commands:
            carry_out(self._engine, command)
        self._engine.run_until(saved.advanced_to)
        self._engine.ledger.take(saved.advanced_to)

    @property
    def advanced_to(self) -> datetime:
        return utc(self._saved.advanced_to)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults injected since the history ended, healed ones too."""
        return tuple(fault for fault in self._engine.faults.by_id.values() if fault.start >= self.world.end)

    def advance(self, to: datetime) -> Batch:
        """Let time pass up to `to` (aware, not before the last call) and write what became visible to the database."""
        since, until = self._saved.advanced_to, epoch(to)
        if until < since:
            raise ValueError(f"{to} lies before {utc(since)}, up to which the pipeline has run; time does not go back")
        self._engine.run_until(until)
        finished, loads, raws = self._engine.ledger.take(until)
        polls = list(self._polls.between(since, until))
        batch = Batch(
            since=utc(since),
            until=utc(until),
            runs=(*sorted([*finished, *polls], key=lambda row: row.inserted_at), *self._running(since, until)),
            table_loads=tuple(loads),
            raw_files=tuple(store(self.world, self._directory, row) for row in raws),
            games=tuple(self._games(since, until)),
        )
        self._write(batch)
        self._save(replace(self._saved, advanced_to=until))
        return batch

    def inject(
        self,
        name: str,
        now: datetime,
        processor: str | None = None,
        day: date | None = None,
        end: datetime | None = None,
    ) -> Fault:
        """Inject a fault of `faults.CATALOG` from now until `end` or until healed. Raises FaultError.

        With `day` only that data date is struck. If its slots are over already, the date is processed again from
        scratch at once, with everything that depends on it, so that the fault shows within minutes. `processor` may be
        left out for faults that strike a phase, the pollers or all.
        """
        until = None if end is None else epoch(end)
        return self._do(Command("inject", self._at(now), name, processor, day, until))  # type: ignore[no-any-return]

    def inject_visibly(self, name: str, now: datetime, processor: str | None = None) -> Fault:
        """The same for every date; and so that it shows within minutes at any hour, the latest date that is whole is
        processed again under the fault, if the fault shows there; of a broken deploy two, as one tells little of it.
        Raises FaultError.
        """
        fault = self.inject(name, now, processor)
        if name in SHOWS_AT_ONCE:
            for struck in self._showcase(fault, 2 if fault.kind.scope == "service" else 1):
                self._do(Command("start_over", self._at(now), name, *struck))
        return fault

    def heal(self, fault_id: str, now: datetime) -> Fault:
        """End a fault. Raises FaultError for an unknown or past one."""
        return self._do(Command("heal", self._at(now), fault_id))  # type: ignore[no-any-return]

    def heal_and_repair(self, fault_id: str, now: datetime) -> Fault:
        """The same, and every date that the fault has left incomplete is processed again. Raises FaultError."""
        fault = self.heal(fault_id, now)
        for name, day in incomplete(self._engine, fault):
            self._do(Command("reload", self._at(now), None, name, day))
        return fault

    def _showcase(self, fault: Fault, most: int) -> list[tuple[str, date]]:
        """Whom of the fault's processors to strike, the gravest first, and the latest dates that it has whole."""
        fleet = self.world.fleet
        gravest = sorted(fault.targets, key=lambda name: (fleet.by_name[name].criticality != "CRITICAL", name))
        found = ((name, list(islice(whole_dates(self._engine, fleet.by_name[name]), most))) for name in gravest)
        return next(([(name, day) for day in days] for name, days in found if days), [])

    def process(self, processor: str, day: date, now: datetime) -> Run:
        """Start a run that a person asked for. Raises UnknownProcessor or InFlight."""
        return self._do(Command("process", self._at(now), None, processor, day))  # type: ignore[no-any-return]

    def clear(self, processor: str, day: date, now: datetime) -> None:
        """Take away the marker that a date is done. Raises UnknownProcessor."""
        self._do(Command("clear", self._at(now), None, processor, day))

    def under_way(self) -> tuple[Run, ...]:
        """Runs that have not ended."""
        return tuple(self._engine.running.values())

    def end(self, run: Run, now: datetime) -> None:
        """From outside, before it would end by itself."""
        self._do(Command("end", self._at(now), None, run.attempt.processor.name, run.attempt.day))

    def _at(self, now: datetime) -> int:
        """Commands take effect in their order: never before what has already happened."""
        return max(epoch(now), self._engine.reached)

    def _do(self, command: Command) -> Any:
        result = carry_out(self._engine, command)
        self._save(replace(self._saved, commands=(*self._saved.commands, command)))
        return result

    def _save(self, saved: Saved) -> None:
        saved.write(self._directory)
        self._saved = saved

    def _running(self, since: int, until: int) -> list[RunRow]:
        """Runs in flight or not yet recorded, if they are new or gave a sign of life since the last call."""
        rows = []
        for run in self._engine.running.values():
            last = run.heartbeat(until)
            if run.attempt.at <= until and (run.attempt.at > since or last > since):
                rows.append(_as_running(self._engine.ledger.final_row(run), last))
        for row in self._engine.ledger.waiting(until - LONGEST_ARRIVAL):
            if since < row.started_at <= until:
                rows.append(_as_running(row, min(row.last_heartbeat_at, until)))
        return sorted(rows, key=lambda row: (row.started_at, row.run_id))

    def _games(self, since: int, until: int) -> list[GameRow]:
        known, first = known_until(since), eastern_date(since) - timedelta(days=1)
        days: Sequence[date] = [first + timedelta(days=n) for n in range((known_until(until) - first).days + 1)]
        return [
            game_row(game, until)
            for day in days
            for game in self.world.calendar.games(day)
            if day > known or since < game.start <= until or since < game.final <= until
        ]

    def _write(self, batch: Batch) -> None:
        tables: dict[str, Sequence[Sequence[object]]] = {
            "game_schedule": batch.games,
            "raw_files": batch.raw_files,
            "table_loads": batch.table_loads,
            "processor_run_history": batch.runs,
        }
        database.write(self._directory, {table: rows for table, rows in tables.items() if rows})


def _as_running(row: RunRow, heartbeat: int) -> RunRow:
    return row._replace(
        completed_at=None,
        status="running",
        records_processed=None,
        duration_seconds=None,
        failure_category=None,
        error_message=None,
        last_heartbeat_at=heartbeat,
        inserted_at=heartbeat,
    )
