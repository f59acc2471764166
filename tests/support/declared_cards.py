"""Every form of what is said of an incident that a person declared."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.delivery import PageState, Queued
from bot.domain.escalation.simulation import simulated
from bot.domain.findings.severity import Severity
from bot.domain.gate import declared
from bot.domain.gate.declared import Wanted
from bot.domain.incidents import response as responses
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.escalation_policy import EscalationPolicy, beginning_with
from bot.domain.incidents.evidence import IncidentEvidence
from bot.domain.incidents.incident import Incident, IncidentState
from bot.domain.incidents.notice import Notice, Reach
from bot.domain.incidents.standing import Coming, Overview, Standing
from bot.domain.oncall.schedule import Person
from bot.views import declaring, incident_evidence
from tests.support.gate_story import START
from tests.support.pager import queued
from tests.support.rotas import PLAN

POLICY = EscalationPolicy()
NASTY = Wanted(
    title="<!here> & *Predictions* look wrong since noon",
    severity=Severity.P0,
    because="<@U1> & *x* " + "very long " * 9,
)
OF_DATA = Wanted(title="Half of the players are missing", processors=("NbacGamebookProcessor", "TeamSummary"))
PLAIN = Wanted(title="Predictions look wrong since noon", severity=Severity.P0)
ENDED = START + timedelta(minutes=50)


def _made(wanted: Wanted, by: str = "Ana") -> tuple[Incident, Decision]:
    incident, result = declared.opened(wanted, "V1", by, START)
    return replace(incident, number=42, version=1), result.decisions[0]


def _notice(wanted: Wanted, by: str = "Ana", **changes: Any) -> Notice:
    incident, decision = _made(wanted, by)
    first = responses.opened(incident.id, wanted.severity, POLICY.of(wanted.severity), START)
    standing = Standing(first, (Coming(START, ("Chris",)), Coming(START + timedelta(minutes=5), ("Ben",))))
    dependents = 34 if wanted.processors else 0
    made = Notice(incident, decision, START, incident.headline.root, Reach(dependents=dependents), standing=standing)
    return replace(made, **changes)


def notices() -> dict[str, Notice]:
    over = _notice(PLAIN)
    assert over.standing is not None
    incident = replace(over.incident, state=IncidentState.RESOLVED, resolved_at=ENDED)
    decision = replace(over.decision, at=ENDED, outcome=Outcome.RESOLVE, reason=Reason.CLOSED)
    resolved = Standing(responses.resolved(over.standing.response, ENDED, "Ana"))
    return {
        "incident_declared": _notice(PLAIN),
        "incident_declared_nasty": _notice(NASTY, "U01ALEX"),
        "incident_declared_of_data": _notice(OF_DATA),
        "incident_declared_over": replace(over, incident=incident, decision=decision, now=ENDED, standing=resolved),
    }


def modals() -> dict[str, dict[str, Any]]:
    incident, decision = _made(NASTY, "U01ALEX")
    ladder = beginning_with(POLICY.of(Severity.P0), (), ("Dana",))
    response = responses.stepped(responses.opened(incident.id, Severity.P0, ladder, START), START, at_once=False)
    found = Overview(incident, Standing(response, (Coming(START + timedelta(minutes=5), ("Chris",)),)), ())
    evidence = IncidentEvidence(incident, (), (), 0, (decision,), (), START)
    steps = simulated(Severity.P0, ladder, PLAN, _targets, START)
    return {
        "declare_form": declaring.form(POLICY.ladders, ["primary", "Ana"]),
        "declare_form_begun": declaring.form(POLICY.ladders, ["primary", "Ana"], NASTY.title),
        "declare_opened": declaring.opened(found, _pages(), START),
        "declare_opened_just_now": declaring.opened(found, [], START),
        "declare_refused": declaring.refused("You are a viewer: <a> & b"),
        "page_asked": declaring.page(NASTY, "Dana", steps, START, "{}"),
        "page_asked_nobody": declaring.page(replace(NASTY, severity=Severity.P2), "Dana", [], START, "{}"),
        "incident_declared_evidence": incident_evidence.shown(evidence),
    }


def _targets(channel: str, person: Person) -> str | None:
    return None if (channel, person.name) == ("voice", "Dana") else person.name


def _pages() -> list[Queued]:
    said = {
        PageState.SENT: "ok",
        PageState.PENDING: "<channel_not_found>",
        PageState.UNCLEAR: "no answer in time",
        PageState.SENDING: "",
        PageState.CANCELLED: "",
    }
    made = [replace(queued(state, person="Dana"), state=state, reason=reason) for state, reason in said.items()]
    return [*made, queued("new", "voice", person="U01ALEX")]
