"""What people ask in words, read into requests: the same for commands, mentions and direct messages."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from bot.domain.dates import DateReader, window_days
from bot.domain.errors import BadInput, suggest
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.names import nearest
from bot.domain.platform.registry import Registry
from bot.domain.verdicts.validation import ValidationRequest

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
_PHASE = re.compile(r"phase[ -]?(?=[0-9]{1,4}\b)", re.IGNORECASE)
_SLACKS_TOKEN = re.compile(r"<[^>]*>")
_EDGES = " \t`*_~\"'\u2018\u2019\u201c\u201d.,;:!?()[]/"
LONGEST_DATES = 9
"""Words of the longest span: `from the 24 November 2026 to 30 November 2026`."""


class Choose(BadInput):
    """Several answers are meant, or something like what was typed: one tap chooses."""

    def __init__(self, message: str, requests: Iterable[Request]) -> None:
        self.requests = tuple(requests)
        super().__init__(message)


@dataclass(frozen=True)
class Questions:
    """`dates` reads dates as of the moment that answers speak of; asked for only where there are any."""

    registry: Registry
    dates: Callable[[], DateReader]

    def health(self, text: str) -> HealthRequest:
        """`[phase N | PROCESSOR] [7d]`, the window before or after."""
        words = _PHASE.sub("phase ", text).split()
        window, rest = _only_one(words, lambda said: window_days(said) is not None, "windows")
        days = window_days(window) if window is not None else None
        if days is None:
            since, rest = _only_one(words, self._reader.is_date, "dates")
            days = HealthRequest().days if since is None else self._days_since(since)
        if not rest:
            return HealthRequest(days=days)
        if rest[0].casefold() == "phase":
            return HealthRequest(days=days, phase=self._phase(rest[1:]))
        return self._named(rest, lambda name: HealthRequest(days=days, processor=name), "/health")

    def impact(self, text: str) -> ImpactRequest:
        """`PROCESSOR [DATE]`."""
        said, rest = _only_one(text.split(), self._reader.is_date, "dates")
        if not rest:
            raise BadInput(
                f"Which processor? Write `/impact {self.registry.example}`, with a date after it if you like."
            )
        day = self._reader.day(said) if said is not None else None
        return self._named(rest, lambda name: ImpactRequest(name, day), "/impact")

    def validation(self, text: str) -> ValidationRequest:
        """`[PROCESSOR] [DATES]`, in either order."""
        said, rest = _only_one(text.split(), self._reader.is_date, "dates")
        first, last = self._reader.span(said) if said is not None else (None, None)
        if not rest:
            return ValidationRequest(first=first, last=last)
        return self._named(rest, lambda name: ValidationRequest(processor=name, first=first, last=last), "/validate")

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

    def _days_since(self, said: str) -> int:
        """Days from a date to today."""
        first, last = self._reader.span(said)
        if last != self._reader.today and first != last:
            raise BadInput(f"/health looks back from now. For {first}..{last} ask `/validate {first}..{last}`.")
        return max(1, (self._reader.today - first).days + 1)

    def _phase(self, words: Sequence[str]) -> int:
        known = self.registry.phases
        if len(words) == 1 and words[0].isascii() and words[0].isdigit() and len(words[0]) <= 4:
            return int(words[0])
        wrong = f"{' '.join(words)!r} is not a phase." if words else "Which phase?"
        instead = f"Write `/health phase {known[0]}`." if known else "No processor of the registry has a phase."
        raise BadInput(f"{wrong} {instead}")

    def _named(self, words: Sequence[str], request: Callable[[str], R], command: str) -> R:
        """The request about the processor that is meant. Raises Choose for several, or for those that look like it."""
        typed = " ".join(words)
        found = [processor.name for processor in self.registry.matching(typed)] if typed else []
        if len(found) == 1:
            return request(found[0])
        if found:
            raise Choose(f"{typed!r} is a part of {len(found):,} names. Which one?", map(request, found))
        near = nearest(typed, self.registry.by_name)
        if near:
            raise Choose(f"There is no processor {typed!r}. Did you mean this?", map(request, near))
        raise BadInput(
            f"There is no processor {typed!r}. Write a part of its name, as `{command} {self.registry.example}`."
        )

    def _unknown(self, words: Sequence[str]) -> BadInput:
        typed = " ".join(words)
        found = [processor.name for processor in self.registry.matching(typed)]
        if len(found) == 1:
            [name] = found
            asked = (HealthRequest(processor=name), ImpactRequest(name), ValidationRequest(processor=name))
            return Choose(f"What about {name}?", asked)
        hint = suggest(words[0], COMMANDS)
        return BadInput(f"I do not know {typed!r}. {hint} Say `help` for all that I answer.")


def _only_one(words: Sequence[str], reads: Callable[[str], bool], what: str) -> tuple[str | None, list[str]]:
    """As `_taken`. Raises BadInput where there are two."""
    said, rest = _taken(words, reads)
    again, _ = _taken(rest, reads)
    if again is not None:
        raise BadInput(f"{said!r} and {again!r} are two {what}. Give one.")
    return said, rest


def _taken(words: Sequence[str], reads: Callable[[str], bool]) -> tuple[str | None, list[str]]:
    """The longest run of words that reads as a date, and the other words."""
    for length in range(min(len(words), LONGEST_DATES), 0, -1):
        for start in range(len(words) - length + 1):
            said = " ".join(words[start : start + length])
            if reads(said):
                return said, [*words[:start], *words[start + length :]]
    return None, list(words)
