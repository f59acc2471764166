"""The colour of now, with its reasons: each fact once, where it belongs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.health.missing import NOTHING_MISSING, MissingReasons
from bot.domain.health.model import Because, Colour, HealthReason, HealthRow, Tally
from bot.domain.health.status import LAST_DAY, RATE, SPEED

TOGETHER = frozenset({Because.DATES_LOST, Because.DATES_MISSING, Because.DATA_UNKNOWN})
"""What many rows say is said of all of them at once, elsewhere."""
PIPELINE = "pipeline"
"""Then no failure says where it comes from."""


def overall(
    phases: Sequence[HealthRow],
    processors: Sequence[HealthRow],
    incidents: Sequence[HealthReason],
    unsure: Sequence[HealthReason],
    strangers: Sequence[HealthReason],
    lost: MissingReasons = NOTHING_MISSING,
    budgets: Sequence[HealthReason] = (),
) -> tuple[Colour, tuple[HealthReason, ...]]:
    """RED: an open P0, lost data that is P0, a phase that is RED over the last day, or a budget that is spent. Else
    YELLOW: anything not well, whatever ran without being registered, and what is unknown (`unsure`). GREY when nothing
    was due and nothing ran.
    """
    today = [reason for row in phases or processors for reason in _today(row, processors)]
    gravest = [reason for reason in incidents if reason.name == Because.OPEN_P0]
    others = [reason for reason in incidents if reason.name != Because.OPEN_P0]
    over_the_window = _once(phases, processors, {reason.subject for reason in today})
    spent = [reason for reason in budgets if reason.name == Because.BUDGET_SPENT]
    grave = [*gravest, *lost.grave, *today, *spent]
    reasons = tuple(dict.fromkeys([*grave, *unsure, *others, *lost.others, *budgets, *over_the_window, *strangers]))
    if grave:
        return Colour.RED, reasons
    if all(row.status is Colour.GREY for row in processors):
        return Colour.GREY, reasons or (
            HealthReason(Because.NOTHING_RAN, PIPELINE, "Nothing was due and nothing ran."),
        )
    if reasons:
        return Colour.YELLOW, reasons
    return Colour.GREEN, (HealthReason(Because.ALL_WELL, PIPELINE, "Nothing is below its target."),)


def _today(row: HealthRow, processors: Sequence[HealthRow]) -> Iterator[HealthReason]:
    """Why a row is RED over the last day, and whose failures these are."""
    tallies = [(member.name, member.day or Tally()) for member in _members(row, processors)]
    for reason in row.red_today:
        yield reason if reason.name == Because.NOTHING_SUCCEEDED else _with(reason, _worst(row.day or Tally(), tallies))


def _once(phases: Sequence[HealthRow], processors: Sequence[HealthRow], today: set[str]) -> Iterator[HealthReason]:
    """Reasons over the window, worst first. What comes of one processor is said of that processor, what several share
    is said of their phase; what is said of today (`today`) is not said again, nor what is said of many TOGETHER.
    """
    said = {(name, kind) for name in today for kind in RATE}
    for phase in phases:
        members = _members(phase, processors)
        if phase.name in today:
            said |= {(row.name, kind) for row in members for kind in RATE}
        for kinds in (RATE, SPEED):
            guilty = [row for row in members if _kinds(row) & kinds]
            several = len(guilty) > 1 or not guilty or _bad(guilty[0].tally) < _bad(phase.tally)
            silent = guilty if _kinds(phase) & kinds and several else [phase]
            said |= {(row.name, kind) for row in silent for kind in kinds}
    rows = [row for row in (*phases, *processors) if row.findings]
    for row in sorted(rows, key=lambda row: row.status is not Colour.RED):
        for reason in row.findings:
            if (row.name, reason.name) not in said and reason.name not in TOGETHER:
                said |= {(row.name, kind) for kind in RATE if reason.name in RATE}
                yield _over_time(row, reason, processors)


def _over_time(row: HealthRow, reason: HealthReason, processors: Sequence[HealthRow]) -> HealthReason:
    """The window's rate is the trend: the last day is shown next to it."""
    if reason.name not in RATE:
        return reason
    worst = _worst(row.tally, [(member.name, member.tally) for member in _members(row, processors)])
    worst = "" if reason.name == Because.NOTHING_SUCCEEDED else worst
    told = row.day is None or row.day == row.tally  # a window of one day is the last day
    rate = None if row.day is None or told else row.day.success_rate
    return _with(reason, worst, "" if rate is None else f"; {rate:.1%} succeed{LAST_DAY}")


def _with(reason: HealthReason, *more: str) -> HealthReason:
    return replace(reason, text=f"{reason.text[:-1]}{''.join(more)}.")


def _worst(whole: Tally, members: Sequence[tuple[str, Tally]]) -> str:
    """The member that most of the failures come from."""
    name, most = max(((name, _bad(tally)) for name, tally in members), key=lambda item: item[1], default=("", 0))
    if most == _bad(whole) > 0:
        return f", all in {name}"
    return f", {most:,} of {_bad(whole):,} real failures in {name}" if 2 * most > _bad(whole) > 0 else ""


def _members(row: HealthRow, processors: Sequence[HealthRow]) -> list[HealthRow]:
    """Of a phase; a processor has none."""
    return [member for member in processors if member.phase == row.phase] if row.is_phase else []


def _kinds(row: HealthRow) -> set[str]:
    return {reason.name for reason in row.findings}


def _bad(tally: Tally) -> int:
    return tally.real + tally.unknown
