"""`accepted_losses.yaml` becomes AcceptedLosses, or one ConfigError with every problem. No file: none is accepted."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from bot.config.documents import load_document
from bot.domain.platform.accepted_losses import AcceptedLoss, AcceptedLosses
from bot.domain.platform.registry import Frozen

MOST_DAYS = 400


def _dates(value: Any) -> Any:
    """`2026-01-05` or `2026-01-05..2026-01-08` as (first, last)."""
    if isinstance(value, date):
        return (value, value)
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no date; write 2026-01-05 or 2026-01-05..2026-01-08")
    first, _, last = value.partition("..")
    try:
        found = (date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip()))
    except ValueError:
        raise ValueError(f"{value!r} is no date; write 2026-01-05 or 2026-01-05..2026-01-08") from None
    if found[0] > found[1]:
        raise ValueError(f"{value!r} begins after its end; write the earlier date first")
    if found[1] - found[0] > timedelta(days=MOST_DAYS):
        raise ValueError(f"{value!r} is longer than {MOST_DAYS} days; correct it, or write it in parts")
    return found


Dates = Annotated[tuple[date, date], BeforeValidator(_dates)]


class LossEntry(Frozen):
    processor: Annotated[str, Field(min_length=1)]
    dates: Annotated[tuple[Dates, ...], Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]


class LossesFile(Frozen):
    accepted_losses: tuple[LossEntry, ...] = ()


def load_accepted_losses(path: Path) -> AcceptedLosses:
    """Read the file. Raises ConfigError with every problem; unknown keys are problems here."""
    if not path.exists():
        return AcceptedLosses()
    file = load_document(path, LossesFile)
    return AcceptedLosses(
        tuple(
            AcceptedLoss(processor=entry.processor, first=first, last=last, reason=entry.reason)
            for entry in file.accepted_losses
            for first, last in entry.dates
        )
    )
