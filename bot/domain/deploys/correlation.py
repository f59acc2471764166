"""What was deployed before a trouble, and what speaks for it: facts, at least two, never a cause."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.deploys.deployed import Revision
from bot.domain.deploys.seen import Seen
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import Category, Status
from bot.domain.statistics import ONE_SIDED_95, wilson_interval, wilson_lower

WITHIN = timedelta(hours=24)
"""What was deployed so long before a trouble is listed with it."""


@dataclass(frozen=True)
class Change:
    """A revision began to serve. `before`: the one that it took over from, as far as known."""

    service: str
    revision: Revision
    at: datetime
    before: Revision | None = None


def changes_before(seen: Iterable[Seen], trouble: datetime) -> list[Change]:
    """What began to serve within 24 h before a trouble, the newest first."""
    found = [change for each in seen for change in _changes(each) if trouble - WITHIN <= change.at <= trouble]
    return sorted(found, key=lambda change: (change.at, change.service), reverse=True)


def _changes(seen: Seen) -> Iterator[Change]:
    deployed = seen.deployed
    if deployed is None:
        return
    began = {each.revision: each.since for each in seen.served}
    ready = [each for each in deployed.revisions if each.ready]
    for revision, before in zip(ready, [*ready[1:], None], strict=True):
        yield Change(seen.service, revision, began.get(revision.name, revision.created_at), before)


@dataclass(frozen=True)
class Failing:
    """Of so many runs so many failed, most of them with that category."""

    failed: int
    runs: int
    category: str = ""


@dataclass(frozen=True)
class Correlation:
    """What speaks for a change: facts, never a cause. `lag`: the trouble began so long after it. `since` and `before`
    it; None where the runs say nothing. `limit`: the time limit before and after, where it was lowered.
    """

    change: Change
    lag: timedelta
    since: Failing | None = None
    before: Failing | None = None
    limit: tuple[int, int] | None = None


def correlation(change: Change, trouble: datetime, runs: Sequence[RunSeen], until: datetime) -> Correlation | None:
    """None where there are not two facts at least: that something came before is only one. `runs` of the processor
    that is in trouble, of the days before, up to `until`.
    """
    since = _failing(run for run in runs if change.at <= run.started_at <= until)
    before = _failing(run for run in runs if run.started_at < change.at)
    more = wilson_lower(since.failed, since.runs, ONE_SIDED_95) > _upper(before) and before.runs > 0
    lowered = _lowered(change) if since.category == Category.TIMEOUT else None
    if not more and lowered is None:
        return None
    lag = trouble - change.at
    return Correlation(change, lag, since, before, lowered) if more else Correlation(change, lag, limit=lowered)


def _upper(found: Failing) -> float:
    return wilson_interval(found.failed / found.runs if found.runs else 0.0, found.runs, ONE_SIDED_95)[1]


def _failing(runs: Iterable[RunSeen]) -> Failing:
    counts, total = dict[str, int](), 0
    for run in runs:
        said = (run.recorded or run.hinted or Category.UNKNOWN) if run.status is Status.FAILED else None
        if said in (Category.NO_DATA_AVAILABLE, Category.UPSTREAM_FAILURE) or run.status is Status.RUNNING:
            continue
        total += 1
        if said is not None:
            counts[said] = counts.get(said, 0) + 1
    return Failing(sum(counts.values()), total, max(counts, key=lambda name: counts[name], default=""))


def _lowered(change: Change) -> tuple[int, int] | None:
    now, was = change.revision.timeout_seconds, change.before.timeout_seconds if change.before else None
    return (was, now) if now is not None and was is not None and now < was else None
