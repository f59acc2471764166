"""Bring staged runs into the stored ones: what is new, what is a version of a run that is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from bot.adapters.warehouse.engine import Parameters, Session
from bot.ports.warehouse import MovedStart

Span = Parameters
"""The first and the last start, and data date, of the staged runs."""
NAMELESS, YES = "nameless", "yes"
"""The fact that runs without a `run_id` are stored."""


@dataclass(frozen=True)
class Told:
    """`shared` ids name several runs, in `shared_rows`; the first is `shared_first`. `unnamed` rows have no id; those
    of `differing` runs differ in what no end changes, or end in two ways at once. `two_ends`: runs that end so,
    with an id or without; the first is `two_ends_first`.
    """

    shared: int = 0
    shared_rows: int = 0
    shared_first: str = ""
    unnamed: int = 0
    differing: int = 0
    two_ends: int = 0
    two_ends_first: str = ""


@dataclass(frozen=True)
class MergedRuns:
    """`given` rows, of which `added` are new runs and `corrected` change one; `newest`: the last start among them;
    `appended`: all of them are new; `told`: how their rows tell runs apart.
    """

    given: int
    added: int
    corrected: int
    newest: datetime | None
    appended: bool
    told: "Told"

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.given, self.added, self.corrected


def merge_runs(
    session: Session, *, nameless: bool, again: bool = False, told_moved: Sequence[MovedStart] = ()
) -> MergedRuns:
    """From `stage_versions` into `runs`, and into `stage_hours` the hours to be counted again. `nameless`: some of the
    stored runs have no `run_id`. `again`: the rows were read before, with other words. `told_moved`: runs that may be
    stored with another start.
    """
    ((first, last, given, distinct, under_way, without_id, *dates),) = session.rows("staged_span")
    told = _told(session, repeated=distinct < given, unnamed=without_id > 0)
    span = _bounds(first, last, *dates)
    named = stored = 0
    if without_id or nameless:
        named, stored = _named(session, span)
        ((_, _, _, distinct, _, left, *_),) = session.rows("staged_span")
        if left and not nameless:
            session.run("remember_fact", {"name": NAMELESS, "value": YES})
    reread = _understood_anew(session, span) if again else 0
    ((held, moved, recut, otherwise),) = session.rows("held_runs", span)
    if distinct < given or otherwise:
        ((two_ends, named_first),) = session.rows("two_ends", span)
        told = replace(told, two_ends=int(two_ends), two_ends_first=str(named_first or ""))
    stored += reread
    if recut or named:
        stored += _refined(session, span)
        span = _span(session)
    if told_moved:
        stored += _moved(session, span, told_moved)
        span = _span(session)
    moved = moved or (under_way and distinct < given)
    if distinct == given and not held and not moved and not stored and not recut and not named:
        session.run("append_runs")
        return MergedRuns(int(given), int(given), 0, last, appended=True, told=told)
    if moved:
        session.run("move_starts", span)
        session.run("take_starts", span)
        span = _span(session)
    session.run("merge_runs", span)
    if moved:
        session.run("add_moved_hours")
    if told_moved:
        _lay_moved(session, told_moved)
        session.run("add_moved_hours")
    ((added, replaced),) = session.rows("staged_runs")
    new = int(added - replaced) - stored
    return MergedRuns(int(given), new, int(replaced) + stored, last, appended=False, told=told)


def _told(session: Session, *, repeated: bool, unnamed: bool) -> Told:
    ((ids, rows, first),) = session.rows("shared_ids") if repeated else [(0, 0, None)]
    ((without, differing),) = session.rows("unnamed_rows") if unnamed else [(0, 0)]
    return Told(int(ids), int(rows), str(first or ""), int(without), int(differing))


def _span(session: Session) -> Span:
    ((first, last, _, _, _, _, *dates),) = session.rows("staged_span")
    return _bounds(first, last, *dates)


def _bounds(first: datetime, last: datetime, first_date: date, last_date: date) -> Span:
    """A run is told by its date, too: by it a store finds the partitions in which stored versions may lie."""
    return {"first_start": first, "last_start": last, "first_date": first_date, "last_date": last_date}


def _understood_anew(session: Session, span: Span) -> int:
    """Take out what an earlier reading made of the staged rows; returns how many runs that were."""
    ((stored,),) = session.rows("count_other_readings", span)
    session.run("forget_other_readings", span)
    return int(stored)


def _refined(session: Session, span: Span) -> int:
    """Rows with the same start in another precision take the finer one; returns how many runs were stored."""
    session.run("finer_starts", span)
    ((stored,),) = session.rows("finer_runs", span)
    session.run("take_starts", span)
    return int(stored)


def _moved(session: Session, span: Span, told: Sequence[MovedStart]) -> int:
    """Stored runs take the start that is told now; returns how many those were."""
    _lay_moved(session, told)
    starts = [start for each in told for start in (each.started_at, each.real_start)]
    days = [each.data_date for each in told]
    wide = _bounds(
        min(*starts, cast(datetime, span["first_start"])),
        max(*starts, cast(datetime, span["last_start"])),
        min(*days, cast(date, span["first_date"])),
        max(*days, cast(date, span["last_date"])),
    )
    ((stored,),) = session.rows("finer_runs", wide)
    session.run("take_starts", wide)
    return int(stored)


def _lay_moved(session: Session, told: Sequence[MovedStart]) -> None:
    session.run("lay_moved")
    columns = ("processor_name", "run_id", "data_date", "started_at", "real_start")
    session.fill("stage_moved", columns, [tuple(each) for each in told])


def _named(session: Session, span: Span) -> tuple[int, int]:
    """Rows without a `run_id` whose run is known otherwise take its id; returns of how many runs, and how many of
    those were stored.
    """
    session.run("name_runs", span)
    ((named, stored),) = session.rows("named_runs", span)
    if named:
        session.run("take_names", span)
    return int(named), int(stored)
