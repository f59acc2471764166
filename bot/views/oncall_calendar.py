"""Turns as an iCalendar file: a calendar that reads it again shows each turn once. https://www.rfc-editor.org/rfc/rfc5545"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from bot.domain.oncall.schedule import Shift
from bot.views import oncall_words

ENDLESS = timedelta(days=365)


def calendar(shifts: Iterable[Shift], made_at: datetime) -> bytes:
    """Turns of somebody. Its rota and when it begins make the id of a turn: it stays when the person changes. One
    without a known end is shown for a year.
    """
    found = Calendar()
    found.add("prodid", "-//Fireline//on call//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", "On call")
    for shift in shifts:
        if shift.person:
            found.add_component(_event(shift, made_at))
    return bytes(found.to_ical())


def _event(shift: Shift, made_at: datetime) -> Event:
    event, since = Event(), shift.since or made_at
    until = shift.until or since + ENDLESS
    named = sha256(f"{shift.rota}|{shift.since}".encode()).hexdigest()[:32]
    event.add("uid", f"{named}@fireline")
    event.add("dtstamp", made_at)
    event.add("dtstart", since)
    event.add("dtend", until)
    event.add("summary", f"{shift.person}: {shift.rota} on call")
    why = oncall_words.why(shift)
    if why:
        event.add("description", why)
    event.add("transp", "TRANSPARENT")
    return event
