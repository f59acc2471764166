"""What there is to say of the files of a load."""

from collections.abc import Collection, Iterator, Sequence

from bot.adapters.warehouse.engine import Session
from bot.adapters.warehouse.merging_runs import Told
from bot.adapters.warehouse.refresh import Known
from bot.adapters.warehouse.staging import Staged
from bot.adapters.warehouse.staging_runs import unknown_spellings
from bot.domain.evidence.columns import RUNS
from bot.domain.platform.names import some_of
from bot.domain.redaction import visible
from bot.domain.sources import ZONE_UNSAID, zone_assumed
from bot.ports.warehouse import DataFile, Hints, SourceMark

WARNING = "warning"
SPELLING = "warning category "
"""Before a category that no vocabulary knows: the name of the fact that says so."""
SHOWN = 5
"""Columns that a message lists."""


def empty(staged: Sequence[Staged], before: Known) -> Iterator[str]:
    """What a file without any row says. Of the others, what is never seen is unknown."""
    for item in (item for item in staged if not item.reading.rows and item.file.once):
        if item.kind.stem in ("table_loads", "raw_files"):
            yield f"{item.file.name} has no rows: it says nothing, as if it were absent"
        elif item.kind.stem == "game_schedule" and before.games:
            yield f"{item.file.name} has no rows: the {len(before.games):,} games known before stay"
        elif item.kind.stem == "game_schedule":
            yield f"{item.file.name} has no rows: no date has games, until data per game comes"


def ignored(staged: Sequence[Staged]) -> Iterator[str]:
    """Columns that are none of ours."""
    for item in (item for item in staged if item.reading.ignored and not item.file.part):
        yield f"{item.file.name}: {_notread_in(item)}"


def unread(staged: Sequence[Staged], mark: SourceMark) -> dict[str, str]:
    """The same of a source, by the fact that keeps it: it is said once, not at each read."""
    parts = (item for item in staged if item.reading.ignored and item.file.part)
    source = mark.source
    return {
        f"unread columns of {source}.{item.kind.stem}": f"source {source}, {item.kind.stem}: {_notread_in(item)}"
        for item in parts
    }


def zoneless(staged: Sequence[Staged]) -> Iterator[str]:
    """Moments that are read as UTC, as nothing says otherwise."""
    columns = [f"{item.kind.stem} ({', '.join(item.reading.zoneless)})" for item in staged if item.reading.zoneless]
    if columns:
        yield f"moments without an offset are read as {ZONE_UNSAID}: {', '.join(columns)}"


def zoneless_of(staged: Sequence[Staged], mark: SourceMark, timezone: str | None) -> dict[str, str]:
    """The same of a source, by the fact that keeps it: it is said once, not at each read. No more with `timezone`."""
    return {
        f"no zone in {mark.source}.{item.kind.stem}": ""
        if timezone is not None
        else f"source {mark.source}: {zone_assumed(item.kind.stem, item.reading.zoneless)}"
        for item in staged
        if timezone is not None or item.reading.zoneless
    }


def _notread_in(item: Staged) -> str:
    names = item.reading.ignored
    which = "column" if len(names) == 1 else "columns"
    return f"{which} {some_of(names, SHOWN)} not read: Fireline has no such column"


def warnings_of(session: Session, item: Staged, hints: Hints) -> Iterator[tuple[str, str]]:
    """(name, text): of one name only the last is repeated under answers, save for `warning`."""
    stem, name = item.kind.stem, item.file.name
    for column in item.reading.missing:
        yield WARNING, f"{stem} has no column {column.name}: {column.instead or f'cannot tell {column.missing}'}"
    for said in item.reading.overruled:
        yield WARNING, f"{name}: {said}"
    for odd in item.reading.odd:
        values = f"1 value of {odd.column} is" if odd.rows == 1 else f"{odd.rows:,} values of {odd.column} are"
        place = f"row {odd.first_row}{f' of {odd.first_file}' if odd.first_file else ''}"
        yield (
            f"{WARNING} {stem}.{odd.column}",
            f"{name}: {values} unknown; the first, in {place}: {odd.first_reason}",
        )
    if item.kind is RUNS and item.reading.rows and isinstance(item.file, DataFile):
        for spelling, runs in unknown_spellings(session.reader(), hints.vocabulary.categories):
            known = f"failure_category {visible(spelling)!r} is in no vocabulary"
            counted = "1 failed run is" if runs == 1 else f"{runs:,} failed runs are"
            yield f"{SPELLING}{visible(spelling)}", f"{known}: its {counted} read as unknown"


def of_identity(item: Staged, told: Told, kept: Collection[str]) -> Iterator[tuple[str, str]]:
    """How the rows tell runs apart, where they do so poorly: of a source once, as each of its reads is alike. `kept`:
    the names of the facts that are known.
    """
    for name, text in _of_identity(item, told):
        once = f"{name} of {item.file.name}" if item.file.part else name
        if not item.file.part or once not in kept:
            yield once, text


def _of_identity(item: Staged, told: Told) -> Iterator[tuple[str, str]]:
    name, by = item.file.name, "identified by processor, data date and start"
    if told.unnamed and not any(column.name == "run_id" for column in item.reading.missing):
        have = "1 row has" if told.unnamed == 1 else f"{told.unnamed:,} rows have"
        yield f"{WARNING} runs without run_id", f"{name}: {have} no run_id: {by}"
    if told.differing:
        runs = "1 run" if told.differing == 1 else f"{told.differing:,} runs"
        text = f"the rows of {runs} without run_id differ in phase, attempt, trigger or status: the newest counts"
        yield f"{WARNING} runs that differ", f"{name}: {text}; export the run_id too"
    if told.two_ends:
        end = "1 run ends" if told.two_ends == 1 else f"{told.two_ends:,} runs end"
        said = f"{end} in two ways at the same moment (the first: {visible(told.two_ends_first)})"
        yield f"{WARNING} runs of two ends", f"{name}: {said}: a failure counts before any other end"
    if told.shared:
        named = "1 run id names" if told.shared == 1 else f"{told.shared:,} run ids name"
        said = f"{named} several runs ({told.shared_rows:,} rows, the first id: {visible(told.shared_first)})"
        yield f"{WARNING} {item.kind.stem}.run_id", f"{name}: {said}: {by}"
