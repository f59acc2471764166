"""Downstream failures join their root's message, and leave it only when the root is well again."""

from datetime import timedelta

import pytest

from bot.domain.findings.finding import FindingKind as K
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome, Reason
from tests.support.gate_story import DAY, START, Story, finding, outcomes, told

ROOT = finding("Gamebook", since=START - timedelta(minutes=30))
BELOW = finding("Summary", K.MISSING_RUN, since=START)
FURTHER = finding("Factors", K.SLA_MISS, since=START)


def test_downstream_failures_of_the_same_tick_join_their_root() -> None:
    story = Story()
    decisions = story.at(0, FURTHER, BELOW, ROOT)
    assert outcomes(decisions) == [
        ("join", "Factors", "DOWNSTREAM"),
        ("announce", "Gamebook", "NEW"),
        ("join", "Summary", "DOWNSTREAM"),
    ]
    assert decisions[0].detail == "Summary"
    assert story.open == ["Gamebook"]


def test_a_later_downstream_failure_joins() -> None:
    story = Story()
    story.at(0, ROOT)
    decisions = story.at(30, ROOT, BELOW)
    assert outcomes(decisions) == [("update", "Gamebook", "CHANGED"), ("join", "Summary", "DOWNSTREAM")]
    assert next(each for each in decisions if each.outcome is Outcome.JOIN).detail == "Gamebook"


@pytest.mark.parametrize(
    ("kind", "joins"),
    [(K.PARTIAL_COVERAGE, True), (K.ZERO_RECORDS_PROCESSOR, True), (K.TIMEOUT, False), (K.PHASE_DOWN, False)],
)
def test_data_that_is_there_in_part_explains_a_want_of_data_and_no_crash(kind: K, joins: bool) -> None:
    part = finding("Gamebook", K.PARTIAL_COVERAGE, since=START - timedelta(minutes=30))
    below = finding("Summary", kind, since=START)
    assert told(Story().at(0, part, below)) == [("announce", "Gamebook")] + [("announce", "Summary")] * (not joins)


def test_another_date_is_another_trouble() -> None:
    other = finding("Summary", data_date=DAY - timedelta(days=4))
    assert told(Story().at(0, ROOT, other)) == [("announce", "Gamebook"), ("announce", "Summary")]


def test_trouble_that_goes_on_explains_later_dates_but_nothing_older_than_itself() -> None:
    going_on = finding("Gamebook", K.REPEATED_FAILURE, since=START - timedelta(minutes=30))
    tomorrow = finding("Summary", data_date=DAY + timedelta(days=1), since=START)
    older = finding("Factors", data_date=DAY + timedelta(days=1), since=START - timedelta(hours=5))
    story = Story()
    story.at(0, going_on)
    assert ("join", "Summary", "DOWNSTREAM") in outcomes(story.at(10, going_on, tomorrow))
    assert ("announce", "Factors", "NEW") in outcomes(story.at(20, going_on, tomorrow, older))


def test_being_slow_explains_no_failure() -> None:
    assert len(told(Story().at(0, finding("Gamebook", K.PERF_DEGRADATION), BELOW))) == 2


def test_the_root_that_turns_up_later_takes_its_downstream_in() -> None:
    story = Story()
    story.at(0, BELOW, FURTHER)
    assert story.open == ["Summary"]
    decisions = story.at(10, ROOT, BELOW, FURTHER)
    assert outcomes(decisions) == [
        ("join", "Factors", "TAKEN_IN"),
        ("announce", "Gamebook", "NEW"),
        ("resolve", "Summary", "MERGED"),
    ]
    assert story.open == ["Gamebook"]
    merged = next(each for each in story.memory.incidents.values() if each.root == "Summary")
    assert merged.merged_into == story.incident("Gamebook").id


def test_downstream_that_is_p0_makes_the_root_so() -> None:
    story = Story()
    story.at(0, ROOT)
    decisions = story.at(1, ROOT, finding("Coordinator", K.UPSTREAM_CASCADE, severity="P0", since=START))
    update = next(each for each in decisions if each.outcome is Outcome.UPDATE)
    assert (update.severity, update.escalated, update.finding.root) == (Severity.P0, True, "Gamebook")


def test_downstream_that_is_p0_brings_a_waiting_root_out() -> None:
    fresh = finding("Gamebook", since=START - timedelta(minutes=30), evident_at=START)
    p0 = finding("Summary", severity="P0", evident_at=START)
    decisions = Story().at(0, fresh, p0)
    assert outcomes(decisions) == [("announce", "Gamebook", "P0"), ("join", "Summary", "DOWNSTREAM")]
    assert decisions[0].severity is Severity.P0


def test_downstream_gets_five_minutes_after_its_root_resolved() -> None:
    story = Story()
    story.at(0, ROOT, BELOW)
    decisions = story.during(range(1, 20), BELOW)
    assert outcomes(decisions) == [("edit", "Gamebook", "WATCHED"), ("resolve", "Gamebook", "RESOLVED")]
    assert outcomes(story.at(20, BELOW)) == [("announce", "Summary", "STILL_HOLDS")]


def test_downstream_that_recovers_with_its_root_is_never_reported() -> None:
    story = Story()
    story.at(0, ROOT, BELOW)
    story.during(range(1, 19), BELOW)
    assert told(story.during(range(19, 60))) == []


def test_downstream_that_turns_up_just_after_the_root_resolved_is_held() -> None:
    story = Story()
    story.at(0, ROOT)
    story.at(15)
    assert outcomes(story.at(17, BELOW)) == [("hold", "Summary", "ROOT_RESOLVED")]
    assert story.at(19, BELOW) == []
    assert outcomes(story.at(20, BELOW)) == [("announce", "Summary", "NEW")]


def test_p0_is_not_held_for_a_root_that_just_resolved() -> None:
    story = Story()
    story.at(0, ROOT)
    story.at(15)
    assert outcomes(story.at(17, finding("Summary", severity="P0"))) == [("announce", "Summary", "P0")]


def test_what_was_taken_in_goes_back_to_its_own_message() -> None:
    story = Story()
    story.at(0, BELOW)
    own = story.incident("Summary").id
    story.at(10, ROOT, BELOW)
    story.during(range(11, 30), BELOW)
    (decision,) = story.at(30, BELOW)
    assert (decision.outcome, decision.reason, decision.incident) == (Outcome.UPDATE, Reason.BACK, own)


def test_it_goes_back_to_its_own_message_even_after_days() -> None:
    story = Story()
    story.at(0, BELOW)
    story.during(range(10, 60 * 60, 60), ROOT, BELOW)
    decisions = story.during(range(60 * 60, 60 * 60 + 60, 5), BELOW)
    assert told(decisions) == [("resolve", "Gamebook"), ("update", "Summary")]


def test_downstream_that_turns_p0_as_its_root_resolves_waits_no_longer() -> None:
    story = Story()
    story.at(0, ROOT, BELOW)
    story.at(10, BELOW)
    decisions = story.at(15, finding("Summary", K.MISSING_RUN, since=START, severity="P0"))
    assert outcomes(decisions) == [("resolve", "Gamebook", "RESOLVED"), ("announce", "Summary", "P0")]


def test_nothing_joins_an_incident_at_the_tick_that_ends_it() -> None:
    story = Story()
    story.at(0, ROOT)
    assert outcomes(story.at(15, BELOW)) == [("resolve", "Gamebook", "RESOLVED"), ("hold", "Summary", "ROOT_RESOLVED")]


def test_what_is_well_again_is_not_taken_in() -> None:
    story = Story()
    story.at(0, BELOW)
    assert outcomes(story.at(10, ROOT)) == [("announce", "Gamebook", "NEW"), ("edit", "Summary", "WATCHED")]
    assert story.open == ["Gamebook", "Summary"]


def test_of_two_roots_the_one_that_still_holds_explains() -> None:
    story, boxscores = Story(), finding("Boxscores", since=START - timedelta(minutes=30))
    story.at(0, boxscores, ROOT)
    assert next(each.detail for each in story.at(10, ROOT, BELOW) if each.outcome is Outcome.JOIN) == "Gamebook"


@pytest.mark.parametrize(
    ("kind", "own"),
    [(K.REPEATED_FAILURE, True), (K.PARTIAL_COVERAGE, False)],
)
def test_another_kind_on_the_next_date_is_another_trouble(kind: K, own: bool) -> None:
    part = finding("Gamebook", K.PARTIAL_COVERAGE, since=START - timedelta(days=1))
    story = Story()
    story.at(0, part)
    after = finding("Gamebook", kind, data_date=DAY + timedelta(days=1), since=START)
    assert (("announce", "Gamebook") in told(story.at(30, part, after))) is own
