"""What was last read of a service, what served before, and what it can be rolled back to."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.deploys.deployed import Deployed, Revision, short


@dataclass(frozen=True)
class Served:
    """That revision had all the traffic when it was looked at: from `since` on."""

    revision: str
    since: datetime


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
    if current is not None and (not served or served[0].revision != current.name):
        since = current.created_at if before.deployed is None or not deployed.pinned else now
        served = (Served(current.name, max(since, served[0].since) if served else since), *served)[:MOST_SERVED]
    return Seen(before.service, deployed, now, tried_at=now, served=served)


def unread(before: Seen, trouble: str, remedy: str, now: datetime) -> Seen:
    return replace(before, failing_since=before.failing_since or now, trouble=trouble, remedy=remedy, tried_at=now)


@dataclass(frozen=True)
class NoRollback:
    """Why a service cannot be rolled back."""

    because: str


def rollback_target(seen: Seen) -> Revision | NoRollback:
    """The one revision that served before the one that serves now, if it still can."""
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
    before = _before(seen, deployed, current)
    if before is None:
        return NoRollback(f"no revision is known that served before {short(current.name)}")
    if before.ready is not True:
        return NoRollback(f"{short(before.name)}, which served before, is not ready any more")
    return before


def _before(seen: Seen, deployed: Deployed, current: Revision) -> Revision | None:
    """As it was seen; else the newest ready one before it: that is where Cloud Run itself sent the traffic."""
    names = [each.revision for each in seen.served if each.revision != current.name]
    if names:
        return deployed.revision(names[0])
    older = (each for each in deployed.revisions if each.created_at < current.created_at and each.ready)
    return next(older, None)
