"""What is looked at before something is done to a service: each look is shown, and one that fails refuses it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.counts import plural
from bot.domain.deploys.deployed import Deployed, short
from bot.domain.deploys.seen import NoRollback, Seen, rollback_target
from bot.domain.operations.operation import (
    LONGEST_TIMEOUT_S,
    NEW_REVISION,
    NOT_UNDER_REPAIR,
    OF_JOBS,
    TRAFFIC,
    Kind,
    Wanted,
)
from bot.domain.platform.registry import Control, Service
from bot.domain.verdicts.judge import Verdict

FREE = frozenset({Kind.RESTART, Kind.MAINTENANCE, Kind.CLEAR_MARKER})
"""What may not be done while a run is under way."""
MOST_NAMED = 3


@dataclass(frozen=True)
class Around:
    """`seen` is fresh. `repairs`: the labels of those that have steps on the service; `runs` under way, whoever started
    them, in words, `unread`: why there may be others; `executions` of a job that are under way; `verdict` on the date
    of a done-marker, and its reason.
    """

    service: Service
    seen: Seen | None = None
    repairs: Sequence[str] = ()
    runs: Sequence[str] = ()
    unread: str = ""
    executions: Sequence[str] = ()
    verdict: Verdict | None = None
    because: str = ""


@dataclass(frozen=True)
class Look:
    """`holds`: it speaks against nothing."""

    said: str
    holds: bool = True


def preflight(wanted: Wanted, around: Around) -> list[Look]:
    return [*_repairs(wanted, around), *_runs(wanted, around), *_own(wanted, around)]


def _repairs(wanted: Wanted, around: Around) -> Iterator[Look]:
    if wanted.kind not in NOT_UNDER_REPAIR:
        return
    if around.repairs:
        yield Look(f"{', '.join(around.repairs)} runs on {wanted.service}: stop it first, or let it end", holds=False)
    else:
        yield Look("no repair runs on it")


def _runs(wanted: Wanted, around: Around) -> Iterator[Look]:
    if wanted.kind in OF_JOBS - FREE:
        return
    if around.unread:
        yield Look(f"whether runs are under way is not known, {around.unread}", holds=wanted.kind not in FREE)
    elif not around.runs:
        yield Look("nothing is under way")
    if not around.runs:
        return
    named = "; ".join(around.runs[:MOST_NAMED])
    more = f" and {len(around.runs) - MOST_NAMED} more" if len(around.runs) > MOST_NAMED else ""
    said = f"{plural(len(around.runs), 'run')} under way: {named}{more}"
    if wanted.kind in FREE:
        yield Look(f"{said}. Wait until they have ended", holds=False)
    else:
        yield Look(f"{said}. They end where they began")


def _own(wanted: Wanted, around: Around) -> Iterator[Look]:
    if wanted.kind in TRAFFIC | NEW_REVISION:
        yield from _deployed(wanted, around.seen)
    elif wanted.kind is Kind.CANCEL:
        yield _cancel(wanted, around)
    elif wanted.kind is Kind.MAINTENANCE:
        yield from _job(around)
    else:
        yield from _marker(wanted, around)


def _deployed(wanted: Wanted, seen: Seen | None) -> Iterator[Look]:
    deployed = seen.deployed if seen is not None else None
    if seen is None or deployed is None or seen.failing_since is not None:
        trouble = seen.trouble if seen is not None else "it was never read"
        yield Look(f"Cloud Run does not say how it is: {trouble}", holds=False)
        return
    if deployed.settling:
        yield Look("a change of it is not carried out yet", holds=False)
    elif deployed.split:
        yield Look("its traffic is split between revisions", holds=False)
    else:
        yield Look("its traffic is not split")
    if wanted.kind is Kind.ROLLBACK:
        yield from _rollback(wanted, seen)
    elif wanted.kind is Kind.RELEASE:
        yield Look(f"its traffic is {'' if deployed.pinned else 'not '}pinned", holds=deployed.pinned)
    elif deployed.pinned:
        yield Look("its traffic is pinned: a new revision would get none. Release it first", holds=False)
    if wanted.kind is Kind.TIMEOUT:
        yield from _limit(wanted, deployed)


def _rollback(wanted: Wanted, seen: Seen) -> Iterator[Look]:
    target = rollback_target(seen)
    if isinstance(target, NoRollback):
        yield Look(target.because, holds=False)
    elif target.name != wanted.to:
        yield Look(f"{short(target.name)} is what served before, not {short(wanted.to)}", holds=False)
    else:
        yield Look(f"{short(target.name)} served before and is ready")


def _limit(wanted: Wanted, deployed: Deployed) -> Iterator[Look]:
    current, wish = deployed.current, wanted.seconds or 0
    limit = None if current is None else current.timeout_seconds
    if limit is not None and wish <= limit:
        yield Look(f"{wish:,} s is not more than the {limit:,} s that it has", holds=False)
    elif wish > LONGEST_TIMEOUT_S:
        yield Look(f"{wish:,} s is more than Cloud Run allows: {LONGEST_TIMEOUT_S:,} s", holds=False)
    else:
        yield Look(f"{wish:,} s is more than it has, and not more than Cloud Run allows")


def _cancel(wanted: Wanted, around: Around) -> Look:
    if around.service.asked_by is not Control.CLOUD_RUN_JOB:
        return Look("it is no job and has no executions. Restart it: that ends what hangs in it", holds=False)
    there = wanted.execution in around.executions
    said = f"{wanted.execution} is {'' if there else 'not '}under way" if wanted.execution else "none is under way"
    return Look(said, holds=there)


def _job(around: Around) -> Iterator[Look]:
    if not around.service.maintenance:
        yield Look(f"the registry does not say `maintenance: true` of {around.service.name}", holds=False)
    if around.executions:
        yield Look(f"it runs already: {', '.join(around.executions[:MOST_NAMED])}", holds=False)
    else:
        yield Look("it does not run now")


def _marker(wanted: Wanted, around: Around) -> Iterator[Look]:
    if around.service.clear_request is None or around.service.address is None:
        yield Look(f"the registry names no way to clear a marker of {around.service.name} (clear_request)", holds=False)
    blocked = around.verdict is Verdict.IDEMPOTENCY_BLOCK
    said = f"{wanted.processor} {wanted.data_date}: {around.because or 'nothing is known'}"
    yield Look(said if blocked else f"no marker stands in front of data: {said}", holds=blocked)
