"""What Slack sends, read into what a service takes. Raises BadInput with what to write instead."""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.incidents.feedback import Word
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.impact import parse_date
from bot.services.validation import parse_dates
from bot.views import action_ids

_WINDOW = re.compile(r"^(\d{1,4})\s*d(?:ays?)?$", re.IGNORECASE)
_PHASE = re.compile(r"^phase(?=[0-9]{1,4}$)", re.IGNORECASE)
"""Of a phase written without a space."""
_SPACED_DOTS = re.compile(r"(?<=[0-9])\s*\.\.\s*(?=[0-9])")
_SLACKS_TOKEN = re.compile(r"<[^>]*>")
_HELP = frozenset({"help", "?", "-h", "--help"})
_USAGE = "Write `/health`, `/health phase 2` or `/health NAME`, with a window such as `30d` after it if you like."
_IMPACT_USAGE = "Write `/impact NAME`, with a data date such as `2026-03-15` after it if you like."
_VALIDATE_USAGE = "Write `/validate`, `/validate NAME` or `/validate NAME 2026-03-01..2026-03-07`."
MOST_TEXT = 500


def is_shaped(body: object) -> bool:
    """Whether Bolt can match it: it takes for granted that actions have ids, and that events and views are objects."""
    if not isinstance(body, Mapping):
        return False
    clicked, typed_into = body.get("actions") or [], body.get("action_id")
    if not isinstance(clicked, list) or not isinstance(typed_into, str | None):
        return False
    ids = [one.get("action_id") if isinstance(one, dict) else None for one in clicked]
    is_event = isinstance(body.get("event", {}), dict)  # a null is no event either: Bolt looks into it
    return all(isinstance(one, str) for one in ids) and is_event and isinstance(body.get("view"), dict | None)


def wants_help(command: Mapping[str, Any]) -> bool:
    return not _HELP.isdisjoint(_text(command)[:MOST_TEXT].casefold().split()[:1])


def health(command: Mapping[str, Any]) -> HealthRequest:
    """`[phase N | PROCESSOR] [7d]`, the window before or after."""
    words = [part for word in _words(command, _USAGE) for part in _PHASE.sub("phase ", word).split()]
    windows = [match for word in words if (match := _WINDOW.match(word))]
    rest = [word for word in words if not _WINDOW.match(word)]
    if len(windows) > 1:
        raise BadInput(f"Give one window, not {len(windows)}. {_USAGE}")
    days = int(windows[0][1]) if windows else HealthRequest().days
    if not rest:
        return HealthRequest(days=days)
    if rest[0].casefold() == "phase":
        return HealthRequest(days=days, phase=_phase(rest[1:]))
    if len(rest) > 1:
        raise BadInput(f"I do not understand {' '.join(rest)!r}. {_USAGE}")
    return HealthRequest(days=days, processor=rest[0])


def impact(command: Mapping[str, Any]) -> ImpactRequest:
    """`PROCESSOR [DATE]`."""
    words = _words(command, _IMPACT_USAGE)
    if not words:
        raise BadInput(f"Which processor? {_IMPACT_USAGE}")
    if len(words) > 2:
        raise BadInput(f"I do not understand {' '.join(words[2:])!r}. {_IMPACT_USAGE}")
    return ImpactRequest(words[0], parse_date(words[1]) if len(words) == 2 else None)


def validation(command: Mapping[str, Any]) -> ValidationRequest:
    """`[PROCESSOR] [FROM..TO]`, in either order."""
    words = _SPACED_DOTS.sub("..", " ".join(_words(command, _VALIDATE_USAGE))).split()
    dates = [word for word in words if word[:1].isdigit() or ".." in word]
    names = [word for word in words if word not in dates]
    if len(dates) > 1 or len(names) > 1:
        raise BadInput(f"I do not understand {' '.join([*names[1:], *dates[1:]])!r}. {_VALIDATE_USAGE}")
    first, last = parse_dates(dates[0]) if dates else (None, None)
    return ValidationRequest(processor=names[0] if names else None, first=first, last=last)


def asks_for_health(mention: Mapping[str, Any]) -> bool:
    """Whether what was said to the app has one of its two words in it, however it is punctuated."""
    words = re.findall(r"\w+", _SLACKS_TOKEN.sub(" ", _text(mention)).casefold())
    return "status" in words or "health" in words


def _phase(words: list[str]) -> int:
    if len(words) == 1 and words[0].isascii() and words[0].isdigit() and len(words[0]) <= 4:
        return int(words[0])
    wrong = f"{' '.join(words)!r} is not a phase." if words else "Which phase?"
    raise BadInput(f"{wrong} Write `/health phase 2`.")


def _text(command: Mapping[str, Any]) -> str:
    text = command.get("text")
    return text.strip() if isinstance(text, str) else ""


def _words(command: Mapping[str, Any], usage: str) -> list[str]:
    text = _text(command)
    if len(text) > MOST_TEXT:
        raise BadInput(f"That is {len(text)} characters long. {usage}")
    return text.split()


def clicked(action: Mapping[str, Any]) -> HealthRequest:
    """What a button or a chosen option asks for."""
    return action_ids.decode(value(action))


def clicked_impact(action: Mapping[str, Any]) -> ImpactRequest:
    return action_ids.decode_impact(value(action))


def clicked_validation(action: Mapping[str, Any]) -> ValidationRequest:
    return action_ids.decode_validation(value(action))


def feedback(action: Mapping[str, Any]) -> tuple[Word, str]:
    """What is said of an incident, and its id."""
    return action_ids.decode_feedback(value(action))


def value(action: Mapping[str, Any]) -> str:
    chosen = action.get("selected_option")
    found = chosen.get("value") if isinstance(chosen, Mapping) else action.get("value")
    return found if isinstance(found, str) else ""


def typed(options: Mapping[str, Any]) -> str:
    """What was typed into a type-ahead so far."""
    value = options.get("value")
    return value.strip()[:MOST_TEXT] if isinstance(value, str) else ""


def window(options: Mapping[str, Any]) -> int:
    """The days of the message whose type-ahead is asked for options."""
    block_id = options.get("block_id")
    return action_ids.days_of(block_id if isinstance(block_id, str) else "")
