"""A root that runs into its limit, or is refused, is a cascade once others have failed for want of its data."""

import pytest

from bot.domain.evidence.runs import Category, Status
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Criticality
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import minutes_after, replayed
from tests.support.pipeline_troubles import Incident

WAYS = [
    pytest.param({"category": Category.TIMEOUT, "attempts": 2, "seconds": 1_803}, Kind.TIMEOUT, id="timeout"),
    pytest.param({"category": Category.VALIDATION_FAILED}, Kind.VALIDATION_FAILED, id="validation"),
]


def told(days: Incident) -> list[Decision]:
    return [each for each in replayed(days) if each.outcome in (Outcome.ANNOUNCE, Outcome.UPDATE)]


def nobody_below_runs(days: Incident) -> None:
    for name in Lineage(days.registry).down("Gamebook"):
        days.runs[name, DAY] = []


@pytest.mark.parametrize(("how", "kind"), WAYS)
def test_it_becomes_a_cascade_when_the_first_dependent_fails(how: dict[str, object], kind: Kind) -> None:
    """The coordinator of the predictions waits for it: P0 from then on, in the same message."""
    days = Incident()
    days.fails("Gamebook", **how)  # type: ignore[arg-type]
    first, second, *_ = told(days)
    assert (first.outcome, first.finding.kind) == (Outcome.ANNOUNCE, kind)
    assert first.severity is not Severity.P0
    assert (second.outcome, second.finding.kind, second.severity) == (
        Outcome.UPDATE,
        Kind.UPSTREAM_CASCADE,
        Severity.P0,
    )
    assert second.incident == first.incident
    assert second.finding.root_cause.value == kind.value
    assert 0 <= minutes_after(days.slots("Summary")[0], second) <= 20


@pytest.mark.parametrize(("how", "kind"), WAYS)
def test_before_that_it_is_what_it_is(how: dict[str, object], kind: Kind) -> None:
    days = Incident()
    days.fails("Gamebook", **how)  # type: ignore[arg-type]
    nobody_below_runs(days)
    kinds = {each.finding.kind for each in told(days) if each.finding.root == "Gamebook"}
    assert kind in kinds
    assert Kind.UPSTREAM_CASCADE not in kinds


def test_dependents_that_fail_by_themselves_make_no_cascade() -> None:
    """They say nothing of what they are made from."""
    days = Incident()
    days.fails("Gamebook", Category.VALIDATION_FAILED)
    for name in Lineage(days.registry).down("Gamebook"):
        days.change(name, DAY, lambda run: run._replace(recorded=Category.PROCESSING_ERROR))
    assert Kind.UPSTREAM_CASCADE not in {each.finding.kind for each in told(days) if each.finding.root == "Gamebook"}


@pytest.mark.parametrize(
    ("criticality", "severity"), [(Criticality.CRITICAL, Severity.P0), (Criticality.MEDIUM, Severity.P2)]
)
def test_a_cascade_that_blocks_no_predictions(criticality: Criticality, severity: Severity) -> None:
    """P0 from a CRITICAL processor, else by what the root is."""
    days = Incident()
    days.amend("Coordinator", criticality=Criticality.HIGH)
    days.amend("Gamebook", criticality=criticality)
    days.fails("Gamebook", Category.VALIDATION_FAILED)
    cascade = next(each for each in told(days) if each.finding.kind is Kind.UPSTREAM_CASCADE)
    assert cascade.severity is severity


def test_its_failed_runs_are_counted_from_the_first_of_them() -> None:
    """The trouble of the date began with its first slot, when there was nothing to fail for yet."""
    days = Incident()
    days.fails("Gamebook")
    failed = [run.started_at for run in days.runs["Gamebook", DAY] if run.status is Status.FAILED]
    cascade = next(each.finding for each in told(days) if each.finding.kind is Kind.UPSTREAM_CASCADE)
    assert cascade.failures > 0
    assert cascade.failed_since == min(failed)
