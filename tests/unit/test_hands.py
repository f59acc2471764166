"""Every recommended action has a hand, or says that it has none; and each hand is offered only where it is there."""

from datetime import date

import pytest

from bot.domain.access import Identity, Origin, Role
from bot.domain.deploys.correlation import Correlation, changes_before
from bot.domain.errors import BadInput
from bot.domain.findings.finding import ACTIONS, FindingKind
from bot.domain.findings.hands import HANDS, Hand, Offer
from bot.domain.platform.registry import Control, Processor, Registry, Service, ServiceRequest
from bot.ports.fakes.state import FakeState
from bot.services.access import NotAllowed
from bot.services.circuits import CircuitService
from bot.services.hands import IncidentHands
from bot.views.incident_words import NEXT_STEPS
from tests.support.deploys import NOW, seen
from tests.support.gate_story import finding
from tests.support.notices import incident
from tests.support.operations_bench import ANA, VIEWER

DAY = date(2026, 1, 5)
CALL = ServiceRequest(path="/process", body={"processor": "{processor}", "date": "{date}"})
RAW = Service(
    name="raw", project="nba", region="us-west2", address="https://raw.example.com", request=CALL, clear_request=CALL
)
JOB = Service(name="nightly", project="nba", region="us-west2", control=Control.CLOUD_RUN_JOB)
CLEANUP = Service(name="clean-up", project="nba", region="us-west2", control=Control.CLOUD_RUN_JOB, maintenance=True)
REGISTRY = Registry(
    processors=(
        Processor(name="Gamebook", service="raw", source="nba.com"),
        Processor(name="StandIn", service="raw", fallback_for="nba.com"),
        Processor(name="Nightly", service="nightly"),
        Processor(name="Alone"),
    ),
    services=(RAW, JOB, CLEANUP),
)
HERE, ELSEWHERE = IncidentHands(REGISTRY, cloud_run=True), IncidentHands(REGISTRY, cloud_run=False)


def offered(kind: FindingKind, processor: str = "Gamebook", hands: IncidentHands = HERE) -> list[tuple[Hand, str]]:
    headline = finding(processor, kind, data_date=DAY)
    return [(each.hand, each.about) for each in hands.of(incident(headline=headline, processors=(processor,)))]


def test_each_recommended_action_is_in_the_table_and_no_other() -> None:
    assert set(HANDS) == set(ACTIONS.values())
    assert set(HANDS) <= set(NEXT_STEPS)
    assert {hand for hands in HANDS.values() for hand in hands} == set(Hand)


@pytest.mark.parametrize("kind", list(FindingKind))
@pytest.mark.parametrize("processor", ["Gamebook", "Nightly", "Alone", "Unknown"])
def test_there_is_always_an_answer(kind: FindingKind, processor: str) -> None:
    for hands in (HERE, ELSEWHERE):
        found = offered(kind, processor, hands)
        assert bool(found) is (ACTIONS[kind] != "none")
        if processor == "Unknown" and found:
            assert found == [(Hand.BY_HAND, "")]


def test_a_hand_is_offered_where_it_is_there() -> None:
    assert offered(FindingKind.STUCK_RUN) == [
        (Hand.RESTART, "raw"),
        (Hand.MAINTENANCE, "clean-up"),
        (Hand.RERUN, "Gamebook"),
    ]
    assert offered(FindingKind.STUCK_RUN, "Nightly")[0] == (Hand.CANCEL, "nightly")
    assert offered(FindingKind.IDEMPOTENCY_BLOCK) == [(Hand.CLEAR_MARKER, "Gamebook"), (Hand.RERUN, "Gamebook")]
    assert offered(FindingKind.ZERO_RECORDS_SCRAPER) == [(Hand.RERUN, "Gamebook"), (Hand.FALLBACK, "StandIn")]
    assert offered(FindingKind.TIMEOUT) == [(Hand.TIMEOUT, "raw"), (Hand.ROLLBACK, "raw")]
    assert offered(FindingKind.TIMEOUT, hands=ELSEWHERE) == [(Hand.BY_HAND, "")]
    assert offered(FindingKind.MISSING_RUN, "Alone") == [(Hand.BY_HAND, "")]
    assert offered(FindingKind.REPEATED_FAILURE, hands=ELSEWHERE) == [(Hand.OPEN_CIRCUIT, "Gamebook")]
    assert offered(FindingKind.VALIDATION_FAILED) == [(Hand.BY_HAND, "")]
    rerun = HERE.of(incident(headline=finding("Gamebook", FindingKind.MISSING_RUN, data_date=DAY)))
    assert rerun == [Offer(Hand.RERUN, "Gamebook", DAY)]


@pytest.mark.parametrize("kind", list(FindingKind))
def test_the_rollback_comes_first_where_facts_speak_for_a_deployment(kind: FindingKind) -> None:
    (change,) = changes_before([seen()], NOW)
    about = incident(headline=finding("Gamebook", kind, data_date=DAY), processors=("Gamebook",))
    found = HERE.of(about, [Correlation(change, NOW - change.at)])
    assert found[0] == Offer(Hand.ROLLBACK, "raw")
    assert [each.hand for each in found].count(Hand.ROLLBACK) == 1
    assert Hand.BY_HAND not in {each.hand for each in found}
    others = [each for each in HERE.of(about) if each.hand not in (Hand.ROLLBACK, Hand.BY_HAND)]
    assert found[1:] == others
    assert Hand.ROLLBACK not in {each.hand for each in ELSEWHERE.of(about, [Correlation(change, NOW - change.at)])}


def test_a_circuit_is_opened_and_closed_by_a_person_and_on_the_record() -> None:
    state = FakeState()
    circuits = CircuitService(
        state, REGISTRY, lambda who: Identity(Origin.MEMBER, Role.VIEWER if who is VIEWER else Role.RESPONDER)
    )
    with pytest.raises(NotAllowed):
        circuits.open("Gamebook", "it loops", VIEWER, NOW)
    with pytest.raises(BadInput, match="Say why Gamebook is not to be repaired"):
        circuits.open("Gamebook", " ", ANA, NOW)
    opened = circuits.open("gameb", "it  loops", ANA, NOW)
    assert (opened.processor, opened.opened_by, opened.because) == ("Gamebook", "Ana", "it loops")
    assert list(state.repairs.circuits()) == [opened]
    with pytest.raises(BadInput, match="is open already"):
        circuits.open("Gamebook", "again", ANA, NOW)
    assert circuits.close("Gamebook", ANA, NOW) == "Gamebook"
    with pytest.raises(BadInput, match="is not open"):
        circuits.close("Gamebook", ANA, NOW)
    acts = [(each.record.act, each.record.actor) for each in state.audit_of("circuit:Gamebook")]
    assert acts == [("circuit_opened", "slack:U1"), ("circuit_closed", "slack:U1")]
