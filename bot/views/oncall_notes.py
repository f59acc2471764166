"""Notes about the schedule, as plain text."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.gate.silences import Kind, Silence
from bot.domain.incidents.standing import Overview
from bot.domain.oncall.notes import Handover
from bot.domain.oncall.schedule import Shift
from bot.views import oncall_words, response_words
from bot.views.incident import plain_in

MOST_LINES = 10
MOST_GAPS = 3


def handover(given: Handover, incidents: list[Overview], silences: list[Silence], now: datetime) -> str:
    """To whoever has the turn now, in the zone of that person."""
    zone, shift = given.person.zone, given.shift
    until = f"until {oncall_words.wall(shift.until, zone)}" if shift.until is not None else "with no end in sight"
    why = oncall_words.why(shift)
    windows = [_window(each, zone) for each in silences if each.kind is Kind.WINDOW]
    lines = [
        f"You are {shift.rota} from now {until}.",
        *([f"Why: {why}."] if why else []),
        *([f"{given.before} had it before."] if given.before else []),
        *_listed("open incident", (_incident(each, zone, now) for each in incidents)),
        *_listed("silence", (_silence(each, zone) for each in silences if each.kind is Kind.SILENCE)),
        *(_listed("window", windows) if windows else []),
        f"More: `/oncall`, `/incident list`, `/silence list`{', `/window list`' if windows else ''}.",
    ]
    return "\n".join(lines)


def gaps(found: list[Shift], zone: ZoneInfo, now: datetime) -> str:
    """`found` are those of one rota, in order of time."""
    days = "in the next 60 days"
    lines = [f"{oncall_words.gap(each, zone, now)}." for each in found[:MOST_GAPS]]
    if len(found) > MOST_GAPS:
        lines.append(f"And {plural(len(found) - MOST_GAPS, 'more gap')} {days}.")
    rota = found[0].rota
    head = f"{rota} has nobody on call for {plural(len(found), 'time')} {days}: a step that pages {rota} falls through."
    end = "Add people or a fallback in oncall.yaml. `/oncall gaps` lists all; this is said once for the rota as it is."
    return "\n".join([head, *lines, end])


def _listed(what: str, lines: Iterable[str]) -> list[str]:
    """How many, and each."""
    said = list(lines)
    if not said:
        return [f"No {what}."]
    more = [f"and {len(said) - MOST_LINES} more"] if len(said) > MOST_LINES else []
    return [f"{plural(len(said), what)}:", *said[:MOST_LINES], *more]


def _incident(found: Overview, zone: ZoneInfo, now: datetime) -> str:
    line = response_words.line(found.standing, now, plain_in(zone))
    explanation = found.incident.headline.explanation.rstrip(".")
    return f"- {found.incident.label} {found.severity}: {explanation}. {line}".rstrip()


def _window(window: Silence, zone: ZoneInfo) -> str:
    since, until = (oncall_words.wall(moment, zone) for moment in (window.since, window.until))
    return f"- {window.what} from {since} until {until}: {window.reason}"


def _silence(silence: Silence, zone: ZoneInfo) -> str:
    return f"- {silence.what} until {oncall_words.wall(silence.until, zone)}: {silence.reason}"
