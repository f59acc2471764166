"""What the deadlines of a date still lack, in words and as a card."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.findings.words import short_day
from bot.domain.impact.readiness import Readiness, StepLeft, StepState
from bot.domain.platform.names import some_of
from bot.views import action_ids
from bot.views.blocks import Card, actions, button, header, section
from bot.views.incident import SLACK, plain_in
from bot.views.incident_words import Voice
from bot.views.text import escape

MOST_RISKS, MOST_NAMED, MOST_LEFT = 3, 3, 8


def lines(found: Readiness, voice: Voice) -> Iterator[str]:
    """Of one data date: how far it is, what is at risk, what comes first."""
    first, *others = _open(found)
    of = f", the first of {plural(1 + len(others), 'deadline')}" if others else ""
    deadlines = f"{voice.data(first)} is due {voice.time(found.due[first])}{of}"
    yield f"Data of {short_day(found.data_date)}: {found.done:,} of {plural(found.needed, 'step')} done; {deadlines}"
    for step in found.at_risk[:MOST_RISKS]:
        yield f"At risk: {risk(step, voice)}"
    if len(found.at_risk) > MOST_RISKS:
        yield f"At risk: {len(found.at_risk) - MOST_RISKS:,} more"
    if found.unknown:
        names = some_of([voice.data(each.processor) for each in found.unknown], MOST_NAMED)
        yield f"Cannot tell of {len(found.unknown):,}: {names}"
    told = [each for each in found.left if each.state is not StepState.UNKNOWN]
    if told and not found.at_risk:
        step = min(told, key=lambda each: each.latest.start)
        calm = "Nothing known to be at risk" if found.unknown else "Nothing at risk"
        yield f"{calm}; {voice.data(step.processor)} must start first, by {voice.time(step.latest.start)}"


def _open(found: Readiness) -> list[str]:
    """Whose deadlines are still to be met, the first first; all of them where nothing is left."""
    left = {each.processor for each in found.left}
    return sorted(left & found.due.keys() or found.due, key=lambda name: (found.due[name], name))


def risk(step: StepLeft, voice: Voice) -> str:
    return f"{voice.data(step.processor)}: {step.state}, start by {voice.time(step.latest.start)}"


def title(found: Readiness) -> str:
    """Ready, not ready, or at risk; for which date."""
    day = short_day(found.data_date)
    if not found.left:
        return f"Ready for {day}: all {plural(found.needed, 'step')} done"
    if found.at_risk:
        return f"{day} is at risk: {len(found.at_risk):,} of {plural(found.needed, 'step')} late"
    return f"{day} still lacks {len(found.left):,} of {plural(found.needed, 'step')}"


def card(found: Readiness, zone: ZoneInfo) -> Card:
    """The steps that are left, the most urgent first, with a button for what the first one blocks."""
    circle = "🔴" if found.at_risk else "🟡" if found.left else "🟢"
    text = replace(plain_in(zone), data=escape)
    said = "\n".join([title(found), *_all(found, text)])
    blocks = [header(f"{circle} {title(found)}"), section("\n".join(_all(found, SLACK)))]
    if found.left:
        name = found.left[0].processor
        value = action_ids.encode_impact(name, found.data_date)
        blocks.append(actions([button(f"Impact of {name}", action_ids.REPORT_IMPACT, value)]))
    return Card(said, tuple(blocks))


def _all(found: Readiness, voice: Voice) -> list[str]:
    due = [f"{voice.data(name)} is due {voice.time(found.due[name])}" for name in _open(found)]
    left = [f"• {risk(each, voice)}" for each in found.left[:MOST_LEFT]]
    more = [f"and {len(found.left) - MOST_LEFT:,} more"] if len(found.left) > MOST_LEFT else []
    return [f"{some_of(due, MOST_NAMED)}. {found.done:,} of {plural(found.needed, 'step')} done.", *left, *more]


def unavailable(day: date, why: str) -> str:
    return escape(f"Readiness of {short_day(day)} is unavailable, neither good nor bad: {why}")


def plain(found: Sequence[Readiness], zone: ZoneInfo) -> str:
    """Of each date with a deadline, for a terminal."""
    voice = plain_in(zone)
    said = ["\n".join([title(each), *_all(each, voice)]) for each in found]
    return "\n\n".join(said or ["No deadline in the next 24 hours."]) + "\n"
