"""What an impact says, in words: shared by the Slack card, the terminal, the picture and its alternative text."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.counts import plural
from bot.domain.evidence.freshness import Staleness
from bot.domain.impact.deadlines import Deadline
from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact, by_level
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import UnregisteredProcessor
from bot.views import numbers

STATES = {
    Staleness.NO_DATA: "no data",
    Staleness.PARTIAL: "partly filled",
    Staleness.OLD_TABLE: "old table",
    Staleness.FRESH: "not stale",
    Staleness.UNKNOWN: "cannot tell",
}
AT_RISK = "at risk"
MOST_STEPS = 6
MOST_NAMED = 3
REGISTRY = "registry.yaml"
NO_DEPENDENCIES = "the registry names no dependencies"


def clock(moment: datetime, now: datetime) -> str:
    """With its day where that is another."""
    return f"{moment:%H:%M} UTC" if moment.date() == now.date() else f"{moment:%-d %b %H:%M} UTC"


@dataclass(frozen=True)
class Voice:
    """How names are written, and a moment as of another: Slack escapes the ones, and shows each reader the others in
    local time.
    """

    name: Callable[[str], str] = str
    clock: Callable[[datetime, datetime], str] = clock


PLAIN = Voice()
NEVER = datetime.max.replace(tzinfo=UTC)


_UNITS = ((120, 1, "min"), (2_880, 60, "h"), (730 * 1_440, 1_440, "days"), (math.inf, 365.25 * 1_440, "years"))
"""Minutes below which a unit is said, and how many minutes it has."""


def until(minutes: float) -> str:
    """42.4 -> in 42 min; -75 -> 75 min ago; 200 -> in 3.3 h; 7200 -> in 5.0 days; -3214720 -> 6.1 years ago."""
    size = abs(minutes)
    of, unit = next((of, unit) for below, of, unit in _UNITS if size < below)
    said = f"{size / of:{'.0f' if of == 1 else '.1f'}} {unit}"
    return f"in {said}" if minutes >= 0 else f"{said} ago"


def headline(impact: Impact, voice: Voice = PLAIN) -> str:
    """How many of its dependents are affected, how, and how critical they are; the others are a count."""
    name, total, affected = voice.name(impact.subject.processor.name), len(impact.dependents), len(impact.affected)
    if isinstance(impact.subject.processor, UnregisteredProcessor):
        return f"What depends on {name} is unknown: it is not in the registry."
    if not total and not impact.reach_known:
        return f"What depends on {name} is unknown: {NO_DEPENDENCIES}."
    if not total:
        return f"Nothing that runs depends on {name}."
    unknown = len(impact.untold)
    if not affected:
        return _unaffected(total, unknown)
    verb = "is" if affected == 1 else "are"
    levels = ", ".join(
        f"{count:,} {level or 'of unknown criticality'}" for level, count in by_level(impact.affected).items()
    )
    aside = f"; of {unknown:,} nobody can tell" if unknown else ""
    return f"{affected:,} of {plural(total, 'dependent')} {verb} affected: {_states(impact)} ({levels}){aside}."


def _unaffected(total: int, unknown: int) -> str:
    if unknown == total:
        return f"Whether its {plural(total, 'dependent')} {'is' if total == 1 else 'are'} affected is unknown."
    if unknown:
        return f"None of its {total:,} dependents is known to be affected; of {unknown:,} nobody can tell."
    return f"None of its {total:,} dependents is affected." if total > 1 else "Its only dependent is not affected."


def _states(impact: Impact) -> str:
    counts = [(len(impact.stale), "stale"), (len(impact.at_risk), AT_RISK)]
    known = [(count, said) for count, said in counts if count]
    if len(known) == 1:
        count, said = known[0]
        return said if count == 1 else f"all {said}"
    return ", ".join(f"{count:,} {said}" for count, said in known)


def fine(impact: Impact) -> str | None:
    """What is left out of the list because nothing is wrong with it."""
    count = len(impact.dependents) - len(impact.listed)
    return f"{plural(count, 'dependent')} not affected." if count and impact.listed else None


def deadline_lines(impact: Impact, voice: Voice = PLAIN) -> list[str]:
    """The next deadline with what it needs, and what has been missed; empty when no deadline is left."""
    deadline, missed = impact.next_deadline, impact.breached
    lines = []
    if deadline is not None and deadline.due_at > impact.as_of:
        due = f"{voice.clock(deadline.due_at, impact.as_of)}, {until(deadline.minutes_to_breach)}"
        lines.append(
            f"Next deadline: {voice.name(deadline.processor)}, {due}. {_start(deadline, impact.as_of, voice)}."
        )
        if len(deadline.critical_path) > 1:
            lines.append(f"Critical path: {path(deadline, voice)}.")
    if missed:
        named = ", ".join(f"{voice.name(item.processor)} {until(item.minutes_to_breach)}" for item in missed[:3])
        more = f" and {len(missed) - 3:,} more" if len(missed) > 3 else ""
        lines.append(f"Missed for {impact.data_date}: {named}{more}.")
    if impact.lost_since:
        lines.append(f"Met for {impact.data_date}, and lost again: {_lost(impact, voice)}.")
    return lines


def _lost(impact: Impact, voice: Voice) -> str:
    ago = {name: (impact.as_of - since).total_seconds() / 60 for name, since in impact.lost_since.items()}
    named = [f"{voice.name(name)} {until(-minutes) if minutes else 'just now'}" for name, minutes in ago.items()]
    return some_of(named, MOST_NAMED)


def _start(deadline: Deadline, now: datetime, voice: Voice) -> str:
    first = voice.name(deadline.critical_path[0].processor)
    when = f"{voice.clock(deadline.latest_start, now)}, {until(deadline.minutes_to_start)}"
    if deadline.minutes_to_start < 0:
        return f"Too late by p95 durations: {first} had to start by {when}"
    return f"Start {first} by {when}"


def path(deadline: Deadline, voice: Voice = PLAIN) -> str:
    """Steps with their durations; the middle of a long one is left out."""
    steps = [f"{voice.name(step.processor)} {numbers.seconds(step.pace.seconds)}" for step in deadline.critical_path]
    if len(steps) > MOST_STEPS:
        steps = [*steps[:2], f"{len(steps) - 4} more", *steps[-2:]]
    return " → ".join(steps)


def state(item: Affected) -> str:
    """In a list of what is affected: one that lacks nothing so far is at risk."""
    return AT_RISK if item.staleness is Staleness.FRESH else STATES[item.staleness]


def facts(item: Affected, now: datetime, voice: Voice = PLAIN) -> list[str]:
    """What is said of one dependent, most important first."""
    processor, deadline = item.processor, item.deadline
    said = [state(item), processor.criticality or "criticality unknown"]
    if deadline is not None:
        said.append(f"due {until(deadline.minutes_to_breach)}")
    if item.next_slot is not None:
        said.append(f"next slot {voice.clock(item.next_slot, now)}")
    if processor.owner:
        said.append(voice.name(processor.owner))
    return said


def left_out(impact: Impact) -> str | None:
    """The retired, by name."""
    if not impact.retired:
        return None
    named = [f"{item.processor} ({item.last_run or 'never seen'})" for item in impact.retired[:5]]
    more = f" and {len(impact.retired) - 5:,} more" if len(impact.retired) > 5 else ""
    return f"Left out as retired, no run in 30 days (last run): {', '.join(named)}{more}."


def upstream(impact: Impact) -> str:
    """What it depends on itself, nearest first."""
    if isinstance(impact.subject.processor, UnregisteredProcessor):
        return "What it depends on is unknown."
    if not impact.upstream and not impact.reach_known:
        return f"What it depends on is unknown, too. Add `dependencies:` to {REGISTRY}."
    if not impact.upstream:
        return f"{impact.subject.processor.name} depends on nothing."
    named = [f"{name} ({hops})" for name, hops in list(impact.upstream.items())[:6]]
    more = f" and {len(impact.upstream) - 6:,} more" if len(impact.upstream) > 6 else ""
    return f"It depends on (hops): {', '.join(named)}{more}."
