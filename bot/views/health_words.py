"""What a health report says, in words: shared by the Slack card and the terminal."""

import re
from collections import defaultdict
from collections.abc import Sequence

from bot.domain.counts import plural
from bot.domain.health.model import Because, Colour, DatesWithout, DueDates, HealthReport, HealthRow, NoIncident, Noise
from bot.domain.platform.names import some_of
from bot.domain.sources import SourceStatus
from bot.views import noise_ledger, numbers

MOST_SOURCES, MOST_NAMED, MOST_LACKING = 4, 3, 6
_LACKS = re.compile(r"(\w+) has no column (\w+): ")
WHY = {
    Because.OPEN_P0: "open P0",
    Because.OPEN_P1: "open P1",
    Because.DATES_MISSING: "data missing",
    Because.DATES_LOST: "data lost, P0",
    Because.DATA_UNKNOWN: "data unknown",
    Because.NO_HEARTBEAT: "may hang",
    Because.SLOTS_MISSED: "slots missed",
    Because.NOTHING_SUCCEEDED: "none succeeded",
    Because.MOSTLY_FAILING: "most fail",
    Because.BELOW_TARGET: "below target",
    Because.SLOWER_THAN_BASELINE: "slower",
    Because.FAILING_MORE_THAN_BASELINE: "fails more",
}
"""A reason of a row, by its name."""
GRAVEST = frozenset({Because.OPEN_P0, Because.DATES_LOST, Because.NOTHING_SUCCEEDED, Because.MOSTLY_FAILING})
"""These are named first."""
IN_FIGURES = frozenset({Because.BELOW_TARGET, Because.MOSTLY_FAILING, Because.DATES_MISSING})


def completeness(report: HealthReport) -> str | None:
    """How many of the dates with data due have it, of everything in scope; None when none was due."""
    due = sum((row.due for row in report.processors), DueDates("", 0, 0))
    if not due.due:
        return None
    if not due.known:
        return f"cannot tell whether the {plural(due.due, 'date')} due have their data"
    share = numbers.share(due.filled / due.known)
    without = _without(report.without)
    if not due.unknown:
        return f"{due.filled:,} of {plural(due.due, 'date')} due have their data ({share}){without}"
    aside = f"of {due.due:,} due, {due.unknown:,} unknown"
    return f"{due.filled:,} of {plural(due.known, 'date')} have their data ({share}); {aside}{without}"


def _without(dates: DatesWithout) -> str:
    """Where the dates that lack their data are said, if not all are among the reasons."""
    if not dates.in_incidents and not dates.accepted:
        return ""
    kinds = {"named above": dates.named, "in open incidents": dates.in_incidents, "accepted as lost": dates.accepted}
    return f"; the others: {', '.join(f'{count:,} {where}' for where, count in kinds.items() if count)}"


def dates_filled(due: DueDates) -> str:
    """Of those that are known."""
    if not due.known:
        return "cannot tell"
    aside = f", {due.unknown:,} unknown" if due.unknown else ""
    return f"{due.filled:,} of {due.known:,} due{aside}"


def trend(report: HealthReport) -> str:
    """The rate over the window, and how it is today."""
    span = f"Last {plural(report.window.days, 'day')}"
    over = f"{span}: {_succeed(report.total.success_rate)}"
    day = report.last_day
    return over if day is None or report.window.days == 1 else f"{over}; last day: {_succeed(day.success_rate)}"


def noise(report: HealthReport) -> str:
    """What failed over the window, what was expected of it, and what people were notified of; in the scope shown."""
    noise = report.noise
    sent = "notifications not known"
    if noise.in_none is not None:
        late = f", {noise.undelivered:,} not delivered" if noise.undelivered else ""
        sent = f"{plural(noise.alerts, 'alert')} delivered{late}"
    span = "day" if report.window.days == 1 else plural(report.window.days, "day")
    failed = f"{plural(noise.raw_failures, 'failed run')} in the last {span}"
    return f"{failed}, {noise.kept_quiet:,} expected and kept quiet, {sent}"


def real(report: HealthReport) -> str | None:
    """Where the real failures are; None without any, and where it is not known."""
    noise = report.noise
    if not noise.real or noise.in_none is None:
        return None
    parts = [f"{noise.in_incidents:,} in incidents"] if noise.in_incidents else []
    outside = sum(noise.in_none.values())
    if outside:
        why = ", ".join(f"{runs:,} {reason}{_names(noise, reason)}" for reason, runs in noise.in_none.items())
        parts.append(f"{outside:,} in none ({why})")
    return f"{plural(noise.real, 'real failure')}: {', '.join(parts)}"


def findings(report: HealthReport) -> str | None:
    """How the findings of the window ended; None where that is not known."""
    found = report.noise.findings
    return None if found is None else f"Findings: {noise_ledger.totals(found)}"


def _names(noise: Noise, reason: NoIncident) -> str:
    """Which they are, of those that need a look."""
    if reason is not NoIncident.UNEXPLAINED or not noise.unexplained:
        return ""
    return f": {some_of(noise.unexplained, MOST_NAMED)}"


def why(row: HealthRow) -> str:
    """The first reason of a row that is not well, in a few words, and how many more it has; "" for one that is. What
    makes the whole RED comes first: an open P0, then the last day.
    """
    said = list(dict.fromkeys(_short(name, today=today) for name, today in _reasons(row)))
    return f"{said[0]}{f' +{len(said) - 1}' if len(said) > 1 else ''}" if said else ""


def told_by_figures(row: HealthRow) -> bool:
    """Do the figures of a line tell the first reason?"""
    return any(name in IN_FIGURES and not today for name, today in _reasons(row)[:1])


def _reasons(row: HealthRow) -> list[tuple[Because, bool]]:
    """In the order in which they are said, each with whether it is of the last day."""
    if row.status in (Colour.GREEN, Colour.GREY) and not row.red_today:
        return []
    names = sorted((reason.name for reason in row.findings), key=lambda name: name not in GRAVEST)
    opened = [(name, False) for name in names if name is Because.OPEN_P0]
    today = [(reason.name, True) for reason in (() if row.status is Colour.RED else row.red_today)]
    return [*opened, *today, *((name, False) for name in names if name is not Because.OPEN_P0)]


def _short(name: Because, *, today: bool) -> str:
    text = WHY.get(name, name.replace("_", " "))
    return f"last day: {text}" if today else text


def sources(report: HealthReport) -> str | None:
    """How old each source is, those that show nothing first; None without any."""
    if not report.sources:
        return None
    ordered = sorted(report.sources, key=lambda status: (status.failing_since is None, status.age is not None))
    more = f" and {len(ordered) - MOST_SOURCES} more" if len(ordered) > MOST_SOURCES else ""
    return ", ".join(_source(status) for status in ordered[:MOST_SOURCES]) + more


def _source(status: SourceStatus) -> str:
    name = status.plan.name
    if status.age is None:
        return f"{name} never read"
    newest = "" if status.lag is None else f" (newest row {numbers.span(status.lag)} old)"
    failing = "" if status.failing_since is None else f", failing since {status.failing_since:%H:%M} UTC"
    return f"{name} read {numbers.span(status.age)} ago{newest}{failing}"


def notes(report: HealthReport) -> list[str]:
    """Warnings that are not among the reasons. What the lack of a column costs was said when it was loaded: several
    are named together.
    """
    said = {reason.text for reason in report.reasons}
    absent, others = defaultdict[str, list[str]](list), list[str]()
    for warning in (each for each in report.warnings if each not in said):
        lacks = _LACKS.match(warning)
        if lacks is None:
            others.append(warning)
        else:
            absent[lacks[1]].append(lacks[2])
    return [*others, *(_together(stem, names) for stem, names in absent.items())]


def _together(stem: str, names: Sequence[str]) -> str:
    noun = "column" if len(names) == 1 else "columns"
    return f"{stem} has no {noun} {some_of(names, MOST_LACKING)}: `fireline health --json` says what that costs"


def _succeed(rate: float | None) -> str:
    return "nothing to judge" if rate is None else f"{numbers.share(rate)} succeed"
