"""What is deployed of a service: its revisions, where its traffic goes, and how that differs from the registry."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import BadInput
from bot.domain.platform.registry import Service

LATEST = ""
"""Traffic to the newest revision, whichever that is."""
COMMIT_LABEL = "commit-sha"


@dataclass(frozen=True)
class Revision:
    """`ready` None: it is not settled yet. `request`: the id of the request that made it, where that was
    Fireline's.
    """

    name: str
    created_at: datetime
    ready: bool | None
    commit: str = ""
    timeout_seconds: int | None = None
    request: str = ""


@dataclass(frozen=True)
class Target:
    """A share of the traffic. `revision` LATEST: of the newest, whichever that is."""

    revision: str
    percent: int
    tag: str = ""


@dataclass(frozen=True)
class Deployed:
    """A service as Cloud Run has it; `revisions` from the newest to the oldest. `etag` changes with every change.

    `settling`: a change is not carried out yet; `trouble`: what Cloud Run says of one that failed.
    """

    service: str
    etag: str
    address: str
    changed_at: datetime
    changed_by: str
    latest_ready: str
    traffic: tuple[Target, ...]
    revisions: tuple[Revision, ...] = ()
    settling: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class CloudPlace:
    """Where Cloud Run has a service or a job. It comes from the registry alone, never from a message."""

    project: str
    region: str
    name: str


def place_of(service: Service) -> CloudPlace:
    """Raises BadInput if the registry does not say where it is."""
    lacking = [field for field in ("project", "region") if not getattr(service, field)]
    if lacking:
        raise BadInput(f"The registry names no {' and no '.join(lacking)} of {service.name}: add it under `services`.")
    return CloudPlace(service.project or "", service.region or "", service.name)
