"""What is asked of health, in words: the same in Slack and in a shell."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.dates import DateReader, DaysBack, only_one, window_days
from bot.domain.errors import BadInput

_PHASE = re.compile(r"phase[ -]?(?=[0-9]{1,4}\b)", re.IGNORECASE)


@dataclass(frozen=True)
class HealthWords:
    """`[phase N | PROCESSOR] [7d]`. `window` None: none was given; `name`: a processor, or a part of its name."""

    window: DaysBack | None = None
    phase: int | None = None
    name: str = ""


def health_words(text: str, reader: Callable[[], DateReader], phases: Sequence[int], command: str) -> HealthWords:
    """Read them, the window before or after. `reader` is asked only where there are words; `command` is what they were
    written after. Raises BadInput.
    """
    words = _PHASE.sub("phase ", text).split()
    if not words:
        return HealthWords()
    said, rest = only_one(words, lambda said: window_days(said) is not None, "windows")
    if said is None:
        said, rest = only_one(words, reader().is_date, "dates")
    window = None if said is None else reader().window(said)
    if rest and rest[0].casefold() == "phase":
        return HealthWords(window, _phase(rest[1:], phases, command))
    return HealthWords(window, name=" ".join(rest))


def _phase(words: Sequence[str], known: Sequence[int], command: str) -> int:
    if len(words) == 1 and words[0].isascii() and words[0].isdigit() and len(words[0]) <= 4:
        return int(words[0])
    wrong = f"{' '.join(words)!r} is not a phase." if words else "Which phase?"
    instead = f"Write `{command} phase {known[0]}`." if known else "No processor of the registry has a phase."
    raise BadInput(f"{wrong} {instead}")
