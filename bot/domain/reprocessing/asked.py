"""A repair as people ask for it: `PROCESSOR 2026-01-01..2026-01-07 missing downstream`, in any order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.domain.dates import DateReader, only_one
from bot.domain.errors import BadInput
from bot.domain.reprocessing.plan import Mode, Request

DOWNSTREAM = "downstream"
MODES = {mode.value: mode for mode in Mode}


@dataclass(frozen=True)
class AskedRepair:
    """`names` as typed; `first` None: no date was said."""

    names: tuple[str, ...]
    first: date | None = None
    last: date | None = None
    mode: Mode = Mode.FAILED
    downstream: bool = False

    @property
    def request(self) -> Request:
        """Raises BadInput where no date was said."""
        if self.first is None or self.last is None:
            raise BadInput("Which dates? Write them after the name, as yesterday or 2026-01-08..2026-01-14.")
        return Request(
            processors=self.names, first=self.first, last=self.last, mode=self.mode, downstream=self.downstream
        )


def repair_words(text: str, dates: Callable[[], DateReader]) -> AskedRepair:
    """Raises BadInput for what contradicts itself."""
    words = text.split()
    below = any(word.casefold() == DOWNSTREAM for word in words)
    modes = {MODES[word.casefold()] for word in words if word.casefold() in MODES}
    if len(modes) > 1:
        raise BadInput(f"{' and '.join(sorted(modes))} are two modes. Give one of {', '.join(Mode)}.")
    rest = [word for word in words if word.casefold() not in (DOWNSTREAM, *MODES)]
    said, names = only_one(rest, lambda each: dates().is_date(each), "dates")
    first, last = dates().span(said) if said is not None else (None, None)
    mode = next(iter(modes), Mode.FAILED)
    return AskedRepair(tuple(each.strip(",") for each in names if each.strip(",")), first, last, mode, below)
