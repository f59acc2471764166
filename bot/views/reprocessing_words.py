"""What a repair will do, in words: the same for Slack and the terminal."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from math import ceil

from bot.domain.counts import plural
from bot.domain.platform.names import some_of
from bot.domain.reprocessing.plan import Change, Plan, Request, SkipReason, Step
from bot.domain.reprocessing.repair import Repair, RepairState
from bot.views import numbers
from bot.views.incident_words import Voice
from bot.views.validate_words import dates, verdict

MOST_ROWS = 10
MOST_NAMED = 3
MOST_CHANGES = 12
NONE = timedelta()
SHORT = timedelta(seconds=90)
"""What takes longer is told in minutes."""


def label(days: Sequence[date], written: Callable[[date], str] = str) -> str:
    """Of a button that shows the plan of these dates. `written`: how a single one is."""
    return f"Reprocess {written(days[0]) if len(days) == 1 else plural(len(days), 'date')}"


def headline(repair: Repair) -> str:
    """What it is about."""
    asked = repair.plan.request
    days = dates({asked.first, asked.last}) if asked.dates < 3 else f"{asked.first} to {asked.last}"
    return f"Reprocess {scope(asked)}, {days}"


def scope(asked: Request) -> str:
    """Without its dates."""
    below = " and what depends on it" if asked.downstream else ""
    return f"{some_of(asked.processors, MOST_NAMED)}{below}"


def roughly(length: timedelta) -> str:
    """Whole minutes, rounded up, unless it is short."""
    return numbers.span(length if length < SHORT else timedelta(minutes=ceil(length / timedelta(minutes=1))))


def figures(plan: Plan) -> str:
    """How many run, how many do not and why, how long it takes."""
    left_out = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in plan.skipped.items())
    skipped = f"{plan.number_skipped:,} skipped" + (f" ({left_out})" if left_out else "")
    run = f"{len(plan.running):,} to run"
    return f"{run}, {skipped}{_estimate(plan)}"


def _estimate(plan: Plan) -> str:
    known, unknown = plan.estimate.seconds, plan.estimate.unknown
    without = f"{some_of(unknown, MOST_NAMED)}: no usual duration is known" if unknown else ""
    if not plan.running:
        return ""
    if not known:
        return f"; {without}"
    return f", about {roughly(timedelta(seconds=known))}" + (f" ({without})" if without else "")


def second(repair: Repair) -> str:
    """Whether a second person is needed, and why; "": nobody is."""
    why = repair.plan.needs_second
    return f"Needs a second person: {'; '.join(why)}." if why else ""


def mend(plan: Plan) -> str:
    """What is repaired again and again needs more than a repair."""
    if not plan.again:
        return ""
    names = some_of(list(dict.fromkeys(key.processor for key in plan.again)), MOST_NAMED)
    return f"It was repaired twice in the last 7 days: open a ticket for a lasting mend of {names}."


def rows(plan: Plan, voice: Voice, most: int = MOST_ROWS) -> list[str]:
    """What runs before what does not; neighbours alike share a line, of which the newest stands for all."""
    ordered = sorted(enumerate(plan.steps), key=lambda each: (not each[1].runs, each[1].processor, each[0]))
    alike = groupby((step for _, step in ordered), key=lambda step: (step.processor, step.skip, step.verdict))
    groups = [list(steps) for _, steps in alike]
    groups.sort(key=lambda steps: (not steps[0].runs, plan.steps.index(steps[0])))
    lines = [_row(steps, voice) for steps in groups[:most]]
    rest = sum(len(steps) for steps in groups[most:])
    return [*lines, *([f"and {plural(rest, 'more step')}"] if rest else [])]


def _row(steps: Sequence[Step], voice: Voice) -> str:
    first = steps[0]
    what = "run" if first.skip is None else f"skip, {first.skip.replace('_', ' ')}"
    because = f"newest: {first.because}" if len({each.because for each in steps}) > 1 else first.because
    said = f"{verdict(first.verdict)}{'; ' if because != first.because else ': '}{because}" if first.runs else because
    return f"{voice.data(first.processor)} {dates(_days(steps))}: {what} ({voice.data(said)})"


def _days(steps: Sequence[Step]) -> Iterator[date]:
    return (step.data_date for step in steps)


def changes(found: Sequence[Change], voice: Voice) -> list[str]:
    """The difference of a plan gone stale, row by row."""
    lines = [voice.data(str(each)) for each in found[:MOST_CHANGES]]
    rest = len(found) - MOST_CHANGES
    return [*lines, *([f"and {plural(rest, 'more row')}"] if rest > 0 else [])]


def state(repair: Repair, voice: Voice) -> str:
    """How it stands, and what can be done next, in a sentence."""
    who = voice.data(repair.asked_by.name)
    until = voice.date(repair.expires_at)
    match repair.state:
        case RepairState.PLANNED if not repair.plan.running:
            return "There is nothing to start."
        case RepairState.PLANNED:
            can = "approved and started by a second person" if repair.plan.needs_second else "started"
            return f"Nothing is started yet. It can be {can} until {until}."
        case RepairState.AWAITING_APPROVAL:
            return f"{who} asks for approval: a second person can start it until {until}."
        case RepairState.CANCELLED:
            return f"Cancelled: {voice.data(repair.reason)}." if repair.reason else "Cancelled."
        case _:
            approved = f", approved by {voice.data(repair.approved_by.name)}" if repair.approved_by else ""
            return f"{repair.label} is {repair.state}: asked for by {who}{approved}."


def deadlines(plan: Plan, voice: Voice) -> list[str]:
    """What is at stake tonight: what this order saves, when it has to begin, what is given up."""
    saved = [each for each in plan.deadlines if each.spare >= NONE]
    lines = []
    if saved:
        latest = min(each.spare for each in saved) + plan.made_at
        named = _due([(each.processor, each.due_at) for each in saved], voice)
        first = "This order saves" if plan.by_deadlines else "In time for"
        lines.append(f"{first} {named}, if it starts by {voice.date(latest)}.")
    for each in [each for each in plan.deadlines if each.spare < NONE][:MOST_NAMED]:
        due = voice.date(each.due_at)
        lines.append(f"Given up: {voice.data(each.processor)}, due {due}, would be {numbers.span(-each.spare)} late.")
    return lines


def _due(found: Sequence[tuple[str, datetime]], voice: Voice) -> str:
    named = [f"{voice.data(name)}, due {voice.date(at)}" for name, at in found[:MOST_NAMED]]
    return "; ".join([*named, *([f"{len(found) - MOST_NAMED:,} more"] if len(found) > MOST_NAMED else [])])


def under_way(plan: Plan) -> str:
    """What to do about what somebody is at; "": nobody is."""
    held = plan.skipped.get(SkipReason.IN_FLIGHT, 0)
    if not held:
        return ""
    said, them = ("1 step is", "it") if held == 1 else (f"{held:,} steps are", "them")
    return f"{said} in flight or made from what is: this plan leaves {them} out. Plan {them} again when that has ended."


def offers(plan: Plan, voice: Voice) -> list[str]:
    """What was not asked for, and would help."""
    found = []
    if plan.upstream is not None:
        names = voice.data(some_of(plan.upstream.processors, MOST_NAMED))
        found.append(f"Not in this plan: {names}. {plan.upstream.because}.")
    if plan.downstream is not None:
        count = plural(len(plan.downstream.processors), "dependent")
        due = f"; {_due([plan.downstream.due], voice)}" if plan.downstream.due is not None else ""
        names = voice.data(some_of(plan.downstream.processors, MOST_NAMED))
        found.append(f"Not in this plan: {count} ({names}{due}).")
    return found
