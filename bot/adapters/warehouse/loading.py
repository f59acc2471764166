"""Load data files: read all, refuse what makes no sense, then change everything in one step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from bot.adapters.warehouse.calendar_table import lay_calendar
from bot.adapters.warehouse.columns import FILE_KINDS, RUNS, FileKind
from bot.adapters.warehouse.engine import Engine, Session, Value
from bot.adapters.warehouse.ledger import Ledger, fingerprint
from bot.adapters.warehouse.marks import learnt, source_marks
from bot.adapters.warehouse.merging_runs import NAMELESS, YES, MergedRuns, merge_runs
from bot.adapters.warehouse.reading import Reading, read
from bot.adapters.warehouse.refresh import Changes, Known, known, refresh_all, refresh_evidence, refresh_hours
from bot.adapters.warehouse.sights import sights
from bot.adapters.warehouse.staging_runs import nameless as nameless_rows
from bot.adapters.warehouse.staging_runs import shared_ids, stage_runs, unknown_spellings
from bot.adapters.warehouse.unfinished import is_unfinished
from bot.adapters.warehouse.unmatched import note, other_dates, take_spellings, unmatched_names
from bot.adapters.warehouse.values import Meaning
from bot.domain.errors import BadInput
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.platform.names import some_of
from bot.domain.redaction import visible
from bot.domain.sources import Feed
from bot.ports.warehouse import DataFile, FileReport, Hints, LoadReport, Progress, RejectedRow, SourceMark

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
WARNING = "warning"
SPELLING = "warning category "
"""Before a category that no vocabulary knows: the name of the fact that says so."""
SHOWN = 5
"""Columns that a message lists."""


@dataclass(frozen=True)
class _Staged:
    kind: FileKind
    file: DataFile
    fingerprint: str
    reading: Reading


class Loader:
    """Keeps the raw tables, the evidence and the roll-up in step."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(
        self,
        files: Sequence[DataFile],
        platform: PlatformFacts,
        hints: Hints,
        now: datetime,
        progress: Progress,
        mark: SourceMark | None = None,
    ) -> LoadReport:
        prints = {file.path: fingerprint(file) for file in files}
        given = {"fingerprints": ",".join(prints.values())}
        entries = {text for (text,) in self._engine.rows("loaded_fingerprints", given)}
        ledger = Ledger(entries, hints.vocabulary.fingerprint)
        facts = set(self._engine.rows("facts"))
        fresh = [file for file in files if not file.once or not ledger.has_read(prints[file.path])]
        old = tuple(FileReport(file.name, already_loaded=True) for file in files if file not in fresh)
        rebuild = is_unfinished(facts)
        new_platform = rebuild or ("platform", platform.fingerprint) not in facts
        new_document = ("registry", platform.document) not in facts
        new_rules = rebuild or ("rules", hints.fingerprint) not in facts
        if not fresh and not new_document and not new_platform and not new_rules and mark is None:
            return LoadReport(files=old)
        with self._engine.write() as session:
            meaning = Meaning(hints.vocabulary, platform.zone.key, now)
            staged = [_read(session, file, prints[file.path], meaning, progress, platform) for file in _in_order(fresh)]
            before = known(session)
            evidence = [_merge_evidence(session, item, progress, now) for item in staged if item.kind is not RUNS]
            with_runs = [item for item in staged if item.kind is RUNS and item.reading.rows]
            stems = {item.kind.stem for item in staged if item.kind is not RUNS or item in with_runs}
            moved = lay_calendar(session, platform, stems, rebuild=new_platform)
            if new_rules:
                _hint_again(session, hints)
            nameless = (NAMELESS, YES) in facts
            runs = [_merge_runs(session, item, hints, progress, ledger, nameless=nameless) for item in with_runs]
            appended, newest = all(run.appended for run in runs), runs[0].newest if runs else None
            changes = Changes(frozenset(stems), moved or new_rules, new_platform, appended, newest, now)
            touched = [refresh_evidence(session, platform, changes, before)]
            if new_rules or new_platform:
                touched.append(_count_again(session, platform, hints))
            elif runs:
                touched.append(refresh_hours(session))
            if new_document:
                session.run("remember_fact", {"name": "registry", "value": platform.document})
            unmatched = note(session, _unmatched(session, platform, staged, mark, anew=new_platform), facts)
            warnings = (
                *_empty(staged, before),
                *_ignored(staged),
                *_remember(session, staged, hints, ledger, now),
                *unmatched,
            )
            if mark is not None:
                _move(session, mark, staged, now)
        rejected = tuple(row for item in staged for row in item.reading.rejected)
        touched_from = min((moment for moment in touched if moment is not None), default=now)
        merged = (_report(item, *run.counts) for item, run in zip(with_runs, runs, strict=True))
        useless = (_report(item, 0, 0, 0) for item in staged if item.kind is RUNS and not item.reading.rows)
        waiting = sum(item.reading.waiting for item in staged)
        return LoadReport((*old, *evidence, *merged, *useless), rejected, warnings, touched_from, waiting)

    def rebuild(self) -> int:
        with self._engine.write() as session:
            refresh_all(session)
            ((runs,),) = session.rows("count_runs")
        return int(runs)


def _in_order(files: Sequence[DataFile]) -> list[DataFile]:
    order = {kind.stem: at for at, kind in enumerate(FILE_KINDS)}
    return sorted(files, key=lambda file: order[file.kind])


def _read(
    session: Session, file: DataFile, print_: str, meaning: Meaning, progress: Progress, platform: PlatformFacts
) -> _Staged:
    kind = next(kind for kind in FILE_KINDS if kind.stem == file.kind)
    progress(f"reading {file.name}", 0)
    into = "stage_read" if kind is RUNS else f"stage_{kind.stem}"
    reading = read(session.reader(), kind, file, into, replace(meaning, mapped=file.columns))
    if kind.stem == "table_loads":
        take_spellings(session.reader(), into, platform)
    if kind is not RUNS:
        session.adopt(into)
    if kind.trace:
        session.adopt(f"{into}_unclear")
    return _Staged(kind, file, print_, reading)


def _merge_evidence(session: Session, item: _Staged, progress: Progress, now: datetime) -> FileReport:
    progress(f"merging {item.file.name}", item.reading.rows)
    ((before,),) = session.rows("count_evidence")
    session.run(f"merge_{item.kind.stem}", {"now": now})
    ((after,),) = session.rows("count_evidence")
    added = int(after - before)
    return _report(item, item.reading.rows, added, 0)


def _report(item: _Staged, rows: int, added: int, corrected: int) -> FileReport:
    """Every row of the file is new, a correction, already there or rejected. Raises BadInput where one is not."""
    if rows != item.reading.rows:
        missing = f"{item.reading.rows:,} rows were read and {rows:,} were merged"
        raise BadInput(f"{item.file.name}: {missing}. Nothing was loaded; this is a fault of Fireline: report it.")
    unchanged, rejected = rows - added - corrected, item.reading.rejected_rows
    return FileReport(item.file.name, rows + rejected, added, corrected, unchanged, rejected=rejected)


def _hint_again(session: Session, hints: Hints) -> None:
    """Other text rules hold for what was loaded before, too."""
    shapes = [shape for (shape,) in session.rows("failed_shapes")]
    session.fill("hints", ("shape", "hinted"), [(shape, hints.of(shape)) for shape in shapes])
    session.run("apply_hints")


def _count_again(session: Session, platform: PlatformFacts, hints: Hints) -> datetime:
    refresh_all(session)
    session.run("remember_fact", {"name": "platform", "value": platform.fingerprint})
    session.run("remember_fact", {"name": "rules", "value": hints.fingerprint})
    return BEGINNING


def _merge_runs(
    session: Session, item: _Staged, hints: Hints, progress: Progress, ledger: Ledger, *, nameless: bool
) -> MergedRuns:
    progress(f"merging {item.file.name}", item.reading.rows)
    stage_runs(session.reader(), hints.of, hints.vocabulary.categories)
    session.adopt("stage_versions")
    return merge_runs(session, nameless=nameless, again=ledger.has_another_reading(item.fingerprint))


def _unmatched(
    session: Session, platform: PlatformFacts, staged: Sequence[_Staged], mark: SourceMark | None, *, anew: bool
) -> Mapping[str, str]:
    """What does not fit the registry, of what the load may have changed. A source's reads change no usual dates."""
    said = {} if mark is None else _unread(staged, mark)
    if anew or any(item.kind is not RUNS for item in staged):
        said |= unmatched_names(platform, sights(session).seen)
    if anew or any(item.kind is RUNS and item.file.once for item in staged):
        said |= other_dates(session, platform)
    return said


def _empty(staged: Sequence[_Staged], before: Known) -> Iterator[str]:
    """What a file without any row says. Of the others, what is never seen is unknown."""
    for item in (item for item in staged if not item.reading.rows and item.file.once):
        if item.kind.stem in ("table_loads", "raw_files"):
            yield f"{item.file.name} has no rows: it says nothing, as if it were absent"
        elif item.kind.stem == "game_schedule" and before.games:
            yield f"{item.file.name} has no rows: the {len(before.games):,} games known before stay"
        elif item.kind.stem == "game_schedule":
            yield f"{item.file.name} has no rows: no date has games, and no data per game is due"


def _ignored(staged: Sequence[_Staged]) -> Iterator[str]:
    """Columns that are none of ours."""
    for item in (item for item in staged if item.reading.ignored and not item.file.part):
        yield f"{item.file.name}: {_not_read(item)}"


def _unread(staged: Sequence[_Staged], mark: SourceMark) -> dict[str, str]:
    """The same of a source, by the fact that keeps it: it is said once, not at each read."""
    parts = (item for item in staged if item.reading.ignored and item.file.part)
    source = mark.source
    return {
        f"unread columns of {source}.{item.kind.stem}": f"source {source}, {item.kind.stem}: {_not_read(item)}"
        for item in parts
    }


def _not_read(item: _Staged) -> str:
    names = item.reading.ignored
    which = "column" if len(names) == 1 else "columns"
    return f"{which} {some_of(names, SHOWN)} not read: Fireline has no such column"


def _remember(
    session: Session, staged: Sequence[_Staged], hints: Hints, ledger: Ledger, now: datetime
) -> tuple[str, ...]:
    """Write down what was wrong, then the files: one that is in the ledger is not read again with the same words.

    A file with rows of the future is read again: they may be right by then.
    """
    for item in (item for item in staged if ledger.has_another_reading(item.fingerprint)):
        session.run("forget_rejected", {"name": item.file.name, "fingerprint": item.fingerprint})
        _forget_spellings(session, hints)
    rejected = list(
        dict.fromkeys(noted for item in staged for row in item.reading.rejected if (noted := _noted(item, row)))
    )
    if rejected:
        session.fill("rejected_now", ("file_name", "row_number", "reason"), rejected)
        session.run("remember_rejected", {"now": now})
    warnings = [warning for item in staged for warning in _warnings(session, item, hints)]
    for name, text in warnings:
        session.run("remember_fact", {"name": name, "value": text})
    for item in staged:
        print_, once = item.fingerprint, item.file.once
        entry = ledger.entry(print_, held_back=item.reading.held_back > 0) if once else print_
        file: dict[str, Value] = {"fingerprint": print_, "entry": entry, "name": _ledger_name(item.file)}
        known_until = _known_until(session, item, now)
        session.run("remember_file", {**file, "rows": item.reading.rows, "now": now, "known_until": known_until})
    return tuple(text for _, text in warnings)


def _forget_spellings(session: Session, hints: Hints) -> None:
    """What was said of words that are known by now."""
    for name, _ in session.rows("facts"):
        if name.startswith(SPELLING) and name.removeprefix(SPELLING).strip().lower() in hints.vocabulary.categories:
            session.run("forget_fact", {"name": name})


def _noted(item: _Staged, row: RejectedRow) -> tuple[str, int, str]:
    """A row of a source that is read again is rejected again, at another place: it is noted once, by its name."""
    return (row.file, row.row, row.reason) if item.file.once else (row.file, 0, f"{row.name}: {row.reason}")


def _ledger_name(file: DataFile) -> str:
    return file.name if file.once else f"{file.kind}.{file.name}"


def _known_until(session: Session, item: _Staged, now: datetime) -> datetime | None:
    """The last moment that the file tells of, and that its source ever told of."""
    newest = _newest(session, item)
    moments = [] if newest is None else [min(newest, now)]
    if not item.file.once:
        moments += [
            moment for (moment,) in session.rows("file_known_until", {"fingerprint": item.fingerprint}) if moment
        ]
    return max(moments, default=None)


def _newest(session: Session, item: _Staged) -> datetime | None:
    if not item.reading.rows:
        return None
    ((newest,),) = session.rows(f"newest_{item.kind.stem}")
    return cast(datetime | None, newest)


def _move(session: Session, mark: SourceMark, staged: Sequence[_Staged], now: datetime) -> None:
    """Store how far a source has been read, and what it has brought in all. Where rows wait for their time, it is read
    again from where it was.
    """
    before = source_marks(session).get(mark.source, SourceMark(mark.source, "", now))
    moments = [before.newest, *(_newest(session, item) for item in staged)]
    feeds = [Feed(item.kind.stem) for item in staged if item.reading.rows]
    brings, arrivals = learnt(session, before, feeds, now)
    session.run(
        "remember_mark",
        {
            "source": mark.source,
            "position": before.cursor if any(item.reading.waiting for item in staged) else mark.cursor,
            "moved_at": now,
            "newest": max((min(moment, now) for moment in moments if moment is not None), default=None),
            "rows": before.rows + sum(item.reading.rows for item in staged),
            "rejected": before.rejected + sum(item.reading.rejected_rows for item in staged),
            "bytes_billed": before.bytes_billed + mark.bytes_billed,
            "brings": brings,
            "arrivals": arrivals,
        },
    )


def _warnings(session: Session, item: _Staged, hints: Hints) -> Iterator[tuple[str, str]]:
    """(name, text): of one name only the last is repeated under answers, save for `warning`."""
    stem, name = item.kind.stem, item.file.name
    for column in item.reading.missing:
        yield WARNING, f"{stem} has no column {column.name}: {column.instead or f'cannot tell {column.missing}'}"
    for said in item.reading.overruled:
        yield WARNING, f"{name}: {said}"
    for odd in item.reading.odd:
        values = f"1 value of {odd.column} is" if odd.rows == 1 else f"{odd.rows:,} values of {odd.column} are"
        yield (
            f"{WARNING} {stem}.{odd.column}",
            f"{name}: {values} unknown; the first, in row {odd.first_row}: {odd.first_reason}",
        )
    if item.kind is RUNS and item.reading.rows:
        for spelling, runs in unknown_spellings(session.reader(), hints.vocabulary.categories):
            known = f"failure_category {visible(spelling)!r} is in no vocabulary"
            counted = "1 failed run is" if runs == 1 else f"{runs:,} failed runs are"
            yield f"{SPELLING}{visible(spelling)}", f"{known}: its {counted} read as unknown"
        yield from _without_ids(session, item)
        ids, rows, first = shared_ids(session.reader())
        if ids:
            named = "1 run id names" if ids == 1 else f"{ids:,} run ids name"
            said = f"{named} several runs ({rows:,} rows, the first id: {visible(first)})"
            yield f"{WARNING} {stem}.run_id", f"{name}: {said}: identified by processor, data date and start"


def _without_ids(session: Session, item: _Staged) -> Iterator[tuple[str, str]]:
    rows, differ = nameless_rows(session.reader())
    if rows and not any(column.name == "run_id" for column in item.reading.missing):
        have = "1 row has" if rows == 1 else f"{rows:,} rows have"
        told = f"{have} no run_id: identified by processor, data date and start"
        yield f"{WARNING} runs without run_id", f"{item.file.name}: {told}"
    if differ:
        runs = "1 run" if differ == 1 else f"{differ:,} runs"
        text = f"the rows of {runs} without run_id differ in phase, attempt, trigger or status: the newest counts"
        yield f"{WARNING} runs that differ", f"{item.file.name}: {text}; export the run_id too"
