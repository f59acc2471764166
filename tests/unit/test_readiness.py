"""Who would be paged, and who could not be."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.access import Identity, Origin
from bot.domain.escalation.readiness import Reach, faults, readiness, uncovered
from bot.domain.escalation.simulation import simulated
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder
from bot.domain.oncall.on_call import on_call
from bot.domain.oncall.schedule import Person, Rota
from bot.services.access import slack_doubts
from bot.views.practice import how
from tests.support.gate_story import finding
from tests.support.pager import FakePager, PagedStory
from tests.support.rotas import PLAN, eastern

POLICY = EscalationPolicy()
NOW = eastern(2026, 1, 13, 12)
PROVIDERS = {"slack": "slack", "voice": "twilio", "sms": "twilio"}


def everybody(channel: str, person: Person) -> str | None:
    return person.name if channel in PROVIDERS else None


def without(*lost: tuple[str, str]) -> object:
    return lambda channel, person: None if (channel, person.name) in lost else everybody(channel, person)


def test_a_simulation_says_what_the_engine_does() -> None:
    story = PagedStory(NOW, FakePager("slack"), FakePager("voice"))
    story.held = [finding("Gamebook", severity="P0", since=NOW, evident_at=NOW)]
    steps = simulated(Severity.P0, POLICY.of(Severity.P0), PLAN, story.paging.target, NOW)
    assert [(step.at - NOW).total_seconds() / 60 for step in steps] == [0, 5, 10, 15]
    story.look()
    for step in steps[:3]:
        story.fast_forward((step.at - story.now).total_seconds() / 60)
        assert story.paged() == list(step.ways)


def test_a_step_that_reaches_nobody_is_followed_at_once_in_a_simulation_too() -> None:
    alone = replace(PLAN, rotas=PLAN.rotas[2:])
    first, second, third, _ = simulated(Severity.P0, POLICY.of(Severity.P0), alone, everybody, NOW)
    assert (first.at, second.at, third.at) == (NOW, NOW, NOW)
    assert first.unreached == ("there is no rota primary",)
    assert third.ways == (("Dana", "slack"), ("Dana", "voice"))


def test_everybody_is_ready_or_it_says_by_what_they_are_not() -> None:
    found = readiness(POLICY, PLAN, without(("voice", "Ben"), ("slack", "Chris"), ("voice", "Chris")), NOW)  # type: ignore[arg-type]
    by_person = {(each.person, each.severity): (each.reach, each.missing) for each in found}
    assert by_person["Ana", Severity.P0] == (Reach.READY, ())
    assert by_person["Ben", Severity.P0] == (Reach.PARTLY, ("voice",))
    assert by_person["Chris", Severity.P0] == (Reach.UNREACHABLE, ("slack", "voice"))
    assert by_person["Ben", Severity.P1] == (Reach.READY, ())
    assert ("Dana", Severity.P1) not in by_person


def test_an_account_that_slack_does_not_let_us_write_to_is_no_way_to_anybody() -> None:
    """Written in oncall.yaml is not reached: who has left, whom Slack does not know, of whom it says nothing."""
    of = {"UANA": Origin.DEACTIVATED, "UBEN": Origin.ELSEWHERE, "UCHRIS": Origin.UNKNOWN, "UDANA": Origin.GUEST}
    people = tuple(replace(each, slack=f"U{each.name.upper()}") for each in PLAN.people)
    doubts = slack_doubts(lambda actor: Identity(of[actor.id], why_unknown="Slack did not answer users.info"))
    lost = without(("voice", "Ben"))
    found = readiness(POLICY, replace(PLAN, people=people), lost, NOW, doubts)  # type: ignore[arg-type]
    said = {(each.person, each.severity): how(each) for each in found}
    assert said["Ana", Severity.P0] == "partly, not by slack (the account is deactivated)"
    assert said["Ana", Severity.P1] == "partly, not by slack (the account is deactivated)", "it goes on by voice"
    assert said["Ben", Severity.P1] == "unreachable, not by slack (no such account in this workspace)"
    assert said["Ben", Severity.P0] == "unreachable, not by slack (no such account in this workspace) or voice"
    assert said["Chris", Severity.P1] == "partly, not by slack (Slack did not answer users.info)"
    assert said["Dana", Severity.P0] == "ready"


def test_a_policy_that_reaches_everybody_has_no_fault() -> None:
    assert list(faults(POLICY, PLAN, everybody, PROVIDERS.get, NOW)) == []
    assert list(uncovered(POLICY, PLAN, NOW)) == []


def test_a_policy_that_reaches_nobody_is_named_step_by_step() -> None:
    lost = without(("slack", "Dana"), ("voice", "Dana"), ("voice", "Ben"))
    said = list(faults(POLICY, replace(PLAN, rotas=PLAN.rotas[2:]), lost, PROVIDERS.get, NOW))  # type: ignore[arg-type]
    assert "P0, step 1: there is no rota 'primary' in oncall.yaml. Known: manager." in said
    assert "P0, step 3: Dana cannot be reached by slack or voice" in said


def test_one_outage_must_not_silence_a_p0() -> None:
    slack_alone = list(faults(POLICY, PLAN, without(("voice", "Ben")), PROVIDERS.get, NOW))  # type: ignore[arg-type]
    assert slack_alone == ["P0: Ben can only be reached by Slack; add a phone, a mail or a pager"]
    steps = POLICY.of(Severity.P0).steps
    phones = replace(POLICY.of(Severity.P0), steps=tuple(replace(step, by=("voice", "sms")) for step in steps))
    said = list(faults(EscalationPolicy({**POLICY.ladders, Severity.P0: phones}), PLAN, everybody, PROVIDERS.get, NOW))
    assert said[0] == "P0: sms and voice reach Ben through twilio alone"


def test_what_is_not_set_up_is_named_and_nobody_is_told_to_add_what_they_have() -> None:
    slack_alone = {"slack": "slack"}
    said = list(
        faults(POLICY, PLAN, lambda channel, person: slack_alone.get(channel) and person.name, slack_alone.get, NOW)
    )
    assert "P0: Ben can only be reached by Slack: voice is not set up in channels.yaml" in said
    nobody = list(faults(POLICY, PLAN, lambda *_: None, lambda _: None, NOW))
    assert (
        "P0, step 3: Dana cannot be reached by slack or voice: slack and voice are not set up in channels.yaml"
        in nobody
    )


def test_a_step_that_names_a_person_is_told_to_name_a_rota() -> None:
    steps = (replace(POLICY.of(Severity.P0).steps[0], rotas=("Dana",)),)
    policy = EscalationPolicy({**POLICY.ladders, Severity.P0: replace(POLICY.of(Severity.P0), steps=steps)})
    [said] = list(faults(policy, PLAN, everybody, PROVIDERS.get, NOW))
    assert said == "P0, step 1: there is no rota 'Dana' in oncall.yaml. Dana is a person: make a rota of them."


def test_a_p0_or_p1_does_not_fall_silent() -> None:
    def said(**ladders: Ladder) -> list[str]:
        given = {Severity(name): ladder for name, ladder in ladders.items()}
        return list(faults(EscalationPolicy({**POLICY.ladders, **given}), PLAN, everybody, PROVIDERS.get, NOW))

    written = replace(POLICY.of(Severity.P1), steps=POLICY.of(Severity.P1).steps[:1])
    assert said(P0=Ladder(), P1=written) == [
        "P0 wakes nobody: give it a step by slack, voice or another channel that pages",
        "P1 wakes nobody: give it a step by slack, voice or another channel that pages",
    ]
    once = "P0: when nobody has answered, nobody is paged again; set `repeat: 30m`"
    assert said(P0=replace(POLICY.of(Severity.P0), repeat=None)) == [once]


def test_hours_without_anybody_are_named() -> None:
    office = replace(PLAN.rotas[0].layers[0], weekdays=frozenset(range(5)), from_hour=9.0, to_hour=17.0)
    plan = replace(PLAN, rotas=(Rota(name="primary", layers=(office,)), *PLAN.rotas[1:]))
    [said] = uncovered(POLICY, plan, NOW)
    assert said.startswith("nobody is primary from 2026-01-13 22:00 UTC, and ")


@settings(max_examples=40, deadline=None)
@given(minutes=st.integers(0, 60 * 24 * 60))
def test_whom_a_simulation_pages_is_on_call_then(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    for step in simulated(Severity.P0, POLICY.of(Severity.P0), PLAN, everybody, at)[:3]:
        rota = ("primary", "secondary", "manager")[step.number - 1]
        assert {person for person, _ in step.ways} == {on_call(PLAN, rota, step.at).person}
