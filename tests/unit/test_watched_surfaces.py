"""After a repair every surface says the same of the incident: it is back, and watched until then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cli.incident import Act, IncidentQuestion, answer_incident
from bot.domain.gate.policy import GatePolicy
from bot.domain.health.model import HealthRequest
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import AlertState, Incident
from bot.ports.fakes.state import FakeState
from bot.services.gate import GateService
from bot.services.incident_facts import IncidentFacts
from bot.services.notified import notified_within
from bot.services.responses import ResponseService
from bot.services.watched import watched_in
from bot.views import health, response
from bot.views.incident import card
from tests.support.gate_story import OTHERS, REGISTRY, RULES, START, finding
from tests.support.health_reports import report
from tests.support.rotas import PLAN

REPAIRED = START + timedelta(minutes=7)
NOW = REPAIRED + timedelta(minutes=2)
UNTIL = "watched until 06:20 UTC"
"""It was last seen at 06:05."""


@pytest.fixture(params=[True, False], ids=["repaired", "still wrong"])
def state(request: pytest.FixtureRequest) -> FakeState:
    """An incident is announced and seen once more; then nothing of it holds, or all still does."""
    store, lost = FakeState(), finding("Gamebook", severity="P1")
    gate = GateService(store, RULES, escalation=EscalationPolicy())
    for minutes in (0, 5):
        gate.tick(START + timedelta(minutes=minutes), [lost])
    gate.tick(REPAIRED, [] if request.param else [lost])
    return store


def test_all_surfaces_say_until_when_it_is_watched(state: FakeState) -> None:
    [opened] = state.open_incidents()
    said = surfaces(state, opened)
    held = next(each.holding for each in state.members(opened.id))
    assert {name for name, text in said.items() if UNTIL in text} == (set() if held else said.keys())


class Counting(FakeState):
    asked = 0

    def members(self, *incident_ids: str) -> list[AlertState]:
        self.asked += 1
        return super().members(*incident_ids)


def test_of_many_incidents_the_state_is_asked_once() -> None:
    store = Counting()
    gate = GateService(store, RULES, escalation=EscalationPolicy())
    for minutes in (0, 5):
        gate.tick(START + timedelta(minutes=minutes), [finding(name, severity="P1") for name in OTHERS[:4]])
    gate.tick(REPAIRED, [])
    watched = watched_in(store, lambda: GatePolicy().resolve_after)
    store.asked = 0
    shown = ResponseService(store, lambda _: PLAN, watched=watched).overviews(NOW)
    assert len(shown) == 4
    assert all(each.watched_until is not None for each in shown)
    assert len(notified_within(store, watched, START - timedelta(hours=1), NOW).watched) == 4
    assert store.asked == 2


def surfaces(state: FakeState, opened: Incident) -> dict[str, str]:
    watched = watched_in(state, lambda: GatePolicy().resolve_after)
    latest = IncidentFacts(state, REGISTRY, watched=watched).latest(opened, NOW)
    assert latest is not None
    people = ResponseService(state, lambda _: PLAN, watched=watched)
    overview = people.overview(opened, NOW)
    notified = notified_within(state, watched, START - timedelta(hours=1), NOW)
    seen = report(told=replace(notified, sent=()))
    return {
        "card": card(latest).text,
        "/incident": response.card(overview, NOW).text,
        "/incident list": response.listing(people.overviews(NOW), NOW).text,
        "incident list": response.listed(people.overviews(NOW)[0], NOW),
        "incident show": answer_incident(people, IncidentQuestion(Act.SHOW, opened.label, ""), NOW),
        "/health": health.card(replace(seen, window=replace(seen.window, as_of=NOW)), HealthRequest()).text,
        "health": " ".join(reason.text for reason in seen.reasons),
    }
