"""When each step that a deadline still needs must start at the latest: the graph walked from its deadlines back.

    latest end(x)   = the earliest of x's own deadline and the latest starts of all that wait for x
    latest start(x) = latest end(x) - duration(x)

A step that is done takes no time, and nothing waits for it.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.impact.deadlines import Pace


class LatestStart(NamedTuple):
    """`start` (aware UTC) still meets the deadline `due_at` of `target`."""

    start: datetime
    target: str
    due_at: datetime
    pace: Pace


def latest_starts(
    needs: Mapping[str, Collection[str]],
    due: Mapping[str, datetime],
    done: Collection[str],
    pace: Callable[[str], Pace],
) -> dict[str, LatestStart]:
    """By name, of what is not done and a deadline needs. `needs`: what each depends on directly, dependencies before
    dependents.
    """
    ends: dict[str, tuple[datetime, str, datetime]] = {}
    found: dict[str, LatestStart] = {}
    for name in reversed(list(needs)):
        if name in done:
            continue
        known = [ends[name]] if name in ends else []
        if name in due:
            known.append((due[name], name, due[name]))
        if not known:
            continue
        end, target, due_at = min(known)
        took = pace(name)
        found[name] = LatestStart(end - timedelta(seconds=took.seconds), target, due_at, took)
        for before in needs[name]:
            own = (found[name].start, target, due_at)
            ends[before] = min(own, ends[before]) if before in ends else own
    return found
