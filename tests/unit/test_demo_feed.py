"""The time that Fireline goes by in the demo."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.cli.demo_world import Feed
from handlers.replies import WorkPool

START = datetime(2026, 1, 14, 5, tzinfo=UTC)


class FastClock:
    moment = START

    def now(self) -> datetime:
        return self.moment


class Pipeline:
    """Half an hour passes while its rows are written, as at 600 times the speed."""

    def __init__(self, clock: FastClock) -> None:
        self._clock = clock

    def advance(self, to: datetime) -> None:
        assert to == self._clock.moment
        self._clock.moment += timedelta(minutes=30)


def test_it_is_not_later_than_what_is_loaded(tmp_path: Path) -> None:
    clock, pool = FastClock(), WorkPool(threads=1)
    feed = Feed(Pipeline(clock), clock, None, None, tmp_path, pool)  # type: ignore[arg-type]
    assert feed.now() == START
    clock.moment += timedelta(minutes=5)
    asyncio.run(feed.catch_up())
    pool.close()
    assert feed.now() == START + timedelta(minutes=5)
    assert clock.now() == START + timedelta(minutes=35)
