"""What the arguments of a step may say."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from bot.domain import lengths
from bot.domain.errors import BadInput
from bot.domain.gate.silences import LONGEST, SHORTEST
from bot.domain.platform.registry import Registry
from bot.domain.runbooks.run import Subject
from bot.domain.runbooks.runbook import Step

_LENGTH = re.compile(r"(\d{1,5})(m|h|d)", re.ASCII)
_TRUTHS = {"true": True, "false": False}


def length(text: str) -> timedelta:
    """Of a silence. Raises BadInput."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{text!r} is no length of time; write 30m, 2h or 1d")
    wanted = lengths.length(found[1], found[2])
    if not SHORTEST <= wanted <= LONGEST:
        raise BadInput(f"{text!r} is not from 5 minutes to 7 days")
    return wanted


def day(text: str) -> date:
    """Raises BadInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{text!r} is no date; write 2026-01-20") from None


def phase(text: str) -> int:
    """Raises BadInput."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise BadInput(f"{text!r} is no phase; write its number")
    return int(text)


def seconds(text: str) -> int:
    """A time limit. Raises BadInput."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text)):
        raise BadInput(f"{text!r} is no number of seconds; write 1800")
    return int(text)


def truth(text: str) -> bool:
    """Raises BadInput."""
    if text.casefold() not in _TRUTHS:
        raise BadInput(f"{text!r} is neither true nor false")
    return _TRUTHS[text.casefold()]


READ: Mapping[str, Callable[[str], object]] = {
    "for": length,
    "date": day,
    "phase": phase,
    "seconds": seconds,
    "downstream": truth,
}
"""The others may say anything."""


def subject_of(step: Step, subject: Subject) -> Subject:
    """What a step is about: what it says itself, else what the runbook was started for."""
    said = step.arguments
    on = day(said["date"]) if "date" in said else subject.data_date
    return Subject(processor=said.get("processor", subject.processor), data_date=on)


def service_of(step: Step, subject: Subject, registry: Registry) -> str:
    """The service that a step names, else that of what it is about; "" where the registry knows none."""
    known = registry.by_name.get(subject.processor)
    return step.arguments.get("service") or (known.service if known is not None else None) or ""
