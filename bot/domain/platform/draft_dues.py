"""On which dates data is due, as far as a history without a game calendar shows it."""

from dataclasses import dataclass

from bot.domain.counts import plural

PER_GAME = "expected_records.per_game"
FEW_DATES = 5
"""With fewer dates than this, what looks regular may be chance: nothing is proposed."""
EVERY_DATE = 0.95
"""Share of the dates: a job that brings nothing now and then is not known to owe data on each."""


@dataclass(frozen=True)
class Brought:
    """`counted`: data dates of which a succeeded run says how many records it brought; `filled`: those with any."""

    counted: int = 0
    filled: int = 0

    @property
    def each_time(self) -> bool:
        """Whether (nearly) every date that a run succeeded for got records."""
        return self.counted >= FEW_DATES and self.filled >= EVERY_DATE * self.counted

    @property
    def share(self) -> float:
        return self.filled / self.counted if self.counted else 0.0

    @property
    def text(self) -> str:
        """What it rests on."""
        return f"{self.filled:,} of {plural(self.counted, 'date')} with a succeeded run got records"

    @property
    def doubt(self) -> str:
        """Why nobody can tell when data is due, and what to add."""
        known = self.text if self.counted >= FEW_DATES else f"too few dates have a count of records ({self.counted:,})"
        return f"expected_records: {known}; if every slot brings data, add per_game: false"
