"""A source of facts: reads what is new from where the team keeps it. Times are aware UTC."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.ports.warehouse import DataFile, GivenTable


@dataclass(frozen=True)
class Batch:
    """Some of what is new: at most one file of rows, or one table of them beside the warehouse, and where to go on once
    it is stored.

    The file lies in a folder of the source's own; it and the table are gone when the next batch is asked for. `cursor`
    is opaque to everybody else. `bytes_billed`: what reading it has cost, where that is counted. `warnings`: what could
    not be read, while the rest goes on; they hold until the next read. `rejected`: what came before it was rows and
    cannot be understood. `apart`: where a file of many is not taken as a whole, the same in smaller pieces.
    """

    cursor: str
    file: DataFile | GivenTable | None = None
    bytes_billed: int = 0
    warnings: tuple[str, ...] = ()
    rejected: int = 0
    apart: "Callable[[], Iterable[Batch]] | None" = None


@runtime_checkable
class TellsNews(Protocol):
    """A source that is told of what is new, and so knows without a read that there is nothing."""

    def nothing_new(self) -> bool: ...


class Source(Protocol):
    """One source. It holds no position: that is stored with the rows."""

    def batches(self, cursor: str | None, now: datetime) -> AbstractContextManager[Iterator[Batch]]:
        """What is new since a cursor (None: everything), in pieces that can be stored one by one. What a cursor was
        read up to is read again as far as rows may come late; a row that comes twice is recognised by the warehouse.

        Raises SourceFailed, also between batches: what was given before is good.
        """
        ...

    def check(self, now: datetime) -> str:
        """One line about what is there: rows, columns or files. Raises SourceFailed with the remedy."""
        ...

    def close(self) -> None:
        """Let go of what is open, and of what is remembered of earlier reads; the next one opens it again."""
        ...
