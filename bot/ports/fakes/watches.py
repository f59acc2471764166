"""Watches in memory."""

from dataclasses import replace
from datetime import datetime

from bot.domain.reports.watch import Watch


class FakeWatches:
    """Implements `bot.ports.watches.WatchRecord` and `Watches`."""

    def __init__(self, watches: dict[str, Watch]) -> None:
        self._watches = watches

    def start(self, watch: Watch) -> bool:
        known = self._watches.get(watch.id)
        if known is not None and known.ended_at is None:
            return False
        self._watches[watch.id] = watch
        return True

    def end(self, watch_id: str, at: datetime) -> bool:
        known = self._watches.get(watch_id)
        if known is None or known.ended_at is not None:
            return False
        self._watches[watch_id] = replace(known, ended_at=at)
        return True

    def standing(self) -> list[Watch]:
        found = [each for each in self._watches.values() if each.ended_at is None]
        return sorted(found, key=lambda each: (each.ends_at, each.id))
