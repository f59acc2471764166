"""A service as Cloud Run has it: its revisions, where its traffic goes, and where it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import BadInput
from bot.domain.platform.registry import Control, Service

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

    @property
    def serving(self) -> tuple[str, ...]:
        """The revisions that have a share of the traffic."""
        found = (target.revision or self.latest_ready for target in self.traffic if target.percent)
        return tuple(dict.fromkeys(found))

    @property
    def pinned(self) -> bool:
        """Does its traffic stay where it is when a newer revision comes?"""
        return all(target.revision != LATEST for target in self.traffic if target.percent)

    @property
    def split(self) -> bool:
        return len(self.serving) > 1

    @property
    def shares(self) -> str:
        """`revision 42 90 %, revision 41 10 %`."""
        return ", ".join(f"{short(each.revision or self.latest_ready)} {each.percent} %" for each in self.traffic)

    def revision(self, name: str) -> "Revision | None":
        return next((each for each in self.revisions if each.name == name), None)

    @property
    def current(self) -> "Revision | None":
        """The one that has all the traffic; None: it is split, or too old to be listed."""
        return None if self.split or not self.serving else self.revision(self.serving[0])


@dataclass(frozen=True)
class CloudPlace:
    """Where Cloud Run has a service or a job. It comes from the registry alone, never from a message."""

    project: str
    region: str
    name: str


def asked_of_cloud_run(service: Service) -> bool:
    """Is it a Cloud Run service, as far as the registry says? One that lets everybody in is asked over plain HTTP."""
    on_cloud_run = service.asked_by is Control.CLOUD_RUN or (service.asked_by is Control.HTTP and bool(service.project))
    return on_cloud_run and service.generation != 1


def first_generation(services: Iterable[Service]) -> tuple[Service, ...]:
    """Functions of the first generation, the most urgent first."""
    found = (service for service in services if service.generation == 1)
    return tuple(sorted(found, key=lambda service: (service.priority or "P9", service.name)))


def place_of(service: Service) -> CloudPlace:
    """Raises BadInput if the registry does not say where it is."""
    lacking = [field for field in ("project", "region") if not getattr(service, field)]
    if lacking:
        raise BadInput(f"The registry names no {' and no '.join(lacking)} of {service.name}: add it under `services`.")
    return CloudPlace(service.project or "", service.region or "", service.name)


_NUMBERED = re.compile(r"-0*([1-9][0-9]*)-[a-z]{3}")


def short(revision: str) -> str:
    """`revision 42` of nba-phase2-raw-processors-00042-abc; another name as it is."""
    found = _NUMBERED.search(revision)
    return f"revision {found[1]}" if found is not None and found.end() == len(revision) else revision
