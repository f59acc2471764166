"""What is asked of silences and windows, in words: the same in Slack and in a shell."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.errors import BadInput
from bot.domain.gate.silences import EXAMPLE, Kind
from bot.domain.lengths import length

_MOMENT = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?"
_WHEN = re.compile(
    rf"(?<=\s)(?:(?P<length>\d{{1,4}})(?P<unit>m|min|h|d|w)|(?P<first>{_MOMENT}) ?\.\. ?(?P<last>{_MOMENT}))(?!\S)",
    re.IGNORECASE | re.ASCII,
)
_WHEN_MISSING = {
    Kind.SILENCE: "For how long? Write `{example} 2h REASON`: a processor or `phase N`, then 30m, 2h or 3d.",
    Kind.WINDOW: f"When? Write `{{example}} {EXAMPLE} REASON`, in UTC: a processor, `phase N` or `all`, then "
    "FROM..TO, or 2h from now.",
}


class SilenceAct(StrEnum):
    PROPOSE = "propose"
    LIST = "list"
    END = "end"


@dataclass(frozen=True)
class SilenceWords:
    """`target`: `phase N`, or a processor or a part of its name; `span`: FROM and TO as they were written, in place of
    a length; `name`: the id of the one to end.
    """

    act: SilenceAct
    target: str = ""
    length: timedelta = timedelta()
    reason: str = ""
    name: str = ""
    span: tuple[str, str] | None = None


def silence_words(text: str, example: str, kind: Kind = Kind.SILENCE) -> SilenceWords:
    """`PROCESSOR|phase N DURATION REASON`, of a window also `FROM..TO`; `list`, nothing at all, or `end ID`. Raises
    BadInput.
    """
    words = text.split()
    first = words[0].casefold() if words else "list"
    if first == "list" and len(words) < 2:
        return SilenceWords(SilenceAct.LIST)
    if first == "end" and len(words) <= 2:
        if len(words) < 2:
            raise BadInput(f"Which {kind}? Write `end` and its name: `list` shows them.")
        return SilenceWords(SilenceAct.END, name=words[1])
    said = " ".join(words)
    found = _WHEN.search(said)
    if found is None:
        raise BadInput(_WHEN_MISSING[kind].format(example=example))
    target, reason = said[: found.start()].strip(), said[found.end() :].strip()
    if found["first"] is None:
        return SilenceWords(SilenceAct.PROPOSE, target, length(found["length"], found["unit"]), reason)
    if kind is Kind.SILENCE:
        raise BadInput(f"A silence begins at once. Write `{example} 2h REASON`, or plan a window instead.")
    return SilenceWords(SilenceAct.PROPOSE, target, reason=reason, span=(found["first"], found["last"]))
