"""How many rows a date should have: what the processor itself has brought per game, else what the registry says."""

from collections.abc import Iterable
from statistics import median

from bot.domain.detection.day import Day

DATES = 30
FEWEST = 5
"""Fewer dates of its own say nothing; then the registry's figure counts."""
AMONG = 0.5
"""Dates below this share of the median are losses themselves and are no yardstick."""


def usual_rows(day: Day, earlier: Iterable[tuple[int, int]]) -> float | None:
    """Rows to be expected. `earlier`: (rows, games) of the processor's dates before, newest first."""
    expected = day.processor.expected_records
    per_game = expected.per_game is not False
    if per_game and not day.games:
        return None
    seen = [rows / games if per_game else float(rows) for rows, games in earlier if games or not per_game]
    if len(seen) >= FEWEST:
        middle = median(seen)
        kept = [rate for rate in seen if rate >= AMONG * middle]
        rate: float | None = median(kept)
    else:
        rate = expected.minimum if expected.minimum is not None else expected.typical
    if not rate:
        return None
    return rate * day.games if per_game else rate
