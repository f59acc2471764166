"""The state's part about runbooks that were started, and where their steps are shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.incidents.incident import MessageRef
from bot.domain.runbooks.run import Grant, Run
from bot.domain.runbooks.shown import Shown


class RunbookRecord(Protocol):
    """The runbooks' part of a transaction."""

    def add(self, run: Run) -> Run | None:
        """Store a new one, with the next number, and grants for its steps and itself. None, and no change, if one of
        that id is there, or the same runbook is running for the same incident; or for none, for the same subject.
        """
        ...

    def put(self, after: Run) -> bool:
        """Store it, one version on. False, and no change, if another version than its own is stored. Where it is shown
        stays as it is.
        """
        ...

    def trying(self, run: Run, at: datetime) -> bool:
        """Note a try to post its message; False, and no change, if another process has noted one meanwhile."""
        ...

    def showed(self, run_id: str, message: MessageRef | None, version: int) -> None:
        """Its message says that version; None: there is none to change any more."""
        ...


class RunbookRuns(Protocol):
    """Reads of what was started."""

    def run(self, run_id: str) -> Run | None: ...

    def numbered(self, number: int) -> Run | None: ...

    def running(self) -> list[Run]:
        """The oldest first."""
        ...

    def of_incident(self, incident: str) -> list[Run]:
        """All that were started for it, the oldest first."""
        ...

    def last_started(self) -> Mapping[str, datetime]:
        """When each runbook was started last, by its id; those alone that ever were."""
        ...

    def due(self, now: datetime) -> list[Run]:
        """Those that Fireline has something to do for, the longest due first."""
        ...

    def to_show(self) -> list[Run]:
        """Those whose message says an older version, or that have none yet; the oldest first."""
        ...

    def grants(self, run_id: str) -> list[Grant]: ...

    def grant(self, grant_id: str) -> Grant | None: ...


class RunbookBoard(Protocol):
    """Where the steps of a run are shown. Nothing is tried twice in here; every call raises NotifierUnavailable, or one
    of its kinds (bot.ports.notifier).
    """

    def post(self, shown: Shown) -> MessageRef: ...

    def edit(self, message: MessageRef, shown: Shown) -> None:
        """Raises NotifierGone for a message that is gone."""
        ...

    def find(self, shown: Shown) -> MessageRef | None:
        """Its message, where an earlier try has posted it."""
        ...


def by_step(grants: Iterable[Grant]) -> dict[int, str]:
    """The grants of a run, by the number of the step; 0: of the run itself."""
    return {each.step: each.id for each in grants}
