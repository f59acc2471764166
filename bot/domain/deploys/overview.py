"""What is deployed, as it is asked for: of the registry's services, and of an incident."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.deploys.correlation import Change, Correlation
from bot.domain.deploys.deployed import Revision
from bot.domain.deploys.drift import Drift
from bot.domain.deploys.seen import NoRollback, Seen
from bot.domain.platform.registry import Service

LATE_AFTER = timedelta(minutes=10)
"""What was read longer ago is said to be old."""


@dataclass(frozen=True)
class ServiceRow:
    """A service of the registry as it is deployed."""

    service: Service
    seen: Seen
    drifts: tuple[Drift, ...]
    rollback: Revision | NoRollback


@dataclass(frozen=True)
class Deployments:
    """`first_generation`: functions still to be migrated, the most urgent first. `off`: why nothing is read."""

    rows: tuple[ServiceRow, ...]
    first_generation: tuple[Service, ...]
    as_of: datetime
    off: str = ""
    jobs: tuple[Service, ...] = ()


@dataclass(frozen=True)
class DeployEvidence:
    """What was deployed within 24 h before an incident began, and what speaks for one of them."""

    changes: tuple[Change, ...] = ()
    correlations: tuple[Correlation, ...] = ()
