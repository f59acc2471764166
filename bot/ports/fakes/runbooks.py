"""Runbooks that were started, in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.incidents.incident import MessageRef
from bot.domain.runbooks.run import Grant, Run, RunState


class FakeRunbooks:
    """Implements `bot.ports.runbook_runs.RunbookRecord` and `RunbookRuns`."""

    def __init__(self, runs: dict[str, Run]) -> None:
        self._runs = runs

    def add(self, run: Run) -> Run | None:
        beside = [each for each in self.running() if (each.runbook.id, each.incident) == (run.runbook.id, run.incident)]
        if run.id in self._runs or any(run.incident or each.subject == run.subject for each in beside):
            return None
        self._runs[run.id] = made = replace(run, number=len(self._runs) + 1, version=1)
        return made

    def put(self, after: Run) -> bool:
        stored = self._runs.get(after.id)
        if stored is None or stored.version != after.version:
            return False
        shown = {"message": stored.message, "tried_at": stored.tried_at, "shown": stored.shown}
        self._runs[after.id] = replace(after, version=after.version + 1, **shown)  # type: ignore[arg-type]
        return True

    def trying(self, run: Run, at: datetime) -> bool:
        stored = self._runs[run.id]
        if stored.message is not None or stored.tried_at != run.tried_at:
            return False
        self._runs[run.id] = replace(stored, tried_at=at)
        return True

    def showed(self, run_id: str, message: MessageRef | None, version: int) -> None:
        stored = self._runs[run_id]
        self._runs[run_id] = replace(stored, message=message or stored.message, shown=version)

    def run(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def numbered(self, number: int) -> Run | None:
        return next(iter(self._found(lambda each: each.number == number)), None)

    def running(self) -> list[Run]:
        return self._found(lambda each: each.state is RunState.RUNNING)

    def of_incident(self, incident: str) -> list[Run]:
        return self._found(lambda each: each.incident == incident)

    def last_started(self) -> dict[str, datetime]:
        ordered = sorted(self._runs.values(), key=lambda each: each.started_at)
        return {each.runbook.id: each.started_at for each in ordered}

    def due(self, now: datetime) -> list[Run]:
        found = self._found(lambda each: each.due_at is not None and each.due_at <= now)
        return sorted(found, key=lambda each: (each.due_at or now, each.number))

    def to_show(self) -> list[Run]:
        return self._found(lambda each: each.shown < each.version and each.channel != "")

    def grants(self, run_id: str) -> list[Grant]:
        steps = [0, *(each.number for each in self._runs[run_id].steps)]
        return [Grant(f"{run_id} {step}", run_id, step) for step in steps]

    def grant(self, grant_id: str) -> Grant | None:
        run_id, _, step = grant_id.rpartition(" ")
        return Grant(grant_id, run_id, int(step)) if run_id in self._runs else None

    def _found(self, wanted: Callable[[Run], bool]) -> list[Run]:
        return sorted(filter(wanted, self._runs.values()), key=lambda each: each.number)
