"""The report of a replay as Markdown: what would have been posted, what would have been suppressed and why."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.counts import plural
from bot.domain.evidence.runs import Category
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.platform.names import some_of
from bot.domain.reports.replay import Message, ReplayReport
from bot.views import numbers
from bot.views.text import INVISIBLE

MOST_EXAMPLES = 3
MOST_NAMES = 6
_ENDS = {Reason.EXPIRED: "expired, still missing", Reason.MERGED: "part of another message"}
_AS_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = re.compile(r"[&<>|`\[\]\\]")


def markdown(report: ReplayReport) -> str:
    """Times are UTC. Read from the top: figures, then messages, then what was suppressed."""
    parts = [_head(report), _counts(report), _messages(report), _quiet(report), _noise(report), _lacking(report)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(report: ReplayReport) -> list[str]:
    pages = len(report.pages)
    begun = pages - report.risen - report.begun_again
    step = numbers.seconds(report.step / timedelta(seconds=1))
    return [
        "# What Fireline would have said",
        "",
        f"{_at(report.first)} to {_at(report.last)} UTC, a tick every {step}; times are UTC.",
        "",
        f"- {plural(len(report.messages), 'message')}, {report.notes:,} of these P3 for the digest alone, and "
        f"{plural(report.updates, 'update')} of them",
        f"- {plural(pages, 'page')}: {plural(begun, 'message')} that began as P0 or P1, "
        f"{plural(report.begun_again, 'message')} that began again, {plural(report.risen, 'update')} that became "
        f"graver; {pages / report.days:.2f} a day, "
        f"{report.pages_at_night:,} at night (22:00 to 07:00, {report.zone})",
        f"- {plural(report.noise.raw_failures, 'failed run')} in this time, in messages or not, "
        f"{report.noise.by_category.get(Category.NO_DATA_AVAILABLE, 0):,} of these expected",
    ]


def _counts(report: ReplayReport) -> list[str]:
    rows = [[str(severity), kind, f"{count:,}"] for (severity, kind), count in sorted(report.counted().items())]
    said = "Each message counts once, with the gravest severity that it had."
    return ["## By severity and kind", "", said, "", *table(["severity", "kind", "messages"], rows)]


def _messages(report: ReplayReport) -> list[str]:
    rows = [line for message in report.messages for line in _message_rows(message)]
    heading = ["time", "severity", "what", "root", "data date", "said", "why now"]
    return ["## Messages", "", "An arrow is an update of the message above it.", "", *table(heading, rows)]


def _message_rows(message: Message) -> Iterable[list[str]]:
    for decision in message.decisions:
        finding = decision.finding
        arrow = "" if decision.outcome is Outcome.ANNOUNCE else "↳ "
        yield [
            f"{arrow}{_at(decision.at)}",
            str(decision.severity),
            str(finding.kind),
            some_of(finding.processors, MOST_NAMES),
            str(finding.data_date or ""),
            said(decision),
            str(decision.reason) if decision.outcome is Outcome.UPDATE else decision.because,
        ]
    end = message.spans[-1][1]
    if end is not None:
        yield [f"↳ {_at(end)}", "", _ENDS.get(message.ended or Reason.RESOLVED, "resolved"), "", "", "", ""]


def said(decision: Decision) -> str:
    """And whom it blocks; an update says that where it is new."""
    named = decision.finding.impact
    if not named or decision.outcome is Outcome.UPDATE:
        return decision.news
    return f"{decision.news.removesuffix('.')}. Blocked: {some_of(named, MOST_NAMES)}."


def _quiet(report: ReplayReport) -> list[str]:
    lines = [
        "## Without a message of their own",
        "",
        "Each time the state of a finding changed without a message of its own.",
    ]
    rows = [
        [str(reason), f"{len(found):,}", f"{len({each.fingerprint for each in found}):,}"]
        for reason, found in report.quiet.items()
    ]
    lines += ["", *table(["reason", "times", "findings"], rows)]
    for reason, found in report.quiet.items():
        lines += ["", f"### {str(reason).capitalize()}", "", *_examples(found)]
    return lines


def _examples(found: Sequence[Decision]) -> list[str]:
    by_root = {decision.finding.root: decision for decision in reversed(found)}
    shown = list(reversed(by_root.values()))[:MOST_EXAMPLES]
    lines = [f"- {_at(each.at)} {each.severity} {_what(each)}" for each in shown]
    lines = [f"{line} ({_cell(each.detail)})" if each.detail else line for line, each in zip(lines, shown, strict=True)]
    more = len(by_root) - len(shown)
    return [*lines, f"- and of {plural(more, 'more processor')}"] if more else lines


def _what(decision: Decision) -> str:
    finding = decision.finding
    day = f" {finding.data_date}" if finding.data_date is not None else ""
    return f"{finding.kind} {_code(finding.root)}{day}: {_cell(finding.explanation)}"


def _noise(report: ReplayReport) -> list[str]:
    noise = report.noise
    rows = [[str(category), f"{runs:,}"] for category, runs in sorted(noise.by_category.items(), key=lambda i: -i[1])]
    rows += [["all failed runs", f"{noise.raw_failures:,}"], ["notifications", f"{noise.alerts:,}"]]
    return ["## Noise ledger", "", *table(["failed runs", "count"], rows)]


def _lacking(report: ReplayReport) -> list[str]:
    said = [f"- {_cell(warning)}" for warning in report.warnings] or ["Nothing: every kind of evidence was there."]
    return ["## What could not be judged", "", *said]


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """In Markdown; data in its cells stays data."""
    if not rows:
        return ["None."]
    ruled = "|" + "---|" * len(heading)
    return [f"| {' | '.join(heading)} |", ruled, *(f"| {' | '.join(map(_cell, row))} |" for row in rows)]


def _cell(text: str) -> str:
    """Data stays data: it ends no cell or line, and becomes no tag, link, picture or code."""
    return _MARKUP.sub(lambda found: _AS_TEXT.get(found[0], f"\\{found[0]}"), INVISIBLE.sub("", " ".join(text.split())))


def _code(name: str) -> str:
    return f"`{INVISIBLE.sub('', name).replace('`', chr(39)).replace('|', '/')}`"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
