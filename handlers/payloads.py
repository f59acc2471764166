"""What Slack sends, read into what a service takes. Raises BadInput with what to write instead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.incidents.feedback import Word
from bot.domain.incidents.incident import MessageRef
from bot.domain.oncall.whom import MENTION
from bot.domain.verdicts.validation import ValidationRequest
from bot.views import action_ids

Payload = Mapping[str, Any]
_HELP = frozenset({"help", "?", "-h", "--help"})
MOST_TEXT = 500
ACKNOWLEDGING = frozenset({"ack", "acknowledged", "on it"})
_TAKES = re.compile(rf"(?:<@[^>]*>\s*)?(?:{'|'.join(sorted(ACKNOWLEDGING))}|ack INC-\d+)[.! ]*", re.IGNORECASE)
"""What somebody says who means to take an incident, wherever they say it."""
INCIDENT_WORDS = ("ack", "mitigated", "handover", "resolve", "reopen", "severity", "timeline", "postmortem")
_SEVERITY = re.compile(r"[Pp][0-9]")
OF_ALL = ("list", "figures", "shadow", "declare")
CHANGING_COMMANDS = ("/incident", "/oncall", "/runbook", "/watch")
CHANGING = ("circuit.", "incident.", "oncall.", "operation.", "reprocess.", "runbook.")
"""How buttons begin that may change something."""


@dataclass(frozen=True)
class IncidentCommand:
    """`word` "": show it; `more` is the reason, or the name. `name` "": it is about no single one."""

    name: str
    word: str
    more: str


@dataclass(frozen=True)
class PageCommand:
    """`severity` "": none was said."""

    whom: str
    severity: str
    text: str


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


def delivery(body: Mapping[str, Any]) -> str:
    """What names it, however often it comes: an event has an id, what a person does a trigger. "": it has neither."""
    named = body.get("event_id") or body.get("trigger_id")
    return named if isinstance(named, str) else ""


def may_change(body: Mapping[str, Any]) -> bool:
    """May it change something, or does it only ask?"""
    if (
        body.get("type") in ("view_submission", "message_action", "shortcut")
        or body.get("command") in CHANGING_COMMANDS
    ):
        return True
    if acknowledged_thread(mapping(body.get("event"))) is not None:
        return True
    clicked = body.get("actions")
    return isinstance(clicked, list) and any(str(each.get("action_id")).startswith(CHANGING) for each in clicked)


def wants_help(command: Mapping[str, Any]) -> bool:
    return not _HELP.isdisjoint(_text(command)[:MOST_TEXT].casefold().split()[:1])


def text(payload: Mapping[str, Any]) -> str:
    """What was typed after a command, or said to the app. Raises BadInput for what is too long to be meant."""
    typed = _text(payload)
    if len(typed) > MOST_TEXT:
        raise BadInput(
            f"That is {len(typed):,} characters long: {MOST_TEXT:,} at most. Type `/health help` for what I answer."
        )
    return typed


def _text(payload: Mapping[str, Any]) -> str:
    typed = payload.get("text")
    return typed.strip() if isinstance(typed, str) else ""


def is_for_us(event: Mapping[str, Any]) -> bool:
    """Whether a person has just said it to the app: no bot, no workflow, no change or deletion of what was said before,
    and outside a direct message only what mentions the app.
    """
    return _is_said(event) and (event.get("type") == "app_mention" or event.get("channel_type") == "im")


def acknowledged_thread(event: Mapping[str, Any]) -> MessageRef | None:
    """The thread in which a person has just written that they have it, in one of three words and no other; the mark
    that a phone puts behind it, as in `On it!`, changes nothing.
    """
    channel, ts, said = event.get("channel"), event.get("thread_ts"), _text(event).casefold().rstrip(".! ")
    if not (_is_said(event) and said in ACKNOWLEDGING and isinstance(channel, str) and isinstance(ts, str)):
        return None
    return MessageRef(channel, ts)


def means_to_take(event: Mapping[str, Any]) -> bool:
    """Does a person who says this to the app believe that an incident is theirs now?"""
    return _TAKES.fullmatch(_text(event)) is not None


def is_overheard(body: Mapping[str, Any]) -> bool:
    """Did somebody say it in a channel, and not to us?"""
    event = mapping(body.get("event"))
    said = event.get("type") == "message" and event.get("channel_type") != "im"
    return said and acknowledged_thread(event) is None


def _is_said(event: Mapping[str, Any]) -> bool:
    """Has a person just written it?"""
    user, subtype = event.get("user"), event.get("subtype")
    by_a_person = isinstance(user, str) and user != "" and not event.get("bot_id") and not event.get("hidden")
    return by_a_person and subtype in (None, "thread_broadcast", "file_share") and "edited" not in event


def clicked(action: Mapping[str, Any]) -> HealthRequest:
    """What a button or a chosen option asks for."""
    return action_ids.decode(value(action))


def clicked_impact(action: Mapping[str, Any]) -> ImpactRequest:
    return action_ids.decode_impact(value(action))


def clicked_validation(action: Mapping[str, Any]) -> ValidationRequest:
    return action_ids.decode_validation(value(action))


def incident(command: Mapping[str, Any]) -> IncidentCommand:
    """`INC-42 [WORD …]`, `list`, `figures [30d]`, `shadow [7d]`, `declare [TEXT]`, or `timeline INC-42`. Raises
    BadInput.
    """
    name, _, rest = as_written(text(command)).partition(" ")
    word, _, more = rest.strip().partition(" ")
    if not name:
        raise BadInput("Which incident? Write `/incident INC-42`, `/incident INC-42 ack`, or `/incident list`.")
    if name.casefold() in OF_ALL:
        return IncidentCommand("", name.casefold(), rest.strip())
    if name.casefold() in INCIDENT_WORDS and word:
        name, word = word, name
    if word.casefold() not in ("", *INCIDENT_WORDS):
        raise BadInput(f"I do not know {word!r}. After the number write one of {', '.join(INCIDENT_WORDS)}.")
    return IncidentCommand(name, word.casefold(), more.strip())


def page(command: Mapping[str, Any]) -> PageCommand:
    """`WHOM [P0 | P1 | P2] TEXT`, as Slack escapes it: whom may be a mention. Raises BadInput."""
    typed = text(command)
    mentioned = MENTION.match(typed)
    whom = mentioned[0] if mentioned is not None else typed.partition(" ")[0]
    rest = typed.removeprefix(whom).strip()
    first, _, more = rest.partition(" ")
    severity, said = (first.upper(), more.strip()) if _SEVERITY.fullmatch(first) else ("", rest)
    if not whom or not said:
        raise BadInput("Whom, and why? Write `/page @person TEXT` or `/page primary P0 TEXT`.")
    return PageCommand(whom, severity, as_written(said))


def as_written(said: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def days(asked: IncidentCommand, without: int) -> int:
    """`30`, `30d` or nothing after the word: so many days. Raises BadInput."""
    number = asked.more.casefold().removesuffix("d").strip() or str(without)
    if not (number.isascii() and number.isdigit() and len(number) <= 4):
        raise BadInput(f"{asked.more!r} is no number of days. Write `/incident {asked.word} {without}d`.")
    return int(number)


def feedback(action: Mapping[str, Any]) -> tuple[Word, str]:
    """What is said of an incident, and its id."""
    return action_ids.decode_feedback(value(action))


def mapping(value: object) -> Mapping[str, Any]:
    """A part of a payload that should be an object; empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def value(action: Mapping[str, Any]) -> str:
    chosen = action.get("selected_option")
    found = chosen.get("value") if isinstance(chosen, Mapping) else action.get("value")
    return found if isinstance(found, str) else ""


def typed(options: Mapping[str, Any]) -> str:
    """What was typed into a type-ahead so far."""
    value = options.get("value")
    return value.strip()[:MOST_TEXT] if isinstance(value, str) else ""


def window(options: Mapping[str, Any]) -> HealthRequest:
    """The window of the message whose type-ahead is asked for options."""
    block_id = options.get("block_id")
    return action_ids.window_of(block_id if isinstance(block_id, str) else "")
