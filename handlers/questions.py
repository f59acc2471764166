"""What people ask in words, read into requests: the same for commands, mentions and direct messages."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from bot.domain.dates import DateReader, only_one
from bot.domain.errors import BadInput, suggest
from bot.domain.gate.silence_words import SilenceAct, SilenceWords, silence_words
from bot.domain.gate.silences import Kind
from bot.domain.health.asked import health_words
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.names import nearest, some_of
from bot.domain.platform.registry import Registry
from bot.domain.reports.watch import DAYS
from bot.domain.verdicts.validation import ValidationRequest

MOST_NAMED = 6
EVERYTHING = "all"
"""What a window of all processors is asked for by."""
R = TypeVar("R", HealthRequest, ImpactRequest, ValidationRequest)
Request = HealthRequest | ImpactRequest | ValidationRequest
COMMANDS = {
    "health": "health",
    "status": "health",
    "impact": "impact",
    "validate": "validate",
    "validation": "validate",
    "verdict": "validate",
    "help": "help",
}
"""What a mention may begin with, by word."""
_FILLERS = frozenset(
    {"a", "about", "an", "and", "are", "check", "does", "for", "get", "give", "hello", "hey", "hi", "how", "i", "in"}
    | {"is", "it", "its", "me", "my", "of", "on", "our", "please", "show", "tell", "the", "us", "was", "what", "with"}
    | {"you", "your"}
)
"""Left out of what is said; none of them names anything."""
_DAYS = re.compile(r"\b(\d{1,3})\s*(?:d|days?)\b", re.ASCII | re.IGNORECASE)
_SLACKS_TOKEN = re.compile(r"<[^>]*>")
_EDGES = " \t`*_~\"'\u2018\u2019\u201c\u201d.,;:!?()[]/"


class Choose(BadInput):
    """Several answers are meant, or something like what was typed: one tap chooses."""

    def __init__(self, message: str, requests: Iterable[Request]) -> None:
        self.requests = tuple(requests)
        super().__init__(message)


@dataclass(frozen=True)
class AskedSilence:
    """`target`: the processor or the phase that is to be silenced; `when`: for how long, or, of a window, from when to
    when.
    """

    words: SilenceWords
    target: HealthRequest
    when: timedelta | tuple[datetime, datetime]


@dataclass(frozen=True)
class AskedWatch:
    """`since`: the first date after the fix; None: today."""

    processor: str
    since: date | None
    days: int


@dataclass(frozen=True)
class Questions:
    """`dates` reads dates as of the moment that answers speak of; `seen` are the names of processors that ran. Both are
    asked for only where they are needed.
    """

    registry: Registry
    dates: Callable[[], DateReader]
    seen: Callable[[], Iterable[str]] = tuple

    def health(self, text: str) -> HealthRequest:
        """`[phase N | PROCESSOR] [7d]`, the window before or after."""
        asked = health_words(text, lambda: self._reader, self.registry.phases, "/health")
        days, until = (HealthRequest().days, None) if asked.window is None else (asked.window.days, asked.window.until)
        whole = HealthRequest(days=days, as_of=until)
        if not asked.name:
            return replace(whole, phase=asked.phase)
        return self._named(asked.name.split(), lambda name: replace(whole, processor=name))

    def impact(self, text: str) -> ImpactRequest:
        """`PROCESSOR [DATE]`."""
        said, rest = only_one(text.split(), self._reader.is_date, "dates")
        if not rest:
            raise BadInput(
                f"Which processor? Write `/impact {self.registry.example}`, with a date after it if you like."
            )
        day = self._reader.day(said) if said is not None else None
        return self._named(rest, lambda name: ImpactRequest(name, day))

    def validation(self, text: str) -> ValidationRequest:
        """`[PROCESSOR] [DATES]`, in either order."""
        said, rest = only_one(text.split(), self._reader.is_date, "dates")
        asked = ValidationRequest(**self._reader.dates_asked(said)._asdict() if said is not None else {})
        return self._named(rest, lambda name: replace(asked, processor=name)) if rest else asked

    def watch(self, text: str) -> AskedWatch:
        """`PROCESSOR [DATE] [N days]`, in any order after the name."""
        rest, days = text, None
        found = _DAYS.search(text)
        if found is not None:
            rest, days = f"{text[: found.start()]} {text[found.end() :]}", int(found[1])
        said, names = only_one(rest.split(), self._reader.is_date, "dates")
        if not names:
            raise BadInput(f"Which processor? Write `/watch {self.registry.example} yesterday 5 days`.")
        since = self._reader.day(said) if said is not None else None
        named = self._named(names, lambda name: HealthRequest(processor=name))
        return AskedWatch(named.processor or "", since, days or DAYS)

    def silence(self, text: str) -> AskedSilence:
        """`PROCESSOR|phase N DURATION REASON`, `list` or `end ID`."""
        words = silence_words(text, f"/silence {self.registry.example}")
        target = self._hidden(words.target) if words.act is SilenceAct.PROPOSE else HealthRequest()
        return AskedSilence(words, target, words.length)

    def window(self, text: str, now: datetime) -> AskedSilence:
        """`PROCESSOR|phase N|all FROM..TO|DURATION REASON`, `list` or `end ID`. Times are UTC without an offset."""
        words = silence_words(text, f"/window {self.registry.example}", Kind.WINDOW)
        if words.act is not SilenceAct.PROPOSE:
            return AskedSilence(words, HealthRequest(), words.length)
        span = now, now + words.length
        if words.span is not None:
            span = self._reader.moment(words.span[0]), self._reader.moment(words.span[1])
        target = HealthRequest() if words.target.casefold() == EVERYTHING else self._hidden(words.target)
        return AskedSilence(words, target, span)

    def _hidden(self, target: str) -> HealthRequest:
        """A processor, or a phase."""
        try:
            asked = self.health(target)
        except Choose as error:
            names = some_of([request.processor or "" for request in error.requests], MOST_NAMED)
            raise BadInput(f"{error} {names}. Write the whole name.") from None
        if (asked.days, asked.as_of) != (HealthRequest().days, None) or (asked.processor, asked.phase) == (None, None):
            raise BadInput(f"{target!r} is not one processor or one phase. Write nothing else before FROM..TO or 2h.")
        return asked

    def mention(self, text: str) -> Request | None:
        """What was said to the app, however it is punctuated; None: help. Raises BadInput for what cannot be asked."""
        words = [word for part in _SLACKS_TOKEN.sub(" ", text).split() if (word := part.strip(_EDGES))]
        asked = next((word for word in words if word.casefold() in COMMANDS), None)
        rest = [word for word in words if word is not asked and word.casefold() not in _FILLERS]
        command = COMMANDS[asked.casefold()] if asked is not None else None
        if command == "help" or not (command or rest):
            return None
        read: Mapping[str, Callable[[str], Request]]
        read = {"health": self.health, "impact": self.impact, "validate": self.validation}
        if command is not None:
            return read[command](" ".join(rest))
        raise self._unknown(rest)

    @cached_property
    def _reader(self) -> DateReader:
        return self.dates()

    def _named(self, words: Sequence[str], request: Callable[[str], R]) -> R:
        """The request about the processor that is meant. Raises Choose for several, or for those that look like it."""
        typed = " ".join(words)
        found = self._matching(typed)
        if len(found) == 1:
            return request(found[0])
        if found:
            raise Choose(f"{typed!r} is a part of {len(found):,} names. Which one?", map(request, found))
        near = nearest(typed, self.registry.by_name)
        if near:
            raise Choose(f"There is no processor {typed!r}. Did you mean this?", map(request, near))
        raise BadInput(f"There is no processor {typed!r}. Write a part of its name, as `{self.registry.example}`.")

    def _matching(self, typed: str) -> list[str]:
        """Of the registry; else of those that ran without being in it."""
        if not typed:
            return []
        found = self.registry.matching(typed) or self.registry.including(self.seen()).matching(typed)
        return [processor.name for processor in found]

    def _unknown(self, words: Sequence[str]) -> BadInput:
        typed = " ".join(words)
        found = self._matching(typed)
        if len(found) == 1:
            [name] = found
            asked = (HealthRequest(processor=name), ImpactRequest(name), ValidationRequest(processor=name))
            return Choose(f"What about {name}?", asked)
        hint = suggest(words[0], COMMANDS)
        return BadInput(f"I do not know {typed!r}. {hint} Say `help` for all that I answer.")
