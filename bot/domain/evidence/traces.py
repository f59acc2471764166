"""What tables, or sources of raw files, show: by owner and data date, and whether that says anything."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from bot.domain.evidence.known import Gap, Sight
from bot.domain.evidence.processor_date import Trace


class Traces:
    """Those of one kind. `sight` gives what is known of an owner, `gaps` of the kind: they are asked anew each time."""

    def __init__(self, sight: Callable[[str], Sight], gaps: Callable[[], Sequence[Gap]]) -> None:
        self._sight, self._gaps = sight, gaps
        self._held: dict[tuple[str, date], Trace] = defaultdict(Trace)

    def get(self, owner: str, data_date: date) -> Trace | None:
        return self._held.get((owner, data_date))

    def take(self, owner: str, data_date: date, known_at: datetime, size: int, now: datetime) -> bool:
        """Does it say something where nothing was told before, or nothing any more?"""
        trace = self._held[owner, data_date]
        sight = self._sight(owner)
        told = self._tells(trace, sight, data_date, now, None)
        trace.seen.append((known_at, size))
        return not told or not self._tells(trace, sight, data_date, now, None)

    def claim(self, owner: str, data_date: date, known_at: datetime, now: datetime) -> bool:
        """A run may have brought some: is it within a gap, and hides what the rows say?"""
        self._held[owner, data_date].claimed_at = known_at
        return any(gap.evident_at <= now and gap.covers(known_at) for gap in self._gaps())

    def claimed_since(self, moment: datetime) -> int:
        """Of how many owners a run may have brought some."""
        held = self._held.items()
        return len({owner for (owner, _), trace in held if trace.claimed_at is not None and trace.claimed_at > moment})

    def telling(self, owner: str | None, data_date: date, now: datetime, judged_at: datetime | None) -> Trace | None:
        """What it shows for a date, given with when that is judged; None where it says nothing."""
        if owner is None:
            return None
        trace = self._held[owner, data_date]
        return trace if self._tells(trace, self._sight(owner), data_date, now, judged_at) else None

    def _tells(self, trace: Trace, sight: Sight, data_date: date, now: datetime, judged_at: datetime | None) -> bool:
        if not trace.seen:
            return sight.tells(data_date, now, judged_at, trace.claimed_at)
        if sight.gaps and sight.outdated(trace.seen, now, trace.claimed_at):
            return False
        return sight.leaves(trace.seen, data_date, now, judged_at)
