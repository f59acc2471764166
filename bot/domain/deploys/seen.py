"""What was last read of a service, what served before, and what it can be rolled back to."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.deploys.deployed import Deployed, Revision, short


@dataclass(frozen=True)
class Served:
    """That revision had all the traffic when it was looked at: from `since` on, and at `last` still. `ready` None: not
    known whether it was.
    """

    revision: str
    since: datetime
    last: datetime | None = None
    ready: bool | None = None


@dataclass(frozen=True)
class Seen:
    """What was last read of a service, by its name in the registry. `deployed` None: nothing yet. `failing_since`: it
    cannot be read since then, and `trouble` says why, `remedy` what to do. `served`: the newest first.
    """

    service: str
    deployed: Deployed | None = None
    read_at: datetime | None = None
    failing_since: datetime | None = None
    trouble: str = ""
    remedy: str = ""
    tried_at: datetime | None = None
    served: tuple[Served, ...] = ()


MOST_SERVED = 20


def read(before: Seen, deployed: Deployed, now: datetime) -> Seen:
    """It was read now. What serves since an unknown time did so from when its revision was made, or from now."""
    served, current = before.served, deployed.current
    if current is not None:
        if not served or served[0].revision != current.name:
            since = current.created_at if before.deployed is None or not deployed.pinned else now
            served = (Served(current.name, max(since, served[0].since) if served else since), *served)[:MOST_SERVED]
        ready = served[0].ready if current.ready is None else current.ready
        served = (replace(served[0], last=now, ready=ready), *served[1:])
    return Seen(before.service, deployed, now, tried_at=now, served=served)


def unread(before: Seen, trouble: str, remedy: str, now: datetime) -> Seen:
    return replace(before, failing_since=before.failing_since or now, trouble=trouble, remedy=remedy, tried_at=now)


@dataclass(frozen=True)
class NoRollback:
    """Why a service cannot be rolled back."""

    because: str


def rollback_target(seen: Seen) -> Revision | NoRollback:
    """The one revision that was seen to serve, and to be ready, before the one that serves now, if it still can."""
    deployed = seen.deployed
    if deployed is None:
        return NoRollback("it was never read from Cloud Run")
    if deployed.split:
        return NoRollback("its traffic is split: what serves now is not one revision")
    if deployed.settling:
        return NoRollback("a change of it is not carried out yet")
    current = deployed.current
    if current is None:
        return NoRollback("the revision that serves is not among its newest")
    if deployed.pinned:
        return NoRollback(f"its traffic is pinned to {short(current.name)} already: release it first")
    return _served_before(seen, deployed, current)


def _served_before(seen: Seen, deployed: Deployed, current: Revision) -> Revision | NoRollback:
    """What was not seen is not known: no revision is taken for one that served because it is older."""
    now = short(current.name)
    served = next((each for each in seen.served if each.revision != current.name), None)
    if served is None:
        return NoRollback(f"what served before {now} was not seen: {now} had the traffic at the first look")
    name, revision = short(served.revision), deployed.revision(served.revision)
    between = _unseen_between(seen, deployed, served, current)
    if between is not None:
        other = short(between.name)
        return NoRollback(f"what served before {now} was not seen: {other} may have, after the last look at {name}")
    if not served.ready:
        unknown = "but whether it was ready then is not known" if served.ready is None else "but it was not ready then"
        return NoRollback(f"{name} served before, {unknown}")
    if revision is None:
        return NoRollback(f"{name}, which served before, is not among its newest any more")
    if revision.ready is not True:
        return NoRollback(f"{name}, which served before, is not ready any more")
    return revision


def _unseen_between(seen: Seen, deployed: Deployed, served: Served, current: Revision) -> Revision | None:
    """One that may have served after that one and before what serves now, without having been looked at."""
    known = {each.revision for each in seen.served}
    after = served.last or served.since
    others = (each for each in deployed.revisions if each.name not in known and each.ready is not False)
    return next((each for each in others if after < each.created_at < current.created_at), None)
