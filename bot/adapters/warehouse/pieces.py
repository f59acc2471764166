"""A file made of many small ones: each keeps its place in the ledger, and its name in what is said of its rows."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate

from bot.adapters.warehouse.engine import Session
from bot.adapters.warehouse.ledger import Ledger, fingerprint
from bot.adapters.warehouse.reading import Reading
from bot.domain.counts import plural
from bot.ports.warehouse import DataFile, GivenTable, NotAsOne, Piece


def pieces_of(files: Sequence[DataFile | GivenTable]) -> list[tuple[str, Piece]]:
    """The pieces of all files, each with its fingerprint."""
    return [(fingerprint(piece.file), piece) for file in files for piece in file.pieces]


def refuse_known(pieces: Sequence[tuple[str, Piece]], ledger: Ledger) -> None:
    """One that was read before is not read again, or with other words. Raises NotAsOne."""
    for print_, piece in pieces:
        if ledger.has_read(print_) or ledger.has_another_reading(print_):
            raise NotAsOne(f"{piece.file.name}: was read before")


def told_apart(file: DataFile | GivenTable, reading: Reading) -> Reading:
    """With what is said of rows by the piece that they are in. Raises NotAsOne where rows wait for their time, which
    hold only their own piece back, and where the rows are not those of the pieces.
    """
    if not file.pieces:
        return reading
    found, last_rows = reading.rows + reading.rejected_rows, [*accumulate(piece.rows for piece in file.pieces)]
    if found != last_rows[-1] or reading.overruled or reading.waiting or reading.held_back:
        raise NotAsOne(f"{file.name}: {plural(found, 'row')} of {plural(last_rows[-1], 'row')}")

    def place(row: int) -> tuple[str, int]:
        at = bisect_right(last_rows, row - 1)
        return file.pieces[at].file.name, row - (last_rows[at - 1] if at else 0)

    rejected = tuple(replace(row, file=place(row.row)[0], row=place(row.row)[1]) for row in reading.rejected)
    odd = tuple(
        replace(each, first_file=place(each.first_row)[0], first_row=place(each.first_row)[1]) for each in reading.odd
    )
    return replace(reading, rejected=rejected, odd=odd)


def remember_pieces(
    session: Session, pieces: Sequence[tuple[str, Piece]], ledger: Ledger, known_until: datetime | None, now: datetime
) -> None:
    """Write them into the ledger all at once."""
    session.run("lay_files")
    entries = [(ledger.entry(print_), piece.file.name, piece.rows) for print_, piece in pieces]
    session.fill("stage_files", ("fingerprint", "name", "row_count"), entries)
    session.run("remember_files", {"now": now, "known_until": known_until})
