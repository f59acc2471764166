"""Stage the files of a load, each by its own means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.adapters.warehouse.calendar_table import Days
from bot.adapters.warehouse.engine import Session
from bot.adapters.warehouse.pieces import told_apart
from bot.adapters.warehouse.reading import Reading, read
from bot.adapters.warehouse.staging_given import stage_given
from bot.adapters.warehouse.staging_runs import days_read
from bot.adapters.warehouse.unmatched import take_spellings
from bot.adapters.warehouse.values import Meaning
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import FILE_KINDS, RUNS, FileKind, kind_of
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.ports.warehouse import DataFile, GivenTable, Hints, NotAsOne, Progress


@dataclass(frozen=True)
class Staged:
    kind: FileKind
    file: DataFile | GivenTable
    fingerprint: str
    reading: Reading
    days: Days = (None, None)
    """Of runs: the first and the last data date."""


def in_order(files: Sequence[tuple[DataFile | GivenTable, str]]) -> list[tuple[DataFile | GivenTable, str]]:
    order = {kind.stem: at for at, kind in enumerate(FILE_KINDS)}
    return sorted(files, key=lambda file: order[file[0].kind])


def read_in(
    session: Session,
    file: DataFile | GivenTable,
    print_: str,
    meaning: Meaning,
    hints: Hints,
    progress: Progress,
    platform: PlatformFacts,
) -> Staged:
    kind = kind_of(file.kind)
    progress(f"reading {file.name}", 0)
    if isinstance(file, GivenTable):
        return Staged(kind, file, print_, *stage_given(session, file, replace(meaning, mapped=file.columns), hints.of))
    into = "stage_read" if kind is RUNS else f"stage_{kind.stem}"
    reading = _read(session, kind, file, into, replace(meaning, mapped=file.columns))
    if kind.stem == "table_loads":
        take_spellings(session.reader(), into, platform)
    if kind is not RUNS:
        session.adopt(into)
    if kind.trace:
        session.adopt(f"{into}_unclear")
    return Staged(kind, file, print_, reading, days_read(session.reader()) if kind is RUNS else (None, None))


def _read(session: Session, kind: FileKind, file: DataFile, into: str, meaning: Meaning) -> Reading:
    try:
        return told_apart(file, read(session.reader(), kind, file, into, meaning))
    except BadInput as error:
        if file.pieces:
            raise NotAsOne(str(error)) from error
        raise
