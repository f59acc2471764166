"""What the process that reads the sources and detects tells the others: they show the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from bot.domain.sources import Back


@dataclass(frozen=True)
class Reading:
    """How the reads of one source go, as in SourceStatus."""

    watched_since: datetime | None = None
    synced_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    warnings: tuple[str, ...] = ()
    back: Back | None = None


@dataclass(frozen=True)
class Told:
    """`reads` by source; `held`: findings that wait for a blind source, by source."""

    reads: Mapping[str, Reading] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)

    def text(self) -> str:
        return _TOLD.dump_json(self).decode()

    @classmethod
    def of(cls, text: str) -> "Told":
        """Nothing, where another release has told it in another way."""
        try:
            return _TOLD.validate_json(text) if text else cls()
        except ValidationError:
            return cls()


_TOLD = TypeAdapter(Told)
