"""What an error text says of the kind of failure: the first rule with a matching pattern decides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.evidence.runs import Category

EDGE = 2_000
"""Characters kept of each end of a long text: the fault is named at its start, or in a traceback at its end."""
_COUNTED = re.compile(r"0x[0-9a-f]+|\d+", re.IGNORECASE)


@dataclass(frozen=True)
class TextRule:
    """`any_of`: case-insensitive regular expressions that RE2 understands too, so that a warehouse can apply them."""

    category: Category
    any_of: tuple[str, ...]

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern, re.IGNORECASE | re.ASCII) for pattern in self.any_of)

    def matching(self, subject: str) -> str | None:
        """The pattern that matches, so that a classification can show why; None when none does."""
        return next((pattern.pattern for pattern in self._patterns if pattern.search(subject)), None)


def category_of(text: str, rules: Sequence[TextRule]) -> Category | None:
    """The category of the first rule that matches; None when the text says nothing the rules know."""
    said = subject_of(text)
    return next((rule.category for rule in rules if rule.matching(said) is not None), None)


def subject_of(text: str) -> str:
    """What the rules read: a traceback's last exception, white space made single spaces, a long text's two ends."""
    flat = " ".join(_last_exception(text).split())
    return flat if len(flat) <= 2 * EDGE else f"{flat[:EDGE]} {flat[-EDGE:]}"


def same_text(text: str) -> str:
    """What is the same in every run that fails of one cause: names stay, as another name is another cause."""
    return _COUNTED.sub("#", subject_of(text)).casefold()


def _last_exception(text: str) -> str:
    """File names and code lines of a traceback would match rules by accident."""
    _, found, trace = text.rpartition("Traceback (most recent call last):")
    if not found:
        return text
    lines = trace.splitlines()
    frames = [position for position, line in enumerate(lines) if line.startswith((" ", "\t"))]
    said = lines[frames[-1] + 1 :] if frames else lines
    return "\n".join(said) if any(line.strip() for line in said) else text
