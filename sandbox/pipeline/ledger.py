"""What the world has written and nobody has read yet: rows by the time at which they become visible."""

import heapq
from datetime import date
from typing import TypeVar

from sandbox.pipeline.categories import recorded
from sandbox.pipeline.chance import unit
from sandbox.pipeline.moments import HOUR, stamp
from sandbox.pipeline.rows import LoadRow, RawRow, RunRow
from sandbox.pipeline.runs import Run
from sandbox.pipeline.world import World

Row = TypeVar("Row")

LATE_SHARE = 0.002
"""Share of history rows that arrive one to three hours late."""


class Ledger:
    """Finished runs, table loads and raw files, taken out in the order of their visibility."""

    def __init__(self, world: World, troubled_until: int) -> None:
        """`troubled_until`: rows of runs that start before that instant may arrive late."""
        self._world = world
        self._troubled_until = troubled_until
        self._runs: list[tuple[int, str, RunRow]] = []
        self._loads: list[tuple[int, str, LoadRow]] = []
        self._raws: list[tuple[int, str, RawRow]] = []

    def run(self, run: Run) -> None:
        row = self.final_row(run)
        heapq.heappush(self._runs, (row.inserted_at, row.run_id, row))

    def load(self, table: str, day: date, rows: int, at: int) -> None:
        heapq.heappush(self._loads, (at, f"{table} {day}", LoadRow(table, day, rows, at)))

    def raw(self, source: str, day: date, size: int, at: int) -> None:
        name = "data" if size > 2 else "empty"
        path = f"{source}/{day}/{name}-{stamp(at).replace(' ', 'T').replace(':', '')}.json"
        heapq.heappush(self._raws, (at, path, RawRow(source, day, path, size, at)))

    def take(self, until: int) -> tuple[list[RunRow], list[LoadRow], list[RawRow]]:
        """Everything that is visible at `until` and was not taken before."""
        return _pop(self._runs, until), _pop(self._loads, until), _pop(self._raws, until)

    def waiting(self, since: int) -> list[RunRow]:
        """Finished runs whose rows have not arrived, started at `since` or later."""
        return [row for _, _, row in self._runs if row.started_at >= since]

    def final_row(self, run: Run) -> RunRow:
        attempt, outcome = run.attempt, run.outcome
        processor, chance = attempt.processor, unit(run.run_id, "delay")
        is_late = chance < LATE_SHARE and attempt.at < self._troubled_until and not attempt.asked
        late = HOUR + int(chance / LATE_SHARE * 2 * HOUR) if is_late else 0
        category = outcome.category and recorded(
            self._world, processor, outcome.category, attempt.at, unit(run.run_id, "category")
        )
        return RunRow(
            run.run_id,
            processor.name,
            processor.phase,
            attempt.day,
            attempt.at,
            run.ends,
            outcome.status,
            outcome.records,
            outcome.duration,
            category,
            outcome.message,
            attempt.number,
            attempt.trigger,
            run.heartbeat(run.ends),
            run.ends + 1 + int(chance * 19) + late,
        )


def _pop(heap: list[tuple[int, str, Row]], until: int) -> list[Row]:
    taken = []
    while heap and heap[0][0] <= until:
        taken.append(heapq.heappop(heap)[2])
    return taken
