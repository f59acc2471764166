"""What is asked of silences, in words: the same in Slack and in a shell."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.errors import BadInput

_LENGTH = re.compile(r"(\d{1,4})(m|min|h|d|w)", re.IGNORECASE)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class SilenceAct(StrEnum):
    PROPOSE = "propose"
    LIST = "list"
    END = "end"


@dataclass(frozen=True)
class SilenceWords:
    """`target`: `phase N`, or a processor or a part of its name; `name`: the id of the one to end."""

    act: SilenceAct
    target: str = ""
    length: timedelta = timedelta()
    reason: str = ""
    name: str = ""


def silence_words(text: str, example: str) -> SilenceWords:
    """`PROCESSOR|phase N DURATION REASON`, `list`, nothing at all, or `end ID`. Raises BadInput."""
    words = text.split()
    first = words[0].casefold() if words else "list"
    if first == "list" and len(words) < 2:
        return SilenceWords(SilenceAct.LIST)
    if first == "end" and len(words) <= 2:
        if len(words) < 2:
            raise BadInput("Which silence? Write `end` and its name: `list` shows them.")
        return SilenceWords(SilenceAct.END, name=words[1])
    at = next((at for at, word in enumerate(words) if at and _LENGTH.fullmatch(word)), None)
    if at is None:
        raise BadInput(f"For how long? Write `{example} 2h REASON`: a processor or `phase N`, then 30m, 2h or 3d.")
    found = _LENGTH.fullmatch(words[at])
    assert found is not None
    length = timedelta(**{_UNITS[found[2].casefold()]: int(found[1])})
    return SilenceWords(SilenceAct.PROPOSE, " ".join(words[:at]), length, " ".join(words[at + 1 :]))
