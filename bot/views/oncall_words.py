"""Who is on call, in words: the same for Slack, the terminal and calendars."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.oncall.covers import Cover, CoverState, state_at
from bot.domain.oncall.schedule import Shift, Why
from bot.views.numbers import span

NOBODY = "nobody"


def why(shift: Shift) -> str:
    """Why it is that person's turn; "" where that goes without saying: by rotation, or nobody's."""
    if shift.why in (Why.ROTATION, Why.NOBODY):
        return ""
    instead = f" instead of {shift.instead_of}" if shift.instead_of else ""
    detail = f": {shift.detail}" if shift.detail else ""
    return f"{shift.why}{instead}{detail}"


def wall(moment: datetime, zone: ZoneInfo) -> str:
    """`Mon 12 Jan 09:00 EST`."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M} {local.tzname()}"


def request(cover: Cover) -> str:
    if cover.at_once:
        return f"{cover.asked_by} puts {cover.person} on call as {cover.rota}"
    return f"{cover.asked_by} asks {cover.person} to be {cover.rota}"


def state(cover: Cover, now: datetime) -> str:
    """Nobody has to accept an override."""
    found = state_at(cover, now)
    return "set" if cover.at_once and found is CoverState.ACCEPTED else found.value


def contents(cover: Cover, zone: ZoneInfo) -> str:
    """What the window holds: its length, and the nights in it (an hour of 00:00 to 06:00 makes one)."""
    nights, day = 0, cover.since.astimezone(zone).date()
    last = cover.until.astimezone(zone).date()
    while day <= last:
        begin = datetime(day.year, day.month, day.day, tzinfo=zone)
        overlap = min(cover.until, begin + timedelta(hours=6)) - max(cover.since, begin)
        nights += overlap >= timedelta(hours=1)
        day += timedelta(days=1)
    return f"{span(cover.until - cover.since)}, {plural(nights, 'night')}"


def gap(shift: Shift, zone: ZoneInfo, now: datetime) -> str:
    since, until = shift.since or now, shift.until
    end = f"to {wall(until, zone)}" if until is not None else "with no end in sight"
    return f"Nobody is {shift.rota} from {wall(since, zone)} {end}"
