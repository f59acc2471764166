"""What was done about an incident and worked: repairs whose data was proved, changes of services, runbooks."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.retrospect import Act
from bot.domain.operations.operation import Kind
from bot.domain.reprocessing.plan import StepKey
from bot.domain.reprocessing.repair import Repair, StepState
from bot.domain.runbooks import run as runbooks
from bot.domain.runbooks.runbook import StepKind
from bot.ports.state import State

DID = {
    Kind.ROLLBACK: "rolling back",
    Kind.RELEASE: "sending traffic to the newest revision of",
    Kind.RESTART: "restarting",
    Kind.TIMEOUT: "a longer time limit of",
    Kind.CANCEL: "ending an execution of",
    Kind.MAINTENANCE: "the clean-up job of",
    Kind.CLEAR_MARKER: "clearing a done-marker of",
}


def acts_within(state: State, incident: Incident, since: datetime, repairs: Sequence[Repair]) -> list[Act]:
    """Since its last episode began. Runbooks count where nothing else is known: what they do is done by the others."""
    found = [*_repaired(state, incident, since, repairs), *_operated(state, incident, since)]
    return found or list(_run(state, incident, since))


def _repaired(state: State, incident: Incident, since: datetime, repairs: Sequence[Repair]) -> Iterator[Act]:
    """A repair that was started from it, or of its dates; it is called by the first step that was proved right."""
    for repair in repairs:
        about = repair.incident == incident.id or any(_is_about(step.key, incident) for step in repair.plan.steps)
        if repair.started_at is None or repair.started_at < since or not about:
            continue
        proved = [step for step in state.repairs.steps(repair.id) if step.state is StepState.PROVED]
        ended = [step.ended_at for step in proved if step.ended_at is not None]
        if ended:
            yield Act(min(ended), f"rerunning {proved[0].processor}")


def _is_about(key: StepKey, incident: Incident) -> bool:
    return key.processor in incident.processors and key.data_date in incident.data_dates


def _operated(state: State, incident: Incident, since: datetime) -> Iterator[Act]:
    for each in state.deploys.done_for(incident.id, since):
        if each.ended_at is not None:
            yield Act(each.ended_at, f"{DID[each.kind]} {each.wanted.service}")


def _run(state: State, incident: Incident, since: datetime) -> Iterator[Act]:
    for run in state.runbooks.of_incident(incident.id):
        for number in (each.number for each in run.steps):
            step, done = run.step(number)
            if step.kind is StepKind.ACTION and done.state is runbooks.StepState.DONE and done.at and done.at >= since:
                yield Act(done.at, f"the runbook {run.runbook.id}")
