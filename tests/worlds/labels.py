"""Writes down the answers: incidents with their impact and earliest evidence, and the windows that must stay silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from tests.worlds.clock import at
from tests.worlds.evidence import detectable, span
from tests.worlds.fleet import POLLERS, downstream, fleet
from tests.worlds.model import Fault, Options, Pieces, Run
from tests.worlds.picker import EVAL_START
from tests.worlds.recorder import MIGRATION
from tests.worlds.season import FIRST_DAY, Season
from tests.worlds.verdicts import KINDS, accepted_causes, accepted_kinds, severity

SILENT_ORDER = ("all_star_break", "no_game_day", "expected_no_data_volume", "monday_normal_bump")
Label = dict[str, object]


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _blocked(fault: Fault, pieces: Pieces) -> list[Run]:
    """Rows of dependents that waited in vain for this fault's dates."""
    if fault.window is not None:
        return []
    below = frozenset().union(*(downstream(name) for name in fault.processors))
    return [
        row
        for row in pieces.runs
        if row.category == "upstream_failure" and row.day in fault.days and row.processor in below
    ]


def incident(fault: Fault, pieces: Pieces, number: int) -> Label:
    """One incident in the recorded worlds' form."""
    rows = _blocked(fault, pieces)
    impact = sorted({row.processor for row in rows})
    start, end = span(fault, max((row.started for row in rows), default=None))
    exact, accepted = severity(fault, impact)
    order = list(fleet())
    names = list(fault.processors)
    if fault.kind == "alert_storm":
        names = sorted({row.processor for row in fault.rows}, key=order.index)
    return {
        "id": f"I{number:03d}",
        "kind": fault.kind,
        "processors": names,
        "start": stamp(start),
        "end": stamp(end),
        "detectable_at": stamp(detectable(fault)),
        "severity": exact,
        "accept_severities": accepted,
        "root_cause": KINDS[fault.kind][0],
        "accept_root_causes": accepted_causes(fault),
        "accept_kinds": accepted_kinds(fault, impact),
        "expected_action": KINDS[fault.kind][3],
        "data_dates": [str(fault.days[0])],
        "impact": impact,
        "note": fault.note,
    }


def _calendar(season: Season) -> list[tuple[str, list[str], datetime, datetime, str]]:
    everyone = list(fleet())
    found = []
    for day in season.days:
        if season.count(day) == 0:
            kind = "all_star_break" if day in season.breaks else "no_game_day"
            begin = at(day, 0)
            why = "no games: zero records, no-data failures and skips are expected"
            found.append((kind, everyone, begin, begin + timedelta(hours=30), why))
    change = date(2026, 3, 8)
    if change in season.days:
        found.append(("dst_change", everyone, at(change, 0), at(change, 48), "ET schedule moves by one hour in UTC"))
    return found


def _pollers(season: Season, stormy: set[date]) -> list[tuple[str, list[str], datetime, datetime, str]]:
    end = at(season.days[-1] + timedelta(days=1), 18)
    why = "polling failures at the platform's rate are normal"
    found = [("expected_no_data_volume", list(POLLERS), at(FIRST_DAY, 0), end, why)]
    for day in season.days:
        if day.weekday() == 0 and day not in stormy:
            begin = datetime.combine(day, time(0), UTC)
            why = "weekly seasonal bump, usual size"
            found.append(("monday_normal_bump", list(POLLERS), begin, begin + timedelta(hours=4), why))
    return found


def silents(faults: list[Fault], season: Season) -> list[Label]:
    """Every window in which nothing may be announced for these processors."""
    stormy = {fault.days[0] + timedelta(days=1) for fault in faults if fault.kind == "retry_storm"}
    found = [*_calendar(season), *_pollers(season, stormy)]
    for fault in faults:
        if fault.silent and fault.window:
            end = fault.window[1]
            if fault.kind in ("planned_backfill", "maintenance"):
                end += timedelta(minutes=30)
            found.append((fault.kind, list(fault.processors), fault.window[0], end, fault.why))
    found.sort(key=lambda row: SILENT_ORDER.index(row[0]) if row[0] in SILENT_ORDER else len(SILENT_ORDER))
    return [
        {"id": f"S{n:03d}", "kind": kind, "processors": names, "start": stamp(begin), "end": stamp(end), "why": why}
        for n, (kind, names, begin, end, why) in enumerate(found, 1)
    ]


def answers(options: Options, season: Season, faults: list[Fault], pieces: Pieces) -> Label:
    """The whole labels file."""
    real = [fault for fault in faults if not fault.silent]
    failed = [row for row in pieces.runs if row.status == "failed"]
    return {
        "seed": options.seed,
        "days": options.days,
        "volume": options.volume,
        "templates": options.texts,
        "hard": options.hard,
        "eval_start": stamp(EVAL_START),
        "eval_end": stamp(at(season.days[-1] + timedelta(days=1), 18)),
        "runs": len(pieces.runs),
        "failed": len(failed),
        "failed_eval": sum(row.inserted >= EVAL_START for row in failed),
        "category_migration_at": stamp(MIGRATION),
        "incidents": [incident(fault, pieces, number) for number, fault in enumerate(real, 1)],
        "silent": silents(faults, season),
    }
