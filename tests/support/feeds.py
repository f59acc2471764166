"""A recorded world that arrives row by row through sources of its own, each of which can be cut."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.sources import Feed, SourceFailed, SourcePlan
from bot.ports.sources import Batch
from bot.ports.warehouse import DataFile
from bot.services.sources import Connected, SourcesService
from tests.support.builders import Row
from tests.support.duck import duck

KNOWN_AT = {
    Feed.GAME_SCHEDULE: "game_date",
    Feed.RUNS: "inserted_at",
    Feed.TABLE_LOADS: "loaded_at",
    Feed.RAW_FILES: "created_at",
}
"""The column that says when a row came to be there; games are all there from the start."""


class Shelf:
    """A source in memory: rows in the order in which they came to be there. Cut, it cannot be read."""

    def __init__(self, feed: Feed, rows: Sequence[Row]) -> None:
        self._feed, self._at = feed, KNOWN_AT[feed]
        self.rows = sorted(rows, key=lambda row: row[self._at])
        self.cut: str | None = None

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        if self.cut is not None:
            raise SourceFailed(self.cut, "Check the network.")
        with tempfile.TemporaryDirectory() as folder:
            yield self._batches(int(cursor or 0), now, Path(folder) / "rows.ndjson")

    def _batches(self, taken: int, now: datetime, path: Path) -> Iterator[Batch]:
        there = len(self.rows)
        if self._feed is not Feed.GAME_SCHEDULE:
            there = sum(row[self._at].replace(tzinfo=UTC) <= now for row in self.rows)
        if there > taken:
            fresh = self.rows[taken:there]
            path.write_text("".join(json.dumps(row, default=str) + "\n" for row in fresh))
            yield Batch(str(there), DataFile(path, self._feed.value, self._feed.value, part=True, once=False))

    def check(self, now: datetime) -> str:  # noqa: ARG002 (the port's)
        return f"{len(self.rows)} rows"

    def close(self) -> None:
        """Nothing is held open."""


def shelves(world: Path) -> dict[Feed, Shelf]:
    """The rows of a data directory, each kind on a shelf of its own."""
    return {feed: Shelf(feed, _rows(world / f"{feed}.parquet")) for feed in KNOWN_AT}


def _rows(path: Path) -> list[dict[str, Any]]:
    with duck() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def connected(sources: Mapping[Feed, Shelf], hints: Any, every: timedelta) -> list[Connected]:
    plans = (SourcePlan(feed.value, "shelf", feed, every, timedelta()) for feed in sources)
    return [Connected(plan, sources[Feed(plan.name)], hints) for plan in plans]


def read_all(service: SourcesService) -> None:
    """Each source once, as their lanes do: one that fails holds back no other."""
    for plan in service.plans:
        try:
            service.sync(plan.name)
        except SourceFailed:
            continue
