"""A watch of a fix for Slack and the terminal: the verdict and its figures first, then the days."""

from collections.abc import Sequence

from bot.domain.counts import plural
from bot.domain.findings.words import short_day
from bot.domain.reports.watch import FEWEST, Share, Verdict, Watch, Watched, WatchedDay
from bot.views import numbers, report_text
from bot.views.blocks import Block, Card, context, header, preformatted, section
from bot.views.incident import SLACK
from bot.views.incident_words import Voice
from bot.views.text import escape, mention

CIRCLES = {Verdict.BETTER: "🟢", Verdict.NOT_BETTER: "🟡", Verdict.WORSE: "🔴", Verdict.EARLY: "⚪"}
"""Always next to the word."""
RULE = (
    "Bad: real and unexplained failures, and no records on a date that should have some. Better or worse: the 95 % "
    f"Wilson intervals before and after do not touch; fewer than {FEWEST} on a side say nothing. Durations are shown."
)
HEAD = ("date", "ok", "n", "bad", "0rec", "p50", "p95", "data")
"""Narrow enough for a phone."""


def title(found: Watched) -> str:
    """`Watch of Box since 12 Jan: better`."""
    return f"Watch of {found.processor} since {short_day(found.since)}: {found.verdict}"


def lines(found: Watched) -> list[str]:
    """What the verdict goes by."""
    gone = len(found.after.days)
    span = f"{plural(found.days, 'day')} before, {gone} of {found.days} after"
    shares = [
        f"Bad runs: {_shares(found.before.runs, found.after.runs)}: {found.by_runs}",
        f"Dates without data: {_shares(found.before.dates, found.after.dates)}: {found.by_dates}",
    ]
    return [f"{span}{'' if found.over else ', the rest is to come'}.", *shares, *found.notes]


def _shares(before: Share, after: Share) -> str:
    return f"{_share(before)} → {_share(after)}"


def _share(found: Share) -> str:
    return "none to judge" if not found.count else f"{found.bad:,} of {found.count:,} ({found.bad / found.count:.0%})"


def table(found: Watched) -> list[str]:
    """Day by day, in one width."""
    rows = [HEAD, *map(_row, found.before.days), ("fix:",), *map(_row, found.after.days)]
    full = [(*row, *[""] * (len(HEAD) - len(row))) for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(len(HEAD))]
    return [_padded(row, widths) for row in full]


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return " ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()


def _row(each: WatchedDay) -> tuple[str, ...]:
    tally, timed = each.tally, each.durations
    rate = numbers.NOTHING if tally.success_rate is None else f"{tally.success_rate:.0%}"
    data = numbers.NOTHING if not each.dates.known else "yes" if each.dates.good else "no"
    quantiles = (None, None) if timed is None else (timed.p50, timed.p95)
    counts = map(numbers.compact, (tally.tried, tally.real + tally.unknown, tally.zero_on_game_days))
    return (short_day(each.day), rate, *counts, *map(_short, quantiles), data)


def _short(seconds: float | None) -> str:
    """Whole, in the unit that leaves two digits at least."""
    if seconds is None:
        return numbers.NOTHING
    for size, unit in ((1, "s"), (60, "m"), (3_600, "h")):
        if seconds < 600 * size or unit == "h":
            return f"{seconds / size:.0f}{unit}"
    return numbers.NOTHING


def card(found: Watched, watch: Watch | None = None) -> Card:
    """`watch`: it goes on, and says its result by itself."""
    said = "\n".join(map(escape, lines(found)))
    blocks: list[Block] = [header(f"{CIRCLES[found.verdict]} {title(found)}"), section(said)]
    blocks += [preformatted("\n".join(table(found))), context(escape(RULE))]
    blocks += [] if watch is None else [context(_coming(watch, SLACK))]
    coming = [] if watch is None else [_coming_plain(watch)]
    return Card(escape("\n".join([title(found), *lines(found), *table(found), *coming])), tuple(blocks))


def _coming(watch: Watch, voice: Voice) -> str:
    return f"Its result is posted here {voice.date(watch.ends_at)}. `/watch end {watch.id}` ends it."


def _coming_plain(watch: Watch) -> str:
    return f"Its result is posted here on {watch.ends_at:%Y-%m-%d at %H:%M %Z}. /watch end {watch.id} ends it."


def text(found: Watched) -> str:
    """For a terminal."""
    return "\n".join([title(found), *lines(found), "", *table(found), "", RULE, ""])


def markdown(found: Watched) -> str:
    return report_text.markdown(title(found), (), [("Verdict", lines(found))], ("Day by day", table(found)))


def listed(watches: Sequence[Watch]) -> Card:
    """Those that go on."""
    if not watches:
        said = "No watch goes on. `/watch PROCESSOR DATE` begins one, DATE the first date after the fix."
        return Card(said.replace("`", ""), (section(said),))
    shown = "\n".join(["*Watches that go on*", *(f"• {_listed(each)}" for each in watches)])
    plain = [f"{each.processor} since {each.since}: /watch end {each.id}" for each in watches]
    return Card(escape("\n".join(["Watches that go on", *plain])), (section(shown),))


def _listed(each: Watch) -> str:
    what = f"{escape(each.processor)} since {short_day(each.since)}, {plural(each.days, 'day')}, by {mention(each.by)}"
    return f"{what}: result {SLACK.date(each.ends_at)}; `/watch end {each.id}`"


def ended(watch: Watch, by: str) -> Card:
    what = f"the watch of {escape(watch.processor)} since {short_day(watch.since)}"
    said = f"{mention(by)} has ended {what}: no result comes."
    return Card(said, (section(said),))


def gone(watch: Watch, reason: str) -> str:
    """Instead of a result."""
    return escape(f"Watch of {watch.processor} since {short_day(watch.since)}: no result. {reason}")
