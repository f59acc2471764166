"""Load data files: read all, refuse what makes no sense, then change everything in one step."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from bot.adapters.warehouse.calendar_table import lay_calendar
from bot.adapters.warehouse.engine import Engine, Session, Value
from bot.adapters.warehouse.ledger import Ledger, fingerprint, words_of
from bot.adapters.warehouse.marks import learnt, source_marks
from bot.adapters.warehouse.merging_runs import NAMELESS, YES, MergedRuns, merge_runs
from bot.adapters.warehouse.pieces import pieces_of, refuse_known, remember_pieces
from bot.adapters.warehouse.refresh import Changes, known, refresh_all, refresh_evidence, refresh_hours
from bot.adapters.warehouse.remarks import (
    SPELLING,
    WARNING,
    empty,
    ignored,
    of_identity,
    unread,
    warnings_of,
    zoneless,
    zoneless_of,
)
from bot.adapters.warehouse.staging import Staged, in_order, read_in
from bot.adapters.warehouse.staging_runs import stage_runs
from bot.adapters.warehouse.unfinished import is_unfinished
from bot.adapters.warehouse.unmatched import note, other_dates
from bot.adapters.warehouse.values import Meaning
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import GAME_SCHEDULE, RUNS
from bot.domain.evidence.known import Seen
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.evidence.unmatched import unmatched_names
from bot.domain.sources import ZONE_UNSAID, Feed
from bot.ports.warehouse import DataFile, FileReport, GivenTable, Hints, LoadReport, Progress, RejectedRow, SourceMark

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NewestOf = Mapping[str, datetime | None]
"""Fingerprint of a file -> the last moment of its rows."""


class Loader:
    """Keeps the raw tables, the evidence and the roll-up in step."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._looked = set[str]()
        """Whose moments have been looked at for a zone, with the words they were read by."""

    def load(
        self,
        files: Sequence[DataFile | GivenTable],
        platform: PlatformFacts,
        hints: Hints,
        now: datetime,
        progress: Progress,
        mark: SourceMark | None = None,
        *,
        large: bool = False,
    ) -> LoadReport:
        prints = [fingerprint(file) for file in files]
        ledger = self._ledger(files, prints, hints)
        facts = set(self._engine.rows("facts"))
        fresh = [each for each in zip(files, prints, strict=True) if not (each[0].once and ledger.has_read(each[1]))]
        old = _loaded_before(files, [file for file, _ in fresh])
        rebuild = is_unfinished(facts)
        new_platform = rebuild or ("platform", platform.fingerprint) not in facts
        new_document = ("registry", platform.document) not in facts
        new_rules = rebuild or ("rules", hints.fingerprint) not in facts
        if not fresh and not new_document and not new_platform and not new_rules:
            self._only_move(mark, now)
            return LoadReport(files=old)
        with self._engine.write(large=large) as session:
            meaning, look = self._meaning(files, platform, hints, now, mark, ledger)
            staged = [read_in(session, *each, meaning, hints, progress, platform) for each in in_order(fresh)]
            before = known(session)
            evidence = [_merge_evidence(session, item, progress, now) for item in staged if item.kind is not RUNS]
            with_runs = [item for item in staged if item.kind is RUNS and item.reading.rows]
            stems = {item.kind.stem for item in staged if item.kind is not RUNS or item in with_runs}
            moved = lay_calendar(session, platform, stems, [item.days for item in with_runs], rebuild=new_platform)
            if new_rules:
                _hint_again(session, hints)
            runs = [_merge_runs(session, item, hints, progress, ledger, facts) for item in with_runs]
            appended, newest = all(run.appended for run in runs), runs[0].newest if runs else None
            changes = Changes(frozenset(stems), moved or new_rules, new_platform, appended, newest, now)
            moment, after = refresh_evidence(session, platform, changes, before)
            touched = [moment]
            if new_rules or new_platform:
                touched.append(_count_again(session, platform, hints))
            elif runs:
                touched.append(refresh_hours(session))
            if new_document:
                session.run("remember_fact", {"name": "registry", "value": platform.document})
            said = _unmatched(session, platform, staged, mark, hints, after.seen, anew=new_platform)
            newest_of = {item.fingerprint: _newest(session, item) for item in staged}
            warnings = (
                *empty(staged, before),
                *ignored(staged),
                *(zoneless(staged) if mark is None else ()),
                *_remember(session, staged, zip(with_runs, runs, strict=True), newest_of, hints, ledger, facts, now),
                *note(session, said, facts),
            )
            if mark is not None:
                _move(session, mark, staged, newest_of, now)
        self._looked |= {look for item in staged if look and item.reading.rows}
        rejected = tuple(row for item in staged for row in item.reading.rejected)
        touched_from = min((moment for moment in touched if moment is not None), default=now)
        reports = (*old, *evidence, *_of_runs(staged, with_runs, runs))
        return LoadReport(reports, rejected, warnings, touched_from, sum(item.reading.waiting for item in staged))

    def _ledger(self, files: Sequence[DataFile | GivenTable], prints: Sequence[str], hints: Hints) -> Ledger:
        pieces = pieces_of(files)
        given = {"fingerprints": ",".join([*prints, *(print_ for print_, _ in pieces)])}
        entries = {text for (text,) in self._engine.rows("loaded_fingerprints", given)}
        ledger = Ledger(entries, words_of(files, hints.vocabulary.fingerprint, hints.timezone))
        refuse_known(pieces, ledger)
        return ledger

    def _meaning(
        self,
        files: Sequence[DataFile | GivenTable],
        platform: PlatformFacts,
        hints: Hints,
        now: datetime,
        mark: SourceMark | None,
        ledger: Ledger,
    ) -> tuple[Meaning, str]:
        """How values are read; and of a source by what its look for zones is known: its files of one kind are written
        in one way.
        """
        look = "" if mark is None else " ".join([mark.source, *(file.kind for file in files), ledger.words])
        clock = hints.timezone or (ZONE_UNSAID if look in self._looked else None)
        return Meaning(hints.vocabulary, platform.zone.key, now, clock=clock), look

    def _only_move(self, mark: SourceMark | None, now: datetime) -> None:
        """A read that brought no rows costs no more than its position."""
        if mark is not None:
            with self._engine.write() as session:
                _move(session, mark, (), {}, now)

    def rebuild(self) -> int:
        with self._engine.write() as session:
            refresh_all(session)
            ((runs,),) = session.rows("count_runs")
        return int(runs)


def _loaded_before(
    files: Sequence[DataFile | GivenTable], fresh: Sequence[DataFile | GivenTable]
) -> tuple[FileReport, ...]:
    return tuple(FileReport(file.name, already_loaded=True) for file in files if file not in fresh)


def _merge_evidence(session: Session, item: Staged, progress: Progress, now: datetime) -> FileReport:
    progress(f"merging {item.file.name}", item.reading.rows)
    ((before,),) = session.rows("count_evidence")
    corrected = int(session.rows("corrected_game_schedule")[0][0]) if item.kind is GAME_SCHEDULE else 0
    session.run(f"merge_{item.kind.stem}", {"now": now})
    ((after,),) = session.rows("count_evidence")
    added = int(after - before)
    return _report(item, item.reading.rows, added, corrected)


def _of_runs(staged: Sequence[Staged], with_runs: Sequence[Staged], runs: Sequence[MergedRuns]) -> Iterator[FileReport]:
    yield from (_report(item, *run.counts) for item, run in zip(with_runs, runs, strict=True))
    yield from (_report(item, 0, 0, 0) for item in staged if item.kind is RUNS and not item.reading.rows)


def _report(item: Staged, rows: int, added: int, corrected: int) -> FileReport:
    """Every row of the file is new, a correction, already there or rejected. Raises BadInput where one is not."""
    if rows != item.reading.rows:
        missing = f"{item.reading.rows:,} rows were read and {rows:,} were merged"
        raise BadInput(f"{item.file.name}: {missing}. Nothing was loaded; this is a fault of Fireline: report it.")
    unchanged, rejected = rows - added - corrected, item.reading.rejected_rows
    return FileReport(item.file.name, rows + rejected, added, corrected, unchanged, rejected=rejected)


def _hint_again(session: Session, hints: Hints) -> None:
    """Other text rules hold for what was loaded before, too."""
    shapes = [shape for (shape,) in session.rows("failed_shapes")]
    if not shapes:
        return
    session.fill("hints", ("shape", "hinted"), [(shape, hints.of(shape)) for shape in shapes])
    session.run("apply_hints")


def _count_again(session: Session, platform: PlatformFacts, hints: Hints) -> datetime:
    refresh_all(session)
    session.run("remember_fact", {"name": "platform", "value": platform.fingerprint})
    session.run("remember_fact", {"name": "rules", "value": hints.fingerprint})
    return BEGINNING


def _merge_runs(
    session: Session,
    item: Staged,
    hints: Hints,
    progress: Progress,
    ledger: Ledger,
    facts: Collection[tuple[str, str]],
) -> MergedRuns:
    progress(f"merging {item.file.name}", item.reading.rows)
    if isinstance(item.file, DataFile):
        stage_runs(session.reader(), hints.of, hints.vocabulary.categories)
        session.adopt("stage_versions")
    again = ledger.has_another_reading(item.fingerprint)
    return merge_runs(session, nameless=(NAMELESS, YES) in facts, again=again, told_moved=item.file.moved)


def _unmatched(
    session: Session,
    platform: PlatformFacts,
    staged: Sequence[Staged],
    mark: SourceMark | None,
    hints: Hints,
    seen: Seen,
    *,
    anew: bool,
) -> Mapping[str, str]:
    """What does not fit the registry, of what the load may have changed. A source's reads change no usual dates."""
    said = {} if mark is None else {**unread(staged, mark), **zoneless_of(staged, mark, hints.timezone)}
    if anew or any(item.kind is not RUNS for item in staged):
        said |= unmatched_names(platform, seen.tables, seen.sources)
    if anew or any(item.kind is RUNS and item.file.once for item in staged):
        said |= other_dates(session, platform)
    return said


def _remember(
    session: Session,
    staged: Sequence[Staged],
    merged: Iterable[tuple[Staged, MergedRuns]],
    newest_of: NewestOf,
    hints: Hints,
    ledger: Ledger,
    facts: Collection[tuple[str, str]],
    now: datetime,
) -> tuple[str, ...]:
    """Write down what was wrong, then the files: one that is in the ledger is not read again with the same words.

    A file with rows of the future is read again: they may be right by then.
    """
    for item in staged:
        another = ledger.has_another_reading(item.fingerprint)
        if another or not item.file.once:
            session.run("forget_rejected", {"name": item.file.name, "fingerprint": item.fingerprint})
    if any(ledger.has_another_reading(item.fingerprint) for item in staged):
        facts = _without_known_spellings(session, hints, facts)
    rejected = list(
        dict.fromkeys(noted for item in staged for row in item.reading.rejected if (noted := _noted(item, row)))
    )
    if rejected:
        session.fill("rejected_now", ("file_name", "row_number", "reason"), rejected)
        session.run("remember_rejected", {"now": now})
    kept = {name for name, _ in facts}
    warnings = [warning for item in staged for warning in warnings_of(session, item, hints)]
    warnings += [warning for item, runs in merged for warning in of_identity(item, runs.told, kept)]
    last_of = {(name, text if name == WARNING else ""): text for name, text in warnings}
    for (name, _), text in last_of.items():
        if (name, text) not in facts:
            session.run("remember_fact", {"name": name, "value": text})
    for item in staged:
        if item.file.pieces:
            remember_pieces(session, pieces_of([item.file]), ledger, newest_of[item.fingerprint], now)
            continue
        print_, once = item.fingerprint, item.file.once
        held_back = once and item.reading.held_back > 0
        others = not once and ledger.has_another_reading(print_)
        entry = ledger.entry(print_, held_back=held_back, others=others)
        file: dict[str, Value] = {"fingerprint": print_, "entry": entry, "name": _ledger_name(item.file)}
        known_until = _known_until(session, item, newest_of[print_], now)
        session.run("remember_file", {**file, "rows": item.reading.rows, "now": now, "known_until": known_until})
    return tuple(text for _, text in warnings)


def _without_known_spellings(
    session: Session, hints: Hints, facts: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Forgets what was said of words that are known by now; returns the rest."""
    known = {
        name
        for name, _ in facts
        if name.startswith(SPELLING) and name.removeprefix(SPELLING).strip().lower() in hints.vocabulary.categories
    }
    for name in known:
        session.run("forget_fact", {"name": name})
    return {each for each in facts if each[0] not in known}


def _noted(item: Staged, row: RejectedRow) -> tuple[str, int, str]:
    """A row of a source that is read again is rejected again, at another place and moment: it is noted once, by its
    name.
    """
    reason = row.reason.partition(": it is ")[0]
    return (row.file, row.row, row.reason) if item.file.once else (row.file, 0, f"{row.name}: {reason}")


def _ledger_name(file: DataFile | GivenTable) -> str:
    return file.name if file.once else f"{file.kind}.{file.name}"


def _known_until(session: Session, item: Staged, newest: datetime | None, now: datetime) -> datetime | None:
    """The last moment that the file tells of, and that its source ever told of."""
    moments = [] if newest is None else [min(newest, now)]
    if not item.file.once:
        moments += [
            moment for (moment,) in session.rows("file_known_until", {"fingerprint": item.fingerprint}) if moment
        ]
    return max(moments, default=None)


def _newest(session: Session, item: Staged) -> datetime | None:
    if not item.reading.rows:
        return None
    ((newest,),) = session.rows(f"newest_{item.kind.stem}")
    return cast(datetime | None, newest)


def _move(session: Session, mark: SourceMark, staged: Sequence[Staged], newest_of: NewestOf, now: datetime) -> None:
    """Store how far a source has been read, and what it has brought in all. Where rows wait for their time, it is read
    again from where it was.
    """
    before = source_marks(session).get(mark.source, SourceMark(mark.source, "", now))
    moments = [before.newest, *newest_of.values()]
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
            "rejected": before.rejected + mark.rejected + sum(item.reading.rejected_rows for item in staged),
            "bytes_billed": before.bytes_billed + mark.bytes_billed + session.billed(),
            "brings": brings,
            "arrivals": arrivals,
        },
    )
