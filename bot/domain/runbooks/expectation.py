"""What a check is expected to answer, and whether it does. What is not known is never as expected."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import BadInput, suggest
from bot.domain.runbooks.registry import Answer, Check

_COMPARED = re.compile(r"(<=|>=|<|>|=)\s*(\d{1,9}(?:\.\d{1,3})?)\s*(s|m|min|h|d|%)?", re.ASCII)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
_EXAMPLES = {Answer.NUMBER: "`> 0`, `= 0` or `>= 90 %`", Answer.AGE: "`< 15 min` or `< 12 h`"}


class Fit(StrEnum):
    MET = "as expected"
    NOT_MET = "not as expected"
    NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Measured:
    """What a check answered at a moment (aware UTC): a word, a number, or the seconds of an age; None: not known, and
    `because` says why, and `final` that asking again would not change it. `text` is the answer as people read it.
    """

    value: str | float | None
    text: str
    at: datetime
    because: str = ""
    final: bool = False


def not_known(because: str, at: datetime, *, final: bool = False) -> Measured:
    return Measured(None, "not known", at, because, final)


def age(length: timedelta, at: datetime) -> Measured:
    """In the unit in which people say it."""
    seconds = max(0.0, length.total_seconds())
    minutes = round(seconds / 60)
    text = f"{seconds:.0f} s" if seconds < 90 else f"{minutes} min" if minutes < 120 else f"{seconds / 3600:.1f} h"
    return Measured(seconds, text, at)


def number(value: float, at: datetime, unit: str = "") -> Measured:
    return Measured(value, f"{value:,.0f}{unit}", at)


def fit(measured: Measured, expect: str, check: Check) -> Fit:
    """Raises BadInput for an expectation that makes no sense."""
    meets = reading(expect, check)
    if measured.value is None:
        return Fit.NOT_KNOWN
    return Fit.MET if meets(measured.value) else Fit.NOT_MET


def reading(expect: str, check: Check) -> Callable[[str | float], bool]:
    """What is expected, as a question to a value. Raises BadInput."""
    if check.answer is Answer.WORD:
        return _words(expect, check)
    found = _COMPARED.fullmatch(expect.strip())
    if found is None:
        raise BadInput(f"{expect!r} is nothing that can be expected of {check.about}; write {_EXAMPLES[check.answer]}")
    compare, given, unit = _COMPARE[found[1]], float(found[2]), found[3] or ""
    if (check.answer is Answer.AGE) is not (unit in _SECONDS):
        raise BadInput(f"{expect!r} has not the unit of {check.about}; write {_EXAMPLES[check.answer]}")
    wanted = given * _SECONDS.get(unit, 1.0)
    return lambda value: not isinstance(value, str) and compare(value, wanted)


def _words(expect: str, check: Check) -> Callable[[str | float], bool]:
    """`ok`, `ok or off_day`, `not RED`."""
    said = expect.strip()
    wrong = said.startswith("not ")
    words = [word.strip() for word in re.split(r",|\bor\b", said.removeprefix("not "))]
    for word in words:
        if word not in check.words:
            raise BadInput(f"{word!r} is no answer of {check.about}. {suggest(word, check.words)}".rstrip())
    wanted = frozenset(words)
    return lambda value: (value in wanted) is not wrong
