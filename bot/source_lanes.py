"""A lane a source: one that fails or takes long holds back no other. They follow the configuration while it runs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds
from bot.ports.sources import TellsNews
from bot.scheduler import (
    LOOK_EVERY,
    Lane,
    Lanes,
    deploy_lanes,
    echo_lane,
    lanes_of,
    notes_lane,
    repair_lanes,
    response_lanes,
    runbooks_lane,
    running,
)
from bot.services.sources import Connected, SourcesService

if TYPE_CHECKING:
    from bot.bootstrap import Serving

AT_ONCE = timedelta(seconds=1)
"""What is read less often than that is so on purpose: a load may cost."""
FOLLOW_EVERY = timedelta(seconds=1)
REPORTS_EVERY = timedelta(seconds=30)
LIMIT_S = 600.0
"""So long one read may take before health is red: a first one may be large."""
AGAIN = "nothing is lost: it is read again from where it was"


@contextmanager
def at_work(
    duties: "Serving",
    seconds: Callable[[], float] = monotonic_seconds,
    more: Sequence[Lane] = (),
    look_every: timedelta = LOOK_EVERY,
) -> Iterator[None]:
    """All that goes on by itself goes on while the block runs, and `more`. `seconds`: the clock by which sources are
    read; `look_every`: how often detection looks whether a tick is due.
    """
    lanes = (
        *more,
        *lanes_of(duties.on_watch, duties.checks, look_every),
        *response_lanes(duties.responding.escalation, duties.responding.paging, duties.responding.auditor),
        notes_lane(duties.responding.notes),
        runbooks_lane(duties.responding.runbooks),
        *repair_lanes(duties.services, lambda: duties.on_watch.mine()),
        *deploy_lanes(duties.services, lambda: duties.on_watch.mine()),
        *(Lane(each.name, REPORTS_EVERY, each.look, "it is looked at again", 150.0) for each in duties.reports.lanes),
        *([] if duties.responding.echo is None else [echo_lane(duties.responding.echo)]),
    )

    def hurry() -> None:
        duties.on_watch.stop()
        duties.responding.paging.stop()

    with running(lanes, duties.vitals, hurry, duties.metrics) as kept:
        SourceLanes(duties.sources, kept, seconds, duties.on_watch.mine).start()
        yield


class SourceLanes:
    """`seconds`: the clock by which sources are read. `mine`: does this process read them, and no other?"""

    def __init__(
        self,
        sources: SourcesService,
        lanes: Lanes,
        seconds: Callable[[], float] = monotonic_seconds,
        mine: Callable[[], bool] = lambda: True,
    ) -> None:
        self._sources, self._lanes, self._seconds, self._mine = sources, lanes, seconds, mine
        self._following: dict[str, Connected] = {}

    def start(self) -> None:
        """Start a lane for each source, and one that follows what the configuration says of them."""
        self.follow()
        self._sources.told = self.wake
        self._lanes.start(Lane("sources", FOLLOW_EVERY, self.follow, "they are looked at again"))

    def follow(self) -> None:
        """Start what is new or was changed, at once; end what is gone."""
        now = self._sources.connected
        for name in self._following.keys() - now.keys():
            self._lanes.end(_lane_name(name))
        for name, each in now.items():
            if self._following.get(name) is not each:
                self._lanes.start(self._lane(each))
        self._following = dict(now)

    def wake(self) -> None:
        """Something new was told: whoever reads it by itself as soon as it can reads it now."""
        for name, each in list(self._following.items()):
            if isinstance(each.source, TellsNews) and each.plan.every <= AT_ONCE:
                self._lanes.wake(_lane_name(name))

    def _lane(self, each: Connected) -> Lane:
        every, work = each.plan.every, partial(self._read, each.plan.name)
        limit_s = every.total_seconds() + LIMIT_S
        # Whoever is told of what is new looks by our clock: senders wait for it.
        seconds = monotonic_seconds if isinstance(each.source, TellsNews) else self._seconds
        return Lane(_lane_name(each.plan.name), every, work, AGAIN, limit_s, seconds)

    def _read(self, name: str) -> None:
        if self._mine():
            self._sources.sync(name)
        else:
            self._sources.forget(name)


def _lane_name(source: str) -> str:
    return f"source {source}"
