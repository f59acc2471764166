"""Reports in memory."""

from datetime import datetime

from bot.domain.delivery import PageState, Queued
from bot.domain.reports.said import Fired, Said
from bot.domain.reports.watch import Watch
from bot.ports.fakes.watches import FakeWatches


class FakeReports:
    """Implements `bot.ports.reports.ReportRecord` and `Reports`."""

    def __init__(
        self,
        fires: dict[tuple[str, str], Fired],
        said: dict[str, Said],
        pages: dict[str, Queued],
        watches: dict[str, Watch],
    ) -> None:
        self._fires, self._said, self._pages = fires, said, pages
        self.watches = FakeWatches(watches)

    def fire(self, fired: Fired) -> bool:
        return self._fires.setdefault((fired.schedule, fired.fire_key), fired) is fired

    def put(self, said: Said) -> None:
        self._said[said.key] = said

    def fired(self, schedule: str, fire_key: str) -> bool:
        return (schedule, fire_key) in self._fires

    def said(self, key: str) -> Said | None:
        return self._said.get(key)

    def delivered(self, schedule: str, made_before: datetime | None = None) -> Said | None:
        sent = {each.page.dedup_key for each in self._pages.values() if each.state is PageState.SENT}
        known = [each for each in self._said.values() if each.schedule == schedule and each.key in sent]
        known = [each for each in known if made_before is None or each.made_at < made_before]
        return max(known, key=lambda each: (each.made_at, each.key), default=None)
