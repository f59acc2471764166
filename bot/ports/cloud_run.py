"""What is asked of Cloud Run: services, their revisions and traffic, jobs and their executions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.deploys.deployed import CloudPlace, Deployed
from bot.domain.errors import FirelineError


class CloudRunError(FirelineError):
    """`reason` is what happened, `remedy` what to do about it, in a sentence; "": nothing."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.reason, self.remedy = message, remedy
        super().__init__(f"{message}. {remedy}".strip() if remedy else message)


class CloudRunRefused(CloudRunError):
    """A definite no: nothing was changed, and the same call will be refused again."""


class CloudRunUnavailable(CloudRunError):
    """Not reached, or busy: nothing was changed."""

    retryable = True


class CloudRunChanged(CloudRunError):
    """A definite no: the service was changed by somebody else since it was looked at."""


class CloudRunUnclear(CloudRunError):
    """Nobody knows whether it was done: look it up by its request id before it is asked for again."""


class ExecutionState(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Execution:
    """One run of a job. `request` is the id that it was started with, "" if another than Fireline started it."""

    name: str
    state: ExecutionState
    created_at: datetime
    ended_at: datetime | None = None
    request: str = ""
    said: str = ""


@dataclass(frozen=True)
class JobOrder:
    """`request` is found again among the executions; `env` is added to that of the job's container, `args`
    replace its own where there are any.

    `timeout_seconds` None: the job's own.
    """

    request: str
    env: tuple[tuple[str, str], ...] = ()
    args: tuple[str, ...] = ()
    timeout_seconds: int | None = None


class CloudRun(Protocol):
    """Every call raises CloudRunRefused or CloudRunUnavailable; what changes something raises CloudRunUnclear, too,
    and, where it takes an `etag`, CloudRunChanged. Nothing is tried again here: the caller looks first.
    """

    def service(self, place: CloudPlace) -> Deployed:
        """With its newest revisions."""
        ...

    def names(self, project: str, region: str) -> list[str]:
        """Of the services that there are, in order."""
        ...

    def restart(self, place: CloudPlace, etag: str, request: str) -> None:
        """A new revision of the same template; it carries `request`."""
        ...

    def set_timeout(self, place: CloudPlace, etag: str, request: str, seconds: int) -> None:
        """A new revision, with another limit of a request; it carries `request`."""
        ...

    def shift_traffic(self, place: CloudPlace, etag: str, revision: str) -> None:
        """All traffic to that revision; LATEST: to the newest, whichever that is. Tags stay."""
        ...

    def run_job(self, place: CloudPlace, order: JobOrder) -> Execution:
        """Each call starts an execution."""
        ...

    def executions(self, place: CloudPlace, since: datetime) -> list[Execution]:
        """Those made since then, the newest first."""
        ...

    def find(self, place: CloudPlace, request: str, since: datetime) -> Execution | None:
        """The execution that was started with that request id."""
        ...

    def cancel(self, place: CloudPlace, execution: str) -> None: ...
