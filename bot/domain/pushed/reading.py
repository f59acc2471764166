"""What was sent, read field by field: an event, or everything that is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from bot.domain.errors import BadInput, suggest
from bot.domain.pushed.events import Aside, Event, Kind, RunKey, digest_of
from bot.domain.redaction import redacted, visible

NAMES = ("run_id", "processor_name", "kind", "at", "data_date", "started_at", "attempt", "records_processed",
         "failure_category", "error_message", "trigger", "phase")  # fmt: skip
ALSO = {"processor": "processor_name", "records": "records_processed", "event": "kind"}
MOST_EVENTS = 1_000
LONGEST_NAME, LONGEST_TEXT, LONGEST_ASIDE = 500, 3_900, 2_000
"""Characters; the warehouse keeps 4,000 of a text."""
MARGIN = 4_000
"""Cut through, a secret is no longer known as one: so much beside a cut is left out after the look for secrets."""
DAYS_AHEAD = timedelta(days=400)
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
LARGEST = 2**63 - 1
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Fault(NamedTuple):
    """What is wrong with one field: with what value, and what to send."""

    field: str
    value: str
    error: str


class Refused(BadInput):
    """An event that cannot be understood: with every fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{each.field} {each.value}: {each.error}" for each in faults))


class Sent(NamedTuple):
    """`sent_at`: the sender's time at sending, where it says so."""

    events: Sequence[object]
    sent_at: datetime | None = None


def sent_of(body: object) -> Sent:
    """Of `{"events": [...], "sent_at": ...}`, a list of events, or one event. Raises Refused."""
    if isinstance(body, list):
        return _counted(Sent(body))
    if not isinstance(body, dict):
        raise Refused([Fault("body", shown(body), 'send {"events": [...]}')])
    if "events" not in body:
        return Sent([body])
    if not isinstance(body["events"], list):
        raise Refused([Fault("events", shown(body["events"]), "is no list of events")])
    faults: list[Fault] = []
    sent_at = _moment("sent_at", body.get("sent_at"), faults)
    if faults:
        raise Refused(faults)
    return _counted(Sent(body["events"], sent_at))


def _counted(sent: Sent) -> Sent:
    if len(sent.events) > MOST_EVENTS:
        raise Refused([Fault("events", f"{len(sent.events):,}", f"send {MOST_EVENTS:,} events at most at once")])
    return sent


def read_event(sent: object, now: datetime, *, counted: bool = True) -> Event:
    """`now`: the time of an event that says none. `counted`: a success says its rows. Raises Refused."""
    if not isinstance(sent, dict):
        raise Refused([Fault("event", shown(sent), "is no object")])
    given = {ALSO.get(str(name), str(name)): value for name, value in sent.items() if value is not None}
    faults: list[Fault] = []
    key = RunKey(
        _name("processor_name", given, faults), _name("run_id", given, faults), _count("attempt", given, faults) or 0
    )
    kind, at = _kind(given, faults), _moment("at", given.get("at"), faults)
    said = {name: _small(given[name]) for name in NAMES if name in given}
    if kind is Kind.HEARTBEAT and at is None:
        said["at"] = now.isoformat()  # the next one that says as little is another sign of life
    event = Event(
        key,
        kind,
        at or now,
        digest_of(said),
        data_date=_day(given, now, faults),
        started_at=_moment("started_at", given.get("started_at"), faults),
        records=_count("records_processed", given, faults),
        category=_name("failure_category", given, faults, needed=False),
        error=_text("error_message", given, faults),
        trigger=_name("trigger", given, faults, needed=False),
        phase=_count("phase", given, faults),
    )
    if counted and kind is Kind.SUCCESS and "records_processed" not in given:
        faults.append(Fault("records_processed", "(missing)", "a success needs its row count; 0 is one"))
    if faults:
        raise Refused(faults)
    return event


def unknown_fields(sent: object) -> list[str]:
    """Those of an event that mean nothing here."""
    if not isinstance(sent, Mapping):
        return []
    return sorted(shown(name) for name in sent if name not in NAMES and name not in ALSO)


def shown(value: Any) -> str:
    """A value as a message repeats it."""
    text = value if isinstance(value, str) else repr(value)[:200]
    return repr(visible(redacted(text[:200]))[:80])


def cut(text: str) -> str:
    """Without secrets, and of a long text both ends."""
    if len(text) <= LONGEST_TEXT:
        return redacted(text)
    half = LONGEST_TEXT // 2
    head, tail = redacted(text[: half + MARGIN])[:half], redacted(text[-half - MARGIN :])[-half:]
    return f"{head}\n[{len(text) - LONGEST_TEXT:,} characters left out]\n{tail}"


def set_aside(place: str, body: bytes, error: Refused) -> Aside:
    """As it is kept for people, without secrets."""
    began = redacted(body[:MARGIN].decode(errors="replace"))[:LONGEST_ASIDE]
    return Aside(visible(place), visible(redacted(str(error)))[:LONGEST_ASIDE], visible(began))


def _small(value: Any) -> Any:
    return value if not isinstance(value, str) or len(value) <= LONGEST_TEXT else cut(value)


def _kind(given: Mapping[str, Any], faults: list[Fault]) -> Kind:
    value = given.get("kind", "")
    if isinstance(value, str) and value.lower() in set(Kind):
        return Kind(value.lower())
    if value == "":
        faults.append(Fault("kind", "(missing)", f"send one of {', '.join(Kind)}"))
    else:
        near = suggest(value, Kind) if isinstance(value, str) else ""
        faults.append(Fault("kind", shown(value), near or f"send one of {', '.join(Kind)}"))
    return Kind.HEARTBEAT


def _name(field: str, given: Mapping[str, Any], faults: list[Fault], *, needed: bool = True) -> str:
    value = given.get(field, "")
    if not isinstance(value, str):
        faults.append(Fault(field, shown(value), "is no text"))
    elif not value.strip():
        if needed:
            faults.append(Fault(field, "(missing)", "is needed"))
    elif len(value) > LONGEST_NAME:
        faults.append(Fault(field, shown(value), f"has {len(value):,} characters; {LONGEST_NAME} at most"))
    elif _CONTROLS.search(value):
        faults.append(Fault(field, shown(value), "holds a control character"))
    else:
        return redacted(value.strip())
    return ""


def _text(field: str, given: Mapping[str, Any], faults: list[Fault]) -> str:
    value = given.get(field, "")
    if not isinstance(value, str):
        faults.append(Fault(field, shown(value), "is no text"))
        return ""
    return cut(value.replace("\0", "?").encode(errors="replace").decode())


def _count(field: str, given: Mapping[str, Any], faults: list[Fault]) -> int | None:
    value = given.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        faults.append(Fault(field, shown(value), "is no whole number"))
    elif not 0 <= value <= LARGEST:
        faults.append(Fault(field, shown(value), "is negative" if value < 0 else "is too large"))
    else:
        return value
    return None


def _moment(field: str, value: Any, faults: list[Fault]) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            faults.append(Fault(field, shown(value), "has no offset from UTC; write 2026-01-06T05:02:00Z"))
            return None
        moment = moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        faults.append(Fault(field, shown(value), "is no moment; write 2026-01-06T05:02:00Z"))
        return None
    if not EARLIEST <= moment.date() <= LATEST:
        faults.append(Fault(field, shown(value), "is no plausible moment"))
        return None
    return moment


def _day(given: Mapping[str, Any], now: datetime, faults: list[Fault]) -> date | None:
    value = given.get("data_date")
    if value is None or value == "":
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        faults.append(Fault("data_date", shown(value), "is no date; write 2026-01-06"))
        return None
    if not EARLIEST <= day <= LATEST:
        faults.append(Fault("data_date", shown(value), "is no plausible date"))
    elif day > (now + DAYS_AHEAD).date():
        faults.append(Fault("data_date", shown(value), f"is in the future: it is {now:%Y-%m-%d}"))
    return day
