"""What is said of a storm before and after: for its picture, the evidence and the report."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.findings.words import short_day
from bot.domain.gate.folded import Folded
from bot.views import numbers

MOST_MORE = 2


def headline(storm: Folded) -> str:
    """`INC-42: 47 findings, 3 messages`."""
    return f"{storm.incident.label}: {plural(len(storm.findings), 'finding')}, {plural(len(storm.sent), 'message')}"


def spared(storm: Folded) -> str:
    """One sentence."""
    one_by_one, sent = plural(len(storm.findings), "message"), plural(len(storm.sent), "message")
    return f"One by one these were {one_by_one}; {sent} {'was' if len(storm.sent) == 1 else 'were'} sent."


def told_before(storm: Folded) -> str:
    """What is on neither side, as a clause; "" where that is nothing."""
    if not storm.told_before:
        return ""
    return f"{plural(storm.told_before, 'finding')} told of before it was a storm, not counted"


def others(more: Sequence[Folded]) -> list[str]:
    """One line for each of a few, the rest counted."""
    lines = [headline(each) for each in more[:MOST_MORE]]
    return lines + [plural(len(more) - MOST_MORE, "more storm")] * (len(more) > MOST_MORE)


def said(storm: Folded, zone: ZoneInfo) -> str:
    """The same for those who cannot see it."""
    first, last = storm.findings[0], storm.findings[-1]
    within = f" within {numbers.span(last - first)}" if last > first else " at one moment"
    local = first.astimezone(zone)
    since = f"{short_day(local.date())} {local:%H:%M}"
    before = f"Before: {plural(len(storm.findings), 'message')}, one for each finding{within} from {since} on"
    aside = [told_before(storm)] if storm.told_before else []
    return ". ".join([storm.incident.label, before, f"After: {plural(len(storm.sent), 'message')}", *aside]) + "."
