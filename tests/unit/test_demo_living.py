"""The time that Fireline goes by in the demo."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.cli.demo_world import Living, may_pass_until
from bot.domain.blindness import STANDARD, Sight
from bot.domain.sources import Feed, SourcePlan, SourceStatus
from handlers.replies import WorkPool

START = datetime(2026, 1, 14, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


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


def test_it_is_not_later_than_what_is_written() -> None:
    clock, pool = FastClock(), WorkPool(threads=1)
    living = Living(Pipeline(clock), clock, pool)  # type: ignore[arg-type]
    assert living.now() == START
    clock.moment += timedelta(minutes=5)
    asyncio.run(living.step())
    pool.close()
    assert living.now() == START + timedelta(minutes=5)
    assert clock.now() == START + timedelta(minutes=35)


def status(every: timedelta, synced_at: datetime | None, failing_since: datetime | None = None) -> SourceStatus:
    plan = SourcePlan("history", "sql", Feed.RUNS, every, timedelta())
    return SourceStatus(plan, START, synced_at=synced_at, watched_since=START, failing_since=failing_since)


def test_it_waits_for_the_reads_before_a_source_seems_blind() -> None:
    slow, fast = status(10 * MINUTE, START), status(MINUTE, START + MINUTE)
    limit = may_pass_until([slow, fast], STANDARD)
    assert limit == START + 5 * MINUTE
    assert not Sight.of([SourceStatus(fast.plan, limit, synced_at=fast.synced_at, watched_since=START)]).blind


def test_it_waits_for_no_source_that_fails_or_was_never_read() -> None:
    assert may_pass_until([status(MINUTE, START, START), status(MINUTE, None)], STANDARD) is None
    assert may_pass_until([], STANDARD) is None
