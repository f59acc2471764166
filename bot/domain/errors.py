"""Errors that people can act on: what was wrong, with what value, and what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.counts import plural


class FirelineError(Exception):
    """Base of every error shown to people. `retryable` says whether the same call may succeed later."""

    retryable = False


class BadInput(FirelineError):
    """Something a person or a file gave is wrong; repeating the call cannot help."""


class LacksColumn(BadInput):
    """A column is not there without which no row can be used, or to which one of ours is mapped."""


class WarehouseUnavailable(FirelineError):
    """The warehouse cannot be reached or is held by another process."""

    retryable = True


class StateUnavailable(FirelineError):
    """The database of the state cannot be reached just now, or is held by another process."""

    retryable = True


class OtherRelease(WarehouseUnavailable):
    """The warehouse was written by another release of Fireline; waiting cannot help."""

    retryable = False


@dataclass(frozen=True)
class Problem:
    """One fault of a configuration file: `where` is `file:line`, or the file."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class ConfigError(BadInput):
    """Every problem of a configuration at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{plural(count, 'problem')} in the configuration:"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


def reason_of(error: OSError) -> str:
    """What the operating system said. Not every OSError has its words: a timeout has none."""
    return error.strerror or str(error) or type(error).__name__


MOST_KNOWN = 8


def suggest(wrong: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known names, or all of them when few; empty when none is known."""
    names = sorted(known)
    by_fold = {name.casefold(): name for name in names}
    near = [by_fold[hit] for hit in get_close_matches(wrong.casefold(), by_fold, n=3, cutoff=0.5)]
    near += [name for name in names if wrong and wrong.casefold() in name.casefold() and name not in near][:3]
    if near:
        return f"Did you mean {' or '.join(near[:3])}?"
    if not names:
        return ""
    if len(names) > MOST_KNOWN:
        return "No known one looks like it: try a part of it."
    return f"Known: {', '.join(names)}."
