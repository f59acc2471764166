"""The ladder: from what is stored, when it is looked at; and how it follows the facts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.policy import load_policy
from bot.domain.escalation.follow import followed
from bot.domain.escalation.next_action import (
    AskOwner,
    Exhaust,
    Expire,
    PageStep,
    Stop,
    Wait,
    WhyStop,
    next_action,
)
from bot.domain.findings.severity import Severity
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import IncidentState
from bot.domain.incidents.response import Response, ResponseState
from tests.support.gate_story import START
from tests.support.notices import incident
from tests.support.replay_worlds import PROJECT

POLICY = EscalationPolicy()
P0 = responses.opened("I1", Severity.P0, POLICY.of(Severity.P0), START)
P1 = responses.opened("I1", Severity.P1, POLICY.of(Severity.P1), START)


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def taken(response: Response, now: datetime) -> Response:
    """What the engine stores after the act that is due."""
    match next_action(response, now):
        case PageStep():
            return responses.stepped(response, now, at_once=False)
        case Exhaust():
            return responses.exhausted(response, now)
        case AskOwner():
            return responses.owner_asked(response)
        case Expire():
            return responses.expired(response, now)
    return response


def story(response: Response, minutes: Sequence[float]) -> list[tuple[float, object]]:
    """What is done when it is looked at only then."""
    done: list[tuple[float, object]] = []
    for at in minutes:
        action = next_action(response, minute(at))
        if not isinstance(action, Wait | Stop):
            done.append((at, action.step.rotas[0] if isinstance(action, PageStep) else type(action).__name__))
        response = taken(response, minute(at))
    return done


def test_the_bundled_policy_is_the_default() -> None:
    assert load_policy(PROJECT / "config" / "nba" / "policy.yaml").escalation == POLICY


def test_a_p0_pages_one_after_the_other_and_goes_on() -> None:
    assert story(P0, range(80)) == [
        (0, "primary"),
        (5, "secondary"),
        (10, "manager"),
        (15, "Exhaust"),
        (45, "primary"),
        (50, "secondary"),
        (55, "manager"),
        (60, "Exhaust"),
    ]


def test_a_p1_names_somebody_waits_half_an_hour_and_ends() -> None:
    assert story(P1, range(0, 300, 5)) == [(0, "primary"), (30, "primary"), (60, "secondary"), (90, "Exhaust")]
    assert next_action(responses.exhausted(P1, START), minute(300)) == Stop(WhyStop.EXHAUSTED)


def test_a_p2_is_a_ticket_and_pages_nobody() -> None:
    begun = responses.opened("I1", Severity.P2, POLICY.of(Severity.P2), START)
    assert next_action(begun, START) == PageStep(POLICY.of(Severity.P2).steps[0], 1)
    quiet = responses.stepped(begun, START, at_once=True)
    assert next_action(quiet, minute(600)) == Stop(WhyStop.NO_LADDER)


def test_after_hours_of_standstill_one_step_is_taken_and_the_next_has_its_time() -> None:
    assert story(P0, [0, 300, 301, 304, 305, 310]) == [
        (0, "primary"),
        (300, "secondary"),
        (305, "manager"),
        (310, "Exhaust"),
    ]


def test_an_acknowledgement_holds_is_asked_for_and_expires() -> None:
    has_it = responses.acknowledged(responses.stepped(P0, START, at_once=False), "Ana", minute(2))
    assert story(has_it, range(2, 40)) == [
        (27, "AskOwner"),
        (32, "Expire"),
        (33, "primary"),
        (38, "secondary"),
    ]


def test_who_answers_that_it_still_holds_has_it_for_as_long_again() -> None:
    asked = responses.owner_asked(responses.acknowledged(P0, "Ana", START))
    again = responses.acknowledged(asked, "Ana", minute(26))
    assert (again.owned_until, again.asked, again.acknowledged_at) == (minute(56), False, START)


def test_what_is_over_or_mitigated_pages_nobody() -> None:
    assert next_action(responses.resolved(P0, START), minute(60)) == Stop(WhyStop.RESOLVED)
    assert next_action(responses.mitigated(P0, "Ana", START), minute(60)) == Stop(WhyStop.MITIGATED)


def after(before: Response | None, **changes: object) -> Response | None:
    facts = replace(incident(), **{"id": "I1", "severity": Severity.P1, **changes})  # type: ignore[arg-type]
    known = {} if before is None else {"I1": before}
    return next((after for after, _ in followed([facts], known, (), POLICY, minute(60))), None)


def test_a_response_follows_the_facts() -> None:
    opened = after(None)
    assert opened is not None
    assert (opened.severity, opened.next_at) == (Severity.P1, minute(60))
    assert after(None, severity=Severity.P3) is None
    assert after(P1) is None
    done = after(P1, state=IncidentState.RESOLVED)
    assert done is not None
    assert (done.state, done.resolved_at, done.next_at) == (ResponseState.RESOLVED, minute(60), None)
    assert after(done, state=IncidentState.RESOLVED) is None


def test_an_acknowledgement_survives_what_is_not_worse_and_ends_with_what_is() -> None:
    has_it = responses.acknowledged(P1, "Ana", minute(5))
    assert after(has_it) is None
    assert after(has_it, severity=Severity.P2) is None
    worse = after(has_it, severity=Severity.P0)
    assert worse is not None
    assert (worse.state, worse.owner, worse.step, worse.next_at) == (ResponseState.OPEN, "", 0, minute(60))
    assert worse.cycle == has_it.cycle + 1


def test_what_comes_back_is_a_new_episode_and_what_a_person_resolved_stays_so() -> None:
    back = after(responses.resolved(P1, minute(30)))
    assert back is not None
    assert (back.episode, back.state) == (2, ResponseState.OPEN)
    by_a_person = responses.resolved(P1, minute(30), "Ana")
    assert after(by_a_person) is None
    proved = after(by_a_person, state=IncidentState.RESOLVED)
    assert proved is not None
    assert (proved.resolved_by, proved.resolved_at) == ("", minute(30))


def test_what_a_person_resolved_after_its_facts_had_ended_begins_again_with_them() -> None:
    facts = replace(incident(), id="I1", severity=Severity.P1)
    known = {"I1": responses.resolved(P1, minute(30), "Ana")}
    [(back, _)] = followed([facts], known, (), POLICY, minute(60), over={"I1"})
    assert (back.episode, back.state) == (2, ResponseState.OPEN)


@settings(max_examples=150, deadline=None)
@given(
    gaps=st.lists(st.floats(0.01, 400), min_size=1, max_size=40),
    acks=st.sets(st.integers(0, 39), max_size=3),
    severity=st.sampled_from([Severity.P0, Severity.P1]),
)
def test_however_late_it_is_looked_at(gaps: list[float], acks: set[int], severity: Severity) -> None:
    """No step is early, none is skipped, no two are taken at once, and an open P0 always has a next act."""
    response, at = responses.opened("I1", severity, POLICY.of(severity), START), 0.0
    last: tuple[datetime, int] | None = None
    for position, gap in enumerate(gaps):
        at += gap
        now, before = minute(at), response
        if position in acks:
            response, last = responses.acknowledged(response, "Ana", now), None
            continue
        action = next_action(response, now)
        response = taken(response, now)
        if isinstance(action, PageStep):
            assert before.next_at is not None
            assert before.next_at <= now
            if last is not None and action.number > 1:
                pause = before.ladder.steps[action.number - 1].after - before.ladder.steps[action.number - 2].after
                assert action.number == last[1] + 1
                assert now - last[0] >= pause
            last = now, action.number
        if severity is Severity.P0:
            assert response.next_at is not None
