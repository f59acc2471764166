"""Which runbooks fit an incident, and which fit words."""

import pytest

from bot.config.bundled import bundled
from bot.config.runbooks import load_runbooks
from bot.domain.deploys.correlation import Correlation, changes_before
from bot.domain.findings.finding import FindingKind as K
from bot.domain.incidents.incident import Part
from bot.domain.runbooks.suggestions import found, suggested
from bot.ports.fakes.state import FakeState
from bot.services.incident_facts import IncidentFacts
from tests.support.deploys import NOW, seen
from tests.support.gate_story import DAY, REGISTRY, START, finding
from tests.support.notices import decision, incident

TEN = load_runbooks(bundled("runbooks")).runbooks


def offered(kind: K, processor: str = "Box", *others: K) -> list[tuple[str, str]]:
    headline = finding(processor, kind)
    parts = (Part(kind, DAY), *(Part(each, DAY) for each in others))
    about = incident(headline=headline, kind=kind, processors=(processor,), parts=parts)
    return [(each.runbook.id, each.because) for each in suggested(TEN, about)]


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        (K.ALERT_STORM, "alert-storm"),
        (K.RETRY_STORM, "retry-storm"),
        (K.STUCK_RUN, "stuck-run"),
        (K.TIMEOUT, "scraper-timeouts"),
        (K.IDEMPOTENCY_BLOCK, "idempotency-block"),
        (K.PARTIAL_COVERAGE, "partial-coverage"),
        (K.ZERO_RECORDS_PROCESSOR, "zero-records"),
        (K.ZERO_RECORDS_SCRAPER, "zero-records"),
        (K.REPEATED_FAILURE, "failed-deploy"),
        (K.TRACKING_BUG, "tracking-fault"),
    ],
)
def test_each_kind_has_its_own(kind: K, first: str) -> None:
    names = offered(kind)
    assert names[0][0] == first
    assert len(names) <= 2


def test_one_for_the_processor_comes_first_and_what_else_is_wrong_second() -> None:
    assert offered(K.MISSING_RUN, "PredictionCoordinator") == [
        ("predictions-not-running", "it is for missing run of PredictionCoordinator"),
        ("zero-records", "it is for missing run"),
    ]
    assert offered(K.PARTIAL_COVERAGE, "Box", K.STUCK_RUN) == [
        ("partial-coverage", "it is for partial coverage"),
        ("stuck-run", "it is for stuck run"),
    ]
    assert offered(K.SOURCE_BLIND) == []


def test_one_that_rolls_back_comes_first_where_facts_speak_for_a_deployment() -> None:
    (change,) = changes_before([seen()], NOW)
    about = incident(headline=finding("Box", K.ZERO_RECORDS_PROCESSOR), processors=("Box",))
    found = suggested(TEN, about, [Correlation(change, NOW - change.at)])
    assert [(each.runbook.id, each.because) for each in found] == [
        ("failed-deploy", "it is for a deployment, and at least two facts speak for revision 3 of raw"),
        ("zero-records", "it is for zero records processor"),
    ]


def test_a_message_has_the_button_where_one_fits() -> None:
    about = incident()
    for fitting in ((), suggested(TEN, about)):
        facts = IncidentFacts(FakeState(), REGISTRY, fits=lambda _incident, _now, fitting=fitting: bool(fitting))  # type: ignore[misc]
        assert facts.notice(about, decision(), START).has_runbook is bool(fitting)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("stuck-run", ["stuck-run"]),
        ("rollback", ["failed-deploy"]),
        ("zero records", ["zero-records"]),
        ("nothing of the kind", []),
    ],
)
def test_words_find_titles_first(words: str, ids: list[str]) -> None:
    assert [each.id for each in found(TEN, words)][: max(1, len(ids))] == ids
